"""What a week's viewings of personal data should make somebody look closer at."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import Final, NamedTuple

WEEKS_BEFORE = 8
TIMES_USUAL = 3
WEEKS_OF_A_ROLE = 3
NIGHT_ENDS, NIGHT_BEGINS = time(6), time(22)


class Amount(NamedTuple):
    """How much somebody saw in a week: acts that showed people's data, and different people in all of them."""

    acts: int
    people: int


FEWEST_UNUSUAL: Final = Amount(acts=100, people=50)
MANY_WITHOUT_USUAL: Final = Amount(acts=150, people=200)
"""By acts: thirty a working day; by people: a list shows fifty at once. Source: our choice."""
CASE = "case"


class Purpose(StrEnum):
    """What somebody looks at people's data for, said once a sign-in; an open recall is a purpose of its own."""

    CONTACT = "contact"
    SERVICE = "service"
    REGISTER = "register"
    PRIVACY = "privacy"
    OVERSIGHT = "oversight"


def is_purpose(text: str, case_numbers: Collection[str]) -> bool:
    """True for one of the purposes, or "case" and the number of one of these open recalls.

    Nothing else is taken: it stays in the ledger for good, so no free text. Source: our choice (GDPR Art. 5(1)(b)).
    """
    kind, _, number = text.partition(" ")
    return text in set(Purpose) or (kind == CASE and number in case_numbers)


class Mark(StrEnum):
    """Why a line of the weekly sheet should be looked at."""

    OWN = "own"
    COLLEAGUE = "colleague"
    MANY = "many"
    NIGHT = "night"


def monday_of(text: str, today: date) -> date:
    """The Monday of a week written as 2026-W48; of the week before today's where it is none or lies ahead.

    today: the calendar day in Finland. Source: ISO 8601 weeks; the week before is the one that is over.
    """
    last = today - timedelta(days=today.weekday() + 7)
    year, _, week = text.partition("-W")
    try:
        found = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return last
    return found if found <= today else last


def sunday_of(monday: date) -> date:
    """The last day of the week that begins on a Monday."""
    return monday + timedelta(days=6)


def week_text(monday: date) -> str:
    """A week as addresses hold it: 2026-W48."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def week_name(monday: date) -> str:
    """A week as people say it: 48/2026."""
    year, week, _ = monday.isocalendar()
    return f"{week}/{year}"


def usual_of(weeks: Sequence[Amount]) -> Amount | None:
    """The middle of some weeks, of acts and of people each, rounded down; None without any."""
    if not weeks:
        return None
    return Amount(int(median(week.acts for week in weeks)), int(median(week.people for week in weeks)))


def is_unusual(week: Amount, own: Sequence[Amount], of_role: Sequence[Amount]) -> bool:
    """True when somebody looked so often in a week, or at so many different people, that one should ask why.

    own: their weeks before. of_role: weeks of others who have the same role, that week and those before; fewer than
    three of them are no measure. Weeks without any view are left out of both. Acts and people are each held against
    the middle of either: more than three times as many, and at least 100 acts or 50 people; where there is neither,
    at least 150 acts or 200 people. So who looks at the same few over and over is seen too, and who is new is held
    against the others. Source: our choice.
    """
    measures = [weeks for weeks in (own, of_role if len(of_role) >= WEEKS_OF_A_ROLE else ()) if weeks]
    if not measures:
        return any(seen >= many for seen, many in zip(week, MANY_WITHOUT_USUAL, strict=True))
    return any(
        seen >= fewest and any(seen > TIMES_USUAL * median(one[measure] for one in weeks) for weeks in measures)
        for measure, (seen, fewest) in enumerate(zip(week, FEWEST_UNUSUAL, strict=True))
    )


def is_at_night(moment: datetime) -> bool:
    """True from 22 to 6 by the clock of the moment's own time zone. Source: our choice."""
    return not NIGHT_ENDS <= moment.time() < NIGHT_BEGINS

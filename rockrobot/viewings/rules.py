"""What a week's viewings of personal data should make somebody look closer at."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median

WEEKS_BEFORE = 8
TIMES_USUAL = 3
FEWEST_UNUSUAL = 50
MANY_WITHOUT_HISTORY = 200
NIGHT_ENDS, NIGHT_BEGINS = time(6), time(22)


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


def is_unusual(people: int, earlier: Sequence[int]) -> bool:
    """True when somebody saw so many different people in a week that one should ask why.

    earlier: how many in each of the weeks before, weeks without any left out. More than three times the middle of them
    and at least 50; without earlier weeks at least 200. Source: our choice.
    """
    if not earlier:
        return people >= MANY_WITHOUT_HISTORY
    return people >= FEWEST_UNUSUAL and people > TIMES_USUAL * median(earlier)


def is_at_night(moment: datetime) -> bool:
    """True from 22 to 6 by the clock of the moment's own time zone. Source: our choice."""
    return not NIGHT_ENDS <= moment.time() < NIGHT_BEGINS

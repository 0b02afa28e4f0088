"""The day by which a privacy request is answered: calendar months, Finnish holidays, suspension, extension. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

ENGINE: Final = 1
MONTHS, MONTHS_EXTENDED = 1, 3
TARGET_BEFORE = timedelta(days=10)
SATURDAY = 5
DAY = timedelta(days=1)
FIXED_HOLIDAYS: Final = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26))
AFTER_EASTER: Final = (-2, 0, 1, 39, 49)


class LateExtensionError(ValueError):
    """The notice of an extension was sent after the day that it was to put off; due_on says which day that was."""

    def __init__(self, due_on: date) -> None:
        super().__init__(str(due_on))
        self.due_on = due_on


@dataclass(frozen=True)
class Suspension:
    """Days on which we waited for proof of identity that we had asked for; answered_on None: still waiting."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True)
class Deadline:
    """Calendar days in Finland.

    raw_on: before weekends and holidays; due_on: the last day to answer; unsuspended_on: the same had nobody waited for
    proof of identity; target_on: our own goal; extension_notice_by: the last day to send notice of an extension.
    """

    raw_on: date
    due_on: date
    unsuspended_on: date
    target_on: date
    extension_notice_by: date


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar. Source: the anonymous algorithm (Meeus, Astronomical Algorithms)."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The public holidays of Finland in a year.

    The eves of Midsummer and Christmas are not among them: whether Finland lists them under Art. 2 of Regulation
    1182/71 could not be verified, and leaving them out never gives a later day. Source: Finnish law on church and
    national holidays, as the calendar prints them; the eves: our choice.
    """
    easter = easter_sunday(year)
    moving = (easter + days * DAY for days in AFTER_EASTER)
    saturdays = (_saturday_from(date(year, 6, 20)), _saturday_from(date(year, 10, 31)))
    return frozenset((*(date(year, month, day) for month, day in FIXED_HOLIDAYS), *moving, *saturdays))


def _saturday_from(day: date) -> date:
    return day + (SATURDAY - day.weekday()) % 7 * DAY


def is_working_day(day: date) -> bool:
    """True when a period may end on this day: no Saturday, Sunday or public holiday (Reg. 1182/71 Art. 3(4))."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later; where there is none, the last of the month (Art. 3(2)(c))."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_day_from(day: date) -> date:
    """This day, or the next working day where it is none."""
    while not is_working_day(day):
        day += DAY
    return day


def days_suspended(suspensions: Iterable[Suspension], today: date) -> int:
    """On how many days the clock stood: from the day we asked to the day of the answer, each day once.

    today: the day up to which an unanswered question has stopped the clock so far. Source: GDPR Art. 12(6), EDPB
    01/2022; adding the days to the period is our reading.
    """
    stopped: set[date] = set()
    for one in suspensions:
        length = ((one.answered_on or today) - one.asked_on).days
        stopped.update(one.asked_on + days * DAY for days in range(length))
    return len(stopped)


def deadline(
    received_on: date,
    today: date,
    *,
    suspensions: Sequence[Suspension] = (),
    extension_sent_on: date | None = None,
) -> Deadline:
    """By when a request is answered that reached any channel of ours on a day, though it was recognised later.

    One calendar month; the day of receipt is not counted; an end on a Saturday, Sunday or holiday moves to the next
    working day. An extension makes it three months from receipt, and counts only when its notice with reasons was sent
    in time. Waiting within the house never stops the clock. received_on, today, extension_sent_on: calendar days in
    Finland. Raises LateExtensionError for a notice sent too late.
    Source: GDPR Art. 12(3) and (6); Regulation 1182/71 Art. 3; target ten days before: our choice.
    """
    pause = days_suspended(suspensions, today) * DAY
    first = working_day_from(months_after(received_on, MONTHS) + pause)
    if extension_sent_on is not None and extension_sent_on > first:
        raise LateExtensionError(first)
    plain = months_after(received_on, MONTHS if extension_sent_on is None else MONTHS_EXTENDED)
    raw = plain + pause
    return Deadline(
        raw_on=raw,
        due_on=working_day_from(raw),
        unsuspended_on=working_day_from(plain),
        target_on=raw - TARGET_BEFORE,
        extension_notice_by=first,
    )

"""Words of the timeline, when a follow-up is due, and in which part of the day's list it stands."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How an event came about; the order is the order in which a form offers them."""

    PHONE = "phone"
    MEETING = "meeting"
    EMAIL = "email"
    SMS = "sms"
    MESSENGER = "messenger"
    SOCIAL = "social"
    WEBSITE_FORM = "website_form"
    LETTER = "letter"
    VISIT = "visit"
    SERVICE = "service"
    NOTE = "note"


class Direction(StrEnum):
    """Who turned to whom: they to us, we to them, or neither."""

    IN = "in"
    OUT = "out"
    NONE = "none"


class Result(StrEnum):
    """What came of a visit or a service."""

    INSPECTED_OK = "inspected_ok"
    SERVICED = "serviced"
    REPAIRED = "repaired"
    NEEDS_REPAIR = "needs_repair"
    NOBODY_THERE = "nobody_there"


class Preset(StrEnum):
    """When a follow-up is due, counted from today."""

    TOMORROW = "tomorrow"
    WEEK = "week"
    MONTH = "month"


class Section(StrEnum):
    """Parts of the list of follow-ups, in their order on the page."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"


JOBS = frozenset({Channel.VISIT, Channel.SERVICE})
SOON_DAYS = 7
WORDS_KEPT = 200


def usual_direction(channel: Channel) -> Direction:
    """The direction that a form proposes: calls and letters go out, a website form comes in, meetings are neither.

    Source: our choice.
    """
    if channel in {Channel.MEETING, Channel.NOTE, *JOBS}:
        return Direction.NONE
    return Direction.IN if channel is Channel.WEBSITE_FORM else Direction.OUT


def due_after(preset: Preset, today: date) -> date:
    """The day of a preset: the next day, the same weekday next week, or the same day of the next month.

    today: calendar day in Finland. A day that the next month lacks becomes its last day (31 January: 28 February).
    Weekends and holidays are not avoided. Source: our choice.
    """
    if preset is Preset.TOMORROW:
        return today + timedelta(days=1)
    if preset is Preset.WEEK:
        return today + timedelta(days=7)
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(today.day, monthrange(first.year, first.month)[1]))


def section_of(due_on: date, today: date) -> Section | None:
    """The part of the list in which an open follow-up stands; None when it is due after the next seven days.

    due_on, today: calendar days in Finland. Source: our choice.
    """
    if due_on < today:
        return Section.OVERDUE
    if due_on == today:
        return Section.TODAY
    return Section.SOON if due_on <= today + timedelta(days=SOON_DAYS) else None


def follow_up_words(typed: str, text: str) -> str:
    """What a follow-up is about: what was typed for it, else the first line of the event's text, at most 200 signs."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    words = typed.strip() or first
    return words if len(words) <= WORDS_KEPT else words[: WORDS_KEPT - 1].rstrip() + "…"

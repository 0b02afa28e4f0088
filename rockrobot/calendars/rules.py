"""How follow-ups are written as a calendar: pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rockrobot.exports.rules import escaped, folded

MOST_ENTRIES = 500
READINGS_APART = timedelta(hours=1)


class Entry(NamedTuple):
    """One day of a calendar: a name that stays the same, the day in Finland, what stands there, where it leads."""

    uid: str
    day: date
    summary: str
    url: str


def is_noted(read_at: datetime | None, now: datetime) -> bool:
    """True where a reading is written down already, so that a calendar that asks every minute fills no ledger.

    read_at: when one was last noted, or None; now: both moments in UTC. A full hour later the next is noted.
    Source: our choice.
    """
    return read_at is not None and now < read_at + READINGS_APART


def calendar_of(name: str, entries: Iterable[Entry], now: datetime) -> str:
    """A calendar of whole days that block nobody's time.

    name: what the calendar is called. now: a moment with its zone, written as when each entry was made.
    Source: RFC 5545; METHOD and X-WR-CALNAME as Outlook, Google and Apple read them.
    """
    start = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rockrobot//FI", "METHOD:PUBLISH")
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    days = (line for entry in entries for line in _lines_of(entry, stamp))
    return folded([*start, f"X-WR-CALNAME:{escaped(name)}", *days, "END:VCALENDAR"])


def _lines_of(entry: Entry, stamp: str) -> Sequence[str]:
    return (
        "BEGIN:VEVENT",
        f"UID:{escaped(entry.uid)}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(entry.summary)}",
        f"URL:{entry.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )

"""Write events of the timeline, change and delete them, and their follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.contacts.rules import Source
from rockrobot.db import db
from rockrobot.events.models import Attachment, Event, EventCompany, EventDevice, EventPerson, EventTask, EventWorksite
from rockrobot.events.rules import Channel, usual_direction

SOURCES = {
    Channel.PHONE: Source.PHONE,
    Channel.MEETING: Source.MEETING,
    Channel.VISIT: Source.MEETING,
    Channel.EMAIL: Source.EMAIL,
    Channel.SMS: Source.MESSENGER,
    Channel.MESSENGER: Source.MESSENGER,
    Channel.SOCIAL: Source.SOCIAL,
    Channel.WEBSITE_FORM: Source.WEBSITE,
}


Links = dict[str, list[int]]
LINKS: dict[str, tuple[Any, str]] = {
    "people": (EventPerson, "person_id"),
    "companies": (EventCompany, "company_id"),
    "devices": (EventDevice, "device_id"),
    "worksites": (EventWorksite, "worksite_id"),
}


@dataclass(frozen=True)
class NewEvent:
    """An event about to be written with many others; one that the register writes itself has a reference."""

    links: Links
    channel: Channel
    happened_at: datetime
    text: str
    reference: str = ""
    source: Source | None = None


def add_event(links: Links, *, channel: Channel, happened_at: datetime, **rest: Any) -> Event:
    """A new event, written by who is acting.

    links: ids of whom and what it concerns, by kind (people, companies, devices, worksites).
    rest: direction and source (else the usual ones of the channel), result, text.
    """
    values = {"direction": usual_direction(channel), "source": SOURCES.get(channel, Source.OTHER)} | rest
    event = Event(channel=channel, happened_at=happened_at, **values)
    event.written_by, event.written_at = ledger.actor(), clock.now()
    db.session.add(event)
    db.session.flush()
    _link(event, links)
    return event


def _link(event: Event, links: Links) -> None:
    for name, ids in links.items():
        table, column = LINKS[name]
        db.session.add_all(table(event_id=event.id, **{column: id_}) for id_ in dict.fromkeys(ids))
    db.session.flush()


def add_events(events: Sequence[NewEvent]) -> list[int]:
    """Many events at once (letters that went out, notes of a file); without a source, the usual one; their ids."""
    by, now = ledger.actor(), clock.now()
    rows = [
        {
            "channel": event.channel,
            "direction": usual_direction(event.channel),
            "source": event.source or SOURCES.get(event.channel, Source.OTHER),
            "happened_at": event.happened_at,
            "text": event.text,
            "reference": event.reference,
            "written_by": by,
            "written_at": now,
        }
        for event in events
    ]
    ids = ledger.bulk_insert(Event.__table__, rows)
    for name, (table, column) in LINKS.items():
        pairs = [
            {"event_id": id_, column: target}
            for id_, event in zip(ids, events, strict=True)
            for target in dict.fromkeys(event.links.get(name, ()))
        ]
        ledger.bulk_insert(table.__table__, pairs)
    return ids


def change_event(event: Event, links: Links, **values: Any) -> None:
    """Correct an event and whom and what it concerns; kinds that links do not name stay as they are."""
    for name, value in values.items():
        setattr(event, name, value)
    for name, ids in links.items():
        table, column = LINKS[name]
        rows = db.session.scalars(select(table).where(table.event_id == event.id)).all()
        kept = {getattr(row, column) for row in rows}
        for row in rows:
            if getattr(row, column) not in ids:
                db.session.delete(row)
        db.session.add_all(table(event_id=event.id, **{column: id_}) for id_ in dict.fromkeys(ids) if id_ not in kept)
    db.session.flush()
    db.session.expire(event, list(LINKS))


def delete_event(event: Event) -> None:
    """Delete an event with its links, follow-ups and files; undo brings all of it back."""
    for table in (*(table for table, _ in LINKS.values()), EventTask, Attachment):
        for row in db.session.scalars(select(table).where(table.event_id == event.id)):
            db.session.delete(row)
    db.session.flush()
    db.session.delete(event)
    db.session.flush()


# ---------- follow-ups ----------


def add_task(event: Event, *, what: str, due_on: date, assigned_to_id: int) -> EventTask:
    """Something to be done after an event."""
    task = EventTask(event_id=event.id, what=what, due_on=due_on, assigned_to_id=assigned_to_id)
    db.session.add(task)
    db.session.flush()
    return task


def change_task(task: EventTask, *, what: str, due_on: date, assigned_to_id: int) -> None:
    """Correct a follow-up, put it off, or give it to somebody else."""
    task.what, task.due_on, task.assigned_to_id = what, due_on, assigned_to_id
    db.session.flush()


def end_task(task: EventTask) -> None:
    """The follow-up is done; one done already stays as it is."""
    if task.done_at is None:
        task.done_at, task.done_by = clock.now(), ledger.actor()
        db.session.flush()

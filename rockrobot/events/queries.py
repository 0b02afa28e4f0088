"""What happened with a person, company, machine or worksite, whom an event may concern, which follow-ups wait."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from rockrobot import search_index
from rockrobot.contacts.models import Affiliation, Company, Person, Worksite
from rockrobot.contacts.queries import party_numbered, person_with, worksites_of
from rockrobot.contacts.rules import runs_on
from rockrobot.db import db
from rockrobot.devices.models import Device, Ownership
from rockrobot.devices.rules import OwnershipKind
from rockrobot.events.models import Event, EventCompany, EventDevice, EventPerson, EventTask, EventWorksite
from rockrobot.events.rules import JOBS, SOON_DAYS, Channel, Section, section_of
from rockrobot.lists import Listing, listing

search_index.declare(search_index.Kind("event", Event.__table__, columns=("text",)))

Subject = Company | Person | Device | Worksite
ROWS = 10
OFFERED = 12
SECTION_ROWS = 50
PLACES: dict[type, str] = {Person: "people", Company: "companies", Device: "devices", Worksite: "worksites"}
WITH_THINGS = (selectinload(Event.companies), selectinload(Event.devices))
WITH_PEOPLE = (selectinload(Event.people), selectinload(Event.worksites))


@dataclass(frozen=True)
class Timeline:
    """One page of what happened with somebody or something, newest first, all channels or one."""

    subject: Subject
    found: Listing[Event]
    channel: Channel | None
    sees_people: bool

    @property
    def place(self) -> str:
        """The part of the address that says what the subject is: people, companies, devices, worksites."""
        return PLACES[type(self.subject)]

    @property
    def people_ids(self) -> list[int]:
        """Whose names it shows."""
        return [person.id for event in self.found.rows for person in event.people] if self.sees_people else []


def timeline_of(
    subject: Subject, *, channel: Channel | None = None, number: int = 1, sees_people: bool = True
) -> Timeline:
    """What happened with a subject; a company also has what its people did while they were its, and its machines had.

    sees_people: False gives visits and services only, without names of people (the workshop's view).
    """
    statement = select(Event).where(Event.id.in_(_events_of(subject)))
    if not sees_people:
        statement = statement.where(Event.channel.in_(JOBS))
    if channel is not None:
        statement = statement.where(Event.channel == channel)
    statement = statement.order_by(Event.happened_at.desc(), Event.id.desc()).options(*whole(sees_people=sees_people))
    return Timeline(subject, listing(statement, number, size=ROWS), channel, sees_people)


def whole(*, sees_people: bool) -> list[Any]:
    """What is loaded with events: people and where they are only for those who may see them."""
    return [*WITH_THINGS, *(WITH_PEOPLE if sees_people else ()), selectinload(Event.files), selectinload(Event.tasks)]


def _events_of(subject: Subject) -> Select[Any]:
    if isinstance(subject, Device):
        return select(EventDevice.event_id).where(EventDevice.device_id == subject.id)
    if isinstance(subject, Worksite):
        return select(EventWorksite.event_id).where(EventWorksite.worksite_id == subject.id)
    if isinstance(subject, Person):
        own = select(EventPerson.event_id).where(EventPerson.person_id == subject.id)
        return select(union(own, _of_machines(Ownership.person_id == subject.id)).subquery().c.event_id)
    own = select(EventCompany.event_id).where(EventCompany.company_id == subject.id)
    mine = Ownership.company_id == subject.id
    return select(union(own, _of_people(subject.id), _of_machines(mine)).subquery().c.event_id)


def _of_people(company_id: int) -> Select[Any]:
    """Events of people on days on which they represented the company; a day is read in UTC."""
    return (
        select(EventPerson.event_id)
        .join(Event, Event.id == EventPerson.event_id)
        .join(Affiliation, Affiliation.person_id == EventPerson.person_id)
        .where(Affiliation.company_id == company_id, _happened_during(Affiliation))
    )


def _of_machines(mine: ColumnElement[bool]) -> Select[Any]:
    """Events of machines on days on which somebody owned or hired them; a day is read in UTC."""
    return (
        select(EventDevice.event_id)
        .join(Event, Event.id == EventDevice.event_id)
        .join(Ownership, Ownership.device_id == EventDevice.device_id)
        .where(mine, _happened_during(Ownership))
    )


def _happened_during(row: Any) -> ColumnElement[bool]:
    begun = or_(row.from_on.is_(None), Event.happened_at >= row.from_on)
    return and_(begun, or_(row.to_on.is_(None), Event.happened_at < row.to_on))


def event_with(event_id: int, *, sees_people: bool = True) -> Event | None:
    """The event with this id and all that hangs on it, or None; without people only visits and services."""
    event = db.session.scalar(select(Event).where(Event.id == event_id).options(*whole(sees_people=sees_people)))
    return event if event is not None and (sees_people or event.channel in JOBS) else None


def is_seen(event_id: int, *, sees_people: bool) -> bool | None:
    """Whether this event may be looked at, without people only a visit or a service; None where there is none."""
    channel = db.session.scalar(select(Event.channel).where(Event.id == event_id))
    return None if channel is None else sees_people or channel in JOBS


def events_with(ids: Iterable[int]) -> dict[int, Event]:
    """Events by id, with their people, companies, machines and worksites."""
    statement = select(Event).where(Event.id.in_(list(ids))).options(*whole(sees_people=True))
    return {row.id: row for row in db.session.scalars(statement)}


def people_of_events(event_ids: Collection[int]) -> Sequence[int]:
    """Ids of the people whom any of these events concerns."""
    statement = select(EventPerson.person_id).where(EventPerson.event_id.in_(list(event_ids))).distinct()
    return db.session.scalars(statement).all() if event_ids else []


# ---------- whom an event may concern ----------


@dataclass
class Around:
    """Whom and what a new event may concern, seen from where it is written; ticked stand in the form as chosen."""

    people: list[Person] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    worksites: list[Worksite] = field(default_factory=list)
    ticked: list[Subject] = field(default_factory=list)

    def add(self, rows: Iterable[Subject | None], *, ticked: bool = False) -> None:
        """Offer these, too."""
        kinds: dict[type, list[Any]] = {
            Person: self.people,
            Company: self.companies,
            Device: self.devices,
            Worksite: self.worksites,
        }
        for row in rows:
            if row is not None and row not in kinds[type(row)]:
                kinds[type(row)].append(row)
                if ticked:
                    self.ticked.append(row)


def around(subject: Subject, day: date) -> Around:
    """Whom and what an event may concern that is written on the card of a subject: at most twelve of each."""
    found = Around()
    found.add([subject], ticked=True)
    companies: list[Company | None] = []
    if isinstance(subject, Person):
        running = [row for row in subject.affiliations if runs_on(day, row.from_on, row.to_on)]
        found.add([row.company for row in running if row.is_primary], ticked=True)
        companies = [row.company for row in running]
        found.add(_devices_of(Ownership.person_id == subject.id, day))
        found.add(worksites_of(subject)[:OFFERED])
    elif isinstance(subject, Company):
        companies = [subject]
    elif isinstance(subject, Worksite):
        companies = [db.session.get(Company, subject.address.company_id or 0)]
        found.add([db.session.get(Person, subject.contact_id or 0)])
    else:
        owners = _owners_of(subject, day)
        found.add(row.person for row in owners)
        companies = [row.company for row in owners]
    for company in companies:
        _add_company(found, company, day)
    return found


def _add_company(found: Around, company: Company | None, day: date) -> None:
    if company is None:
        return
    found.add([company])
    running = (Affiliation.company_id == company.id, _runs(Affiliation, day))
    people = select(Person).join(Affiliation, Affiliation.person_id == Person.id).where(*running)
    found.add(db.session.scalars(people.order_by(Person.last_name, Person.first_name, Person.id).limit(OFFERED)))
    found.add(_devices_of(Ownership.company_id == company.id, day))
    found.add(worksites_of(company)[:OFFERED])


def _runs(row: Any, day: date) -> ColumnElement[bool]:
    return and_(or_(row.from_on.is_(None), row.from_on <= day), or_(row.to_on.is_(None), row.to_on > day))


def _devices_of(mine: ColumnElement[bool], day: date) -> Sequence[Device]:
    held = select(Ownership.device_id).where(mine, _runs(Ownership, day))
    theirs = select(Device).where(Device.id.in_(held)).order_by(Device.serial, Device.id)
    return db.session.scalars(theirs.limit(OFFERED)).all()


def _owners_of(device: Device, day: date) -> Sequence[Ownership]:
    statement = select(Ownership).where(Ownership.device_id == device.id, _runs(Ownership, day))
    named = statement.where(Ownership.kind != OwnershipKind.RETURNED)
    return db.session.scalars(named.options(joinedload(Ownership.company), joinedload(Ownership.person))).all()


def around_event(event: Event, day: date, *, sees_people: bool = True) -> Around:
    """Whom and what an event concerns, ticked, and who and what else is near the first of them."""
    found = Around()
    people, worksites = (event.people, event.worksites) if sees_people else ([], [])
    concerned: list[Subject] = [*people, *event.companies, *event.devices, *worksites]
    found.add(concerned, ticked=True)
    if concerned and sees_people:
        first = concerned[0]
        near = around(person_with(first.id) or first if isinstance(first, Person) else first, day)
        found.add([*near.people, *near.companies, *near.devices, *near.worksites])
    return found


def subject_named(text: str) -> Subject | None:
    """The person, company or machine whose number, exact name or serial was typed; None when not exactly one."""
    party = party_numbered(text)
    if party is not None:
        return party
    devices = db.session.scalars(select(Device).where(func.lower(Device.serial) == text.strip().lower()).limit(2)).all()
    return devices[0] if len(devices) == 1 else None


# ---------- follow-ups ----------


@dataclass(frozen=True)
class TaskList:
    """Open follow-ups by section, the most urgent first, and how many each section has; None: those due later."""

    rows: dict[Section, Sequence[EventTask]]
    counts: Mapping[Section | None, int]
    sees_people: bool

    @property
    def people_ids(self) -> list[int]:
        """Whose names it shows."""
        tasks = [task for rows in self.rows.values() for task in rows]
        return [person.id for task in tasks for person in task.event.people] if self.sees_people else []


def open_tasks(today: date, *, assigned_to_id: int | None = None, sees_people: bool = True) -> TaskList:
    """Follow-ups not done: overdue, of today, of the next seven days; those of one member of staff where asked.

    sees_people: False gives those of visits and services only, without names of people.
    """
    waiting: list[ColumnElement[bool]] = [EventTask.done_at.is_(None)]
    if assigned_to_id is not None:
        waiting.append(EventTask.assigned_to_id == assigned_to_id)
    if not sees_people:
        waiting.append(EventTask.event_id.in_(select(Event.id).where(Event.channel.in_(JOBS))))
    by_day = select(EventTask.due_on, func.count()).where(*waiting).group_by(EventTask.due_on)
    counts: Counter[Section | None] = Counter()
    for due_on, many in db.session.execute(by_day):
        counts[section_of(due_on, today)] += many
    shown = selectinload(EventTask.event).options(*whole(sees_people=sees_people))
    first = select(EventTask).where(*waiting).order_by(EventTask.due_on, EventTask.id).options(shown)
    rows = {
        section: db.session.scalars(first.where(_is_in(section, today)).limit(SECTION_ROWS)).all()
        for section in Section
        if counts[section]
    }
    return TaskList(rows, counts, sees_people)


def _is_in(section: Section, today: date) -> ColumnElement[bool]:
    """SQL of rules.section_of."""
    if section is Section.OVERDUE:
        return EventTask.due_on < today
    if section is Section.TODAY:
        return EventTask.due_on == today
    return and_(EventTask.due_on > today, EventTask.due_on <= today + timedelta(days=SOON_DAYS))


def task_with(task_id: int, *, sees_people: bool = True) -> EventTask | None:
    """The follow-up with this id and its event, or None; without people only those of visits and services."""
    statement = select(EventTask).where(EventTask.id == task_id)
    task = db.session.scalar(statement.options(selectinload(EventTask.event).options(*whole(sees_people=sees_people))))
    return task if task is not None and (sees_people or task.event.channel in JOBS) else None

"""What erasing a person would do: what goes, what is emptied because others need the row, what stays."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Column, Table, func, or_, select

from rockrobot import clock
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Address, Person
from rockrobot.contacts.queries import addresses_of, merged_into
from rockrobot.contacts.rules import address_order
from rockrobot.db import Base, among, db
from rockrobot.devices.models import Device, DeviceFate, Ownership
from rockrobot.devices.rules import Fate, OwnershipKind
from rockrobot.erasures.models import Erasure
from rockrobot.erasures.rules import stays_until
from rockrobot.events.models import Attachment, AttachmentBody, Event, EventPerson, EventTask
from rockrobot.forgetting import ghosts_of, told_by_ghosts
from rockrobot.keyed_hash import keyed_hash
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import OPEN_STATES
from rockrobot.references import OnErase, pointing_at, reference_of

Ids = dict[str, set[int]]
OTHERS = ("event_people", "event_companies", "event_devices", "event_worksites")


@dataclass(frozen=True)
class Residue:
    """Why name and address stay: machines held, units of open recalls; until: the last day, None if not known yet."""

    device_ids: Collection[int]
    unit_count: int
    address_id: int | None
    until: date | None


@dataclass
class Plan:
    """What an erasure does, by table: rows that go, rows emptied, rows gone already that the ledger still tells of.

    cleared: columns that stop naming the person, with their rows. kept: rows left as they are.
    """

    people: set[int]
    residue: Residue | None = None
    gone: Ids = field(default_factory=dict)
    blanked: Ids = field(default_factory=dict)
    ghosts: Ids = field(default_factory=dict)
    cleared: list[tuple[Column[Any], set[int]]] = field(default_factory=list)
    kept: Ids = field(default_factory=dict)
    pinned: Ids = field(default_factory=dict)

    def note(self, part: Ids, table: str, ids: Iterable[int]) -> set[int]:
        """Put ids into a part; those that are new there."""
        new = set(ids) - part.setdefault(table, set())
        part[table] |= new
        return new

    def spare(self, table: str, ids: Collection[int]) -> None:
        """Empty rows that were to go."""
        found = self.gone.get(table, set()) & set(ids)
        self.gone.get(table, set()).difference_update(found)
        self.note(self.blanked, table, found)

    @property
    def digest(self) -> str:
        """Whom it is of and what goes and stays, in 16 letters: other ones once a row more or fewer does."""
        parts = [sorted(self.people), *map(_sorted, (self.gone, self.blanked, self.kept)), self.residue is not None]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows go and how many stay as they are."""
        return {"gone": sum(map(len, self.gone.values())), "kept": sum(map(len, self.kept.values()))}

    @property
    def told_of(self) -> Ids:
        """All rows whose values the ledger must forget."""
        found: Ids = {}
        for part in (self.gone, self.blanked, self.ghosts):
            for table, ids in part.items():
                found.setdefault(table, set()).update(ids)
        if self.residue and self.residue.address_id:
            found.setdefault("addresses", set()).add(self.residue.address_id)
        return found


def _sorted(part: Ids) -> dict[str, list[int]]:
    return {table: sorted(ids) for table, ids in part.items() if ids}


def erasure_of(person_id: int) -> Erasure | None:
    """The erasure of a person, or None."""
    return db.session.scalar(select(Erasure).where(Erasure.person_id == person_id))


def erased_person(person_id: int) -> Person | None:
    """A person that was erased, or None."""
    return db.session.scalar(select(Person).where(Person.id == person_id, Person.erased_on.is_not(None)))


def plan_of(person: Person) -> Plan:
    """What erasing a person does, with all who were merged into them."""
    people = {person.id, *(row.id for row in merged_into(person))}
    plan = Plan(people, residue_of(person))
    plan.note(plan.blanked, "people", people)
    _follow(plan, Person.__table__, people, set())
    _follow_events(plan)
    _follow_bodies(plan)
    _spare_pinned(plan)
    if plan.residue and plan.residue.address_id:
        plan.gone.get("addresses", set()).discard(plan.residue.address_id)
        plan.blanked.get("addresses", set()).discard(plan.residue.address_id)
    return plan


def _follow(plan: Plan, table: Table, live: set[int], ghosts: set[int]) -> None:
    """Walk the tables that name the rows, as their columns declare; a column without a word goes with its row."""
    waiting = [(table, live, ghosts)]
    while waiting:
        here, live, ghosts = waiting.pop()
        for column in pointing_at(here):
            if column.table is here:
                continue
            found = _live(column, live)
            rule = declared.on_erase if (declared := reference_of(column)) else OnErase.ERASE
            if rule is OnErase.KEEP:
                plan.note(plan.kept, column.table.name, found)
                plan.note(plan.pinned, here.name, _named(column, found))
            elif rule is OnErase.ANONYMISE:
                plan.cleared.append((column, found))
            else:
                new = plan.note(plan.gone, column.table.name, found)
                old = plan.note(plan.ghosts, column.table.name, ghosts_of(column, live | ghosts))
                if new or old:
                    waiting.append((column.table, new, old))


def _live(column: Column[Any], ids: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(column.table.c.id).where(among(column, ids))))


def _named(column: Column[Any], row_ids: Collection[int]) -> set[int]:
    """What a column of these rows names."""
    named = select(column).where(among(column.table.c.id, row_ids), column.is_not(None))
    return set(db.session.scalars(named))


def _follow_events(plan: Plan) -> None:
    """Events of the person alone go; those of others too stay as a fact, without text, files and follow-ups."""
    links, events = EventPerson.__table__, Event.__table__
    mine = _named(links.c.event_id, plan.gone.get(links.name, ()))
    shared = {id_ for id_ in mine if _concerns_others(plan, id_)} if mine else set()
    plan.note(plan.blanked, events.name, shared)
    for child in (EventTask.__table__, Attachment.__table__):
        column = child.c.event_id
        plan.note(plan.gone, child.name, _live(column, shared))
        plan.note(plan.ghosts, child.name, ghosts_of(column, shared))
    alone = plan.note(plan.gone, events.name, mine - shared)
    once = told_by_ghosts(links.c.event_id, plan.ghosts.get(links.name, ()))
    lost = once - _live(events.c.id, once)
    _follow(plan, events, alone, plan.note(plan.ghosts, events.name, lost))


def _concerns_others(plan: Plan, event_id: int) -> bool:
    for name in OTHERS:
        table = Base.metadata.tables[name]
        ids = set(db.session.scalars(select(table.c.id).where(table.c.event_id == event_id)))
        if ids - plan.gone.get(name, set()):
            return True
    return False


def _follow_bodies(plan: Plan) -> None:
    """The bytes of files that go, also of files taken off their event before; not those that another file shares."""
    files, bodies = Attachment.__table__, AttachmentBody.__table__
    gone = plan.gone.get(files.name, set())
    content = _named(files.c.content_id, gone) | told_by_ghosts(files.c.content_id, plan.ghosts.get(files.name, ()))
    others = select(files.c.content_id).where(among(files.c.content_id, content), ~among(files.c.id, gone))
    plan.note(plan.gone, bodies.name, _live(bodies.c.id, content) - set(db.session.scalars(others)))


def _spare_pinned(plan: Plan) -> None:
    """Rows that something kept names are emptied in place of deleted, and so are those that they name."""
    for table in reversed(Base.metadata.sorted_tables):
        plan.spare(table.name, plan.pinned.get(table.name, ()))
        for key in table.foreign_keys:
            named = _named(key.parent, plan.blanked.get(table.name, ())) if plan.blanked.get(table.name) else set()
            plan.spare(key.column.table.name, named)


# ---------- what stays for recalls ----------


def residue_of(person: Person) -> Residue | None:
    """Why name and address of a person stay for recalls; None where nothing asks for it."""
    devices, units = _held(person.id), _open_units(person.id)
    if not devices and not units:
        return None
    place = next(iter(address_order(addresses_of(person), clock.today())), None)
    return Residue(devices, units, place.id if place else None, stays_until(_newest_built(devices)))


def _held(person_id: int) -> list[int]:
    """The machines that a person owns or holds today and that were not scrapped."""
    runs = or_(Ownership.to_on.is_(None), Ownership.to_on > clock.today())
    scrapped = select(DeviceFate.device_id).where(DeviceFate.fate == Fate.SCRAPPED)
    mine = (Ownership.person_id == person_id, Ownership.kind != OwnershipKind.RETURNED, runs)
    return list(db.session.scalars(select(Ownership.device_id).where(*mine, Ownership.device_id.not_in(scrapped))))


def _open_units(person_id: int) -> int:
    """How many units of recalls are open about which the person was written to or called."""
    count = select(func.count(func.distinct(CaseUnit.id))).join(AttemptUnit, AttemptUnit.case_unit_id == CaseUnit.id)
    mine = count.join(Attempt, Attempt.id == AttemptUnit.attempt_id).where(Attempt.person_id == person_id)
    return db.session.scalar(mine.where(CaseUnit.state.in_(OPEN_STATES))) or 0


def _newest_built(device_ids: Collection[int]) -> list[date | None]:
    """For each model among these machines the day its newest machine was built, None where no day is known."""
    models = select(Device.device_model_id).where(among(Device.__table__.c.id, device_ids))
    newest = select(func.max(Device.built_on)).where(Device.device_model_id.in_(models))
    return list(db.session.scalars(newest.group_by(Device.device_model_id)))


def address_kept(plan: Plan) -> Address | None:
    """The address that stays for recalls, or None."""
    return db.session.get(Address, plan.residue.address_id) if plan.residue and plan.residue.address_id else None


# ---------- the register outside the database ----------


class Entry(NamedTuple):
    """A line of the register outside the database."""

    person_id: int
    person_digest: str


def register_path() -> Path:
    """Where the register outside the database is kept."""
    return Path(current_app.config["DATA_DIR"]) / "erasures.jsonl"


def digest_of(person: Person) -> str:
    """By what a person is recognised in a backup: keyed hash of their number and of the ledger's first word of them.

    Numbers alone are given again: after a restore, who comes next gets those of who came after the backup.
    """
    told = (LedgerEntry.table_name == Person.__tablename__, LedgerEntry.row_id == person.id)
    first = db.session.scalars(select(LedgerEntry.hash).where(*told).order_by(LedgerEntry.id).limit(1)).one()
    return keyed_hash("erased person", f"{person.person_no} {first}")


def register_line(row: Erasure) -> str:
    """An erasure as the register says it: no names."""
    told = {"person_id": row.person_id, "digest": row.person_digest, "erased_at": row.erased_at.isoformat()}
    return json.dumps(told) + "\n"


def read_register(path: Path) -> dict[Entry, None]:
    """What a register says, in its order; nothing where there is no file. Raises ValueError for one that is none."""
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {Entry(one["person_id"], one["digest"]): None for one in lines}

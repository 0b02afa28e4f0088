"""Takes planned contacts into the register, in chunks under one change set."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

from rockrobot import clock, ledger
from rockrobot.contact_cells.rules import AddressSaid, PointSaid
from rockrobot.contact_changes.rules import COLUMNS, Change, CompanyNamed, PlannedContact
from rockrobot.contact_columns.rules import Product
from rockrobot.contact_files.rules import ContactPlan
from rockrobot.contact_matches.models import ImportKey
from rockrobot.contact_matches.rules import StoredAddress, StoredPoint, key_of
from rockrobot.contact_rows.rules import what_is_said
from rockrobot.contacts.models import Address, Company, ContactPoint, Person
from rockrobot.contacts.queries import free_customer_nos, free_person_nos
from rockrobot.contacts.rules import Source
from rockrobot.db import db
from rockrobot.duplicates.actions import queue_likely
from rockrobot.duplicates.rules import Kind
from rockrobot.events.actions import NewEvent, add_events
from rockrobot.events.rules import Channel
from rockrobot.party_facts.actions import Facts, write_facts

CHUNK = 2_000
SPOILED_NOTE = "Taulukko-ohjelma on pilannut numeron"
Progress = Callable[[int], None]
Update = tuple[int, dict[str, Any], dict[str, Any]]


def apply_contacts(plan: ContactPlan, *, on: date, progress: Progress | None = None) -> None:
    """Write every new and changed row; commits after each chunk, all in the one running change set.

    Who is likely somebody that was there already waits in the queue of duplicates at once.
    on: the day from which a new company or address counts, and on which the one before ends.
    """
    writer = _Writer(plan, on)
    writer.add_companies(plan.new_companies())
    db.session.commit()
    rows = plan.written()
    for start in range(0, len(rows), CHUNK):
        writer.write(rows[start : start + CHUNK])
        db.session.commit()
        if progress:
            progress(min(start + CHUNK, len(rows)))
    for kind, ids in writer.written.items():
        queue_likely(kind, ids)


class _Writer:
    """Knows the ids of what this import has made."""

    def __init__(self, plan: ContactPlan, on: date) -> None:
        self.product = plan.product
        self.source = Source.OUTLOOK if plan.product is Product.OUTLOOK else Source.FILE
        self.on = on
        self.made: dict[int, int] = {}
        self.written: dict[Kind, set[int]] = {kind: set() for kind in Kind}

    def add_companies(self, companies: Sequence[CompanyNamed]) -> None:
        """The companies that rows name and nobody has stored."""
        numbers = iter(free_customer_nos(len(companies)))
        rows = [
            {"customer_no": one.customer_no or next(numbers), "name": one.name, "business_id": one.business_id}
            for one in companies
        ]
        ids = ledger.bulk_insert(Company.__table__, rows)
        self.made |= {id(one): id_ for one, id_ in zip(companies, ids, strict=True)}
        self.written[Kind.COMPANIES].update(ids)

    def company_id(self, named: CompanyNamed | None) -> int | None:
        """The id of the company that a row names."""
        if named is None:
            return None
        return named.party.id if named.party else self.made[id(named)]

    def write(self, rows: Sequence[PlannedContact]) -> None:
        """Write one chunk, table by table."""
        owners = self._owners(rows)
        pairs = list(zip(owners, rows, strict=True))
        for id_, row in pairs:
            self.written[Kind.COMPANIES if row.contact.is_company else Kind.PEOPLE].add(id_)
        for is_company, table in ((False, Person.__table__), (True, Company.__table__)):
            known = [(id_, row) for id_, row in pairs if row.party and row.contact.is_company is is_company]
            _update(table, [update for id_, row in known if (update := _columns_changed(id_, row))[2]])
        facts = [self._facts(id_, row) for id_, row in pairs if not row.contact.is_company]
        write_facts("people", facts, on=self.on)
        self._points(pairs)
        self._addresses(pairs)
        self._notes(pairs)
        self._keys(pairs)

    def _owners(self, rows: Sequence[PlannedContact]) -> list[int]:
        """The id of whom each row is about; new people are made."""
        fresh = [row for row in rows if row.party is None and not row.contact.is_company]
        numbers = free_person_nos(len(fresh))
        values = [
            {"person_no": number} | {name: getattr(row.contact, name) for name in COLUMNS[False]}
            for number, row in zip(numbers, fresh, strict=True)
        ]
        made = iter(ledger.bulk_insert(Person.__table__, values))
        return [self._owner(row) or next(made) for row in rows]

    def _owner(self, row: PlannedContact) -> int | None:
        """The id of whom a row is about; None for a new person."""
        if row.party is not None:
            return row.party.id
        return self.company_id(row.company) if row.contact.is_company else None

    def _facts(self, owner_id: int, row: PlannedContact) -> Facts:
        changed = {change.what: change.new for change in row.changes if change.what in {"company", "title"}}
        says = (row.party.values if row.party else {}) | changed
        changes = {"customer_no" if what == "company" else what: new for what, new in changed.items()}
        company_id = self.company_id(row.company) if "company" in changed else None
        return Facts(owner_id, changes, {"title": says.get("title", "")}, company_id)

    def _points(self, pairs: Sequence[tuple[int, PlannedContact]]) -> None:
        fresh: list[dict[str, Any]] = []
        updates: list[Update] = []
        for owner_id, row in pairs:
            for change in (change for change in row.changes if isinstance(change.said, PointSaid)):
                if isinstance(change.replaces, StoredPoint):
                    after = _said_of(cast(PointSaid, change.said))
                    before = {name: getattr(change.replaces, name) for name in after}
                    updates.append((change.replaces.id, before, after))
                elif change.what == "switchboard_of_company":
                    fresh.append(self._point(change) | {"company_id": self.company_id(row.company)})
                else:
                    owner = "company_id" if row.contact.is_company else "person_id"
                    fresh.append(self._point(change) | {owner: owner_id})
        ledger.bulk_insert(ContactPoint.__table__, fresh)
        _update(ContactPoint.__table__, updates)

    def _point(self, change: Change) -> dict[str, Any]:
        """The columns of a new contact point, without its owner."""
        said = cast(PointSaid, change.said)
        return {"kind": said.kind, "source": self.source, "is_primary": change.is_primary, **_said_of(said)}

    def _addresses(self, pairs: Sequence[tuple[int, PlannedContact]]) -> None:
        """New addresses; the one that gives way ends on the day on which the new one begins."""
        fresh: list[dict[str, Any]] = []
        ended: list[Update] = []
        for owner_id, row in pairs:
            owner = "company_id" if row.contact.is_company else "person_id"
            for change in row.changes:
                if isinstance(change.said, AddressSaid):
                    values = change.said._asdict() | {owner: owner_id}
                    if isinstance(change.replaces, StoredAddress):
                        before = {"valid_to": change.replaces.valid_to}
                        ended.append((change.replaces.id, before, {"valid_to": self.on}))
                        values["valid_from"] = self.on
                    fresh.append(values)
        ledger.bulk_insert(Address.__table__, fresh)
        _update(Address.__table__, ended)

    def _notes(self, pairs: Sequence[tuple[int, PlannedContact]]) -> None:
        """What the source has noted of each stands on their timeline, as of now: no file says when it was noted."""
        now, links = clock.now(), {False: "people", True: "companies"}
        notes = ((id_, row, change) for id_, row in pairs for change in row.changes if change.what == "notes")
        events = [
            NewEvent({links[row.contact.is_company]: [id_]}, Channel.NOTE, now, change.new, source=self.source)
            for id_, row, change in notes
        ]
        add_events(events)

    def _keys(self, pairs: Sequence[tuple[int, PlannedContact]]) -> None:
        """What the source calls each, and what it said of them this time."""
        fresh: list[dict[str, Any]] = []
        updates: list[Update] = []
        for owner_id, row in pairs:
            said = what_is_said(row.contact)
            if row.party is not None and row.party.key_id is not None:
                before = dict(row.party.said)
                updates.append((row.party.key_id, {"said": before}, {"said": before | said}))
            else:
                owner = "company_id" if row.contact.is_company else "person_id"
                fresh.append({"source": self.product, "key": key_of(row.contact), owner: owner_id, "said": said})
        ledger.bulk_insert(ImportKey.__table__, fresh)
        _update(ImportKey.__table__, updates)


def _columns_changed(id_: int, row: PlannedContact) -> Update:
    names = {"company": "name"} if row.contact.is_company else {}
    own = [change for change in row.changes if change.what in COLUMNS[row.contact.is_company]]
    old = {names.get(change.what, change.what): change.old for change in own}
    return id_, old, {names.get(change.what, change.what): change.new for change in own}


def _said_of(point: PointSaid) -> dict[str, Any]:
    note = SPOILED_NOTE if point.is_spoiled else ""
    return {"raw": point.raw, "normal": point.normal, "extension": point.extension, "note": note}


def _update(table: Any, updates: Sequence[Update]) -> None:
    if updates:
        ledger.bulk_update(table, updates)

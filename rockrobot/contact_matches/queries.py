"""What is stored of those whom a file of contacts can be about, in a fixed number of questions whatever its length."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Text, func, or_, select

from rockrobot.contact_cells.rules import AddressSaid, plain
from rockrobot.contact_columns.rules import Product
from rockrobot.contact_matches.models import ImportKey
from rockrobot.contact_matches.rules import Stored, StoredAddress, StoredParty, StoredPoint, key_of
from rockrobot.contact_rows.rules import Contact
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person
from rockrobot.contacts.rules import runs_on
from rockrobot.db import among, db
from rockrobot.events.models import Event, EventCompany, EventPerson
from rockrobot.events.rules import Channel

_people, _companies, _points = Person.__table__, Company.__table__, ContactPoint.__table__
_addresses, _affiliations, _keys = Address.__table__, Affiliation.__table__, ImportKey.__table__


def stored_for(contacts: Sequence[Contact], product: Product, *, day: Any) -> Stored:
    """The people and companies that these rows can be about, with all that a list can say of them.

    day: on which a contact point or address counts as running.
    """
    keys = _rows(select(_keys).where(_keys.c.source == product, among(_keys.c.key, {key_of(row) for row in contacts})))
    stored = Stored()
    _load_people(stored, _with_kept(_people, _people_ids(contacts, keys)))
    employers = {person.company_id for person in stored.people.values() if person.company_id}
    _load_companies(stored, _with_kept(_companies, _company_ids(contacts, keys) | employers))
    for parties, owner in ((stored.people, "person_id"), (stored.companies, "company_id")):
        _load_points(parties, owner, day)
        _load_addresses(parties, owner, day)
        _load_said(parties, owner, product)
    if any(row.notes for row in contacts):
        _load_notes(stored.people, EventPerson.__table__.c.person_id)
        _load_notes(stored.companies, EventCompany.__table__.c.company_id)
    for row in keys:
        party = stored.people.get(row.person_id) if row.person_id else stored.companies.get(row.company_id)
        if party is not None:
            stored.keys[row.key] = party
            party.key_id, party.said = row.id, row.said
    stored.index()
    return stored


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.connection().execute(statement).all()


def _letters(texts: Iterable[str]) -> set[str]:
    """Each text as the database's lower() gives it, whichever letters it is stored in: SQLite's knows A to Z alone."""
    found: set[str] = set()
    for text in texts:
        for variant in (text, text.upper(), text.lower(), text.title()):
            found |= {"".join(letter.lower() if letter.isascii() else letter for letter in variant), variant.lower()}
    return found - {""}


def _people_ids(contacts: Sequence[Contact], keys: Iterable[Any]) -> set[int]:
    normals = {point.normal for row in contacts for point in row.points}
    numbers = {row.text(name) for row in contacts for name in ("person_no", "key")} - {""}
    names = _letters(row.last_name for row in contacts)
    by_name = or_(among(func.lower(_people.c.last_name, type_=Text), names), among(_people.c.person_no, numbers))
    ids = {row.id for row in _rows(select(_people.c.id).where(by_name))}
    owners = select(_points.c.person_id).where(among(_points.c.normal, normals), _points.c.person_id.is_not(None))
    return ids | {row.person_id for row in _rows(owners)} | {row.person_id for row in keys if row.person_id}


def _company_ids(contacts: Sequence[Contact], keys: Iterable[Any]) -> set[int]:
    numbers = {row.text("customer_no") for row in contacts} - {""}
    business_ids = {row.text("business_id") for row in contacts} - {""}
    names = _letters(row.text("company") for row in contacts)
    asked = or_(
        among(_companies.c.customer_no, numbers),
        among(_companies.c.business_id, business_ids),
        among(func.lower(_companies.c.name, type_=Text), names),
    )
    ids = {row.id for row in _rows(select(_companies.c.id).where(asked))}
    return ids | {row.company_id for row in keys if row.company_id}


def _with_kept(table: Any, ids: set[int]) -> set[int]:
    """These records and those that they were merged into, however often."""
    merged = table.c.merged_into_id
    fresh = ids
    while fresh:
        statement = select(merged).where(among(table.c.id, fresh), merged.is_not(None)).distinct()
        fresh = {row[0] for row in _rows(statement)} - ids
        ids = ids | fresh
    return ids


def _load_people(stored: Stored, ids: Collection[int]) -> None:
    for row in _rows(select(_people).where(among(_people.c.id, ids))):
        values = {"first_name": row.first_name, "last_name": row.last_name, "language": row.language}
        values |= {"title": "", "company": ""}
        by_hand = frozenset(row.hand_changed or [])
        stored.people[row.id] = StoredParty(row.id, row.person_no, False, values, by_hand)
        stored.people[row.id].merged_into_id = row.merged_into_id
    facts = (_affiliations.c.person_id, _affiliations.c.title, _affiliations.c.company_id, _companies.c.name)
    statement = select(*facts).outerjoin(_companies, _companies.c.id == _affiliations.c.company_id)
    statement = statement.where(among(_affiliations.c.person_id, ids), _affiliations.c.is_primary)
    for row in _rows(statement.order_by(_affiliations.c.id.desc())):
        party = stored.people[row.person_id]
        party.values |= {"title": row.title, "company": row.name or ""}
        party.company_id = row.company_id


def _load_companies(stored: Stored, ids: Collection[int]) -> None:
    for row in _rows(select(_companies).where(among(_companies.c.id, ids))):
        values = {"company": row.name, "business_id": row.business_id, "language": row.language}
        by_hand = frozenset("company" if name == "name" else name for name in row.hand_changed or [])
        stored.companies[row.id] = StoredParty(row.id, row.customer_no, True, values, by_hand)
        stored.companies[row.id].merged_into_id = row.merged_into_id


def _load_points(parties: dict[int, StoredParty], owner: str, day: Any) -> None:
    key = _points.c[owner]
    for row in _rows(select(_points).where(among(key, parties.keys())).order_by(_points.c.id)):
        is_running = runs_on(day, row.valid_from, row.valid_to)
        point = StoredPoint(row.id, row.kind, row.raw, row.normal, row.extension, row.note, is_running, row.is_primary)
        parties[getattr(row, owner)].points.append(point)


def _load_addresses(parties: dict[int, StoredParty], owner: str, day: Any) -> None:
    key = _addresses.c[owner]
    for row in _rows(select(_addresses).where(among(key, parties.keys())).order_by(_addresses.c.id)):
        said = AddressSaid(row.kind, row.street, row.postcode, row.city, row.country)
        is_running = runs_on(day, row.valid_from, row.valid_to)
        address = StoredAddress(row.id, said, row.valid_to, is_running, bool(row.hand_changed))
        parties[getattr(row, owner)].addresses.append(address)


def _load_notes(parties: dict[int, StoredParty], owner: Any) -> None:
    """What notes say of each, whoever wrote them."""
    notes = select(owner.label("owner_id"), Event.text).join_from(owner.table, Event.__table__)
    for row in _rows(notes.where(among(owner, parties.keys()), Event.channel == Channel.NOTE)):
        parties[row.owner_id].notes.add(plain(row.text))


def _load_said(parties: dict[int, StoredParty], owner: str, product: Product) -> None:
    """What the source said last of each, by whichever of its keys."""
    key = _keys.c[owner]
    for row in _rows(select(_keys).where(among(key, parties.keys()), _keys.c.source == product).order_by(_keys.c.id)):
        party = parties[getattr(row, owner)]
        party.key_id, party.said = row.id, row.said

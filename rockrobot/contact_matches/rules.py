"""Who a row is about, by exact and explained matches: pure; rows and what is stored in, an answer out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rockrobot.contact_cells.rules import AddressSaid, plain
from rockrobot.contact_rows.rules import Contact, identity
from rockrobot.contacts.rules import PHONES, PointKind

NEW_WORDS = frozenset({"uusi", "new", "ny"})


class How(StrEnum):
    """By what a row was matched with somebody stored, the surest first."""

    NUMBER = "number"
    KEY = "key"
    EMAIL = "email"
    PHONE = "phone"
    BUSINESS_ID = "business_id"
    NAME = "name"


@dataclass(frozen=True)
class StoredPoint:
    """A way to reach somebody as it is stored."""

    id: int
    kind: PointKind
    raw: str
    normal: str
    extension: str
    note: str
    is_running: bool
    is_primary: bool


@dataclass(frozen=True)
class StoredAddress:
    """An address as it is stored."""

    id: int
    said: AddressSaid
    valid_to: date | None
    is_running: bool
    is_by_hand: bool


@dataclass
class StoredParty:
    """A person or company as stored; values: the columns and facts that a list can say of them.

    notes: as they are compared (plain). said: digests.
    """

    id: int
    number: str
    is_company: bool
    values: dict[str, str]
    by_hand: frozenset[str] = frozenset()
    company_id: int | None = None
    merged_into_id: int | None = None
    points: list[StoredPoint] = field(default_factory=list)
    addresses: list[StoredAddress] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    key_id: int | None = None
    said: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name as one reads it."""
        if self.is_company:
            return self.values["company"]
        return f"{self.values['first_name']} {self.values['last_name']}".strip()


@dataclass
class Stored:
    """What is stored of the people and companies that a file can be about, and how each is found."""

    people: dict[int, StoredParty] = field(default_factory=dict)
    companies: dict[int, StoredParty] = field(default_factory=dict)
    keys: dict[str, StoredParty] = field(default_factory=dict)
    people_by: dict[tuple[How, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    companies_by: dict[tuple[How, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    def index(self) -> None:
        """Note by what each person and company is found: one merged into another stands for that one."""
        for person in self.people.values():
            self.people_by[How.NUMBER, person.number].add(self.kept(person).id)
            self.people_by[How.NAME, plain(person.name)].add(self.kept(person).id)
            for point in person.points:
                self.people_by[how_of(point.kind), point.normal].add(person.id)
        for company in self.companies.values():
            kept = self.kept(company)
            self.companies_by[How.NUMBER, company.number].add(kept.id)
            self.companies_by[How.NAME, plain(company.name)].add(kept.id)
            if company.values["business_id"]:
                self.companies_by[How.BUSINESS_ID, company.values["business_id"]].add(kept.id)

    def kept(self, party: StoredParty) -> StoredParty:
        """The record that this one was merged into at last, or itself."""
        parties = self.companies if party.is_company else self.people
        while party.merged_into_id is not None:
            party = parties[party.merged_into_id]
        return party


class Match(NamedTuple):
    """Whom a row is about: those found and by what; several are an ambiguity, none somebody new."""

    parties: list[StoredParty]
    how: How | None = None


def how_of(kind: PointKind) -> How:
    """By what a contact point finds its owner."""
    return How.PHONE if kind in PHONES else How.EMAIL


def key_of(contact: Contact) -> str:
    """What the row is called in its source: its own key, else the digest of who it is about."""
    return contact.text("key") or f"row:{identity(contact)}"


def match_person(contact: Contact, stored: Stored) -> Match:
    """Who a row about a person is about, by the first of these that finds somebody.

    Our own number of the person; the source's key; our number as the source's key and the name (a card of our own); an
    e-mail address and the name; a phone number and the name.
    Names are compared without difference of letters' size. Source: our choice: exact, so that it can be explained.
    """
    number = contact.text("person_no")
    if number:
        return _found(stored, stored.people_by.get((How.NUMBER, number), ()), How.NUMBER)
    party = stored.keys.get(key_of(contact))
    if party is not None and not party.is_company:
        return Match([party], How.KEY)
    same_name = stored.people_by.get((How.NAME, plain(contact.name)), set())
    ours = stored.people_by.get((How.NUMBER, contact.text("key")), set()) & same_name
    if ours:
        return _found(stored, ours, How.NUMBER)
    for how in (How.EMAIL, How.PHONE):
        normals = [p.normal for p in contact.points if how_of(p.kind) is how and not p.is_spoiled]
        ids = {id_ for normal in normals for id_ in stored.people_by.get((how, normal), ())} & same_name
        if ids:
            return _found(stored, ids, how)
    return Match([])


def _found(stored: Stored, ids: Iterable[int], how: How) -> Match:
    return Match([stored.people[id_] for id_ in sorted(ids)], how)


def match_company(contact: Contact, stored: Stored) -> Match:
    """Which company a row names: by customer number, business id, then the name without difference of letters' size."""
    questions = (
        (How.NUMBER, contact.text("customer_no")),
        (How.BUSINESS_ID, contact.text("business_id") if contact.is_company else ""),
        (How.NAME, plain(contact.text("company"))),
    )
    for how, asked in questions:
        ids = stored.companies_by.get((how, asked), ()) if asked else ()
        if ids:
            return Match([stored.companies[id_] for id_ in sorted(ids)], how)
        if asked and how is How.NUMBER:
            break
    return Match([])


def similar_people(contact: Contact, stored: Stored) -> list[StoredParty]:
    """People whom a row may be about without an exact match: a person must decide.

    The same name, unless both have a company and it is another; or the same e-mail address or phone number and the
    same first or last name. A shared number or address alone is no evidence. Source: our choice.
    """
    found: dict[int, StoredParty] = {}
    for id_ in stored.people_by.get((How.NAME, plain(contact.name)), ()):
        theirs, ours = plain(stored.people[id_].values["company"]), plain(contact.text("company"))
        if not theirs or not ours or theirs == ours:
            found[id_] = stored.people[id_]
    for point in contact.points:
        for id_ in stored.people_by.get((how_of(point.kind), point.normal), ()):
            if _shares_a_name(contact, stored.people[id_]):
                found[id_] = stored.people[id_]
    return [found[id_] for id_ in sorted(found)]


def _shares_a_name(contact: Contact, party: StoredParty) -> bool:
    ours = {plain(contact.first_name), plain(contact.last_name)} - {""}
    return bool(ours & {plain(party.values["first_name"]), plain(party.values["last_name"])})

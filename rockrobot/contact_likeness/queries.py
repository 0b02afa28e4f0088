"""Whom of the register the rows of a contact list are likely about without saying so exactly."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from rockrobot.contact_changes.rules import Alike, CompanyNamed, Outcome, PlannedContact
from rockrobot.contact_rows.rules import Contact
from rockrobot.contacts.models import Company
from rockrobot.duplicates.queries import MOST_TOLD, Party, companies_like_many, parties_with, people_like_many
from rockrobot.duplicates.rules import Kind
from rockrobot.likeness.rules import Likeness
from rockrobot.traits.queries import (
    HOME,
    TypedPlace,
    TypedPoint,
    company_traits,
    person_traits,
    shared_points,
)
from rockrobot.traits.rules import CompanyTraits, PersonTraits

RowsByNumber = Mapping[int, Sequence[PlannedContact]]


def note_alike(rows: Sequence[PlannedContact], new_companies: Sequence[CompanyNamed]) -> None:
    """Note at each row whom of the register the person, and which the company, that it makes new is likely to be."""
    fresh = [row for row in rows if row.outcome in {Outcome.NEW, Outcome.DUPLICATE} and not row.contact.is_company]
    shared = shared_points({point.normal for row in fresh for point in row.contact.points})
    people = {number: _person_traits(row.contact, shared) for number, row in enumerate(fresh)}
    _note(Kind.PEOPLE, people_like_many(people, are_known=False), {n: [row] for n, row in enumerate(fresh)})
    naming: dict[int, list[PlannedContact]] = {id(company): [] for company in new_companies}
    for row in rows:
        if id(row.company) in naming:
            naming[id(row.company)].append(row)
    companies = {number: _company_traits(naming[number][0]) for number in naming}
    _note(Kind.COMPANIES, companies_like_many(companies, are_known=False), naming)


def _note(kind: Kind, found: Mapping[int, Mapping[int, Likeness]], rows: RowsByNumber) -> None:
    parties = parties_with(kind, {id_ for likely in found.values() for id_ in likely})
    for number, likely in found.items():
        alike = [_alike(kind, parties[id_], one) for id_, one in islice(likely.items(), MOST_TOLD)]
        for row in rows[number]:
            row.alike += alike


def _alike(kind: Kind, party: Party, likeness: Likeness) -> Alike:
    number = party.customer_no if isinstance(party, Company) else party.person_no
    return Alike(kind, party.id, party.name, number, likeness.reasons)


def _person_traits(contact: Contact, shared: Collection[str]) -> PersonTraits:
    return person_traits(
        (contact.first_name, contact.last_name),
        companies=[contact.text("company")],
        points=_points(contact),
        places=_places(contact),
        shared=shared,
    )


def _company_traits(row: PlannedContact) -> CompanyTraits:
    """What a row says of the company it names: of one about a person, the name and the switchboard."""
    contact, named = row.contact, row.company
    is_company = contact.is_company
    return company_traits(
        named.name if named else "",
        business_id=named.business_id if named else "",
        points=_points(contact) if is_company else [(point.kind, point.normal) for point in contact.switchboards],
        places=_places(contact) if is_company else (),
    )


def _points(contact: Contact) -> list[TypedPoint]:
    return [(point.kind, point.normal) for point in contact.points if not point.is_spoiled]


def _places(contact: Contact) -> list[TypedPlace]:
    return [(said.postcode, said.street) for said in contact.addresses if said.kind in HOME]

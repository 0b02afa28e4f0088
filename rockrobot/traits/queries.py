"""What is known of people and companies of the register, or of somebody who is being typed in, as it is compared."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person
from rockrobot.contacts.queries import still_here
from rockrobot.contacts.rules import AddressKind, PointKind
from rockrobot.db import among, db
from rockrobot.names.rules import company_name
from rockrobot.search_words import fold
from rockrobot.traits.rules import (
    CompanyTraits,
    PersonTraits,
    Place,
    all_points,
    business_id_of,
    domains,
    place_of,
    telling_points,
)

TypedPoint = tuple[PointKind, str]
TypedPlace = tuple[str, str]
HOME = (AddressKind.POSTAL, AddressKind.VISITING)
_people, _companies, _points = Person.__table__.c, Company.__table__.c, ContactPoint.__table__.c
_addresses, _affiliations = Address.__table__.c, Affiliation.__table__.c


def person_traits(
    name: tuple[str, str],
    *,
    companies: Iterable[str] = (),
    points: Iterable[TypedPoint] = (),
    places: Iterable[TypedPlace] = (),
    shared: Collection[str] = (),
) -> PersonTraits:
    """A person's traits from what is written of them.

    name: first and last. points: kind and normal form. places: postcode and street. shared: normal forms that a company
    or a worksite has.
    """
    known = list(points)
    found = telling_points(known, shared)
    return PersonTraits(
        fold(name[0]),
        fold(name[1]),
        frozenset(company_name(fold(company)).core for company in companies if company),
        frozenset(found.phones),
        frozenset(found.mobiles),
        frozenset(found.emails),
        domains(all_points(known).emails),
        _places(places),
    )


def company_traits(
    name: str,
    *,
    business_id: str = "",
    country: str = "",
    points: Iterable[TypedPoint] = (),
    places: Iterable[TypedPlace] = (),
) -> CompanyTraits:
    """A company's traits from what is written of it; points and places as of a person."""
    found = all_points(points)
    return CompanyTraits(
        company_name(fold(name)),
        business_id_of(business_id),
        country.upper(),
        frozenset(found.phones | found.mobiles),
        frozenset(found.emails),
        _places(places),
    )


def _places(places: Iterable[TypedPlace]) -> frozenset[Place]:
    return frozenset(place_of(fold(postcode), fold(street)) for postcode, street in places if postcode or street)


# ---------- of the register ----------


def traits_of_people(ids: Collection[int] | None = None) -> dict[int, PersonTraits]:
    """What is known of people, of all of them unless ids are given; those merged into others are left out."""
    wanted = and_(*still_here(Person), _chosen(_people.id, ids))
    named = _rows(select(_people.id, _people.first_name, _people.last_name).where(wanted))
    points = _points_by(_points.person_id, ids)
    shared = shared_points(None if ids is None else {normal for found in points.values() for _, normal in found})
    companies, places = _companies_by_person(ids), _places_by(_addresses.person_id, ids)
    return {
        row.id: person_traits(
            (row.first_name, row.last_name),
            companies=companies[row.id],
            points=points[row.id],
            places=places[row.id],
            shared=shared,
        )
        for row in named
    }


def traits_of_companies(ids: Collection[int] | None = None) -> dict[int, CompanyTraits]:
    """What is known of companies, of all of them unless ids are given; those merged into others are left out."""
    wanted = _companies.merged_into_id.is_(None) & _chosen(_companies.id, ids)
    columns = (_companies.id, _companies.name, _companies.business_id, _companies.country)
    points, places = _points_by(_points.company_id, ids), _places_by(_addresses.company_id, ids)
    return {
        row.id: company_traits(
            row.name,
            business_id=row.business_id,
            country=row.country,
            points=points[row.id],
            places=places[row.id],
        )
        for row in _rows(select(*columns).where(wanted))
    }


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.connection().execute(statement).all()


def _chosen(column: ColumnElement[Any], ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else among(column, ids)


def _points_by(owner: ColumnElement[Any], ids: Collection[int] | None) -> defaultdict[int, list[TypedPoint]]:
    """Ways to reach somebody, ended ones too: an old record may know only those."""
    found: defaultdict[int, list[TypedPoint]] = defaultdict(list)
    statement = select(owner, _points.kind, _points.normal).where(owner.is_not(None), _chosen(owner, ids))
    for owner_id, kind, normal in _rows(statement):
        found[owner_id].append((kind, normal))
    return found


def _places_by(owner: ColumnElement[Any], ids: Collection[int] | None) -> defaultdict[int, list[TypedPlace]]:
    found: defaultdict[int, list[TypedPlace]] = defaultdict(list)
    wanted = owner.is_not(None) & _addresses.kind.in_(HOME) & _chosen(owner, ids)
    for owner_id, postcode, street in _rows(select(owner, _addresses.postcode, _addresses.street).where(wanted)):
        found[owner_id].append((postcode, street))
    return found


def _companies_by_person(ids: Collection[int] | None) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    joined = select(_affiliations.person_id, _companies.name).join_from(
        Affiliation.__table__, Company.__table__, _companies.id == _affiliations.company_id
    )
    for person_id, name in _rows(joined.where(_chosen(_affiliations.person_id, ids))):
        found[person_id].append(name)
    return found


def shared_points(normals: Collection[str] | None = None) -> frozenset[str]:
    """The numbers and addresses, in normal form, that a company or a worksite has; of these only, where given."""
    of_house = or_(_points.company_id.is_not(None), _points.worksite_id.is_not(None))
    wanted = true() if normals is None else among(_points.normal, normals)
    return frozenset(row.normal for row in _rows(select(_points.normal).where(of_house, wanted)))

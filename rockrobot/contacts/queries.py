"""Which companies and people there are, and where they are written to."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from rockrobot import search_index
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.contacts.rules import PointKind, main_point
from rockrobot.db import among, db

MAIL = (PointKind.EMAIL,)
WITH_COMPANIES = selectinload(Person.affiliations)
WITH_POINTS_OF_PEOPLE = selectinload(Person.points)
WITH_POINTS_OF_COMPANIES = selectinload(Company.points)
EMPLOYER = search_index.Through("company_id", Company.__table__, "name", "employer")

search_index.declare(
    search_index.Kind(
        "company",
        Company.__table__,
        columns=("name", "customer_no", "business_id"),
        children=(
            search_index.Child(ContactPoint.__table__, "company_id", phones=("normal", "raw")),
            search_index.Child(Company.__table__, "merged_into_id", columns=("name", "customer_no")),
        ),
        hidden_by=("merged_into_id",),
    )
)
search_index.declare(
    search_index.Kind(
        "person",
        Person.__table__,
        columns=("person_no",),
        phrases=(("first_name", "last_name"), ("last_name", "first_name")),
        children=(
            search_index.Child(ContactPoint.__table__, "person_id", phones=("normal", "raw")),
            search_index.Child(Person.__table__, "merged_into_id", columns=("first_name", "last_name", "person_no")),
            search_index.Child(Affiliation.__table__, "person_id", through=(EMPLOYER,)),
        ),
        hidden_by=("merged_into_id", "erased_on"),
    )
)


def contact_types(model: type[Company | Person]) -> Sequence[str]:
    """The contact types that companies or people have, in alphabetical order."""
    kind = model.contact_type
    return db.session.scalars(select(kind).where(kind != "").distinct().order_by(kind)).all()


def countries_of_companies() -> Sequence[str]:
    """The codes of the countries in which companies are at home."""
    code = Company.country
    return db.session.scalars(select(code).where(code != "").distinct().order_by(code)).all()


def still_here(model: Any) -> list[ColumnElement[bool]]:
    """True for rows that lists, exports and choices show: no party merged into another, no erased person or theirs."""
    if hasattr(model, "person_id"):
        erased = select(Person.id).where(Person.erased_on.is_not(None))
        return [model.person_id.is_(None) | model.person_id.not_in(erased)]
    signs = ("merged_into_id", "erased_on")
    return [getattr(model, name).is_(None) for name in signs if hasattr(model, name)]


def is_anybody_erased(ids: Collection[int]) -> bool:
    """True when one of these people has been erased."""
    gone = select(Person.id).where(Person.erased_on.is_not(None), among(Person.__table__.c.id, ids))
    return db.session.scalar(select(gone.exists())) is True


def company_with(company_id: int) -> Company | None:
    """The company with this id, how it is reached and who sees to it, or None."""
    options = [WITH_POINTS_OF_COMPANIES, joinedload(Company.responsible)]
    return db.session.scalar(select(Company).where(Company.id == company_id).options(*options))


def person_with(person_id: int) -> Person | None:
    """The person with this id, whom they represent, how they are reached and who sees to them; None once erased."""
    options = [WITH_COMPANIES, WITH_POINTS_OF_PEOPLE, joinedload(Person.responsible)]
    wanted = select(Person).where(Person.id == person_id, Person.erased_on.is_(None))
    return db.session.scalar(wanted.options(*options))


def companies_with(ids: Iterable[int]) -> dict[int, Company]:
    """Companies by id, with how they are reached."""
    statement = select(Company).where(Company.id.in_(list(ids))).options(WITH_POINTS_OF_COMPANIES)
    return {row.id: row for row in db.session.scalars(statement)}


def people_with(ids: Iterable[int]) -> dict[int, Person]:
    """People by id, with their companies and how they are reached."""
    statement = select(Person).where(Person.id.in_(list(ids))).options(WITH_COMPANIES, WITH_POINTS_OF_PEOPLE)
    return {row.id: row for row in db.session.scalars(statement)}


def affiliations_of(company_id: int) -> Sequence[Affiliation]:
    """Who represents a company or did, by last name, with how they are reached."""
    statement = (
        select(Affiliation)
        .join(Person, Person.id == Affiliation.person_id)
        .where(Affiliation.company_id == company_id)
        .options(joinedload(Affiliation.person).options(WITH_POINTS_OF_PEOPLE))
        .order_by(Person.last_name, Person.first_name, Affiliation.id)
    )
    return db.session.scalars(statement).all()


def affiliation_with(affiliation_id: int) -> Affiliation | None:
    """The affiliation with this id, with its person and company, or None."""
    statement = select(Affiliation).where(Affiliation.id == affiliation_id).options(joinedload(Affiliation.person))
    return db.session.scalar(statement)


def points_of(owner: Company | Person | Worksite) -> Sequence[ContactPoint]:
    """How somebody is reached or was, in the order of their kinds, the primary first, ended ones last."""
    kinds = list(PointKind)
    rows = db.session.scalars(select(ContactPoint).where(_owned_by(owner))).all()
    return sorted(rows, key=lambda p: (p.valid_to is not None, kinds.index(p.kind), not p.is_primary, p.id))


def _owned_by(owner: Company | Person | Worksite) -> ColumnElement[bool]:
    if isinstance(owner, Company):
        return ContactPoint.company_id == owner.id
    return (ContactPoint.person_id if isinstance(owner, Person) else ContactPoint.worksite_id) == owner.id


def point_with(point_id: int) -> ContactPoint | None:
    """The contact point with this id, with its owner, or None."""
    owners = [joinedload(ContactPoint.company), joinedload(ContactPoint.person), joinedload(ContactPoint.worksite)]
    return db.session.scalar(select(ContactPoint).where(ContactPoint.id == point_id).options(*owners))


def email_of(party: Company | Person, day: date) -> str:
    """The e-mail address to write to on a day, in normal form; empty when there is none. Points must be loaded."""
    point = main_point(party.points, MAIL, day)
    return point.normal if point else ""


def worksites_of(party: Company | Person) -> Sequence[Worksite]:
    """The worksites of a company or person, those that run first, then by name."""
    mine = Address.company_id == party.id if isinstance(party, Company) else Address.person_id == party.id
    statement = select(Worksite).join(Address, Address.id == Worksite.address_id).where(mine)
    rows = db.session.scalars(statement.order_by(Worksite.name, Worksite.id)).unique().all()
    return sorted(rows, key=lambda row: row.address.valid_to is not None)


def addresses_of(party: Company | Person) -> Sequence[Address]:
    """All addresses of a company or a person ever, the newest first."""
    mine = Address.company_id == party.id if isinstance(party, Company) else Address.person_id == party.id
    rows = db.session.scalars(select(Address).where(mine)).all()
    return sorted(rows, key=lambda a: (a.valid_from is not None, a.valid_from, a.id), reverse=True)


def address_with(address_id: int) -> Address | None:
    """The address with this id, with its company or person, or None."""
    options = [selectinload(Address.company), selectinload(Address.person)]
    return db.session.get(Address, address_id, options=options)


def party_numbered(text: str) -> Company | Person | None:
    """The company or person whose customer number, person number or exact name was typed; None when not exactly one.

    The number of one that was merged stands for the one that was kept.
    """
    typed = text.strip()
    company = db.session.scalar(select(Company).where(Company.customer_no == typed))
    person = db.session.scalar(select(Person).where(Person.person_no == typed, Person.erased_on.is_(None)))
    if company or person:
        return _kept(company) if company else _kept(person)
    called = select(Company).where(func.lower(Company.name) == typed.lower(), Company.merged_into_id.is_(None))
    named: list[Company | Person] = list(db.session.scalars(called.limit(2)))
    full_name = Person.first_name + " " + Person.last_name
    named += db.session.scalars(select(Person).where(full_name == typed, *still_here(Person)).limit(2))
    return named[0] if len(named) == 1 else None


def _kept(party: Any) -> Any:
    return db.session.get(type(party), party.merged_into_id) if party and party.merged_into_id else party


def heir_id(model: type[Company | Person], id_: int) -> int | None:
    """The id of the party into which this one was merged, or None. A chain of merges is kept one step long."""
    return db.session.scalar(select(model.merged_into_id).where(model.id == id_))


def merged_into(party: Company | Person) -> Sequence[Company | Person]:
    """The tombstones of those who were merged into a party, the oldest first."""
    model: Any = type(party)
    return db.session.scalars(select(model).where(model.merged_into_id == party.id).order_by(model.id)).all()


def old_numbers(model: type[Company | Person]) -> dict[str, str]:
    """Numbers of merged parties and the numbers of those that were kept: how older files are understood."""
    number = "customer_no" if model is Company else "person_no"
    kept: Any = aliased(model)
    statement = select(getattr(model, number), getattr(kept, number)).join(kept, kept.id == model.merged_into_id)
    return dict(db.session.execute(statement).all())


def company_named(text: str) -> Company | None:
    """The company whose customer number or exact name was typed; None when not exactly one."""
    found = party_numbered(text)
    return found if isinstance(found, Company) else None


def person_named(text: str) -> Person | None:
    """The person whose number or exact name was typed; None when not exactly one."""
    found = party_numbered(text)
    return found if isinstance(found, Person) else None


def is_customer_no_taken(customer_no: str, *, but: int | None = None) -> bool:
    """True when another company has this customer number."""
    return (
        db.session.scalar(select(Company.id).where(Company.customer_no == customer_no, Company.id != (but or 0)))
        is not None
    )


def next_customer_no() -> str:
    """A customer number that is free: K and the number after the newest company."""
    return free_customer_nos(1)[0]


def next_person_no() -> str:
    """A person number that is free: H and the number after the newest person."""
    return free_person_nos(1)[0]


def free_customer_nos(count: int) -> list[str]:
    """So many customer numbers that are free."""
    return _free("K", count, Company.__table__.c.customer_no)


def free_person_nos(count: int) -> list[str]:
    """So many person numbers that are free."""
    return _free("H", count, Person.__table__.c.person_no)


def _free(letter: str, count: int, column: Column[Any]) -> list[str]:
    number = (db.session.scalar(select(func.max(column.table.c.id))) or 0) + 1
    found: list[str] = []
    while len(found) < count:
        asked = [f"{letter}{one:05}" for one in range(number, number + count)]
        taken = set(db.session.scalars(select(column).where(among(column, asked))))
        found += [one for one in asked if one not in taken]
        number += count
    return found[:count]

"""Which machines, owners and fittings a recall today would stumble over."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from rockrobot.contacts.models import Address, Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Fitting, Ownership
from rockrobot.devices.rules import OWNING, OwnershipKind
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import Part
from rockrobot.readiness.rules import ModelReadiness, Reach
from rockrobot.traces.rules import NO_LETTER_FATES

OURS, OWNED, NOBODY = "ours", "owned", "nobody"


@dataclass(frozen=True)
class OwnerGap:
    """An owner without an address that is valid today, and how many machines they have."""

    company_id: int | None
    person_id: int | None
    number: str
    name: str
    machines: int


class PartGap(NamedTuple):
    """A part of which fittings have no batch number, and how many of those are still in a machine."""

    part_id: int
    part_no: str
    name: str
    fittings: int
    in_machines: int


def _runs(begins: Any, ends: Any, day: date) -> ColumnElement[bool]:
    return and_(or_(begins.is_(None), begins <= day), or_(ends.is_(None), ends > day))


def _standings(day: date) -> Any:
    """SQL of devices.rules.is_in_stock and owner_on for every machine that is not scrapped or stolen.

    Columns: device_id, device_model_id, standing (ours, owned, nobody), company_id, person_id of the owner.
    """
    begin = func.coalesce(Ownership.from_on, date.min)
    runs = and_(Ownership.kind.in_(OWNING), _runs(Ownership.from_on, Ownership.to_on, day))
    owns = case((runs, 1), else_=0)
    returned = case((Ownership.kind == OwnershipKind.RETURNED, 1), else_=0)
    last = (begin.desc(), owns.desc(), returned.desc(), Ownership.id.desc())
    running = (owns.desc(), begin.desc(), Ownership.id.desc())
    chain = (
        select(
            Ownership.device_id,
            Ownership.company_id,
            Ownership.person_id,
            owns.label("owns"),
            (returned * (1 - owns)).label("is_back"),
            func.row_number().over(partition_by=Ownership.device_id, order_by=last).label("last"),
            func.row_number().over(partition_by=Ownership.device_id, order_by=running).label("running"),
        )
        .where(Ownership.kind != OwnershipKind.HIRED, begin <= day)
        .subquery()
    )
    latest, owner = chain.alias("latest"), chain.alias("owner")
    gone = exists().where(DeviceFate.device_id == Device.id, DeviceFate.fate.in_(NO_LETTER_FATES))
    is_ours = or_(latest.c.device_id.is_(None), latest.c.is_back == 1)
    standing = case((is_ours, OURS), (owner.c.owns == 1, OWNED), else_=NOBODY)
    party = {name: case((standing == OWNED, owner.c[name])).label(name) for name in ("company_id", "person_id")}
    return (
        select(Device.id.label("device_id"), Device.device_model_id, standing.label("standing"), *party.values())
        .outerjoin(latest, and_(latest.c.device_id == Device.id, latest.c["last"] == 1))
        .outerjoin(owner, and_(owner.c.device_id == Device.id, owner.c.running == 1))
        .where(~gone)
        .subquery()
    )


def _has_address(standing: Any, day: date) -> ColumnElement[bool]:
    mine = or_(
        and_(standing.c.company_id.is_not(None), Address.company_id == standing.c.company_id),
        and_(standing.c.person_id.is_not(None), Address.person_id == standing.c.person_id),
    )
    return exists().where(mine, _runs(Address.valid_from, Address.valid_to, day))


def by_model(day: date) -> list[ModelReadiness]:
    """How well each model could be reached if it were recalled on this day, by model code."""
    standing = _standings(day)
    columns = (standing.c.device_model_id, standing.c.standing, standing.c.company_id, standing.c.person_id)
    valid = select(Address.company_id, Address.person_id).where(_runs(Address.valid_from, Address.valid_to, day))
    addressed = {(row[0], row[1]) for row in db.session.execute(valid.distinct())}
    found: dict[int, Counter[Reach]] = {}
    for model_id, word, company_id, person_id, machines in db.session.execute(
        select(*columns, func.count()).group_by(*columns)
    ):
        reach = Reach.REACHABLE if (company_id, person_id) in addressed else Reach.WITHOUT_ADDRESS
        name = {OURS: Reach.IN_STOCK, NOBODY: Reach.WITHOUT_OWNER}.get(word, reach)
        found.setdefault(model_id, Counter())[name] += machines
    models = db.session.scalars(select(DeviceModel).order_by(DeviceModel.model_code))
    return [
        ModelReadiness(m.id, m.model_code, m.name, *(found[m.id][name] for name in Reach))
        for m in models
        if m.id in found
    ]


def machines(day: date, reach: Reach | None = None, *, model_id: int | None = None, number: int = 1) -> Listing[Device]:
    """Machines that a recall would be about, one page; reach narrows to those it would, or would not, reach."""
    standing = _standings(day)
    ids = select(standing.c.device_id)
    if reach in (Reach.REACHABLE, Reach.WITHOUT_ADDRESS):
        has = _has_address(standing, day)
        ids = ids.where(standing.c.standing == OWNED, has if reach is Reach.REACHABLE else ~has)
    elif reach:
        ids = ids.where(standing.c.standing == (OURS if reach is Reach.IN_STOCK else NOBODY))
    statement = select(Device).where(Device.id.in_(ids)).order_by(Device.device_model_id, Device.serial)
    return listing(statement.where(Device.device_model_id == model_id) if model_id else statement, number)


def owners_without_address(day: date, *, model_id: int | None = None, number: int = 1) -> Listing[OwnerGap]:
    """Owners of machines who have no address of any kind on the day, those with most machines first."""
    standing = _standings(day)
    columns = select(standing.c.company_id, standing.c.person_id, func.count().label("machines"))
    owned = columns.where(standing.c.standing == OWNED).group_by(standing.c.company_id, standing.c.person_id)
    party = (owned.where(standing.c.device_model_id == model_id) if model_id else owned).subquery()
    gaps = select(party).where(~_has_address(party, day)).subquery()
    total = db.session.scalar(select(func.count()).select_from(gaps)) or 0
    size = Listing.size
    number = max(1, min(number, -(-total // size)))
    rows = db.session.execute(_named(gaps).limit(size).offset((number - 1) * size))
    return Listing([OwnerGap(c, p, no, name.strip(), machines) for c, p, no, name, machines in rows], total, number)


def _named(gaps: Any) -> Select[Any]:
    full_name = Person.first_name + " " + Person.last_name
    columns = (gaps.c.company_id, gaps.c.person_id)
    companies = select(*columns, Company.customer_no.label("number"), Company.name.label("name"), gaps.c.machines)
    people = select(*columns, Person.person_no, full_name, gaps.c.machines)
    both = union_all(
        companies.join_from(gaps, Company, Company.id == gaps.c.company_id),
        people.join_from(gaps, Person, Person.id == gaps.c.person_id),
    ).subquery()
    return select(both).order_by(both.c.machines.desc(), both.c.number)


def parts_without_batch() -> list[PartGap]:
    """Parts of which fittings have no batch number, those still in most machines first."""
    in_machines = func.sum(case((Fitting.removed_on.is_(None), 1), else_=0))
    statement = (
        select(Part.id, Part.part_no, Part.name, func.count(), in_machines)
        .join_from(Fitting, Part, Part.id == Fitting.part_id)
        .where(Fitting.batch_id.is_(None))
        .group_by(Part.id, Part.part_no, Part.name)
    )
    gaps = [PartGap._make((*row[:4], int(row[4]))) for row in db.session.execute(statement)]
    return sorted(gaps, key=lambda gap: (-gap.in_machines, gap.part_no))


def fittings_without_batch(*, part_id: int | None = None, number: int = 1) -> Listing[Fitting]:
    """Fittings whose batch nobody knows, with machine and part, those still fitted first."""
    statement = (
        select(Fitting)
        .where(Fitting.batch_id.is_(None))
        .order_by(Fitting.removed_on.is_not(None), Fitting.part_id, Fitting.id)
        .options(joinedload(Fitting.device), joinedload(Fitting.part))
    )
    return listing(statement.where(Fitting.part_id == part_id) if part_id else statement, number)

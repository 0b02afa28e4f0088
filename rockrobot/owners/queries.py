"""Who has which machine on a day, and which address a letter would use, for any number of machines at once."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Executable, Integer, case, func, literal, select

from rockrobot.contacts.models import Address, Affiliation, Company, Person
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Ownership
from rockrobot.devices.rules import OWNING, OwnershipKind, owner_on
from rockrobot.owners.rules import Machine, Owner, Party

_addresses = Address.__table__
_affiliations = Affiliation.__table__
_companies = Company.__table__
_devices = Device.__table__
_fates = DeviceFate.__table__
_models = DeviceModel.__table__
_ownerships = Ownership.__table__
_people = Person.__table__


def _rows(statement: Executable) -> Sequence[Any]:
    return db.session.connection().execute(statement).all()


def machines_on(device_ids: Collection[int], day: date) -> dict[int, Machine]:
    """The machines with their owners on the day: devices.rules.is_in_stock and owner_on, said to the database.

    The row that settles it is the last one begun; where several begin on one day, one that runs goes first, then a
    return. Only when that row is a sale that has ended are the rules asked about the whole chain.
    """
    o, last = _ownerships.c, _ownerships.alias()
    begin = func.coalesce(o.from_on, date.min)
    runs = o.kind.in_(OWNING) & (o.to_on.is_(None) | (o.to_on > day))
    order = (begin.desc(), runs.desc(), (o.kind == OwnershipKind.RETURNED).desc(), o.id.desc())
    begun = select(o.id).where(o.device_id == _devices.c.id, o.kind != OwnershipKind.HIRED, begin <= day)
    settling = begun.order_by(*order).limit(1).correlate(_devices).scalar_subquery()
    columns = (_models.c.model_code, _devices.c.serial, _fates.c.fate, last.c.company_id, last.c.person_id)
    machines = (
        select(_devices.c.id, last.c.to_on, last.c.kind == OwnershipKind.RETURNED, *columns)
        .join_from(_devices, _models)
        .outerjoin(_fates, _fates.c.device_id == _devices.c.id)
        .outerjoin(last, last.c.id == settling)
    )
    found: dict[int, Machine] = {}
    ended: list[int] = []
    rows = _rows(machines.where(among(_devices.c.id, device_ids)))
    for id_, to_on, is_back, code, serial, fate, company_id, person_id in rows:
        is_ours = is_back is None or bool(is_back)
        found[id_] = Machine(code, serial, fate, is_ours, None if is_ours else (company_id, person_id))
        if not is_ours and to_on is not None and to_on <= day:
            ended.append(id_)
    found.update({id_: found[id_]._replace(party=party) for id_, party in _parties_by_rule(ended, day).items()})
    return found


def _parties_by_rule(device_ids: Collection[int], day: date) -> dict[int, Party | None]:
    """Owners of machines whose last sale has ended: an earlier one may still run (bad data), or nobody."""
    o = _ownerships.c
    columns = select(o.id, o.device_id, o.company_id, o.person_id, o.from_on, o.to_on, o.kind)
    chains: dict[int, list[Any]] = {id_: [] for id_ in device_ids}
    for row in _rows(columns.where(among(o.device_id, device_ids))) if device_ids else ():
        chains[row.device_id].append(row)
    running = {id_: owner_on(chain, day) for id_, chain in chains.items()}
    return {id_: (row.company_id, row.person_id) if row else None for id_, row in running.items()}


def owners_on(parties: Collection[Party], day: date) -> dict[Party, Owner]:
    """Number, name, language, and country and address that a letter would use on the day, of each party."""
    c, p, a = _companies.c, _people.c, _addresses.alias().c
    nobody, nothing = literal(None, Integer), literal("")
    companies = select(c.id, nobody, c.customer_no, c.name, nothing, c.country, c.language, a.id, a.country)
    people = select(nobody, p.id, p.person_no, p.first_name, p.last_name, c.country, p.language, a.id, a.country)
    of_company = companies.join_from(_companies, a.id.table, a.id == _letter_address(_companies, day), isouter=True)
    of_person = people.join_from(_people, _companies, c.id == _company_of_person(), isouter=True).outerjoin(
        a.id.table, a.id == _letter_address(_people, day)
    )
    rows = [
        *_rows(of_company.where(among(c.id, [company for company, _ in parties if company]))),
        *_rows(of_person.where(among(p.id, [person for _, person in parties if person]))),
    ]
    return {
        (company_id, person_id): Owner(
            company_id,
            person_id,
            number,
            f"{first} {last}".strip(),
            there or country or "",
            language or "fi",
            address_id,
        )
        for company_id, person_id, number, first, last, country, language, address_id, there in rows
    }


def _company_of_person() -> Any:
    """SQL of the company that a person represents first of all."""
    f = _affiliations.c
    mine = select(f.company_id).where(f.person_id == _people.c.id, f.is_primary)
    return mine.order_by(f.id).limit(1).correlate(_people).scalar_subquery()


def _letter_address(owners: Any, day: date) -> Any:
    """SQL of contacts.rules.address_order: the id of the first address that a letter to an owner tries on the day."""
    a = _addresses.c
    mine = a.company_id == owners.c.id if owners is _companies else a.person_id == owners.c.id
    runs = (a.valid_from.is_(None) | (a.valid_from <= day)) & (a.valid_to.is_(None) | (a.valid_to > day))
    kind = case({kind: rank for rank, kind in enumerate(AddressKind)}, value=a.kind)
    order = (kind, func.coalesce(a.valid_from, date.min).desc(), a.id.desc())
    return select(a.id).where(mine, runs).order_by(*order).limit(1).correlate(owners).scalar_subquery()

"""Which worksites there are, and which machines stand or stood there."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from rockrobot import search_index
from rockrobot.contacts.models import Address, Company, ContactPoint, Person, Worksite
from rockrobot.contacts.rules import runs_on
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.lists import Listing, listing
from rockrobot.worksites.models import WorksiteStay

search_index.declare(
    search_index.Kind(
        "worksite",
        Worksite.__table__,
        columns=("name",),
        through=tuple(search_index.Through("address_id", Address.__table__, name, name) for name in ("street", "city")),
        children=(search_index.Child(ContactPoint.__table__, "worksite_id", phones=("normal", "raw")),),
    )
)
WITH_OWNERS = (
    joinedload(Worksite.address).joinedload(Address.company),
    joinedload(Worksite.address).joinedload(Address.person),
)


def _stays(day: date) -> ColumnElement[bool]:
    begun = or_(WorksiteStay.from_on.is_(None), WorksiteStay.from_on <= day)
    return and_(begun, or_(WorksiteStay.to_on.is_(None), WorksiteStay.to_on > day))


def is_running(day: date) -> ColumnElement[bool]:
    """True for a worksite whose days include the day; its address must be joined."""
    begun = or_(Address.valid_from.is_(None), Address.valid_from <= day)
    return and_(begun, or_(Address.valid_to.is_(None), Address.valid_to > day))


def worksites_with(ids: Iterable[int]) -> dict[int, Worksite]:
    """Worksites by id, with their owners."""
    statement = select(Worksite).where(Worksite.id.in_(list(ids))).options(*WITH_OWNERS)
    return {row.id: row for row in db.session.scalars(statement)}


def worksite_with(worksite_id: int) -> Worksite | None:
    """The worksite with this id, its owner, and the contact person on site with their numbers, or None."""
    options = [*WITH_OWNERS, joinedload(Worksite.contact).options(selectinload(Person.points))]
    return db.session.scalar(select(Worksite).where(Worksite.id == worksite_id).options(*options))


def worksite_of_address(address_id: int) -> Worksite | None:
    """The worksite that stands at this address, or None."""
    return db.session.scalar(select(Worksite).where(Worksite.address_id == address_id))


def devices_at(worksite_id: int, day: date, *, number: int = 1) -> Listing[WorksiteStay]:
    """The machines that stand at a worksite on a day, one page, with the days of their stay."""
    statement = (
        select(WorksiteStay)
        .join(Device, Device.id == WorksiteStay.device_id)
        .where(WorksiteStay.worksite_id == worksite_id, _stays(day))
        .options(joinedload(WorksiteStay.device))
        .order_by(Device.serial, WorksiteStay.id)
    )
    return listing(statement, number)


def machines_at(worksite_id: int, day: date) -> Sequence[Device]:
    """Every machine that stands at a worksite on a day, by serial."""
    here = select(WorksiteStay.device_id).where(WorksiteStay.worksite_id == worksite_id, _stays(day))
    return db.session.scalars(select(Device).where(Device.id.in_(here)).order_by(Device.serial, Device.id)).all()


def device_counts(worksite_ids: Iterable[int], day: date) -> dict[int, int]:
    """How many machines stand at each worksite on a day."""
    statement = (
        select(WorksiteStay.worksite_id, func.count())
        .where(WorksiteStay.worksite_id.in_(list(worksite_ids)), _stays(day))
        .group_by(WorksiteStay.worksite_id)
    )
    return dict(db.session.execute(statement).all())


def stays_of(device_id: int) -> Sequence[WorksiteStay]:
    """Where a machine stood, the newest first, with the worksites."""
    statement = (
        select(WorksiteStay)
        .where(WorksiteStay.device_id == device_id)
        .options(joinedload(WorksiteStay.worksite).options(*WITH_OWNERS))
    )
    rows = db.session.scalars(statement).unique().all()
    return sorted(rows, key=lambda row: (row.from_on or date.min, row.id), reverse=True)


def stay_on(stays: Iterable[WorksiteStay], day: date) -> WorksiteStay | None:
    """The stay that runs on a day; the newest when rows of bad data overlap."""
    return next((stay for stay in stays if runs_on(day, stay.from_on, stay.to_on)), None)


def worksites_for(device_id: int, parties: Iterable[Company | Person], day: date) -> Sequence[Worksite]:
    """Worksites that a machine may be moved to: those of the parties that have it, running on the day, by name."""
    parties = list(parties)
    companies = [party.id for party in parties if isinstance(party, Company)]
    people = [party.id for party in parties if isinstance(party, Person)]
    here = select(WorksiteStay.worksite_id).where(WorksiteStay.device_id == device_id, _stays(day))
    statement = (
        select(Worksite)
        .join(Address, Address.id == Worksite.address_id)
        .where(or_(Address.company_id.in_(companies), Address.person_id.in_(people)))
        .where(or_(Address.valid_to.is_(None), Address.valid_to > day), Worksite.id.not_in(here))
        .options(*WITH_OWNERS)
        .order_by(Worksite.name, Worksite.id)
    )
    return db.session.scalars(statement).unique().all()


def worksite_named(text: str) -> Worksite | None:
    """The worksite whose name, or street, was typed; None when not exactly one."""
    typed = text.strip().lower()
    statement = (
        select(Worksite)
        .join(Address, Address.id == Worksite.address_id)
        .where(or_(func.lower(Worksite.name) == typed, func.lower(Address.street) == typed))
        .limit(2)
    )
    found = db.session.scalars(statement).unique().all()
    return found[0] if len(found) == 1 else None


def people_at(worksite: Worksite) -> list[int]:
    """Ids of the people whose data a worksite's card shows."""
    return [id_ for id_ in (worksite.contact_id, worksite.address.person_id) if id_]

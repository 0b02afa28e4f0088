"""Which tags there are, and what each stands on."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from rockrobot import search_index
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.db import among, db
from rockrobot.devices.models import Device
from rockrobot.tags.models import Tag, Tagging
from rockrobot.tags.rules import KEYS, Register, folded

MODELS: Final[dict[Register, Any]] = {
    Register.PEOPLE: Person,
    Register.COMPANIES: Company,
    Register.DEVICES: Device,
    Register.WORKSITES: Worksite,
}
KINDS: Final = {
    Register.PEOPLE: "person",
    Register.COMPANIES: "company",
    Register.DEVICES: "device",
    Register.WORKSITES: "worksite",
}
_NAME = search_index.Through("tag_id", Tag.__table__, "name", "tag")
for _register, _kind in KINDS.items():
    search_index.find_by_child(_kind, search_index.Child(Tagging.__table__, KEYS[_register], through=(_NAME,)))


def key_of(register: Register) -> Any:
    """The column of a tagging that names a row of this register."""
    return getattr(Tagging, KEYS[register])


def is_there(register: Register, row_id: int) -> bool:
    """True when the register has this row."""
    return db.session.get(MODELS[register], row_id) is not None


def all_tags() -> Sequence[Tag]:
    """Every tag by name."""
    return db.session.scalars(select(Tag).order_by(Tag.name_key)).all()


def tag_with(tag_id: int) -> Tag | None:
    """The tag with this id, or None."""
    return db.session.get(Tag, tag_id)


def tags_named(names: Iterable[str]) -> dict[str, Tag]:
    """Tags by their folded name; those that are not there are absent."""
    keys = [folded(name) for name in names]
    return {tag.name_key: tag for tag in db.session.scalars(select(Tag).where(Tag.name_key.in_(keys)))}


def tags_of(register: Register, row_ids: Collection[int]) -> dict[int, list[Tag]]:
    """The tags of each row by name; rows without a tag are absent."""
    key = key_of(register)
    found: dict[int, list[Tag]] = {}
    statement = select(key, Tag).join(Tag, Tag.id == Tagging.tag_id).where(among(key, row_ids))
    for row_id, tag in db.session.execute(statement.order_by(Tag.name_key)):
        found.setdefault(row_id, []).append(tag)
    return found


def taggings_of(register: Register, row_ids: Collection[int], tag_ids: Collection[int]) -> list[dict[str, Any]]:
    """The stored rows that put one of these tags on one of these rows, with all their columns."""
    table = Tagging.__table__
    wanted = (among(table.c[KEYS[register]], row_ids), among(table.c.tag_id, tag_ids))
    return [dict(row) for row in db.session.execute(select(table).where(*wanted)).mappings()]


def tagging_ids(register: Register, row_id: int) -> list[int]:
    """The ids of the taggings of one row, for its history."""
    return list(db.session.scalars(select(Tagging.id).where(key_of(register) == row_id)))


def use_of_tags() -> dict[int, dict[Register, int]]:
    """On how many rows of each register each tag stands; those merged into another are not counted."""
    counts = (
        func.count(Tagging.person_id).filter(Person.merged_into_id.is_(None)),
        func.count(Tagging.company_id).filter(Company.merged_into_id.is_(None)),
        func.count(Tagging.device_id),
        func.count(Tagging.worksite_id),
    )
    statement = (
        select(Tagging.tag_id, *counts)
        .outerjoin(Person, Person.id == Tagging.person_id)
        .outerjoin(Company, Company.id == Tagging.company_id)
        .group_by(Tagging.tag_id)
    )
    return {tag_id: dict(zip(Register, found, strict=True)) for tag_id, *found in db.session.execute(statement)}

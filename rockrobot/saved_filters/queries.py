"""Which filters somebody sees, and how many rows each finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from rockrobot.db import db
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.saved_filters.rules import may_change
from rockrobot.selections.queries import choices_of, counts_of
from rockrobot.selections.rules import SORT, Choices, Selection, read_selection
from rockrobot.tags.rules import Register

SHOWN = 12


@dataclass(frozen=True)
class Kept:
    """A kept filter as it is today: the list that it asks for, and how many rows that has; None for a dead one."""

    row: SavedFilter
    selection: Selection
    choices: Choices
    count: int | None


def filter_with(filter_id: int) -> SavedFilter | None:
    """The kept filter with this id, or None."""
    return db.session.get(SavedFilter, filter_id)


def is_changeable_by(row: SavedFilter, member_id: int) -> bool:
    """True when this member of staff may rename, share and delete the filter."""
    is_own = row.owner_id == member_id
    return may_change(is_own=is_own, is_shared=row.is_shared, owner_is_active=row.owner.is_active)


def kept_for(register: Register, member_id: int, *, limit: int | None = None) -> list[Kept]:
    """The filters of a list that somebody sees, their own first, by name.

    The values that are there now are read once for all of them, and their rows are counted in one query.
    """
    mine = or_(SavedFilter.owner_id == member_id, SavedFilter.is_shared)
    own_first = (SavedFilter.owner_id != member_id, SavedFilter.name, SavedFilter.id)
    statement = select(SavedFilter).where(SavedFilter.register == register, mine).order_by(*own_first).limit(limit)
    return _as_today(register, db.session.scalars(statement).all())


def _as_today(register: Register, rows: Sequence[SavedFilter]) -> list[Kept]:
    if not rows:
        return []
    choices = choices_of(register, [row.words for row in rows])
    selections = [read_selection(register, row.words | {SORT: row.sort}, choices) for row in rows]
    living = [one for one in selections if not one.dead]
    counts = dict(zip(map(id, living), counts_of(living), strict=True))
    return [Kept(row, one, choices, counts.get(id(one))) for row, one in zip(rows, selections, strict=True)]

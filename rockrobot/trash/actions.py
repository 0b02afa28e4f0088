"""Delete a row with what belongs to it; undo of the act brings all of it back."""

from collections import Counter

from rockrobot import ledger
from rockrobot.contacts.actions import mark_removed_by_hand
from rockrobot.contacts.models import Affiliation, ContactPoint
from rockrobot.db import Base, db
from rockrobot.trash.queries import Removal, Removed, removals_of, rows_of_record
from rockrobot.undo import Undone, undo_rows


class RemovalBlockedError(ValueError):
    """Rows that must stay name what was to be deleted; in_the_way: how many, by table."""

    def __init__(self, in_the_way: Counter[str]) -> None:
        super().__init__("rows that must stay are in the way")
        self.in_the_way = in_the_way


def remove(row: Base) -> None:
    """Delete a row and all that belongs to it alone.

    A deleted phone, e-mail or employer counts as changed by hand, so that no later import brings it back.
    Raises RemovalBlockedError when evidence or somebody else's facts hang on it; nothing is deleted then.
    """
    row_id: int = row.id  # type: ignore[attr-defined]
    removal = removals_of(row.__table__, [row_id])
    if removal.in_the_way:
        raise RemovalBlockedError(removal.in_the_way[row_id])
    if isinstance(row, ContactPoint | Affiliation):
        mark_removed_by_hand(row)
    carry_out(removal)


def bring_back(removed: Removed) -> Undone:
    """Bring back one of the records that an act deleted, with what went with it; the others stay deleted.

    Raises undo.UndoError.
    """
    return undo_rows(removed.act.id, rows_of_record(removed.act.id, removed.table, removed.row_id))


def carry_out(removal: Removal) -> None:
    """Delete what a removal says, children first; what something stands in the way of is not in it."""
    db.session.flush()
    for column, rows in removal.emptied:
        changes = [(one["id"], {column.name: one[column.name]}, {column.name: None}) for one in rows]
        ledger.bulk_update(column.table, changes)
    for table, rows in reversed(removal.gone):
        ledger.bulk_delete(table, rows)
    db.session.expire_all()

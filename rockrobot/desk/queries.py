"""What happened: change sets with their size."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db

HISTORY_ROWS = 50


def latest_change_sets(*, page: int = 1) -> Sequence[Any]:
    """Change sets (id, at, actor, event, purpose, undoes_id, rows), newest first; an extra row tells of a next page."""
    newest = (
        select(ChangeSet)
        .order_by(ChangeSet.id.desc())
        .limit(HISTORY_ROWS + 1)
        .offset((page - 1) * HISTORY_ROWS)
        .subquery()
    )
    statement = (
        select(newest, func.count(LedgerEntry.id).label("rows"))
        .outerjoin(LedgerEntry, LedgerEntry.change_set_id == newest.c.id)
        .group_by(*newest.c)
        .order_by(newest.c.id.desc())
    )
    return db.session.execute(statement).mappings().all()

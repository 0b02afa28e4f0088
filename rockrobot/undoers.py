"""Who may undo what was done to a table: its model says so in info.

``undone_by``: the roles that may (customer care, where a model says nothing). ``undone_by_oneself``: each of them their
own acts alone. ``undone_when_fresh``: only after proving again who they are, as for the act itself.
"""

from collections.abc import Collection
from typing import Any

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.access import Role
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, among, db

USUAL = (Role.CUSTOMER_CARE,)


def _infos(table_names: Collection[str]) -> list[dict[Any, Any]]:
    return [Base.metadata.tables[name].info for name in table_names]


def undoers_of(table_name: str) -> frozenset[Role]:
    """The roles that may undo what was done to a table."""
    return frozenset(Base.metadata.tables[table_name].info.get("undone_by", USUAL))


def may_undo_in(table_names: Collection[str], actor: str) -> bool:
    """True when the person signed in may undo what this actor did to these tables; a command or a worker may.

    Whether they may undo the acts of others at all is not asked here.
    """
    if not has_request_context():
        return True
    if not current_user.is_authenticated or any(current_user.role not in undoers_of(name) for name in table_names):
        return False
    return actor == ledger.actor() or not any(info.get("undone_by_oneself") for info in _infos(table_names))


def tables_of(change_set_ids: Collection[int]) -> dict[int, set[str]]:
    """The tables that each of these change sets changed, by its id."""
    entries = LedgerEntry.__table__.c
    touched = select(entries.change_set_id, entries.table_name).where(
        among(entries.change_set_id, change_set_ids), entries.action != "view"
    )
    tables: dict[int, set[str]] = {}
    for id_, table_name in db.session.execute(touched.distinct()):
        tables.setdefault(id_, set()).add(table_name)
    return tables


def is_own_or_customer_care(change_set_id: int) -> bool | None:
    """True for an act of the person signed in, and for customer care; None where there is no such act."""
    act = db.session.get(ChangeSet, change_set_id)
    if act is None:
        return None
    return act.actor == f"staff:{current_user.id}" or current_user.role is Role.CUSTOMER_CARE


def is_theirs_to_undo(change_set_id: int) -> bool:
    """True when the person signed in may undo what a change set touched, be it possible still or not."""
    act = db.session.get(ChangeSet, change_set_id)
    return act is not None and may_undo_in(tables_of([change_set_id]).get(change_set_id, set()), act.actor)


def is_weighty(change_set_id: int) -> bool:
    """True when a change set is undone only after proving again who undoes it."""
    touched = tables_of([change_set_id]).get(change_set_id, set())
    return any(info.get("undone_when_fresh") for info in _infos(touched))

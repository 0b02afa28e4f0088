"""Do one act to many rows, in the running change set."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.bulk.queries import plan_of, removal_of_rows
from rockrobot.bulk.rules import Act
from rockrobot.db import among, db
from rockrobot.events.actions import NewEvent, add_events
from rockrobot.events.rules import Channel
from rockrobot.tags.actions import put_tags, tags_for, take_tag
from rockrobot.tags.queries import MODELS
from rockrobot.tags.rules import Register
from rockrobot.trash.actions import carry_out as carry_out_removal

NOON = time(12)
Values = Mapping[str, Any]


def carry_out(act: Act, register: Register, ids: Sequence[int], values: Values) -> int:
    """Do an act to those of the rows that its plan does not leave out; how many. values: what its form says."""
    planned = plan_of(act, register, ids, values).ids
    DOERS[act](register, planned, values)
    return len(planned)


def _tag(register: Register, ids: Sequence[int], values: Values) -> None:
    put_tags(register, ids, tags_for(values["names"]))


def _untag(register: Register, ids: Sequence[int], values: Values) -> None:
    take_tag(register, ids, int(values["tag_id"]))


def _assign(register: Register, ids: Sequence[int], values: Values) -> None:
    table, new = MODELS[register].__table__, {"responsible_id": values["responsible_id"]}
    stored = db.session.execute(select(table.c.id, table.c.responsible_id).where(among(table.c.id, ids)))
    ledger.bulk_update(table, [(id_, {"responsible_id": before}, new) for id_, before in stored])


def _set_type(register: Register, ids: Sequence[int], values: Values) -> None:
    """Row by row in the session, so that each is marked as changed by hand and a later import leaves it."""
    model = MODELS[register]
    for row in db.session.scalars(select(model).where(among(model.id, ids))).unique():
        row.contact_type = values["contact_type"]
    db.session.flush()


def _write_letters(register: Register, ids: Sequence[int], values: Values) -> None:
    """One event each, so that what one of them got stands on no other's timeline."""
    at = clock.moment_of(date.fromisoformat(values["on"]), NOON)
    add_events([NewEvent({register.value: [id_]}, Channel.LETTER, at, values["text"], "") for id_ in ids])


def _delete(register: Register, ids: Sequence[int], _values: Values) -> None:
    carry_out_removal(removal_of_rows(register, ids))


DOERS: dict[Act, Callable[[Register, Sequence[int], Values], None]] = {
    Act.TAG: _tag,
    Act.UNTAG: _untag,
    Act.ASSIGN: _assign,
    Act.TYPE: _set_type,
    Act.LETTER: _write_letters,
    Act.DELETE: _delete,
}

"""Which rows were chosen, which of them an act changes, and which it leaves as they are and why."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from rockrobot import clock
from rockrobot.bulk.rules import UNDO_OFFERED_HOURS, Act, LeftOut
from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Address, Worksite
from rockrobot.db import among, db
from rockrobot.objections.queries import verdicts_of_companies, verdicts_of_people
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.selections.queries import ids_of, ids_there
from rockrobot.selections.rules import Selection
from rockrobot.tags.models import Tagging
from rockrobot.tags.queries import MODELS, key_of, tags_named
from rockrobot.tags.rules import Register
from rockrobot.trash.queries import Removal, removals_of
from rockrobot.undo import undoable

SHOWN = 10
LISTED_WITH_WHY = 20


@dataclass(frozen=True)
class Chosen:
    """Rows that stand chosen: all that a filter finds, or those that were ticked."""

    selection: Selection
    is_all: bool
    ticked: Sequence[int] = ()

    def ids(self) -> list[int]:
        """The ids of the rows, read from the database now; what is gone since, or was never there, is passed over."""
        if self.is_all:
            return ids_of(self.selection)
        there = ids_there(self.selection.register, self.ticked)
        return [id_ for id_ in dict.fromkeys(self.ticked) if id_ in there]


@dataclass
class Plan:
    """What an act would do: ids of the rows that it changes, and how many it leaves, by reason.

    why: of rows that can't be deleted, what stands in the way (table -> how many), for some of them.
    """

    ids: list[int]
    left_out: Counter[str] = field(default_factory=Counter)
    why: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def left_out_count(self) -> int:
        """How many rows are left as they are."""
        return self.left_out.total()


Values = Mapping[str, Any]


def plan_of(act: Act, register: Register, ids: Sequence[int], values: Values) -> Plan:
    """What an act would do to these rows. values: what its form says."""
    return PLANNERS[act](register, ids, values)


def _plan_tag(register: Register, ids: Sequence[int], values: Values) -> Plan:
    """Rows that have all of the tags already are left."""
    known = tags_named(values["names"]).values()
    there = _tagged(register, ids, [tag.id for tag in known])
    keep = [id_ for id_ in ids if there[id_] == len(values["names"])]
    return _without(ids, keep, LeftOut.TAGGED)


def _plan_untag(register: Register, ids: Sequence[int], values: Values) -> Plan:
    there = _tagged(register, ids, [int(values["tag_id"])])
    return _without(ids, [id_ for id_ in ids if not there[id_]], LeftOut.NOT_TAGGED)


def _tagged(register: Register, ids: Collection[int], tag_ids: Collection[int]) -> Counter[int]:
    """How many of the tags each row has."""
    key = key_of(register)
    found = db.session.scalars(select(key).where(among(key, ids), among(Tagging.__table__.c.tag_id, tag_ids)))
    return Counter(found)


def _plan_assign(register: Register, ids: Sequence[int], values: Values) -> Plan:
    model = MODELS[register]
    theirs = model.responsible_id.is_not_distinct_from(values["responsible_id"])
    keep = db.session.scalars(select(model.id).where(among(model.id, ids), theirs))
    return _without(ids, keep.all(), LeftOut.ASSIGNED)


def _plan_type(register: Register, ids: Sequence[int], values: Values) -> Plan:
    model = MODELS[register]
    keep = db.session.scalars(
        select(model.id).where(among(model.id, ids), model.contact_type == values["contact_type"])
    )
    return _without(ids, keep.all(), LeftOut.TYPED)


def _plan_letter(register: Register, ids: Sequence[int], values: Values) -> Plan:
    verdicts_of = verdicts_of_people if register is Register.PEOPLE else verdicts_of_companies
    verdicts = verdicts_of(PurposeCode(values["purpose"]), Channel.LETTER, ids)
    reasons = Counter(str(verdict.reason) for verdict in verdicts.values() if not verdict.is_allowed)
    return Plan([id_ for id_, verdict in verdicts.items() if verdict.is_allowed], reasons)


def _plan_delete(register: Register, ids: Sequence[int], _values: Values) -> Plan:
    blocked = removal_of_rows(register, ids).in_the_way
    plan = _without(ids, blocked, LeftOut.IN_THE_WAY)
    plan.why = {id_: blocked[id_] for id_ in list(blocked)[:LISTED_WITH_WHY]}
    return plan


def removal_of_rows(register: Register, ids: Collection[int]) -> Removal:
    """What deleting these rows does; a worksite goes with its address, but is named by its own id."""
    if register is not Register.WORKSITES:
        return removals_of(MODELS[register].__table__, ids)
    sites = Worksite.__table__.c
    site_of = dict(db.session.execute(select(sites.address_id, sites.id).where(among(sites.id, ids))).all())
    removal = removals_of(Address.__table__, list(site_of))
    removal.in_the_way = {site_of[id_]: blocked for id_, blocked in removal.in_the_way.items()}
    return removal


def _without(ids: Sequence[int], keep: Collection[int], reason: LeftOut) -> Plan:
    left = set(keep)
    return Plan([id_ for id_ in ids if id_ not in left], Counter({str(reason): len(left)} if left else {}))


PLANNERS: dict[Act, Callable[[Register, Sequence[int], Values], Plan]] = {
    Act.TAG: _plan_tag,
    Act.UNTAG: _plan_untag,
    Act.ASSIGN: _plan_assign,
    Act.TYPE: _plan_type,
    Act.LETTER: _plan_letter,
    Act.DELETE: _plan_delete,
}


def names_of(register: Register, ids: Collection[int]) -> dict[int, str]:
    """What the rows are called, by id, in the order of the ids."""
    model = MODELS[register]
    rows = {row.id: row for row in db.session.scalars(select(model).where(among(model.id, ids))).unique()}
    return {id_: _name_of(rows[id_]) for id_ in ids if id_ in rows}


def _name_of(row: Any) -> str:
    if hasattr(row, "serial"):
        return f"{row.device_model.model_code} {row.serial}"
    return row.name or row.address.street or row.address.city


def undoable_of(actor: str) -> list[ChangeSet]:
    """Somebody's bulk acts of the last 24 hours that can still be undone, the newest first."""
    since = clock.now() - timedelta(hours=UNDO_OFFERED_HOURS)
    mine = select(ChangeSet).where(ChangeSet.actor == actor, ChangeSet.at >= since)
    named = ChangeSet.event.in_([event_of(act) for act in PLANNERS])
    acts = db.session.scalars(mine.where(named).order_by(ChangeSet.at.desc(), ChangeSet.id.desc()).limit(SHOWN)).all()
    free = undoable([act.id for act in acts])
    return [act for act in acts if act.id in free]


def event_of(act: Act) -> str:
    """The name of the change set that a bulk act makes."""
    return f"bulk.{act}"

"""Which acts need two people, and which of them wait for whom."""

import hashlib
import json
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import format_number
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from rockrobot import clock, shown
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.dual_control.models import APPROVED, RequestedAct
from rockrobot.dual_control.rules import Decision, State, state_of
from rockrobot.lists import Listing, listing
from rockrobot.organisation.queries import organisation
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import members_in


@dataclass(frozen=True)
class Shown:
    """What is shown of an act before it is decided: facts (name, words), and whose data they show, as ids by table.

    measure: what would be done now, as the act keeps it once that is approved: words, ids and counts that name nobody.
    """

    facts: Sequence[tuple[str, str]]
    whose: Mapping[str, Collection[int]] = field(default_factory=dict)
    measure: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What the second person reads, in 16 letters: other ones after any fact or the measure has changed."""
        read = json.dumps([list(self.facts), self.measure], sort_keys=True)
        return hashlib.sha256(read.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Kind:
    """An act that needs two people.

    name: as the screens say it. shown: what the second person sees of it. page_of: the address at which who asked
    carries on once it is approved. covers: whether the measure that was approved (first) allows the one of now.
    """

    name: Any
    may_ask: frozenset[Role]
    may_decide: frozenset[Role]
    shown: Callable[[RequestedAct], Shown]
    page_of: Callable[[RequestedAct], str]
    covers: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] = operator.eq


@dataclass(frozen=True)
class Waiting:
    """What waits for a second person on a page of its own room: its name, address and note, and who asked when."""

    name: str
    url: str
    note: str
    asked_by: str
    asked_at: datetime


_kinds: dict[str, Kind] = {}
_elsewhere: list[Callable[[StaffMember], list[Waiting]]] = []
_deciders_elsewhere: list[frozenset[Role]] = []


def declare(code: str, kind: Kind) -> None:
    """Make an act one that needs two people (rooms call this when they are imported)."""
    _kinds[code] = kind


def declare_waiting(find: Callable[[StaffMember], list[Waiting]], may_decide: Iterable[Role]) -> None:
    """Tell who finds what waits in a room that keeps it itself, and who may decide it (rooms call this)."""
    _elsewhere.append(find)
    _deciders_elsewhere.append(frozenset(may_decide))


def kind_with(code: str) -> Kind:
    """The declared kind of this code; raises LookupError for one that no room declared."""
    return _kinds[code]


def state_now(act: RequestedAct) -> State:
    """How far an act is at this moment."""
    return state_of(act.decision, used_at=act.used_at, expires_at=act.expires_at, now=clock.now())


def still_holds(act: RequestedAct, shown: Shown) -> bool:
    """True while what would be done now, as shown, is what was approved, or less where the kind allows that."""
    return APPROVED in act.details and kind_with(act.kind).covers(act.details[APPROVED], shown.measure)


def counted(now: int, then: int) -> str:
    """A count in words, beside it the one of when it was asked for, where that was another."""
    if now == then:
        return str(format_number(now))
    return _("%(now)s (pyydettäessä %(then)s)", now=format_number(now), then=format_number(then))


def _lets_sign_own() -> bool:
    house = organisation()
    return bool(house and house.may_approve_own_cases)


def may_sign_own(who: str, may_decide: Iterable[Role]) -> bool:
    """True in a firm of one, by its setting: who asked may approve too, with a written reason.

    who: the signer as "by" columns name them; may_decide: the roles that decide such acts. The setting counts only
    while nobody else with access works at one of them.
    """
    return _lets_sign_own() and all(f"staff:{one.id}" == who for one in members_in(may_decide))


def deciders_of(code: str, asked_by: str) -> list[StaffMember]:
    """Those who may decide an act that this person asked for."""
    members = members_in(_kinds[code].may_decide)
    others = [one for one in members if f"staff:{one.id}" != asked_by]
    return others or (list(members) if _lets_sign_own() else [])


def second_persons() -> list[StaffMember]:
    """Those of whom one can always decide what another asks for; empty where some kind of act has only one decider."""
    circles = {*_deciders_elsewhere, *(kind.may_decide for kind in _kinds.values())}
    members = members_in(Role)
    smallest = min(([one for one in members if one.role in roles] for roles in circles), key=len)
    return smallest if len(smallest) > 1 else []


def act_for(member: StaffMember, act_id: int) -> RequestedAct | None:
    """The act with this id when this person asked for it or may decide acts of its kind; else None."""
    return db.session.scalar(select(RequestedAct).where(RequestedAct.id == act_id, _seen_by(member)))


def newest_act(code: str, about_id: int) -> RequestedAct | None:
    """The latest act of a kind about a row of its room, or None."""
    about = select(RequestedAct).where(RequestedAct.kind == code, RequestedAct.about_id == about_id)
    return db.session.scalar(about.order_by(RequestedAct.id.desc()).limit(1))


def _decided_by_role(role: Role) -> list[str]:
    return [code for code, kind in _kinds.items() if role in kind.may_decide]


def _seen_by(member: StaffMember) -> ColumnElement[bool]:
    return or_(RequestedAct.asked_by == f"staff:{member.id}", RequestedAct.kind.in_(_decided_by_role(member.role)))


def _waits_for(member: StaffMember) -> list[ColumnElement[bool]]:
    waiting = [RequestedAct.decision.is_(None), RequestedAct.expires_at > clock.now()]
    waiting.append(RequestedAct.kind.in_(_decided_by_role(member.role)))
    return [*waiting, or_(RequestedAct.asked_by != f"staff:{member.id}", RequestedAct.kind.in_(_decided_alone(member)))]


def _decided_alone(member: StaffMember) -> list[str]:
    """The kinds of acts that only this member may decide, and by the setting their own too."""
    if not _lets_sign_own():
        return []
    others = {one.role for one in members_in(Role) if one.id != member.id}
    return [code for code in _decided_by_role(member.role) if not others & _kinds[code].may_decide]


def count_waiting(member: StaffMember) -> int:
    """How many acts wait for this person's decision."""
    with shown.showing_nobody():
        asked = db.session.scalar(select(func.count(RequestedAct.id)).where(*_waits_for(member))) or 0
        return asked + len(waiting_elsewhere(member))


def acts_waiting(member: StaffMember) -> Sequence[RequestedAct]:
    """The acts that wait for this person's decision, the oldest first."""
    waiting = select(RequestedAct).where(*_waits_for(member))
    return db.session.scalars(waiting.order_by(RequestedAct.id)).all()


def waiting_elsewhere(member: StaffMember) -> list[Waiting]:
    """What waits for this person's decision on pages of other rooms."""
    return [one for find in _elsewhere for one in find(member)]


def acts_under_way(member: StaffMember) -> Sequence[RequestedAct]:
    """What this person asked for and can still be decided or done, the newest first."""
    mine = (RequestedAct.asked_by == f"staff:{member.id}", RequestedAct.expires_at > clock.now())
    is_alive = or_(RequestedAct.decision.is_(None), RequestedAct.decision == Decision.APPROVED)
    under_way = select(RequestedAct).where(*mine, is_alive, RequestedAct.used_at.is_(None))
    return db.session.scalars(under_way.order_by(RequestedAct.id.desc())).all()


def acts_approved(member: StaffMember) -> list[RequestedAct]:
    """What this person asked for and may do now."""
    with shown.showing_nobody():
        return [act for act in acts_under_way(member) if act.decision is Decision.APPROVED]


def acts_seen_by(member: StaffMember, *, number: int = 1) -> Listing[RequestedAct]:
    """One page of all acts that this person may see, the newest first."""
    return listing(select(RequestedAct).where(_seen_by(member)).order_by(RequestedAct.id.desc()), number)

"""Acts that need two people: who may ask and decide, for how long it holds, and that it is used once. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

VALID_FOR: Final = timedelta(days=7)
"""How long after it was asked for an act may be decided and, once approved, done. Source: our choice."""


class Decision(StrEnum):
    """What became of a request."""

    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class State(StrEnum):
    """How far a requested act is."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    USED = "used"
    EXPIRED = "expired"


ALIVE: Final = frozenset({State.WAITING, State.APPROVED})
"""How far an act is that can still be done."""


class Fault(StrEnum):
    """Why an act can't be asked for, decided or done: the person, what they wrote or read, or how far it is already."""

    ROLE = "role"
    REASON = "reason"
    SECOND_PERSON = "second_person"
    OWN_REASON = "own_reason"
    NOT_ASKER = "not_asker"
    CHANGED_SINCE = "changed_since"
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    USED = "used"
    EXPIRED = "expired"


class Stand(NamedTuple):
    """A requested act as the rules see it: who asked, how far it is."""

    asked_by: str
    state: State


class Signer(NamedTuple):
    """Who decides: whether their role may, and whether a setting lets them sign what they asked for themselves."""

    name: str
    has_role: bool
    may_sign_own: bool


def state_of(decision: Decision | None, *, used_at: datetime | None, expires_at: datetime, now: datetime) -> State:
    """How far an act is.

    used_at, expires_at, now: moments in UTC. At the very moment of expiry it has expired. What was declined, withdrawn
    or used stays so and never expires. Source: our choice.
    """
    if used_at is not None:
        return State.USED
    if decision in {Decision.DECLINED, Decision.WITHDRAWN}:
        return State(decision.value)
    if now >= expires_at:
        return State.EXPIRED
    return State.APPROVED if decision is Decision.APPROVED else State.WAITING


def signature_fault(*, is_own: bool, may_sign_own: bool, own_reason: str) -> Fault | None:
    """Why this person may not sign as the second one, or None.

    is_own: they asked, or had a hand in it. may_sign_own: the setting of a firm of one; then a written reason is
    needed, which stands wherever the act is shown. Source: reference 6; our choice.
    """
    if not is_own:
        return None
    if not may_sign_own:
        return Fault.SECOND_PERSON
    return None if own_reason.strip() else Fault.OWN_REASON


def asking_fault(role: str, may_ask: Collection[str], reason: str) -> Fault | None:
    """Why somebody of this role may not ask for an act, or None; every request has a written reason."""
    if role not in may_ask:
        return Fault.ROLE
    return None if reason.strip() else Fault.REASON


def deciding_fault(stand: Stand, signer: Signer, decision: Decision, reason: str) -> Fault | None:
    """Why this person may not approve or decline an act, or None.

    Only what waits is decided. Declining needs a reason; what one asked for oneself is withdrawn, not declined.
    """
    if not signer.has_role:
        return Fault.ROLE
    if stand.state is not State.WAITING:
        return Fault(stand.state.value)
    is_own = stand.asked_by == signer.name
    if decision is Decision.APPROVED:
        return signature_fault(is_own=is_own, may_sign_own=signer.may_sign_own, own_reason=reason)
    if is_own:
        return Fault.SECOND_PERSON
    return None if reason.strip() else Fault.REASON


def withdrawing_fault(stand: Stand, who: str) -> Fault | None:
    """Why this person may not take a request back, or None: who asked may, until it is done.

    An approval that isn't used any more would otherwise stand in the way of what is asked in its place.
    """
    if stand.asked_by != who:
        return Fault.NOT_ASKER
    return None if stand.state in ALIVE else Fault(stand.state.value)


def using_fault(stand: Stand, who: str) -> Fault | None:
    """Why this person may not do the act, or None: who asked does it, once, while the approval holds."""
    if stand.asked_by != who:
        return Fault.NOT_ASKER
    return None if stand.state is State.APPROVED else Fault(stand.state.value)

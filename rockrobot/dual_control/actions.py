"""Ask for an act that needs two people, decide it, do it once."""

from collections.abc import Mapping
from typing import Any

from rockrobot import clock
from rockrobot.db import db
from rockrobot.dual_control.models import APPROVED, RequestedAct
from rockrobot.dual_control.queries import kind_with, may_sign_own, state_now, still_holds
from rockrobot.dual_control.rules import (
    VALID_FOR,
    Decision,
    Fault,
    Signer,
    Stand,
    asking_fault,
    deciding_fault,
    using_fault,
    withdrawing_fault,
)
from rockrobot.staff.models import StaffMember


class DualControlError(RuntimeError):
    """The act can't be asked for, decided or done: fault says why, act_id which; None where it was only asked for."""

    def __init__(self, fault: Fault, act: RequestedAct | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.act_id = act.id if act else None


def ask(
    code: str, by: StaffMember, reason: str, *, details: Mapping[str, Any], about_id: int | None = None
) -> RequestedAct:
    """Ask for an act; it waits for a second person for seven days.

    details: words and ids that name nobody, kept for good; about_id: the row of the kind's room that it is about.
    Raises DualControlError: role, reason.
    """
    fault = asking_fault(by.role, kind_with(code).may_ask, reason)
    if fault:
        raise DualControlError(fault)
    now = clock.now()
    act = RequestedAct(
        kind=code,
        about_id=about_id,
        details=dict(details),
        reason=reason.strip(),
        asked_by=f"staff:{by.id}",
        asked_at=now,
        expires_at=now + VALID_FOR,
    )
    db.session.add(act)
    db.session.flush()
    return act


def decide(act: RequestedAct, by: StaffMember, decision: Decision, reason: str = "", *, seen: str) -> None:
    """Approve or decline an act as the second person. seen: the digest of what they read; only that is approved.

    Raises DualControlError: role, second_person, own_reason, reason (declining needs one), how far it is already, or
    changed_since.
    """
    name, deciders = f"staff:{by.id}", kind_with(act.kind).may_decide
    signer = Signer(name, by.role in deciders, may_sign_own(name, deciders))
    fault = deciding_fault(_locked(act), signer, decision, reason)
    if fault:
        raise DualControlError(fault, act)
    if decision is Decision.APPROVED:
        shown = kind_with(act.kind).shown(act)
        if seen != shown.digest:
            raise DualControlError(Fault.CHANGED_SINCE, act)
        act.details = {**act.details, APPROVED: shown.measure}
    _settle(act, by, decision, reason)


def withdraw(act: RequestedAct, by: StaffMember) -> None:
    """Take one's own request back. Raises DualControlError when somebody else asked, or it is over already."""
    fault = withdrawing_fault(_locked(act), f"staff:{by.id}")
    if fault:
        raise DualControlError(fault, act)
    _settle(act, by, Decision.WITHDRAWN, "")


def use(act: RequestedAct, by: StaffMember) -> None:
    """Note that the act is being done, in the same transaction as the act itself; an approval is used once.

    Raises DualControlError when it is not approved, not any more, was asked for by somebody else, or changed_since.
    """
    fault = using_fault(_locked(act), f"staff:{by.id}")
    if fault:
        raise DualControlError(fault, act)
    ensure_holds(act)
    act.used_at = clock.now()
    db.session.flush()


def ensure_holds(act: RequestedAct) -> None:
    """Raises DualControlError, changed_since, where what would be done now is not what was approved."""
    if not still_holds(act, kind_with(act.kind).shown(act)):
        raise DualControlError(Fault.CHANGED_SINCE, act)


def _locked(act: RequestedAct) -> Stand:
    """The act as it is stored now, held until the transaction ends: two at once never both decide or use it."""
    db.session.refresh(act, with_for_update=True)
    return Stand(act.asked_by, state_now(act))


def _settle(act: RequestedAct, by: StaffMember, decision: Decision, reason: str) -> None:
    act.decision, act.decision_reason = decision, reason.strip()
    act.decided_by, act.decided_at = f"staff:{by.id}", clock.now()
    db.session.flush()

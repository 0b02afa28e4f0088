"""Asks a second person for a refusal or an erasure, and carries out what they approved."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from rockrobot.answers.actions import answer
from rockrobot.contacts.models import Person
from rockrobot.contacts.queries import person_with
from rockrobot.db import db
from rockrobot.decisions import queries
from rockrobot.decisions.models import Proposal
from rockrobot.decisions.rules import ERASURE, REFUSAL, RefusalGround
from rockrobot.dual_control.actions import ask, use
from rockrobot.dual_control.models import RequestedAct
from rockrobot.erasures.actions import erase_person
from rockrobot.erasures.models import Erasure
from rockrobot.erasures.queries import Plan
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Outcome
from rockrobot.staff.models import StaffMember


class NobodyToEraseError(ValueError):
    """The request names no person of the register, or they were erased already."""


def propose_refusal(
    row: PrivacyRequest, ground: RefusalGround, by: StaffMember, letter: Mapping[str, Any]
) -> RequestedAct:
    """Ask a second person to approve a refusal. letter: language, lines, told. Raises DualControlError."""
    details = {"request": row.number, "ground": ground.value}
    act = ask(REFUSAL, by, f"{row.number}, {ground.value}", details=details, about_id=row.id)
    _keep(act, row, Outcome.REFUSED, letter, ground)
    return act


def propose_erasure(row: PrivacyRequest, plan: Plan, by: StaffMember, letter: Mapping[str, Any]) -> RequestedAct:
    """Ask a second person to approve an erasure. letter: language, lines, told. Raises DualControlError."""
    details = {"request": row.number, "counts": plan.counts}
    act = ask(ERASURE, by, f"{row.number}, GDPR 17", details=details, about_id=row.id)
    _keep(act, row, Outcome.ERASED, letter)
    return act


def _keep(
    act: RequestedAct,
    row: PrivacyRequest,
    outcome: Outcome,
    letter: Mapping[str, Any],
    ground: RefusalGround | None = None,
) -> None:
    proposal = Proposal(
        requested_act_id=act.id,
        request_id=row.id,
        outcome=outcome,
        ground=ground,
        language=letter["language"],
        address_lines=list(letter["lines"]),
        told=list(letter["told"]),
    )
    db.session.add(proposal)
    db.session.flush()


def carry_out(proposal: Proposal, by: StaffMember) -> Erasure | None:
    """Do what was approved, once: the answer is made word for word, and an erasure follows it in one transaction.

    The erasure, where it was one. Raises DualControlError, AnsweredError, NobodyToEraseError.
    """
    row = proposal.request
    _hold(row)
    use(proposal.act, by)
    person = person_with(row.person_id or 0) if proposal.outcome is Outcome.ERASED else None
    if proposal.outcome is Outcome.ERASED and person is None:
        raise NobodyToEraseError(row.number)
    told = queries.told_of(proposal)
    answer(row, proposal.outcome, language=proposal.language, lines=proposal.address_lines, told=told)
    return erase_person(person, request_id=row.id) if person else None


def _hold(row: PrivacyRequest) -> None:
    """Nobody changes a request, or what names its person, until the transaction ends."""
    db.session.refresh(row, ("right", "received_on", "person_id"), with_for_update=True)
    if row.person_id:
        db.session.execute(select(Person.id).where(Person.id == row.person_id).with_for_update())

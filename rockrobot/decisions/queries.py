"""Proposals, what the second person sees of them, and what would stay after an erasure."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rockrobot.case_letters.rules import day_in_letter
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.decisions.models import Proposal
from rockrobot.decisions.rules import ERASURE, GROUND_TEXTS, REFUSAL, kept_told
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.queries import Shown, newest_act, state_now
from rockrobot.dual_control.rules import State
from rockrobot.erasures.queries import Plan
from rockrobot.erasures.rules import KEPT, Ground

ALIVE = {State.WAITING, State.APPROVED}


def proposal_of(act_id: int) -> Proposal | None:
    """What an act proposes, with the request that it is about; None for an act of another kind."""
    statement = select(Proposal).where(Proposal.requested_act_id == act_id)
    return db.session.scalar(statement.options(joinedload(Proposal.request), joinedload(Proposal.act)))


def act_under_way(request_id: int) -> RequestedAct | None:
    """The refusal or erasure of a request that waits for a second person or is approved and not done; or None."""
    acts = filter(None, (newest_act(kind, request_id) for kind in (REFUSAL, ERASURE)))
    return next((act for act in acts if state_now(act) in ALIVE), None)


def told_of(proposal: Proposal) -> list[str]:
    """The paragraphs of the letter on the decision: the ground in the words of the law first."""
    ground = [GROUND_TEXTS[proposal.language][proposal.ground]] if proposal.ground else []
    return [*ground, *proposal.told]


def shown(act: RequestedAct) -> Shown:
    """What the second person sees: the request, the letter's recipient and every word of the decision."""
    proposal = proposal_of(act.id)
    if proposal is None:
        return Shown([])
    request: Any = proposal.request
    facts = [(_("Pyyntö"), f"{request.number}, {request.who}"), (_("Saaja"), ", ".join(proposal.address_lines))]
    facts += [(_("Kirjeessä"), text) for text in told_of(proposal)]
    counts = act.details.get("counts", {})
    facts += [(_("Poistetaan rivejä"), str(counts["gone"]))] if counts else []
    facts += [(_("Jää rivejä"), str(counts["kept"]))] if counts else []
    return Shown(facts, [request.person_id] if request.person_id else [])


def told_when_erased(plan: Plan, language: Language) -> list[str]:
    """What a letter says of what stays."""
    grounds = {KEPT[name] for name, ids in plan.kept.items() if ids and KEPT.get(name) is Ground.RECALL}
    until = plan.residue.until if plan.residue else None
    if plan.residue:
        grounds.add(Ground.READINESS)
    return kept_told(language, {*grounds, Ground.PROOF}, until, day_in_letter(until, language))

"""Proposals, what the second person sees of them, and what would stay after an erasure."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from rockrobot.case_letters.rules import day_in_letter
from rockrobot.contacts.models import Person
from rockrobot.contacts.queries import person_with
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.decisions.models import Proposal
from rockrobot.decisions.rules import ERASURE, GROUND_TEXTS, REFUSAL, kept_told
from rockrobot.dual_control.models import APPROVED, RequestedAct
from rockrobot.dual_control.queries import Shown, counted, newest_act, state_now
from rockrobot.dual_control.rules import ALIVE
from rockrobot.erasures.queries import Plan, plan_of
from rockrobot.erasures.rules import KEPT, Ground
from rockrobot.privacy_requests import queries as privacy_requests
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import ARTICLES, Outcome


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
    """What the second person sees: the request, whose it is, the letter's recipient, every word of the decision.

    While it can be done, the counts are those of now.
    """
    proposal = proposal_of(act.id)
    if proposal is None:
        return Shown([])
    request: Any = proposal.request
    person = person_with(request.person_id or 0)
    is_alive, erases = state_now(act) in ALIVE, proposal.outcome is Outcome.ERASED
    plan = plan_of(person) if person and is_alive and erases else None
    facts = [
        (_("Pyyntö"), f"{request.number}, {request.who}"),
        (_("Artikla"), _("GDPR %(article)s", article=ARTICLES[request.right])),
        (_("Henkilö rekisterissä"), _named(request, person)),
        (_("Saaja"), ", ".join(proposal.address_lines)),
        *((_("Kirjeessä"), text) for text in told_of(proposal)),
        *_counts(act, plan),
    ]
    measure = _measure(request, plan) if is_alive else {}
    return Shown(facts, privacy_requests.told_of([request]), measure)


def _named(request: PrivacyRequest, person: Person | None) -> str:
    """The row of the register that a request is of: who reads it sees whether that is whoever asks."""
    if person is None:
        return _("poistettu") if request.person_id else ""
    return f"{person.person_no}, {person.name}"


def _counts(act: RequestedAct, plan: Plan | None) -> list[tuple[str, str]]:
    then = act.details.get("counts")
    if then is None:
        return []
    now = plan.counts if plan else act.details.get(APPROVED, {}).get("counts", then)
    names = {"gone": _("Poistetaan rivejä"), "kept": _("Jää rivejä")}
    return [(name, counted(now[part], then[part])) for part, name in names.items()]


def _measure(request: PrivacyRequest, plan: Plan | None) -> dict[str, Any]:
    """What the letter and the erasure rest on: whose request, for what, since when, and which rows go and stay."""
    measure = {"person": request.person_id, "right": request.right.value, "received": request.received_on.isoformat()}
    return {**measure, "counts": plan.counts, "rows": plan.digest} if plan else measure


def told_when_erased(plan: Plan, language: Language) -> list[str]:
    """What a letter says of what stays."""
    grounds = {KEPT[name] for name, ids in plan.kept.items() if ids and KEPT.get(name) is Ground.RECALL}
    until = plan.residue.until if plan.residue else None
    if plan.residue:
        grounds.add(Ground.READINESS)
    return kept_told(language, {*grounds, Ground.PROOF}, until, day_in_letter(until, language))

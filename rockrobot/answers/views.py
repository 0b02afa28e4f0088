from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, ledger, paper
from rockrobot.access import PEOPLE_READERS, Role, allow, in_view, withhold
from rockrobot.answers import actions, queries
from rockrobot.answers.forms import SENT_WORDS, LetterForm, RefusalForm, SentForm
from rockrobot.answers.models import Answer
from rockrobot.answers.rules import SentHow, answer_language
from rockrobot.contacts.queries import person_with
from rockrobot.contacts.rules import Language, letter_language
from rockrobot.decisions import actions as decisions
from rockrobot.decisions import queries as decided
from rockrobot.decisions.models import Proposal
from rockrobot.decisions.rules import ERASURE, GROUND_TEXTS, GROUNDS, REFUSAL, RefusalGround
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.queries import Kind, declare, still_holds
from rockrobot.enquiries.models import Enquiry
from rockrobot.enquiries.queries import count_deleted_like, unnamed_like
from rockrobot.erasures.actions import keep_register
from rockrobot.erasures.queries import address_kept, plan_of
from rockrobot.forgetting import clear_file
from rockrobot.organisation.queries import letter_sender
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.queries import request_with, told_of
from rockrobot.privacy_requests.rules import Outcome, Right, Stage
from rockrobot.web import Answer as Reply
from rockrobot.web import commit_and_go, form_page, once, page

blueprint = Blueprint("answers", __name__, url_prefix="/privacy-requests/<int:request_id>")
NAMES_RECIPIENTS = frozenset({Right.ACCESS, Right.RECIPIENTS})
blueprint.add_app_template_global(lambda: SENT_WORDS, "sent_words")


def _open(request_id: int) -> PrivacyRequest:
    row = request_with(request_id) or abort(404)
    if row.stage is not Stage.OPEN:
        abort(409)
    return row


def _answer(request_id: int) -> Answer:
    return queries.answer_to(request_id) or abort(404)


def _card(request_id: int) -> str:
    return url_for("privacy_requests.show", request_id=request_id)


@contextmanager
def _conflict() -> Iterator[None]:
    """Somebody else was faster: the page that says so, and nothing done twice."""
    try:
        yield
    except actions.AnsweredError:
        abort(409)


def _log(row: PrivacyRequest, *enquiries: Enquiry) -> None:
    ledger.log_views({**told_of([row]), "enquiries": [one.id for one in enquiries]})


def _begun(row: PrivacyRequest) -> dict[str, Any]:
    """What the form of an answer begins with: the language and the recipient as the register knows them."""
    person = person_with(row.person_id or 0)
    lines = queries.lines_to(person) if person else [row.who]
    language = answer_language(letter_language(person.language if person else ""))
    return {"language": language.value, "recipient": "\n".join(lines)}


def _recipients(row: PrivacyRequest, language: Language) -> str:
    """What an answer says of itself to who asks for their data, or to whom it was given."""
    if row.person_id is None or row.right not in NAMES_RECIPIENTS:
        return ""
    return "\n".join(queries.disclosures_told(row.person_id, language))


@blueprint.route("/answer", methods=["GET", "POST"])
@allow(Role.DATA_PROTECTION, event="answers.new")
@once
def new(request_id: int) -> Reply:
    row, pages = _open(request_id), []
    begun, has_sender = _begun(row), bool(letter_sender())
    form = LetterForm(**begun, told=_recipients(row, Language(begun["language"])))
    mine = [row.person_id] if row.person_id else []
    unnamed, deleted = unnamed_like(mine), count_deleted_like(mine)
    _log(row, *unnamed)
    if has_sender and form.validate_on_submit():
        if "preview" not in request.form:
            with _conflict():
                actions.answer(row, Outcome.DONE, **form.values)
            return commit_and_go(_card(request_id), _("Vastaus tehty. Lähetä se ja merkitse lähetetyksi."))
        pages = _pages(row, Outcome.DONE, form.values)
    shown = {"unnamed": unnamed, "deleted": deleted}
    return form_page("answers/new.html", form, row=row, pages=pages, has_sender=has_sender, **shown)


@blueprint.get("/answer.pdf")
@allow(*PEOPLE_READERS, event="answers.download")
def download(request_id: int) -> Response:
    made = queries.answer_to(request_id, with_body=True) or abort(404)
    body, name = made.body, f"{made.request.number}.pdf"
    _log(made.request)
    return Response(body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@blueprint.route("/sent", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="answers.send")
@once
def send(request_id: int) -> Reply:
    made = _answer(request_id)
    if made.sent_on:
        abort(409)
    form = SentForm(sent_on=clock.today(), made_on=made.made_at.astimezone(clock.HOME).date())
    _log(made.request)
    if form.validate_on_submit():
        how = SentHow(form.sent_how.data)
        sent_on, sent_to = form.sent_on.data or clock.today(), form.sent_to.data
        with _conflict():
            actions.mark_sent(made, sent_on=sent_on, sent_how=how, sent_to=sent_to)
        return commit_and_go(_card(request_id), _("Vastaus merkitty lähetetyksi. Pyyntö on vastattu."))
    return form_page("answers/send.html", form, made=made)


def _pages(row: PrivacyRequest, outcome: Outcome, letter: dict[str, Any]) -> list[str]:
    """The letter as it would be, as pictures."""
    return paper.page_addresses(paper.render_answer(queries.content_of(row, outcome, **letter)))


# ---------- what a second person approves ----------


def _page_of(act: RequestedAct) -> str:
    return url_for("answers.proposal", request_id=act.about_id, act_id=act.id)


for code, name in ((REFUSAL, lazy_gettext("Kieltäytyminen")), (ERASURE, lazy_gettext("Tietojen poisto"))):
    asks, decides = frozenset({Role.DATA_PROTECTION}), frozenset(PEOPLE_READERS)
    declare(code, Kind(name, may_ask=asks, may_decide=decides, shown=decided.shown, page_of=_page_of))


def _undecided(request_id: int) -> PrivacyRequest:
    row = _open(request_id)
    if decided.act_under_way(request_id):
        abort(409)
    return row


@blueprint.route("/refuse", methods=["GET", "POST"])
@allow(Role.DATA_PROTECTION, event="answers.refuse")
@once
def refuse(request_id: int) -> Reply:
    row, pages = _undecided(request_id), []
    grounds = GROUNDS[row.right] or abort(409)
    form, has_sender = RefusalForm(**_begun(row), grounds=grounds), bool(letter_sender())
    _log(row)
    if has_sender and form.validate_on_submit():
        ground = RefusalGround(form.ground.data)
        if "preview" not in request.form:
            act = decisions.propose_refusal(row, ground, current_user, form.values)
            return commit_and_go(url_for("dual_control.show", act_id=act.id), _("Odottaa toisen henkilön päätöstä."))
        law = GROUND_TEXTS[form.values["language"]][ground]
        pages = _pages(row, Outcome.REFUSED, form.values | {"told": [law, *form.values["told"]]})
    return form_page("answers/refuse.html", form, row=row, pages=pages, has_sender=has_sender)


@blueprint.route("/erase", methods=["GET", "POST"])
@allow(Role.DATA_PROTECTION, event="answers.erase")
@once
def erase(request_id: int) -> Reply:
    row, pages = _undecided(request_id), []
    person = person_with(row.person_id or 0) if row.right is Right.ERASURE else None
    if person is None:
        abort(409)
    plan, begun = plan_of(person), _begun(row)
    told = "\n".join(decided.told_when_erased(plan, Language(begun["language"])))
    form, has_sender = LetterForm(**begun, told=told), bool(letter_sender())
    unnamed = unnamed_like(plan.people)
    shown: dict[str, Any] = {"plan": plan, "address": address_kept(plan), "contact": person, "unnamed": unnamed}
    shown["deleted"] = count_deleted_like(plan.people)
    _log(row, *unnamed)
    if has_sender and form.validate_on_submit():
        if "preview" not in request.form:
            act = decisions.propose_erasure(row, plan, current_user, form.values)
            return commit_and_go(url_for("dual_control.show", act_id=act.id), _("Odottaa toisen henkilön päätöstä."))
        pages = _pages(row, Outcome.ERASED, form.values)
    return form_page("answers/erase.html", form, row=row, pages=pages, has_sender=has_sender, **shown)


def _proposal(request_id: int, act_id: int) -> Proposal:
    """A proposal that the person signed in made."""
    found = decided.proposal_of(act_id)
    if found is None or found.request_id != request_id:
        abort(404)
    return found if found.act.asked_by == f"staff:{current_user.id}" else withhold()


@blueprint.get("/proposals/<int:act_id>")
@allow(Role.DATA_PROTECTION, event="answers.proposal", object_rule=in_view)
def proposal(request_id: int, act_id: int) -> str:
    found = _proposal(request_id, act_id)
    shown = decided.shown(found.act)
    _log(found.request)
    return page("answers/proposal.html", proposal=found, shown=shown, holds=still_holds(found.act, shown))


@blueprint.post("/proposals/<int:act_id>/carry-out")
@allow(Role.DATA_PROTECTION, event="answers.carry_out", object_rule=in_view, fresh=True)
@once
def carry_out(request_id: int, act_id: int) -> Reply:
    found = _proposal(request_id, act_id)
    try:
        erasure = decisions.carry_out(found, current_user)
    except (actions.AnsweredError, decisions.NobodyToEraseError):
        abort(409)
    answer = commit_and_go(_card(request_id), _("Tehty. Lähetä vastaus ja merkitse se lähetetyksi."))
    if erasure:
        clear_file()
        keep_register()
    return answer

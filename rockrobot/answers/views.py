from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import clock, ledger, paper
from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.answers import actions, queries
from rockrobot.answers.forms import LetterForm, SentForm
from rockrobot.answers.models import Answer
from rockrobot.answers.rules import SentHow, answer_language
from rockrobot.contacts.queries import person_with
from rockrobot.contacts.rules import letter_language
from rockrobot.organisation.queries import letter_sender
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.queries import request_with
from rockrobot.privacy_requests.rules import Outcome, Stage
from rockrobot.web import Answer as Reply
from rockrobot.web import commit_and_go, form_page, once

blueprint = Blueprint("answers", __name__, url_prefix="/privacy-requests/<int:request_id>")


def _open(request_id: int) -> PrivacyRequest:
    row = request_with(request_id) or abort(404)
    if row.stage is not Stage.OPEN:
        abort(409)
    return row


def _answer(request_id: int) -> Answer:
    return queries.answer_to(request_id) or abort(404)


def _card(request_id: int) -> str:
    return url_for("privacy_requests.show", request_id=request_id)


def _log(row: PrivacyRequest) -> None:
    ledger.log_view([row.person_id] if row.person_id else [])


def letter_form(row: PrivacyRequest) -> LetterForm:
    """The form of an answer, with the recipient as the register knows them."""
    person = person_with(row.person_id or 0)
    lines = queries.lines_to(person) if person else [row.who]
    language = answer_language(letter_language(person.language if person else ""))
    return LetterForm(language=language.value, recipient="\n".join(lines))


@blueprint.route("/answer", methods=["GET", "POST"])
@allow(Role.DATA_PROTECTION, event="answers.new")
@once
def new(request_id: int) -> Reply:
    row, pages = _open(request_id), []
    form, has_sender = letter_form(row), bool(letter_sender())
    _log(row)
    if has_sender and form.validate_on_submit():
        if "preview" not in request.form:
            actions.answer(row, Outcome.DONE, **form.values)
            return commit_and_go(_card(request_id), _("Vastaus tehty. Lähetä se ja merkitse lähetetyksi."))
        pages = paper.page_addresses(paper.render_answer(queries.content_of(row, Outcome.DONE, **form.values)))
    return form_page("answers/new.html", form, row=row, pages=pages, has_sender=has_sender)


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
        actions.mark_sent(made, sent_on=form.sent_on.data or clock.today(), sent_how=how, sent_to=form.sent_to.data)
        return commit_and_go(_card(request_id), _("Vastaus merkitty lähetetyksi. Pyyntö on vastattu."))
    return form_page("answers/send.html", form, made=made)

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import Role, allow
from rockrobot.case_letters.actions import LettersRefusedError
from rockrobot.db import db
from rockrobot.dispatches import actions as dispatches
from rockrobot.fields import stripped
from rockrobot.follow_ups import actions, queries
from rockrobot.follow_ups.forms import PostedForm, ReturnedForm
from rockrobot.letters.models import Letter, OutboxMessage
from rockrobot.letters.queries import letter_for
from rockrobot.mailing import actions as mailing
from rockrobot.mailing import queries as mail_queries
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.queries import case_for, find_case
from rockrobot.recalls.rules import CaseState
from rockrobot.replies.queries import silent_among, unit_with
from rockrobot.web import Answer, asked_page, commit_and_go, once, page, say, sent_ids

blueprint = Blueprint("follow_ups", __name__)


def _case(case_id: int) -> RecallCase:
    case = case_for(case_id)
    if case is None:
        abort(404)
    return case


def _here(case_id: int) -> str:
    return url_for("follow_ups.index", case_id=case_id)


@blueprint.get("/recalls/<int:case_id>/follow-up")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="follow_ups.index")
def index(case_id: int) -> str:
    return _index_page(_case(case_id), sought=stripped(request.args.get("letter")))


def _index_page(
    case: RecallCase, *, sought: str = "", posted: PostedForm | None = None, returned: ReturnedForm | None = None
) -> str:
    """The screen; sought: letters asked for by reference or name. posted, returned: a form sent, with its errors."""
    silent = queries.silent_of(case, asked_page("silent"))
    if sought:
        out = queries.sought_letters(case.number, sought, asked_page())
    else:
        out = queries.posted_letters(case.number, asked_page())
    messages = mail_queries.messages_of(case.number, asked_page("mails"))
    letters: list[Letter] = (
        [line.letter for line in silent.rows] + list(out.rows) + [m.letter for m in messages.rows if m.letter]
    )
    context: dict[str, Any] = {
        "unposted": queries.unposted_batches(case.number),
        "mailable": sum(len(pairs) for pairs in queries.mailable(case.number).values()),
        "is_open": case.state is not CaseState.CLOSED,
        "outbox": mailing.files_go_to(),
    }
    ledger.log_view(letter.person_id for letter in letters if letter.person_id)
    return page(
        "follow_ups/index.html",
        case=case,
        silent=silent,
        posted_letters=out,
        sought=sought,
        posted=posted or PostedForm(formdata=None),
        returned=returned or ReturnedForm(formdata=None),
        messages=messages,
        **context,
    )


@blueprint.post("/recalls/<int:case_id>/batches/<int:batch_id>/posted")
@allow(Role.CUSTOMER_CARE, event="follow_ups.mark_posted")
def mark_posted(case_id: int, batch_id: int) -> Answer:
    case = _case(case_id)
    letters = [letter for letter in queries.letters_of_batch(batch_id) if letter.case_number == case.number]
    if not letters:
        abort(404)
    form = PostedForm(earliest=queries.printed_on(batch_id))
    if not form.validate_on_submit():
        return _index_page(case, posted=form), 422
    count = dispatches.mark_posted(letters, form.on.data or clock.today(), form.tracking_no.data or "")
    told = ngettext("Merkitty postitetuksi: %(num)s kirje.", "Merkitty postitetuksi: %(num)s kirjettä.", count)
    return commit_and_go(_here(case.id), told)


@blueprint.post("/letters/<int:letter_id>/posted")
@allow(Role.CUSTOMER_CARE, event="follow_ups.mark_letter_posted")
def mark_letter_posted(letter_id: int) -> Answer:
    letter = _letter(letter_id)
    form = PostedForm(earliest=queries.printed_on(letter.print_batch_id or abort(404)))
    if not form.validate_on_submit():
        return _index_page(_case_of(letter), sought=letter.reference, posted=form), 422
    dispatches.mark_posted([letter], form.on.data or clock.today(), form.tracking_no.data or "")
    return commit_and_go(_here(_case_of(letter).id), _("Merkitty postitetuksi."))


@blueprint.post("/letters/<int:letter_id>/returned")
@allow(Role.CUSTOMER_CARE, event="follow_ups.mark_returned")
@once
def mark_returned(letter_id: int) -> Answer:
    letter = _letter(letter_id)
    case = _case_of(letter)
    if letter.posted_on is None or letter.returned_on is not None:
        say(_("Tätä kirjettä ei ole postitettu, tai se on jo palautunut."), "warn")
        return redirect(_here(case.id), 303)
    form = ReturnedForm(earliest=letter.posted_on)
    if not form.validate_on_submit():
        return _index_page(case, sought=letter.reference, returned=form), 422
    try:
        made = actions.take_back(case, letter, form.on.data or clock.today(), form.reason.data)
    except LettersRefusedError:
        return commit_and_go(_here(case.id), _("Kirjattu. Kirje seuraavaan osoitteeseen odottaa hyväksyntää."))
    if not made:
        return commit_and_go(
            _here(case.id), _("Kirjattu. Seuraavaa osoitetta ei ole: osoitteen etsintä on tehtävissä.")
        )
    return _print(case, made, _("Kirjattu. Uusi kirje seuraavaan osoitteeseen on tulostettavissa."))


@blueprint.post("/recalls/<int:case_id>/reminders")
@allow(Role.CUSTOMER_CARE, event="follow_ups.write_reminders")
@once
def write_reminders(case_id: int) -> Answer:
    case = _case(case_id)
    letters = silent_among(case.id, clock.today(), sent_ids("letters"))
    try:
        made = actions.write_reminders(case, letters)
    except LettersRefusedError:
        return _refused(case)
    if not made:
        say(_("Yhtään muistutusta ei tarvittu."), "warn")
        return redirect(_here(case.id), 303)
    return _print(case, made, _("Muistutuksia tulostettavissa: %(count)s.", count=len(made)))


@blueprint.post("/recalls/<int:case_id>/units/<int:unit_id>/new-owner-letter")
@allow(Role.CUSTOMER_CARE, event="follow_ups.write_to_new_owner")
@once
def write_to_new_owner(case_id: int, unit_id: int) -> Answer:
    case, unit = _case(case_id), unit_with(unit_id)
    if unit is None or unit.case_id != case.id:
        abort(404)
    try:
        made = actions.write_to_new_owner(case, [unit.id])
    except LettersRefusedError:
        return _refused(case)
    if not made:
        told = _("Kirjettä ei voi tehdä: omistajalla ei ole osoitetta, tai hänelle on jo kirjoitettu.")
        return commit_and_go(_here(case.id), told)
    return _print(case, made, _("Kirje uudelle omistajalle on tulostettavissa."))


def _print(case: RecallCase, made: Sequence[int], told: str) -> Response:
    actions.print_soon(case, made)
    return commit_and_go(_here(case.id), told)


def _refused(case: RecallCase) -> Response:
    db.session.rollback()
    say(_("Kirjeitä ei voi tehdä ennen kuin tapaus on hyväksytty."), "warn")
    return redirect(url_for("recalls.show", case_id=case.id), 303)


# ---------- e-mail ----------


@blueprint.post("/recalls/<int:case_id>/e-mails")
@allow(Role.CUSTOMER_CARE, event="follow_ups.mail_letters")
@once
def mail_letters(case_id: int) -> Answer:
    case = _case(case_id)
    count = actions.mail_letters(case)
    return commit_and_go(_here(case.id), _("Sähköposteja jonossa: %(count)s.", count=count))


@blueprint.post("/e-mails/<int:message_id>/sent-by-hand")
@allow(Role.CUSTOMER_CARE, event="follow_ups.sent_by_hand")
def sent_by_hand(message_id: int) -> Response:
    message = _message(message_id)
    mailing.mark_sent_by_hand(message, clock.today())
    return commit_and_go(_here(_case_of(message.letter).id), _("Merkitty lähetetyksi."))


@blueprint.post("/e-mails/<int:message_id>/again")
@allow(Role.CUSTOMER_CARE, event="follow_ups.send_again")
def send_again(message_id: int) -> Response:
    message = _message(message_id)
    mailing.send_again(message)
    return commit_and_go(_here(_case_of(message.letter).id), _("Sähköposti on taas jonossa."))


def _message(message_id: int) -> OutboxMessage:
    message = mail_queries.message_with(message_id)
    if message is None:
        abort(404)
    return message


def _letter(letter_id: int) -> Letter:
    letter = letter_for(letter_id)
    if letter is None:
        abort(404)
    return letter


def _case_of(letter: Letter | None) -> RecallCase:
    case = find_case(letter.case_number) if letter else None
    if case is None:
        abort(404)
    return case

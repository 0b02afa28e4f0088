from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.queries import enquiry_with, people_of
from rockrobot.mailing import actions as mailing
from rockrobot.mailing.queries import NEED_A_PERSON
from rockrobot.objections.rules import Told
from rockrobot.referrals import actions, queries
from rockrobot.referrals.forms import TOLD_WORDS, USUAL_REASON, NoticeForm, ReferralForm
from rockrobot.referrals.rules import FIELDS, NoticeReason, changes_as
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page, say

blueprint = Blueprint("referrals", __name__)
blueprint.add_app_template_global(lambda: FIELDS, "referred_fields")
blueprint.add_app_template_global(lambda: TOLD_WORDS, "notice_words")


def _log(*enquiries: Enquiry) -> None:
    ledger.log_views({"enquiries": [enquiry.id for enquiry in enquiries], "people": people_of(enquiries)})


def _card(enquiry_id: int) -> str:
    return url_for("enquiries.show", enquiry_id=enquiry_id)


@blueprint.route("/enquiries/<int:enquiry_id>/refer", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="referrals.new")
@once
def new(enquiry_id: int) -> Answer:
    enquiry: Enquiry = enquiry_with(enquiry_id) or abort(404)
    proposal, _why_not = queries.proposal_for(enquiry)
    if proposal is None:
        abort(409)
    form = ReferralForm(why=str(USUAL_REASON), shown=proposal.seen)
    _log(enquiry)
    if form.validate_on_submit():
        try:
            actions.refer(enquiry, seen=form.shown.data, why=form.why.data)
        except actions.NotReferredError:
            db.session.rollback()
            say(_("Mitään ei lähetetty: tiedot tai maahantuoja muuttuivat. Tarkista ja vahvista uudelleen."), "warn")
            return commit_and_go(url_for("referrals.new", enquiry_id=enquiry_id))
        return commit_and_go(_card(enquiry_id), _("Yhteydenotto ohjattu maahantuojalle."))
    return form_page("referrals/new.html", form, enquiry=enquiry, proposal=proposal)


def _stuck(disclosure_id: int) -> Disclosure:
    """A disclosure whose mail waits for a person: it failed, or nobody knows, or it lies in a file."""
    disclosure: Disclosure = queries.disclosure_with(disclosure_id) or abort(404)
    is_erased = queries.reason_of(disclosure) is NoticeReason.ERASURE
    if disclosure.message.state not in NEED_A_PERSON or is_erased:
        abort(409)
    _log(disclosure.enquiry)
    return disclosure


@blueprint.post("/disclosures/<int:disclosure_id>/by-hand")
@allow(Role.CUSTOMER_CARE, event="referrals.sent_by_hand")
def sent_by_hand(disclosure_id: int) -> Response:
    disclosure = _stuck(disclosure_id)
    mailing.mark_sent_by_hand(disclosure.message, clock.today())
    return commit_and_go(_card(disclosure.enquiry_id), _("Merkitty lähetetyksi."))


@blueprint.post("/disclosures/<int:disclosure_id>/again")
@allow(Role.CUSTOMER_CARE, event="referrals.send_again")
def send_again(disclosure_id: int) -> Response:
    disclosure = _stuck(disclosure_id)
    mailing.send_again(disclosure.message)
    return commit_and_go(_card(disclosure.enquiry_id), _("Sähköposti on taas jonossa."))


# ---------- what was disclosed, and what importers must be told of it ----------


@blueprint.get("/disclosures/")
@allow(*PEOPLE_READERS, event="referrals.index")
def index() -> str:
    is_due = request.args.get("due") == "1"
    found = queries.find_disclosures(is_due=is_due, number=asked_page())
    waiting, due = queries.count_due(), queries.due_among([row.id for row in found.rows])
    _log(*(row.enquiry for row in found.rows))
    return page("referrals/index.html", found=found, is_due=is_due, waiting=waiting, due=due)


@blueprint.route("/disclosures/<int:disclosure_id>/tell", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="referrals.tell")
@once
def tell(disclosure_id: int) -> Answer:
    disclosure: Disclosure = queries.disclosure_with(disclosure_id) or abort(404)
    changes, reason = queries.changes_due(disclosure), queries.reason_of(disclosure)
    if not changes:
        abort(409)
    form = NoticeForm(told_on=clock.today(), told=Told.EMAIL, shown=changes_as(changes, reason))
    _log(disclosure.enquiry)
    if form.validate_on_submit():
        enquiry_id, told_on = disclosure.enquiry_id, form.told_on.data or clock.today()
        values = {"told_on": told_on, "told": Told(form.told.data), "note": form.note.data}
        try:
            actions.note_told(disclosure, seen=form.shown.data, **values)
        except actions.SeenOtherwiseError:
            db.session.rollback()
            say(_("Mitään ei merkitty: tiedot muuttuivat. Katso, mitä maahantuojalle on nyt kerrottava."), "warn")
            return commit_and_go(_card(enquiry_id))
        return commit_and_go(_card(enquiry_id), _("Merkitty: maahantuojalle on kerrottu."))
    return form_page("referrals/tell.html", form, disclosure=disclosure, changes=changes, reason=reason)

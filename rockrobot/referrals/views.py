from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import Role, allow
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.queries import enquiry_with, people_of
from rockrobot.mailing import actions as mailing
from rockrobot.mailing.queries import NEED_A_PERSON
from rockrobot.referrals import actions, queries
from rockrobot.referrals.forms import USUAL_REASON, ReferralForm
from rockrobot.referrals.rules import FIELDS
from rockrobot.web import Answer, commit_and_go, form_page, once, say

blueprint = Blueprint("referrals", __name__)
blueprint.add_app_template_global(lambda: FIELDS, "referred_fields")


def _log(enquiry: Enquiry) -> None:
    ledger.log_view([enquiry.id], table="enquiries")
    ledger.log_view(people_of([enquiry]))


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
    form = ReferralForm(why=str(USUAL_REASON), seen=proposal.seen)
    _log(enquiry)
    if form.validate_on_submit():
        try:
            disclosure = actions.refer(enquiry, seen=form.seen.data, why=form.why.data)
        except actions.NotReferredError:
            db.session.rollback()
            say(_("Mitään ei lähetetty: tiedot tai maahantuoja muuttuivat. Tarkista ja vahvista uudelleen."), "warn")
            return commit_and_go(url_for("referrals.new", enquiry_id=enquiry_id))
        return commit_and_go(_card(enquiry_id), _("Ohjattu: %(name)s.", name=disclosure.recipient_name))
    return form_page("referrals/new.html", form, enquiry=enquiry, proposal=proposal)


def _stuck(disclosure_id: int) -> Disclosure:
    """A disclosure whose mail waits for a person: it failed, or nobody knows, or it lies in a file."""
    disclosure: Disclosure = queries.disclosure_with(disclosure_id) or abort(404)
    if disclosure.message.state not in NEED_A_PERSON:
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

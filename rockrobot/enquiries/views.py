from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, ledger, shown
from rockrobot.access import LOOKING, PEOPLE_READERS, Role, allow
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import party_numbered
from rockrobot.db import db
from rockrobot.desk.queries import history_of
from rockrobot.enquiries import actions, queries
from rockrobot.enquiries.forms import CHANNEL_WORDS, ClosingForm, EnquiryForm
from rockrobot.enquiries.models import Enquiry
from rockrobot.enquiries.rules import Stage
from rockrobot.events.rules import Channel
from rockrobot.navigation import Link, add_link
from rockrobot.referrals.queries import changes_due, count_due, disclosure_with, notices_of, proposal_for
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page, say

blueprint = Blueprint("enquiries", __name__, url_prefix="/enquiries")
blueprint.add_app_template_global(lambda: CHANNEL_WORDS, "enquiry_channels")


def _waiting() -> int:
    with shown.showing_nobody():
        return queries.count_in(Stage.OPEN)


OF_INBOX = ("referrals.index", "referrals.new", "referrals.tell", "importers.index", "importers.new", "importers.edit")
add_link(
    Link(lazy_gettext("Rekisteri"), 265, lazy_gettext("Yhteydenotot"), "enquiries.index", "inbox", _waiting, OF_INBOX)
)


def _enquiry(enquiry_id: int) -> Enquiry:
    """The enquiry; nobody else changes it while one that is sent in is at it."""
    find = queries.enquiry_with if request.method in LOOKING else queries.enquiry_to_change
    return find(enquiry_id) or abort(404)


def _waiting_enquiry(enquiry_id: int) -> Enquiry:
    """One that still waits for something; what has ended answers 409."""
    enquiry = _enquiry(enquiry_id)
    return enquiry if enquiry.stage in {Stage.OPEN, Stage.TAKEN} else abort(409)


@contextmanager
def _in_time() -> Iterator[None]:
    """Somebody else was faster: the page that says so, and nothing stored."""
    try:
        yield
    except actions.ErasedMeanwhileError:
        db.session.rollback()
        abort(409)


def _card(enquiry: Enquiry) -> str:
    return url_for("enquiries.show", enquiry_id=enquiry.id)


def _log(*rows: Enquiry, also: list[int] | None = None) -> None:
    """Write down whose data is shown: the enquiries, and the people of the register whom they name."""
    people = [*queries.people_of(rows), *(also or [])]
    ledger.log_views({"enquiries": [row.id for row in rows], "people": people})


@blueprint.get("/")
@allow(*PEOPLE_READERS, event="enquiries.index")
def index() -> str:
    asked = request.args.get("stage", "")
    stage = Stage(asked) if asked in set(Stage) else Stage.OPEN
    found = queries.find_enquiries(stage, asked_page())
    counts = {one: queries.count_in(one) for one in (Stage.OPEN, Stage.TAKEN)}
    due = count_due()
    _log(*found.rows)
    return page("enquiries/index.html", found=found, stage=stage, stages=list(Stage), counts=counts, due=due)


@blueprint.get("/<int:enquiry_id>")
@allow(*PEOPLE_READERS, event="enquiries.show")
def show(enquiry_id: int) -> str:
    enquiry = _enquiry(enquiry_id)
    alike = [] if enquiry.person_id else queries.alike(enquiry)
    if enquiry.company_id:
        alike = [party for party in alike if isinstance(party, Person)]
    disclosure = disclosure_with(enquiry.disclosure.id) if enquiry.disclosure else None
    changes, told = (changes_due(disclosure), notices_of(disclosure.id)) if disclosure else ([], [])
    proposal, why_not = proposal_for(enquiry)
    history = history_of({"enquiries": [enquiry_id]})
    _log(enquiry, also=[party.id for party in alike if isinstance(party, Person)])
    return page(
        "enquiries/show.html",
        enquiry=enquiry,
        alike=alike,
        disclosure=disclosure,
        changes=changes,
        told=told,
        proposal=proposal,
        why_not=why_not,
        history=history,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="enquiries.new")
@once
def new() -> Answer:
    ledger.need_purpose()
    form = EnquiryForm(came_on=clock.today(), channel=Channel.PHONE)
    ledger.log_view([])
    if form.validate_on_submit():
        with _in_time():
            enquiry = actions.add_enquiry(form.named.found, **form.values)
        return commit_and_go(_card(enquiry), _("Yhteydenotto kirjattu."), undo=True)
    return form_page("enquiries/new.html", form)


def _number_of(party: Company | Person | None) -> str:
    if party is None:
        return ""
    return party.customer_no if isinstance(party, Company) else party.person_no


@blueprint.route("/<int:enquiry_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="enquiries.edit")
def edit(enquiry_id: int) -> Answer:
    enquiry = _enquiry(enquiry_id)
    if enquiry.is_erased:
        abort(409)
    form = EnquiryForm(obj=enquiry, named=_number_of(enquiry.person or enquiry.company))
    _log(enquiry)
    if form.validate_on_submit():
        with _in_time():
            actions.change_enquiry(enquiry, form.named.found, **form.values)
        return commit_and_go(_card(enquiry), _("Yhteydenoton tiedot muutettu."), undo=True)
    return form_page("enquiries/edit.html", form, enquiry=enquiry)


@blueprint.post("/<int:enquiry_id>/link")
@allow(*PEOPLE_READERS, event="enquiries.link")
def link(enquiry_id: int) -> Response:
    enquiry = _enquiry(enquiry_id)
    party: Company | Person = party_numbered(request.form.get("number", "")) or abort(404)
    if enquiry.person_id or (enquiry.company_id and isinstance(party, Company)):
        abort(409)
    _log(enquiry)
    with _in_time():
        actions.link(enquiry, party)
    return commit_and_go(_card(enquiry), _("Lähettäjä on nyt yhdistetty rekisteriin."), undo=True)


@blueprint.post("/<int:enquiry_id>/take")
@allow(Role.CUSTOMER_CARE, event="enquiries.take")
def take(enquiry_id: int) -> Response:
    enquiry = _waiting_enquiry(enquiry_id)
    _log(enquiry)
    if str(enquiry.taken_by_id or "") != request.form.get("taken_by", ""):
        say(_("Toinen ehti ottaa tai antaa tämän. Katso, kenellä se on nyt."), "warn")
        return commit_and_go(_card(enquiry))
    actions.take(enquiry, current_user.id)
    return commit_and_go(_card(enquiry), _("Yhteydenotto on sinulla."), undo=True)


@blueprint.post("/<int:enquiry_id>/give-back")
@allow(Role.CUSTOMER_CARE, event="enquiries.give_back")
def give_back(enquiry_id: int) -> Response:
    enquiry = _waiting_enquiry(enquiry_id)
    if enquiry.taken_by_id != current_user.id:
        abort(409)
    _log(enquiry)
    actions.take(enquiry, None)
    return commit_and_go(_card(enquiry), _("Yhteydenotto odottaa taas ottajaa."), undo=True)


@blueprint.route("/<int:enquiry_id>/close", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="enquiries.close")
@once
def close(enquiry_id: int) -> Answer:
    enquiry, form = _waiting_enquiry(enquiry_id), ClosingForm()
    _log(enquiry)
    if form.validate_on_submit():
        actions.close(enquiry, form.why.data)
        return commit_and_go(_card(enquiry), _("Yhteydenotto suljettu."), undo=True)
    return form_page("enquiries/close.html", form, enquiry=enquiry)


@blueprint.post("/<int:enquiry_id>/reopen")
@allow(Role.CUSTOMER_CARE, event="enquiries.reopen")
def reopen(enquiry_id: int) -> Response:
    enquiry = _enquiry(enquiry_id)
    if enquiry.stage is not Stage.CLOSED:
        abort(409)
    _log(enquiry)
    actions.reopen(enquiry)
    return commit_and_go(_card(enquiry), _("Yhteydenotto avattu uudelleen."), undo=True)


@blueprint.post("/<int:enquiry_id>/delete")
@allow(Role.CUSTOMER_CARE, event="enquiries.delete")
def delete(enquiry_id: int) -> Response:
    enquiry = _enquiry(enquiry_id)
    if enquiry.disclosure:
        abort(409)
    _log(enquiry)
    actions.delete(enquiry)
    return commit_and_go(url_for("enquiries.index"), _("Yhteydenotto poistettu."), undo=True)

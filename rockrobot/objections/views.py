from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import company_with, person_with
from rockrobot.fields import format_day, typed
from rockrobot.navigation import Link, add_link
from rockrobot.objections import actions, queries
from rockrobot.objections.forms import ANY_CONTACT, CHANNEL_WORDS, ConsentForm, ObjectionForm, WithdrawalForm
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.queries import purpose_names
from rockrobot.purposes.rules import OBJECTABLE, PurposeCode
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page

blueprint = Blueprint("objections", __name__)
COVERED = ("objections.object_for_person", "objections.object_for_company")
add_link(Link(lazy_gettext("Rekisteri"), 270, lazy_gettext("Kiellot"), "objections.index", "ban", covers=COVERED))
blueprint.add_app_template_global(purpose_names, "purpose_names")


def _home_of(party: Company | Person) -> str:
    if isinstance(party, Company):
        return url_for("companies.show", company_id=party.id)
    return url_for("people.show", person_id=party.id)


def _company(company_id: int) -> Company:
    return company_with(company_id) or abort(404)


def _person(person_id: int) -> Person:
    return person_with(person_id) or abort(404)


def _log(party: Company | Person) -> None:
    ledger.log_view([] if isinstance(party, Company) else [party.id])


@blueprint.get("/objections/")
@allow(*PEOPLE_READERS, event="objections.index")
def index() -> str:
    purpose, channel = request.args.get("purpose", ""), request.args.get("channel", "")
    found, stops = queries.find_objections(
        purpose=PurposeCode(purpose) if purpose in OBJECTABLE else None,
        is_any_contact=purpose == ANY_CONTACT,
        channel=Channel(channel) if channel in set(Channel) - {Channel.ALL} else None,
        number=asked_page(),
    )
    names = purpose_names()
    ledger.log_view([row.person_id for row in found.rows if row.person_id])
    return page(
        "objections/index.html",
        fragments=("objection_rows",),
        found=found,
        stops=stops,
        purpose=purpose,
        channel=channel,
        purposes=[("", _("Kaikki")), *((code.value, names[code]) for code in PurposeCode if code in OBJECTABLE),
                  (ANY_CONTACT, _("Kaikki yhteydenotot"))],
        channels=[("", _("Kaikki")), *((c.value, CHANNEL_WORDS[c]) for c in Channel if c is not Channel.ALL)],
    )  # fmt: skip


def _object(party: Company | Person) -> Answer:
    form = ObjectionForm(
        purpose=PurposeCode.MARKETING, channel=Channel.ALL, told=Told.PHONE, told_on=clock.today()
    )  # what is asked for most often, so that it is recorded in two clicks
    _log(party)
    if form.validate_on_submit():
        actions.record_objection(party, **_choice(form), note=form.note.data)
        return commit_and_go(_home_of(party), _("Kielto kirjattu. Se on heti voimassa."))
    return form_page("objections/object.html", form, party=party, home=_home_of(party))


def _choice(form: Any) -> dict[str, Any]:
    values = typed(form, ("told_on", "told_by"))
    channel, told = Channel(form.channel.data), Told(form.told.data)
    return values | {"purpose": form.chosen_purpose, "channel": channel, "told": told}


@blueprint.route("/people/<int:person_id>/objections/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="objections.object")
@once
def object_for_person(person_id: int) -> Answer:
    return _object(_person(person_id))


@blueprint.route("/companies/<int:company_id>/objections/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="objections.object")
@once
def object_for_company(company_id: int) -> Answer:
    return _object(_company(company_id))


def _consent(party: Company | Person) -> Answer:
    wanted = request.args.get("purpose", PurposeCode.MARKETING)
    form = ConsentForm(purpose=wanted, channel=Channel.ALL, told=Told.PHONE, told_on=clock.today())
    _log(party)
    if form.validate_on_submit():
        try:
            actions.record_consent(party, **_choice(form), wording=form.wording.data)
        except actions.OlderConsentError as older:
            day = format_day(older.objected_on)
            form.told_on.errors = [_("Kielto on ilmoitettu %(day)s. Vanhempi suostumus ei poista sitä.", day=day)]
        else:
            return commit_and_go(_home_of(party), _("Suostumus kirjattu."))
    return form_page("objections/consent.html", form, party=party, home=_home_of(party))


@blueprint.route("/people/<int:person_id>/consents/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="objections.consent")
@once
def consent_for_person(person_id: int) -> Answer:
    return _consent(_person(person_id))


@blueprint.route("/companies/<int:company_id>/consents/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="objections.consent")
@once
def consent_for_company(company_id: int) -> Answer:
    return _consent(_company(company_id))


@blueprint.route("/consents/<int:consent_id>/withdraw", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="objections.withdraw")
@once
def withdraw(consent_id: int) -> Answer:
    consent = queries.consent_with(consent_id) or abort(404)
    party = _person(consent.person_id) if consent.person_id else _company(consent.company_id or 0)
    form = WithdrawalForm(told=Told.PHONE, told_on=clock.today())
    _log(party)
    if form.validate_on_submit():
        told = Told(form.told.data)
        actions.withdraw_consent(consent, told=told, **typed(form, ("told_on", "told_by", "note")))
        return commit_and_go(_home_of(party), _("Suostumuksen peruminen kirjattu. Se on heti voimassa."))
    return form_page("objections/withdraw.html", form, party=party, consent=consent, home=_home_of(party))

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, Role, allow, may_open
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Person
from rockrobot.contacts.rules import PointKind, address_order, runs_on
from rockrobot.desk.queries import history_of
from rockrobot.devices.queries import DeviceFilter, find_devices
from rockrobot.duplicates.queries import alike_on_card
from rockrobot.duplicates.rules import Kind
from rockrobot.enquiries.queries import enquiries_of
from rockrobot.events.queries import timeline_of
from rockrobot.fields import typed
from rockrobot.navigation import Link, add_link
from rockrobot.objections.queries import choices_of, remembered_of, stops_of_people
from rockrobot.people.forms import NewPersonForm, PersonForm
from rockrobot.privacy_requests.queries import requests_of
from rockrobot.saved_filters.queries import SHOWN, kept_for
from rockrobot.scopes.queries import open_cases_of_devices
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.search_words import lines_of
from rockrobot.selections.queries import find, understand
from rockrobot.tags.queries import tagging_ids, tags_of
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, is_htmx, once, page, say

blueprint = Blueprint("people", __name__, url_prefix="/people")
COVERED = ("people.show", "people.new", "people.edit", "addresses.new_for_person")
add_link(Link(lazy_gettext("Rekisteri"), 250, lazy_gettext("Henkilöt"), "people.index", "users", covers=COVERED))
FIELDS = ("first_name", "last_name", "language", "contact_type", "responsible_id")


def _person(person_id: int) -> Person:
    return queries.person_with(person_id) or abort(404)


@blueprint.get("/")
@allow(*PEOPLE_READERS, event="people.index")
def index() -> str:
    selection, choices = understand(Register.PEOPLE, request.args)
    found = find(selection, number=asked_page())
    kept = [] if is_htmx() else kept_for(Register.PEOPLE, current_user.id, limit=SHOWN)
    shown = [person.id for person in found.rows]
    stops, tags = stops_of_people(shown), tags_of(Register.PEOPLE, shown)
    ledger.log_view(shown)
    return page(
        "people/index.html",
        fragments=("people_rows",),
        found=found,
        selection=selection,
        kept=kept,
        choices=choices,
        stops=stops,
        tags=tags,
    )


@blueprint.get("/<int:person_id>")
@allow(*PEOPLE_READERS, event="people.show")
def show(person_id: int) -> str:
    person, day = _person(person_id), clock.today()
    addresses, worksites = queries.addresses_of(person), queries.worksites_of(person)
    company, choices, asked = person.company, choices_of(person), requests_of(person_id)
    points, merged = queries.points_of(person), queries.merged_into(person)
    enquiries = enquiries_of(person)
    switchboards = [p for p in queries.points_of(company) if p.kind is PointKind.SWITCHBOARD] if company else []
    devices = find_devices(DeviceFilter(person_id=person_id), day=day)
    timeline = timeline_of(person)
    tags, taggings = tags_of(Register.PEOPLE, [person_id]), tagging_ids(Register.PEOPLE, person_id)
    alike = alike_on_card(Kind.PEOPLE, person_id) if may_open("duplicates.index") else []
    keys = {
        "people": _ids([person, *merged]),
        "addresses": _ids(addresses),
        "contact_points": _ids(points),
        "affiliations": _ids(person.affiliations),
        "taggings": taggings,
    }
    people = [person_id, *timeline.people_ids, *(other.id for _pair, other in alike)]
    ledger.log_views({"enquiries": _ids(enquiries), "people": people})
    return page(
        "people/show.html",
        contact=person,
        addresses=addresses,
        points=points,
        worksites=worksites,
        merged=merged,
        switchboards=switchboards,
        letter_address=next(iter(address_order(addresses, day)), None),
        devices=devices,
        choices=choices,
        timeline=timeline,
        tags=tags.get(person_id, []),
        alike=alike,
        privacy_requests=asked,
        enquiries=enquiries,
        recalls=open_cases_of_devices([device.id for device in devices.rows]),
        history=history_of(keys | choices.rows()),
    )


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.id for row in rows]


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="people.new")
@once
def new() -> Answer:
    ledger.need_purpose()  # before anything is typed: what is typed shows who is like it
    company = queries.company_with(asked_id("company") or 0)
    form = NewPersonForm(company=company.customer_no if company else "", language="fi")
    ledger.log_view([])
    if form.validate_on_submit():
        person = actions.add_person(**typed(form, FIELDS))
        if form.company.found or form.title.data:
            actions.add_affiliation(person, form.company.found, title=form.title.data)
        typed_points = {
            PointKind.DIRECT: form.direct_phone.data,
            PointKind.MOBILE: form.mobile.data,
            PointKind.EMAIL: form.email.data,
        }
        actions.add_points(person, typed_points)
        if remembered_of(person):
            say(_("Sama henkilö on aiemmin kieltänyt käytön. Kielto on voimassa myös nyt."), "warn")
        return commit_and_go(url_for("people.show", person_id=person.id), _("Henkilö lisätty."), undo=True)
    return form_page("people/new.html", form)


@blueprint.route("/<int:person_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="people.edit")
def edit(person_id: int) -> Answer:
    person = _person(person_id)
    form = PersonForm(obj=person)
    ledger.log_view([person_id])
    if form.validate_on_submit():
        actions.change(person, **typed(form, FIELDS))
        here = url_for("people.show", person_id=person_id)
        return commit_and_go(here, _("Henkilön tiedot muutettu."), undo=True)
    return form_page("people/edit.html", form, contact=person)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.people_with(hit.row_id for hit in hits)
    return {hit.row_id: _hit_line(hit, rows[hit.row_id]) for hit in hits if hit.row_id in rows}


def _hit_line(hit: Hit, row: Person) -> Line:
    named = [row.company.name if row.company else "", row.title, row.phone.raw if row.phone else ""]
    return Line(
        row.name,
        url_for("people.show", person_id=row.id),
        ", ".join(filter(None, named)),
        fact=_employer_fact(hit, row),
        people_ids=(row.id,),
    )


def _employer_fact(hit: Hit, row: Person) -> str:
    """Whether the employer by whom somebody was found is theirs today; empty where they were found otherwise."""
    if hit.fact != "employer":
        return ""
    today = clock.today()
    running = [one.company for one in row.affiliations if runs_on(today, one.from_on, one.to_on)]
    return "employer" if any(one and hit.line in lines_of(one.name) for one in running) else "former_employer"


FACTS = {
    "person_no": lazy_gettext("henkilönumero"),
    "first_name": lazy_gettext("nimi"),
    "last_name": lazy_gettext("nimi"),
    "employer": lazy_gettext("työnantaja"),
    "former_employer": lazy_gettext("entinen työnantaja"),
}
show_hits(Showing("person", lazy_gettext("Henkilöt"), "user", "people.show", _hit_lines, FACTS))

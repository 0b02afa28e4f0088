from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow, may_open
from rockrobot.companies.forms import CompanyForm, NewCompanyForm
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import PointKind, address_order
from rockrobot.desk.queries import history_of
from rockrobot.devices.queries import DeviceFilter, find_devices
from rockrobot.duplicates.queries import alike_on_card
from rockrobot.duplicates.rules import Kind
from rockrobot.enquiries.queries import enquiries_of
from rockrobot.events.queries import timeline_of
from rockrobot.fields import contact_type_word, typed
from rockrobot.navigation import Link, add_link
from rockrobot.objections.queries import choices_of, remembered_of, stops_of_companies
from rockrobot.parts.queries import deliveries_to
from rockrobot.saved_filters.queries import SHOWN, kept_for
from rockrobot.scopes.queries import open_cases_of_devices
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.selections.queries import find, understand
from rockrobot.tags.queries import tagging_ids, tags_of
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, is_htmx, once, page, say

blueprint = Blueprint("companies", __name__, url_prefix="/companies")
COVERED = ("companies.show", "companies.new", "companies.edit", "addresses.new_for_company")
add_link(
    Link(lazy_gettext("Rekisteri"), 240, lazy_gettext("Yritykset"), "companies.index", "building-2", covers=COVERED)
)
blueprint.add_app_template_global(contact_type_word)
FIELDS = ("customer_no", "name", "business_id", "country", "language", "contact_type", "responsible_id")


def _company(company_id: int) -> Company:
    return queries.company_with(company_id) or abort(404)


@blueprint.get("/")
@allow(*PEOPLE_READERS, event="companies.index")
def index() -> str:
    selection, choices = understand(Register.COMPANIES, request.args)
    found = find(selection, number=asked_page())
    kept = [] if is_htmx() else kept_for(Register.COMPANIES, current_user.id, limit=SHOWN)
    shown = [company.id for company in found.rows]
    stops, tags = stops_of_companies(shown), tags_of(Register.COMPANIES, shown)
    ledger.log_view([])
    return page(
        "companies/index.html",
        fragments=("company_rows",),
        found=found,
        selection=selection,
        kept=kept,
        choices=choices,
        stops=stops,
        tags=tags,
    )


@blueprint.get("/<int:company_id>")
@allow(*REGISTER_READERS, event="companies.show")
def show(company_id: int) -> str:
    company, day = _company(company_id), clock.today()
    sees_people = current_user.role in PEOPLE_READERS
    people = queries.affiliations_of(company_id) if sees_people else []
    addresses, worksites = (queries.addresses_of(company), queries.worksites_of(company)) if sees_people else ([], [])
    choices = choices_of(company) if sees_people else None
    points, merged = queries.points_of(company), queries.merged_into(company)
    devices = find_devices(DeviceFilter(company_id=company_id), day=day)
    timeline, enquiries = (timeline_of(company), enquiries_of(company)) if sees_people else (None, [])
    tags, taggings = tags_of(Register.COMPANIES, [company_id]), tagging_ids(Register.COMPANIES, company_id)
    alike = alike_on_card(Kind.COMPANIES, company_id) if may_open("duplicates.index") else []
    keys = {
        "companies": _ids([company, *merged]),
        "addresses": _ids(addresses),
        "contact_points": _ids(points),
        "taggings": taggings,
    }
    seen = [*(row.person_id for row in people), *(timeline.people_ids if timeline else [])]
    ledger.log_views({"enquiries": _ids(enquiries), "people": seen})
    return page(
        "companies/show.html",
        company=company,
        people=people,
        addresses=addresses,
        points=points,
        worksites=worksites,
        merged=merged,
        letter_address=next(iter(address_order(addresses, day)), None),
        devices=devices,
        choices=choices,
        timeline=timeline,
        enquiries=enquiries,
        tags=tags.get(company_id, []),
        alike=alike,
        recalls=open_cases_of_devices([device.id for device in devices.rows]),
        deliveries=deliveries_to(company_id),
        sees_people=sees_people,
        history=history_of(keys | (choices.rows() if choices else {})),
    )


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.id for row in rows]


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="companies.new")
@once
def new() -> Answer:
    form = NewCompanyForm(country="FI", language="fi", contact_type="asiakas")
    if form.validate_on_submit():
        company = actions.add_company(**typed(form, FIELDS))
        actions.add_points(company, {PointKind.SWITCHBOARD: form.switchboard.data, PointKind.EMAIL: form.email.data})
        if remembered_of(company):
            say(_("Sama yritys on aiemmin kieltänyt käytön. Kielto on voimassa myös nyt."), "warn")
        return commit_and_go(url_for("companies.show", company_id=company.id), _("Yritys lisätty."), undo=True)
    return form_page("companies/new.html", form)


@blueprint.route("/<int:company_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="companies.edit")
def edit(company_id: int) -> Answer:
    company = _company(company_id)
    ledger.log_view([])
    form = CompanyForm(obj=company)
    if form.validate_on_submit():
        actions.change(company, **typed(form, FIELDS))
        here = url_for("companies.show", company_id=company_id)
        return commit_and_go(here, _("Yrityksen tiedot muutettu."), undo=True)
    return form_page("companies/edit.html", form, company=company)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    """Whoever does not see the list of companies finds them by name and number, and not by how they are reached."""
    tells_all = may_open("companies.index")
    rows = queries.companies_with(hit.row_id for hit in hits if tells_all or hit.fact not in POINT_FACTS)
    return {id_: _hit_line(row, tells_all) for id_, row in rows.items()}


def _hit_line(row: Company, tells_all: bool) -> Line:
    phone = row.phone.raw if tells_all and row.phone else ""
    return Line(
        row.name, url_for("companies.show", company_id=row.id), ", ".join(filter(None, [row.customer_no, phone]))
    )


POINT_FACTS = frozenset({"phone", "email", "point"})
FACTS = {"customer_no": lazy_gettext("asiakasnumero"), "business_id": lazy_gettext("Y-tunnus")}
show_hits(Showing("company", lazy_gettext("Yritykset"), "building-2", "companies.show", _hit_lines, FACTS))

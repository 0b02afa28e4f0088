from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.contacts.queries import company_with, person_with, points_of
from rockrobot.contacts.rules import runs_on
from rockrobot.desk.queries import history_of
from rockrobot.devices import queries as devices
from rockrobot.devices.models import Device
from rockrobot.devices.rules import holders_on, owner_on
from rockrobot.events.queries import timeline_of
from rockrobot.fields import format_day, read_day, today_form, typed
from rockrobot.navigation import Link, add_link
from rockrobot.saved_filters.queries import SHOWN, kept_for
from rockrobot.scopes.queries import open_cases_of_devices
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.selections.queries import find, understand
from rockrobot.tags.queries import tagging_ids, tags_of
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, is_htmx, once, page
from rockrobot.worksites import actions, queries
from rockrobot.worksites.forms import MoveForm, MoveHereForm, WorksiteForm
from rockrobot.worksites.rules import position_text, read_position

blueprint = Blueprint("worksites", __name__)
add_link(Link(lazy_gettext("Rekisteri"), 260, lazy_gettext("Työmaat"), "worksites.index", "map-pin"))
MOVERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
PLACE = ("street", "postcode", "city", "country", "valid_from", "valid_to")
TOO_LATE = lazy_gettext("Laite on siirretty jo %(day)s. Valitse sitä myöhempi päivä tai kumoa siirto ensin.")


def _worksite(worksite_id: int) -> Worksite:
    return queries.worksite_with(worksite_id) or abort(404)


def _home(worksite_id: int) -> str:
    return url_for("worksites.show", worksite_id=worksite_id)


def _log(worksite: Worksite, *people_ids: int) -> bool:
    """Write down whose data the page shows; true when the person signed in may see people."""
    sees_people = current_user.role in PEOPLE_READERS
    ledger.log_view([*queries.people_at(worksite), *people_ids] if sees_people else [])
    return sees_people


def _asked_day() -> tuple[date, str]:
    """The day that the card is asked about, and what was typed where it is no day."""
    text = request.args.get("on", "")
    try:
        return read_day(text, clock.today()) or clock.today(), ""
    except ValueError:
        return clock.today(), text


@blueprint.get("/worksites/")
@allow(*REGISTER_READERS, event="worksites.index")
def index() -> str:
    selection, choices = understand(Register.WORKSITES, request.args)
    found = find(selection, number=asked_page())
    kept = [] if is_htmx() else kept_for(Register.WORKSITES, current_user.id, limit=SHOWN)
    shown = [site.id for site in found.rows]
    counts, tags = queries.device_counts(shown, clock.today()), tags_of(Register.WORKSITES, shown)
    sees_people = current_user.role in PEOPLE_READERS
    ledger.log_view([site.address.person_id for site in found.rows if site.address.person_id] if sees_people else [])
    return page(
        "worksites/index.html",
        fragments=("worksite_rows",),
        found=found,
        selection=selection,
        kept=kept,
        choices=choices,
        counts=counts,
        tags=tags,
        sees_people=sees_people,
    )


@blueprint.get("/worksites/<int:worksite_id>")
@allow(*REGISTER_READERS, event="worksites.show")
def show(worksite_id: int) -> str:
    worksite = _worksite(worksite_id)
    day, not_understood = _asked_day()
    stays = queries.devices_at(worksite_id, day, number=asked_page())
    points = points_of(worksite)
    tags = tags_of(Register.WORKSITES, [worksite_id]).get(worksite_id, [])
    taggings = tagging_ids(Register.WORKSITES, worksite_id)
    history = history_of({"worksites": [worksite_id], "addresses": [worksite.address_id], "taggings": taggings})
    recalls = open_cases_of_devices([stay.device_id for stay in stays.rows])
    timeline = timeline_of(worksite) if current_user.role in PEOPLE_READERS else None
    return page(
        "worksites/show.html",
        worksite=worksite,
        is_running=runs_on(clock.today(), worksite.address.valid_from, worksite.address.valid_to),
        position=position_text(worksite.latitude_microdegrees, worksite.longitude_microdegrees),
        stays=stays,
        day=day,
        not_understood=not_understood,
        points=points,
        recalls=recalls,
        history=history,
        timeline=timeline,
        tags=tags,
        sees_people=_log(worksite, *(timeline.people_ids if timeline else ())),
    )


def _values(form: WorksiteForm) -> dict[str, Any]:
    latitude, longitude = read_position(form.position.data) or (None, None)
    contact = form.contact.found
    return typed(form, ("name", "access_note")) | {
        "contact_id": contact.id if contact else None,
        "latitude_microdegrees": latitude,
        "longitude_microdegrees": longitude,
    }


def _new(party: Company | Person) -> Answer:
    form = WorksiteForm(country=getattr(party, "country", "") or "FI", valid_from=clock.today())
    ledger.log_view([party.id] if isinstance(party, Person) else [])
    if form.validate_on_submit():
        worksite = actions.add_worksite(party, typed(form, PLACE), **_values(form))
        return commit_and_go(_home(worksite.id), _("Työmaa lisätty."), undo=True)
    return form_page("worksites/new.html", form, party=party)


@blueprint.route("/companies/<int:company_id>/worksites/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="worksites.new")
@once
def new_for_company(company_id: int) -> Answer:
    return _new(company_with(company_id) or abort(404))


@blueprint.route("/people/<int:person_id>/worksites/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="worksites.new")
@once
def new_for_person(person_id: int) -> Answer:
    return _new(person_with(person_id) or abort(404))


@blueprint.route("/worksites/<int:worksite_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="worksites.edit")
def edit(worksite_id: int) -> Answer:
    worksite = _worksite(worksite_id)
    data = {name: getattr(worksite.address, name) for name in PLACE} | {
        "name": worksite.name,
        "access_note": worksite.access_note,
        "contact": worksite.contact.person_no if worksite.contact else "",
        "position": position_text(worksite.latitude_microdegrees, worksite.longitude_microdegrees),
    }
    _log(worksite)
    form = WorksiteForm(row=worksite, data=data)
    if form.validate_on_submit():
        actions.change_worksite(worksite, typed(form, PLACE), **_values(form))
        return commit_and_go(_home(worksite_id), _("Työmaan tiedot muutettu."), undo=True)
    return form_page("worksites/edit.html", form, worksite=worksite)


@blueprint.route("/worksites/<int:worksite_id>/devices/new", methods=["GET", "POST"])
@allow(*MOVERS, event="worksites.move_here")
@once
def move_here(worksite_id: int) -> Answer:
    worksite = _worksite(worksite_id)
    _log(worksite)
    form = today_form(MoveHereForm)
    if form.validate_on_submit() and form.on.data and form.named:
        machines = devices.devices_with(form.named.device_ids).values()
        try:
            moved = actions.move_devices(machines, worksite, on=form.on.data)
        except actions.LaterStayError as error:
            form.on.errors = [TOO_LATE % {"day": format_day(error.row.from_on or clock.today())}]
        else:
            told = ngettext("%(num)s laite siirretty.", "%(num)s laitetta siirretty.", len(moved))
            return commit_and_go(_home(worksite_id), told, undo=True)
    return form_page("worksites/move_here.html", form, worksite=worksite)


@blueprint.route("/devices/<int:device_id>/worksite", methods=["GET", "POST"])
@allow(*MOVERS, event="worksites.move")
@once
def move(device_id: int) -> Answer:
    device, day = devices.device_with(device_id) or abort(404), clock.today()
    form = MoveForm(worksites=list(queries.worksites_for(device_id, _parties(device, day), day)))
    ledger.log_view([])
    if not form.is_filled():
        form.on.data = day
    here = url_for("devices.show", device_id=device_id)
    if form.validate_on_submit() and form.on.data:
        try:
            actions.move_devices([device], form.worksite, on=form.on.data)
        except actions.LaterStayError as error:
            form.on.errors = [TOO_LATE % {"day": format_day(error.row.from_on or day)}]
        else:
            told = _("Laite siirretty työmaalle.") if form.worksite else _("Laite lähti työmaalta.")
            return commit_and_go(here, told, undo=True)
    return form_page("worksites/move.html", form, device=device)


def _parties(device: Device, day: date) -> list[Company | Person]:
    """Who has a machine on a day: the holders first, then the owner."""
    chain = devices.ownerships_of([device.id]).get(device.id, [])
    rows = [*holders_on(chain, day), owner_on(chain, day)]
    return [party for row in rows if row and (party := row.company or row.person)]


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.worksites_with(hit.row_id for hit in hits)
    return {id_: _hit_line(row) for id_, row in rows.items()}


def _hit_line(row: Worksite) -> Line:
    place = row.address
    note = ", ".join(filter(None, [place.street, place.city, place.company.name if place.company else ""]))
    people_ids = (place.person_id,) if place.person_id else ()
    title = row.name or place.street or place.city
    return Line(title, url_for("worksites.show", worksite_id=row.id), note, people_ids=people_ids)


FACTS = {"street": lazy_gettext("katuosoite"), "city": lazy_gettext("paikkakunta")}
show_hits(Showing("worksite", lazy_gettext("Työmaat"), "map-pin", "worksites.show", _hit_lines, FACTS))

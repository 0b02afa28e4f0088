from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, languages, ledger, paper
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.contacts import queries as contacts
from rockrobot.contacts.models import Address, Company, ContactPoint, Person
from rockrobot.contacts.rules import runs_on
from rockrobot.devices import queries as devices
from rockrobot.devices.models import Device, Ownership
from rockrobot.devices.queries import DeviceFilter, find_devices
from rockrobot.devices.rules import holders_on, owner_on
from rockrobot.fields import format_day
from rockrobot.scopes.queries import open_cases_of_devices
from rockrobot.screen_words import words_of
from rockrobot.selections.queries import ids_of, understand
from rockrobot.staff_devices.models import StaffDevice
from rockrobot.staff_devices.queries import find_devices as find_staff_devices
from rockrobot.staff_devices.queries import findings_of
from rockrobot.staff_devices.rules import PROTECTIONS, Found
from rockrobot.tags.rules import Register
from rockrobot.web import asked_page
from rockrobot.worksites.queries import machines_at, people_at, stay_on, stays_of, worksite_with

blueprint = Blueprint("prints", __name__)
NOTE_LINES = 8
MOST_STAFF_DEVICES = 500
MOST_STICKERS = 20 * 24
Rows = Iterable[Sequence[str]]
blueprint.add_app_template_global(lambda: MOST_STICKERS, "most_stickers")


def _paper(title: str, facts: Rows, sections: Sequence[dict[str, Any] | None], qr: str = "") -> Response:
    """A card as PDF; facts and tables that say nothing are left out. qr: the address its code leads to."""
    told = [[_("Tulostettu"), f"{format_day(clock.today())}, {current_user.name}"]]
    document = {
        "title": title,
        "author": "Rockrobot",
        "language": languages.current(),
        "is_drill": False,
        "facts": [*([label, value] for label, value in facts if value), *told],
        "sections": [section for section in sections if section],
        "qr": current_app.config["BASE_URL"] + qr if qr else "",
    }
    headers = {"Content-Disposition": "inline; filename=kortti.pdf"}
    return Response(paper.render_report(document), mimetype="application/pdf", headers=headers)


def _table(heading: str, columns: Sequence[str], rows: Rows, **look: Any) -> dict[str, Any] | None:
    cells = [list(row) for row in rows]
    return {"heading": heading, "columns": list(columns), "rows": cells} | look if cells else None


def _notes() -> dict[str, Any]:
    return {"heading": _("Muistiinpanot"), "blank_lines": NOTE_LINES}


def _day(day: date | None) -> str:
    return format_day(day) if day else ""


def _word(name: Any, of: str, room: str = "contacts") -> Any:
    """The word that the screens of a room use for a kind (POINT_KINDS, KINDS)."""
    return getattr(words_of(f"{room}/words.html"), of)[str(name)]


# ---------- customers ----------


@blueprint.get("/people/<int:person_id>/card.pdf")
@allow(*PEOPLE_READERS, event="prints.person")
def person(person_id: int) -> Response:
    who = contacts.person_with(person_id) or abort(404)
    shared = contacts.points_of(who.company) if who.company else []
    companies = [[row.company.name if row.company else "", row.title, _day(row.from_on), _day(row.to_on)]
                 for row in who.affiliations]  # fmt: skip
    facts = [(_("Henkilönumero"), who.person_no), (_("Titteli"), who.title)]
    facts += [(_("Yritys"), who.company.name if who.company else "")]
    columns = (_("Yritys"), _("Titteli"), _("Alkaen"), _("Asti"))
    sections = [*_reached(who, [*contacts.points_of(who), *shared]), _table(_("Yritykset"), columns, companies)]
    sections += [_machines(DeviceFilter(person_id=person_id)), _notes()]
    ledger.log_view([person_id])
    return _paper(who.name, facts, sections)


@blueprint.get("/companies/<int:company_id>/card.pdf")
@allow(*PEOPLE_READERS, event="prints.company")
def company(company_id: int) -> Response:
    firm, today = contacts.company_with(company_id) or abort(404), clock.today()
    people = [row for row in contacts.affiliations_of(company_id) if runs_on(today, row.from_on, row.to_on)]
    listed = [[row.person.name, row.title, row.person.phone.raw if row.person.phone else ""] for row in people]
    facts = [(_("Asiakasnumero"), firm.customer_no), (_("Y-tunnus"), firm.business_id)]
    sections = [*_reached(firm, contacts.points_of(firm))]
    sections += [_table(_("Henkilöt"), (_("Nimi"), _("Titteli"), _("Puhelin")), listed)]
    sections += [_machines(DeviceFilter(company_id=company_id)), _notes()]
    ledger.log_view([row.person_id for row in people])
    return _paper(firm.name, facts, sections)


def _reached(party: Company | Person, points: Iterable[ContactPoint]) -> list[dict[str, Any] | None]:
    """How somebody is reached, and where they are, today."""
    today = clock.today()
    running = [
        [_word(p.kind, "POINT_KINDS"), p.raw, p.note] for p in points if runs_on(today, p.valid_from, p.valid_to)
    ]
    places = [a for a in contacts.addresses_of(party) if runs_on(today, a.valid_from, a.valid_to)]
    addresses = [[_word(address.kind, "KINDS"), _line(address)] for address in places]
    return [
        _table(_("Yhteystiedot"), (_("Laji"), _("Numero tai osoite"), _("Huomautus")), running),
        _table(_("Osoitteet"), (_("Laji"), _("Osoite")), addresses),
    ]


def _line(address: Address) -> str:
    return ", ".join(filter(None, (address.street, f"{address.postcode} {address.city}".strip())))


def _machines(wanted: DeviceFilter) -> dict[str, Any] | None:
    found = find_devices(wanted, day=clock.today()).rows
    recalls = open_cases_of_devices([device.id for device in found])
    rows = [[device.serial, device.device_model.model_code, _recall(recalls.get(device.id))] for device in found]
    return _table(_("Laitteet"), (_("Sarjanumero"), _("Malli"), _("Avoin takaisinveto")), rows)


def _recall(cases: Sequence[Any] | None) -> str:
    drafts = _("luonnos")
    return ", ".join(f"{case.number} ({drafts})" if case.is_draft else case.number for case in cases or ())


# ---------- machines and worksites ----------


@blueprint.get("/devices/<int:device_id>/card.pdf")
@allow(*REGISTER_READERS, event="prints.device")
def device(device_id: int) -> Response:
    machine, today = devices.device_with(device_id) or abort(404), clock.today()
    chain = devices.ownerships_of([device_id]).get(device_id, [])
    parts = [[row.part.name or row.part.part_no, row.batch.batch_no if row.batch else _("ei tiedossa"),
              _day(row.fitted_on), _day(row.removed_on)] for row in devices.fittings_of(device_id)]  # fmt: skip
    cases = open_cases_of_devices([device_id]).get(device_id, [])
    recalls = [[case.number, case.title] for case in cases if not case.is_draft]
    drafts = [[case.number, case.title] for case in cases if case.is_draft]
    stay = stay_on(stays_of(device_id), today)
    owners = _owners(chain, today)
    facts = [(_("Malli"), machine.device_model.model_code), (_("Valmistusvuosi"), str(machine.year or ""))]
    facts += [(_("Omistaja"), owners), (_("Työmaa"), stay.worksite.name if stay else "")]
    sections = [
        _table(_("Avoin takaisinveto: älä käytä laitetta"), (_("Tapaus"), _("Nimi")), recalls),
        _table(_("Luonnos: selvitys kesken"), (_("Tapaus"), _("Nimi")), drafts),
        _table(_("Osat"), (_("Osa"), _("Erä"), _("Asennettu"), _("Irrotettu")), parts),
        _notes(),
    ]
    return _paper(machine.serial, facts, sections, url_for("devices.show", device_id=device_id))


@blueprint.get("/devices/<int:device_id>/sticker.pdf")
@allow(*REGISTER_READERS, event="prints.device_sticker")
def device_sticker(device_id: int) -> Response:
    return _stickers([devices.device_with(device_id) or abort(404)])


@blueprint.get("/devices/stickers.pdf")
@allow(*REGISTER_READERS, event="prints.device_stickers")
def device_stickers() -> Response:
    """Labels of the machines that a filter of the list finds, in its order; twenty sheets at most, part by part."""
    selection, _choices = understand(Register.DEVICES, request.args, sees_people=current_user.role in PEOPLE_READERS)
    begin = (max(asked_page("part"), 1) - 1) * MOST_STICKERS
    ids = ids_of(selection)[begin : begin + MOST_STICKERS] or abort(404)
    machines = devices.devices_with(ids)
    return _stickers([machines[id_] for id_ in ids])


def _stickers(machines: Sequence[Device]) -> Response:
    """Labels for machines: a phone that reads the code opens the form of a visit; nobody is named on them."""
    ledger.log_view([])
    base, read_me = current_app.config["BASE_URL"], _("Kirjaa käynti: lue koodi puhelimella")
    form = {one.id: url_for("events.new_for_device", device_id=one.id, channel="visit") for one in machines}
    lines = [([one.device_model.model_code, one.serial, "", read_me], base + form[one.id]) for one in machines]
    headers = {"Content-Disposition": "inline; filename=laitetarrat.pdf"}
    pdf = paper.render_code_stickers(_("Laitetarrat"), lines)
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _owners(chain: list[Ownership], day: date) -> str:
    """Who has the machine; names of people only for those who may see them, and written down."""
    rows = [row for row in (owner_on(chain, day), *holders_on(chain, day)) if row]
    sees_people = current_user.role in PEOPLE_READERS
    ledger.log_view([row.person_id for row in rows if row.person_id] if sees_people else [])
    named = (row.company.name if row.company else _name(row, sees_people) for row in rows)
    return ", ".join(filter(None, named))


def _name(row: Ownership, sees_people: bool) -> str:
    if row.person is None:
        return ""
    return row.person.name if sees_people else row.person.person_no


@blueprint.get("/worksites/<int:worksite_id>/sheet.pdf")
@allow(*REGISTER_READERS, event="prints.worksite")
def worksite(worksite_id: int) -> Response:
    site, today = worksite_with(worksite_id) or abort(404), clock.today()
    sees_people = current_user.role in PEOPLE_READERS
    machines = machines_at(worksite_id, today)
    recalls = open_cases_of_devices([machine.id for machine in machines])
    rows = [["☐", m.serial, m.device_model.model_code, _recall(recalls.get(m.id)), ""] for m in machines]
    columns = (_("Tehty"), _("Sarjanumero"), _("Malli"), _("Avoin takaisinveto"), _("Huomioita"))
    facts = [(_("Missä"), _line(site.address)), (_("Kulkuohje"), site.access_note)]
    if sees_people and site.contact:
        phone = site.contact.phone.raw if site.contact.phone else ""
        facts += [(_("Yhteyshenkilö paikalla"), f"{site.contact.name} {phone}".strip())]
    ledger.log_view(people_at(site) if sees_people else [])
    table = _table(_("Laitteet"), columns, rows, wide=[4], row_padding_pt=8)
    here = url_for("worksites.show", worksite_id=worksite_id)
    return _paper(site.name or site.address.street, facts, [table, _notes()], here)


# ---------- devices of the staff ----------


@blueprint.get("/staff-devices/list.pdf")
@allow(Role.ADMINISTRATOR, Role.DATA_PROTECTION, event="prints.staff_devices")
def staff_devices() -> Response:
    devices = [device for device in find_staff_devices(size=MOST_STAFF_DEVICES).rows if device.is_in_use]
    known = findings_of([device.id for device in devices])
    rows = [[_named(device), *(_finding(known[device.id][name]) for name in PROTECTIONS)] for device in devices]
    names = [_word(name, "PROTECTIONS", "staff_devices") for name in PROTECTIONS]
    table = _table(_("Käytössä"), (_("Laite ja käyttäjä"), *names), rows, wide=[0])
    return _paper(_("Henkilöstön laitteet"), [], [table, _notes()])


def _named(device: StaffDevice) -> str:
    """What a device is called, whose it is, what it is and its serial."""
    kind = _word(device.kind, "KINDS", "staff_devices")
    return f"{device.name}, {device.owner.name} ({', '.join(filter(None, (kind, device.serial)))})"


def _finding(found: Found) -> str:
    """What was found of a protection, and on which day."""
    return f"{_word(found.finding, 'FINDINGS', 'staff_devices')[1]} {_day(found.on)}".strip()

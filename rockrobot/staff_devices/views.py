from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key, clock
from rockrobot.access import EVERYONE, Role, allow
from rockrobot.fields import today_form, typed
from rockrobot.navigation import Link, add_link
from rockrobot.paper import qr_picture
from rockrobot.staff.queries import running_sign_ins, sign_in_for
from rockrobot.staff_devices import actions, queries
from rockrobot.staff_devices.forms import CheckForm, DeviceForm
from rockrobot.staff_devices.models import StaffDevice
from rockrobot.staff_devices.rules import LINK_PATH, PROTECTIONS, DeviceKind, Finding, Found, Standing, standing
from rockrobot.web import Answer, asked_page, commit_and_go, commit_answer, form_page, once, page

blueprint = Blueprint("staff_devices", __name__)
READERS = (Role.ADMINISTRATOR, Role.DATA_PROTECTION)
VALUES = ("name", "kind", "owner_id", "serial")
add_link(
    Link(
        lazy_gettext("Hallinta"),
        960,
        lazy_gettext("Henkilöstön laitteet"),
        "staff_devices.index",
        "smartphone",
        count=lambda: queries.count_due(clock.today()),
    )
)


def _device(device_id: int) -> StaffDevice:
    return queries.device_with(device_id) or abort(404)


def _in_use(device_id: int) -> StaffDevice:
    device = _device(device_id)
    return device if device.is_in_use else abort(409)


def _card(device: StaffDevice) -> str:
    return url_for("staff_devices.show", device_id=device.id)


def _is_own_or_administered(device_id: int) -> bool | None:
    device = queries.device_with(device_id)
    if device is None:
        return None
    return current_user.role is Role.ADMINISTRATOR or device.owner_id == current_user.id


def _standing(device: StaffDevice, known: Mapping[str, Found]) -> Standing:
    return standing(known, clock.today(), lost_on=device.lost_on, retired_on=device.retired_on)


# ---------- the list and the card ----------


@blueprint.get("/staff-devices/")
@allow(*READERS, event="staff_devices.index")
def index() -> str:
    found = queries.find_devices(asked_page())
    known = queries.findings_of([device.id for device in found.rows])
    standings = {device.id: _standing(device, known[device.id]) for device in found.rows}
    return page("staff_devices/index.html", found=found, known=known, standings=standings)


@blueprint.get("/staff-devices/<int:device_id>")
@allow(*READERS, event="staff_devices.show")
def show(device_id: int) -> str:
    device = _device(device_id)
    known, checks = queries.findings_of([device_id])[device_id], queries.checks_of(device_id)
    now = _standing(device, known)
    return page("staff_devices/show.html", device=device, known=known, checks=checks, standing=now)


@blueprint.route("/staff-devices/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff_devices.new", fresh=True)
@once
def new() -> Answer:
    form = DeviceForm()
    if form.validate_on_submit():
        device = actions.make_device(**_values(form))
        return commit_and_go(_card(device), _("Laite lisätty. Tarkasta se ja ota se käyttöön."))
    return form_page("staff_devices/new.html", form)


@blueprint.route("/staff-devices/<int:device_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff_devices.edit", fresh=True)
def edit(device_id: int) -> Answer:
    device = _device(device_id)
    form = DeviceForm(obj=device)
    if form.validate_on_submit():
        actions.change_device(device, **_values(form))
        return commit_and_go(_card(device), _("Laitteen tiedot tallennettu."))
    return form_page("staff_devices/edit.html", form, device=device)


def _values(form: DeviceForm) -> dict[str, Any]:
    return typed(form, VALUES) | {"kind": DeviceKind(form.kind.data)}


@blueprint.route("/staff-devices/<int:device_id>/check", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff_devices.check")
@once
def check(device_id: int) -> Answer:
    device = _in_use(device_id)
    form = today_form(CheckForm, "checked_on")
    if form.validate_on_submit():
        found = {name: Finding(form[name].data) for name in PROTECTIONS}
        actions.record_check(device, form.checked_on.data, note=form.note.data, **found)
        return commit_and_go(_card(device), _("Tarkastus kirjattu."))
    return form_page("staff_devices/check.html", form, device=device)


# ---------- taken away ----------


@blueprint.post("/staff-devices/<int:device_id>/lose")
@allow(*EVERYONE, event="staff_devices.lose", object_rule=_is_own_or_administered)
def lose(device_id: int) -> Response:
    device = _in_use(device_id)
    sign_ins, passkeys = actions.lose(device, here=sign_in_for(browser_key.key()))
    told = [
        _("Laite on merkitty kadonneeksi."),
        ngettext("%(num)s kirjautuminen lopetettu.", "%(num)s kirjautumista lopetettu.", sign_ins),
    ]
    if still := len(running_sign_ins(device.owner_id)):
        told.append(
            ngettext(
                "Omistajalla on auki vielä %(num)s kirjautuminen.",
                "Omistajalla on auki vielä %(num)s kirjautumista.",
                still,
            )
        )
    if passkeys:
        told.append(ngettext("%(num)s pääsyavain poistettu.", "%(num)s pääsyavainta poistettu.", passkeys))
    told.append(_("Jos omistajalla oli kalenterin osoite, sekään ei enää toimi."))
    told.append(_("Jos laitteessa oli todennussovellus tai tallennettu salasana, vaihda nekin."))
    card = _card(device) if current_user.role in READERS else url_for("own_account.index")
    return commit_and_go(card, " ".join(told))


@blueprint.post("/staff-devices/<int:device_id>/retire")
@allow(Role.ADMINISTRATOR, event="staff_devices.retire", fresh=True)
def retire(device_id: int) -> Response:
    device = _in_use(device_id)
    actions.retire(device)
    return commit_and_go(_card(device), _("Laite on poistettu käytöstä, ja sen kirjautumiset ovat päättyneet."))


# ---------- taken into use ----------


@blueprint.post("/staff-devices/<int:device_id>/link")
@allow(Role.ADMINISTRATOR, event="staff_devices.make_link", fresh=True)
@once
def make_link(device_id: int) -> Answer:
    device = _in_use(device_id)
    address = actions.address_of(actions.make_link(device))
    commit_answer(_card(device))
    return page("staff_devices/made.html", device=device, address=address, picture=qr_picture(address))


@blueprint.route(f"{LINK_PATH}<string(maxlength=60):token>", methods=["GET", "POST"])
@allow(*EVERYONE, event="staff_devices.enrol", fresh=True)
def enrol(token: str) -> Answer:
    is_sent = request.method == "POST"
    device, here = queries.device_of_link(token, lock=is_sent), sign_in_for(browser_key.key())
    if device is None or here is None:
        return page("staff_devices/gone.html"), 410
    if device.owner_id != here.staff_member_id:
        return page("staff_devices/not_yours.html", device=device), 403
    if not is_sent:
        return page("staff_devices/enrol.html", device=device)
    key = actions.enrol(device, here)
    answer = commit_and_go(url_for("own_account.index"), _("Laite on otettu käyttöön."))
    return browser_key.keep_device_key(answer, key)

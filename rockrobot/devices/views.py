from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.contacts.models import Address
from rockrobot.contacts.queries import addresses_of
from rockrobot.contacts.rules import AddressKind, address_order
from rockrobot.desk.queries import Act, history_of
from rockrobot.devices import actions, queries
from rockrobot.devices.forms import (
    DeviceForm,
    EndForm,
    FateForm,
    FittingForm,
    OwnerForm,
    RemovalForm,
)
from rockrobot.devices.models import Device, Fitting, Ownership
from rockrobot.devices.rules import Fate, OwnershipKind, holders_on, is_in_stock, owner_on
from rockrobot.events.queries import timeline_of
from rockrobot.fields import format_day
from rockrobot.navigation import Link, add_link
from rockrobot.parts.actions import BlockedBatchError
from rockrobot.parts.queries import all_parts, running_blocks
from rockrobot.saved_filters.queries import SHOWN, kept_for
from rockrobot.scopes.queries import OpenCase, open_cases_of_devices
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.selections.queries import find, understand
from rockrobot.tags.queries import tagging_ids, tags_of
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, is_htmx, once, page
from rockrobot.worksites.queries import stay_on, stays_of

blueprint = Blueprint("devices", __name__)
WRITERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
add_link(Link(lazy_gettext("Rekisteri"), 200, lazy_gettext("Laitteet"), "devices.index", "drill"))


def _device(device_id: int) -> Device:
    return queries.device_with(device_id) or abort(404)


def _home(device_id: int) -> str:
    return url_for("devices.show", device_id=device_id)


def _log_owners(chains: list[list[Ownership]], others: Sequence[int] = ()) -> bool:
    """Write down whose names are about to be shown; true when the person signed in may see them."""
    sees_people = current_user.role in PEOPLE_READERS
    shown = [*(row.person_id for chain in chains for row in chain if row.person_id), *others]
    ledger.log_view(shown if sees_people else [])
    return sees_people


@blueprint.get("/devices/")
@allow(*REGISTER_READERS, event="devices.index")
def index() -> str:
    day = clock.today()
    selection, choices = understand(Register.DEVICES, request.args, sees_people=current_user.role in PEOPLE_READERS)
    found = find(selection, number=asked_page())
    kept = [] if is_htmx() else kept_for(Register.DEVICES, current_user.id, limit=SHOWN)
    ids = [device.id for device in found.rows]
    chains, tags = queries.ownerships_of(ids), tags_of(Register.DEVICES, ids)
    owners = {id_: owner_on(chain, day) for id_, chain in chains.items()}
    sees_people = _log_owners([[row] for row in owners.values() if row])
    return page(
        "devices/index.html",
        fragments=("device_rows",),
        found=found,
        selection=selection,
        kept=kept,
        choices=choices,
        tags=tags,
        owners=owners,
        in_stock={id_: is_in_stock(chains.get(id_, []), day) for id_ in ids},
        fates=queries.fates_of(ids),
        recalls=open_cases_of_devices(ids),
        sees_people=sees_people,
    )


@blueprint.get("/devices/<int:device_id>")
@allow(*REGISTER_READERS, event="devices.show")
def show(device_id: int) -> str:
    device, day = _device(device_id), clock.today()
    chain = queries.ownerships_of([device_id]).get(device_id, [])
    sees_people = current_user.role in PEOPLE_READERS
    owner, holders = owner_on(chain, day), holders_on(chain, day)
    place = _place(holders[0] if holders else owner) if sees_people else None
    stays = stays_of(device_id)
    timeline = timeline_of(device, sees_people=sees_people)
    tags = tags_of(Register.DEVICES, [device_id]).get(device_id, [])
    taggings = tagging_ids(Register.DEVICES, device_id)
    _log_owners([chain], timeline.people_ids)
    fittings = queries.fittings_of(device_id)
    fate = queries.fates_of([device_id]).get(device_id)
    told: dict[str, Sequence[Any]] = {"ownerships": chain, "fittings": fittings, "worksite_stays": stays}
    return page(
        "devices/show.html",
        device=device,
        chain=list(reversed(chain)),
        owner=owner,
        holders=holders,
        in_stock=is_in_stock(chain, day),
        place=place,
        stays=stays,
        stay=stay_on(stays, day),
        fittings=fittings,
        scale=_scale(device, fittings),
        blocks=running_blocks([row.batch_id for row in fittings if row.batch_id]),
        fate=fate,
        timeline=timeline,
        tags=tags,
        recalls=open_cases_of_devices([device_id]).get(device_id, []),
        history=_history(device, told | {"device_fates": [fate] if fate else []}, taggings),
        sees_people=sees_people,
    )


def _history(device: Device, rows: Mapping[str, Sequence[Any]], taggings: list[int]) -> list[Act]:
    ids = {table: [row.id for row in found] for table, found in rows.items()}
    return history_of({"devices": [device.id], "taggings": taggings} | ids)


def _scale(device: Device, fittings: Sequence[Fitting]) -> dict[str, date]:
    """The years that the interval bars span: from the first known day to the end of this year."""
    day = clock.today()
    first = min([d for d in (device.built_on, *(row.fitted_on for row in fittings)) if d], default=day)
    return {"start": date(min(first.year, day.year - 1), 1, 1), "end": date(day.year + 1, 1, 1), "today": day}


def _place(row: Ownership | None) -> Address | None:
    """Where the machine is likely to be: the worksite of who has it, else the address that a letter would use."""
    party = (row.company or row.person) if row else None
    if party is None:
        return None
    here = address_order(addresses_of(party), clock.today())
    return next((address for address in here if address.kind is AddressKind.WORKSITE), here[0] if here else None)


@blueprint.route("/devices/new", methods=["GET", "POST"])
@allow(*WRITERS, event="devices.new")
@once
def new() -> Answer:
    form = DeviceForm(model=asked_id("model"))
    ledger.log_view([])
    if form.validate_on_submit():
        model = queries.model_with(form.model.data) or abort(404)
        device = actions.add_device(model, form.serial.data, year=form.year.data, built_on=form.built_on.data)
        if form.party and form.sold_on.data:
            actions.change_owner(device, form.party, kind=OwnershipKind.SOLD, on=form.sold_on.data)
        return commit_and_go(_home(device.id), _("Laite lisätty."), undo=True)
    return form_page("devices/new.html", form)


@blueprint.route("/devices/<int:device_id>/owner", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="devices.change_owner")
@once
def change_owner(device_id: int) -> Answer:
    device, day = _device(device_id), clock.today()
    chain = queries.ownerships_of([device_id]).get(device_id, [])
    _log_owners([chain])
    likely = OwnershipKind.SOLD if is_in_stock(chain, day) else OwnershipKind.RESOLD
    form = OwnerForm(kind=likely.value, on=day)
    if form.validate_on_submit() and form.on.data:
        try:
            actions.change_owner(device, form.party, kind=OwnershipKind(form.kind.data), on=form.on.data)
        except actions.OwnerOverlapError as error:
            begins = format_day(error.row.from_on) if error.row.from_on else _("alusta")
            form.on.errors = [_("Laitteella on jo omistaja %(day)s alkaen. Valitse toinen päivä.", day=begins)]
        else:
            return commit_and_go(_home(device_id), _("Omistajan muutos kirjattu."), undo=True)
    return form_page("devices/change_owner.html", form, device=device, owner=owner_on(chain, day))


@blueprint.route("/devices/<int:device_id>/owner/<int:ownership_id>/end", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="devices.end_hire")
def end_hire(device_id: int, ownership_id: int) -> Answer:
    row = queries.ownership_with(ownership_id)
    if row is None or row.device_id != device_id or row.kind is not OwnershipKind.HIRED:
        abort(404)
    form = EndForm(on=clock.today())
    if form.validate_on_submit() and form.on.data:
        try:
            actions.end_hire(row, on=form.on.data)
        except ValueError:
            form.on.errors = [_("Vuokra ei voi päättyä ennen alkuaan.")]
        else:
            return commit_and_go(_home(device_id), _("Vuokran päättyminen kirjattu."), undo=True)
    return form_page("devices/end_hire.html", form, device=_device(device_id))


@blueprint.route("/devices/<int:device_id>/fittings/new", methods=["GET", "POST"])
@allow(*WRITERS, event="devices.fit_part")
@once
def fit_part(device_id: int) -> Answer:
    device = _device(device_id)
    form = FittingForm(fitted_on=clock.today())
    if form.validate_on_submit() and form.part:
        rest = {"reason": form.reason.data, "override_reason": form.override_reason.data}
        try:
            fitting = actions.fit_part(
                device, form.part, form.batch, on=form.fitted_on.data, pieces=form.pieces.data, **rest
            )
        except BlockedBatchError:
            form.override_reason.errors = [_("Erä on estetty. Kirjoita, miksi se asennetaan silti, tai peruuta.")]
        else:
            return commit_and_go(_home(device_id), _fitted(fitting), undo=True)
    blocks = running_blocks([form.batch.id]).get(form.batch.id, []) if form.batch else []
    return form_page("devices/fit_part.html", form, device=device, blocks=blocks, parts=all_parts())


def _fitted(fitting: Fitting) -> str:
    if fitting.is_outside_batch_days:
        return _("Osa asennettu. Päivä on erän käyttöpäivien ulkopuolella: tarkista eränumero.")
    return _("Osa asennettu.")


@blueprint.route("/devices/<int:device_id>/fittings/<int:fitting_id>/remove", methods=["GET", "POST"])
@allow(*WRITERS, event="devices.remove_part")
def remove_part(device_id: int, fitting_id: int) -> Answer:
    fitting = queries.fitting_with(fitting_id)
    if fitting is None or fitting.device_id != device_id or fitting.removed_on:
        abort(404)
    form = RemovalForm(on=clock.today())
    form.fitted_on = fitting.fitted_on
    if form.validate_on_submit() and form.on.data:
        actions.remove_part(fitting, on=form.on.data)
        return commit_and_go(_home(device_id), _("Osa irrotettu."), undo=True)
    return form_page("devices/remove_part.html", form, device=_device(device_id), fitting=fitting)


@blueprint.route("/devices/<int:device_id>/fate", methods=["GET", "POST"])
@allow(*WRITERS, event="devices.record_fate")
@once
def record_fate(device_id: int) -> Answer:
    device = _device(device_id)
    form = FateForm(on=clock.today())
    if form.validate_on_submit():
        actions.record_fate(device, Fate(form.fate.data), on=form.on.data)
        return commit_and_go(_home(device_id), _("Laitteen kohtalo kirjattu."), undo=True)
    return form_page("devices/record_fate.html", form, device=device)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.devices_with(hit.row_id for hit in hits)
    recalled = open_cases_of_devices(list(rows))
    return {id_: _hit_line(row, recalled.get(id_, ())) for id_, row in rows.items()}


def _hit_line(row: Device, recalls: Sequence[OpenCase]) -> Line:
    day = f", {format_day(row.built_on)}" if row.built_on else ""
    state = _recall_state(recalls[0]) if recalls else ()
    note = f"{row.device_model.model_code} {row.device_model.name}{day}"
    return Line(row.serial, url_for("devices.show", device_id=row.id), note, is_code=True, state=state)


def _recall_state(recall: OpenCase) -> tuple[str, str]:
    return ("wait", _("Takaisinveto, luonnos")) if recall.is_draft else ("late", _("Takaisinveto"))


FACTS = {"serial": lazy_gettext("sarjanumero"), "model": lazy_gettext("malli")}
show_hits(Showing("device", lazy_gettext("Laitteet"), "drill", "devices.show", _hit_lines, FACTS))

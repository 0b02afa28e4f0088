from collections.abc import Sequence

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import clock, ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.desk.queries import cases_of_batch, history_of
from rockrobot.devices.queries import machines_with_batch
from rockrobot.navigation import Link, add_link
from rockrobot.parts import actions, queries
from rockrobot.parts.forms import BatchForm, CountForm, DeliveryForm, PartForm
from rockrobot.parts.models import Batch, Part
from rockrobot.recalls.queries import cases_numbered
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.traces.queries import pieces_of
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, once, page

blueprint = Blueprint("parts", __name__)
WRITERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
REGISTER = lazy_gettext("Rekisteri")
OF_PARTS = ("parts.show", "parts.new", "parts.edit")
OF_BATCHES = ("parts.show_batch", "parts.new_batch", "parts.edit_batch", "parts.count_stock", "parts.deliver_loose")
add_link(Link(REGISTER, 220, lazy_gettext("Osat"), "parts.index", "wrench", covers=OF_PARTS))
add_link(Link(REGISTER, 230, lazy_gettext("Erät"), "parts.batches", "boxes", covers=OF_BATCHES))


def _part(part_id: int) -> Part:
    return queries.part_with(part_id) or abort(404)


def _batch(batch_id: int) -> Batch:
    return queries.batch_with(batch_id) or abort(404)


# ---------- parts ----------


@blueprint.get("/parts/")
@allow(*REGISTER_READERS, event="parts.index")
def index() -> str:
    text = request.args.get("q", "")
    found = queries.find_parts(text=text, number=asked_page())
    counts = queries.batch_counts([part.id for part in found.rows])
    ledger.log_view([])
    return page("parts/index.html", fragments=("part_rows",), found=found, counts=counts, text=text)


@blueprint.route("/parts/new", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.new")
@once
def new() -> Answer:
    form = PartForm()
    if form.validate_on_submit():
        part = actions.add_part(form.part_no.data, form.name.data)
        return commit_and_go(url_for("parts.show", part_id=part.id), _("Osa lisätty."), undo=True)
    return form_page("parts/new.html", form)


@blueprint.get("/parts/<int:part_id>")
@allow(*REGISTER_READERS, event="parts.show")
def show(part_id: int) -> str:
    part = _part(part_id)
    found = queries.find_batches(part_id=part_id, number=asked_page())
    history = history_of({"parts": [part_id]})
    blocks = queries.running_blocks([batch.id for batch in found.rows])
    return page("parts/show.html", part=part, found=found, blocks=blocks, history=history)


@blueprint.route("/parts/<int:part_id>/edit", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.edit")
def edit(part_id: int) -> Answer:
    part = _part(part_id)
    form = PartForm(obj=part)
    if form.validate_on_submit():
        actions.rename_part(part, form.name.data)
        return commit_and_go(url_for("parts.show", part_id=part_id), _("Osan nimi muutettu."), undo=True)
    return form_page("parts/edit.html", form, part=part)


# ---------- batches ----------


@blueprint.get("/batches/")
@allow(*REGISTER_READERS, event="parts.batches")
def batches() -> str:
    wanted = {
        "text": request.args.get("q", ""),
        "part_id": asked_id("part"),
        "supplier": request.args.get("supplier", ""),
    }
    found = queries.find_batches(**wanted, number=asked_page())  # type: ignore[arg-type]
    ids = [batch.id for batch in found.rows]
    ledger.log_view([])
    return page(
        "parts/batches.html",
        fragments=("batch_rows",),
        found=found,
        wanted=wanted,
        blocks=queries.running_blocks(ids),
        pieces_left=pieces_of(ids),
        part_choices=[("", _("Kaikki")), *((p.id, f"{p.part_no} {p.name}") for p in queries.all_parts())],
        supplier_choices=[("", _("Kaikki")), *((name, name) for name in queries.suppliers())],
    )


@blueprint.route("/batches/new", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.new_batch")
@once
def new_batch() -> Answer:
    form = BatchForm(part_no=request.args.get("part", ""))
    if form.validate_on_submit() and form.part:
        names = ("supplier", "batch_no", "supplier_batch_no", "received_on", "used_up_on", "quantity")
        batch = actions.add_batch(form.part, **{name: form[name].data for name in names})
        return commit_and_go(url_for("parts.show_batch", batch_id=batch.id), _("Erä lisätty."), undo=True)
    return form_page("parts/new_batch.html", form, parts=queries.all_parts(), suppliers=queries.suppliers())


@blueprint.get("/batches/<int:batch_id>")
@allow(*REGISTER_READERS, event="parts.show_batch")
def show_batch(batch_id: int) -> str:
    batch = _batch(batch_id)
    counts, deliveries = queries.counts_of(batch_id), queries.deliveries_of(batch_id)
    blocks = queries.running_blocks([batch_id]).get(batch_id, [])
    keys = {
        "batches": [batch_id],
        "batch_stock": [row.id for row in counts],
        "loose_deliveries": [row.id for row in deliveries],
    }
    return page(
        "parts/show_batch.html",
        batch=batch,
        pieces_left=pieces_of([batch_id]).get(batch_id),
        counts=counts,
        deliveries=deliveries,
        contents=queries.contents_of(batch_id),
        contained_in=queries.contained_in(batch_id),
        blocks=blocks,
        blocking=cases_numbered({block.source for block in blocks}),
        cases=cases_of_batch(batch_id),
        machines=machines_with_batch(batch_id, number=asked_page()),
        history=history_of(keys),
    )


@blueprint.route("/batches/<int:batch_id>/edit", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.edit_batch")
def edit_batch(batch_id: int) -> Answer:
    batch = _batch(batch_id)
    form = BatchForm(obj=batch)
    if form.validate_on_submit():
        names = ("supplier_batch_no", "received_on", "used_up_on", "quantity")
        actions.change_batch(batch, **{name: form[name].data for name in names})
        return commit_and_go(url_for("parts.show_batch", batch_id=batch_id), _("Erän tiedot muutettu."), undo=True)
    return form_page("parts/edit_batch.html", form, batch=batch)


@blueprint.route("/batches/<int:batch_id>/count", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.count_stock")
@once
def count_stock(batch_id: int) -> Answer:
    batch = _batch(batch_id)
    counts = queries.counts_of(batch_id)
    form = CountForm(obj=counts[0] if counts else None, counted_on=clock.today())
    if request.method == "GET":
        form.counted_on.data = clock.today()
    if form.validate_on_submit() and form.counted_on.data:
        actions.count_stock(batch, on=form.counted_on.data, **form.counts())
        return commit_and_go(url_for("parts.show_batch", batch_id=batch_id), _("Varastolaskenta kirjattu."), undo=True)
    return form_page("parts/count_stock.html", form, batch=batch)


@blueprint.route("/batches/<int:batch_id>/deliver", methods=["GET", "POST"])
@allow(*WRITERS, event="parts.deliver_loose")
@once
def deliver_loose(batch_id: int) -> Answer:
    batch = _batch(batch_id)
    blocks = queries.running_blocks([batch_id]).get(batch_id, [])
    form = DeliveryForm(delivered_on=clock.today())
    if form.validate_on_submit() and form.company:
        try:
            delivery = actions.deliver_loose(
                batch,
                form.company,
                quantity=form.quantity.data,
                on=form.delivered_on.data,
                override_reason=form.override_reason.data if queries.block_of(batch_id) else "",
            )
        except actions.BlockedBatchError:
            form.override_reason.errors = [_("Erä on estetty. Kirjoita, miksi se toimitetaan silti, tai peruuta.")]
        else:
            told = _("Irtotoimitus kirjattu: %(count)s kpl.", count=delivery.quantity)
            return commit_and_go(url_for("parts.show_batch", batch_id=batch_id), told, undo=True)
    ledger.log_view([])
    return form_page("parts/deliver_loose.html", form, batch=batch, blocks=blocks)


# ---------- hits of the search ----------


def _part_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.parts_with(hit.row_id for hit in hits)
    return {
        id_: Line(row.part_no, url_for("parts.show", part_id=id_), row.name, is_code=True) for id_, row in rows.items()
    }


def _batch_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.batches_with(hit.row_id for hit in hits)
    return {id_: _batch_line(row) for id_, row in rows.items()}


def _batch_line(row: Batch) -> Line:
    note = ", ".join(filter(None, [row.part.name or row.part.part_no, row.supplier, row.supplier_batch_no]))
    return Line(row.batch_no, url_for("parts.show_batch", batch_id=row.id), note, is_code=True)


PART_FACTS = {"part_no": lazy_gettext("osanumero")}
BATCH_FACTS = {
    "batch_no": lazy_gettext("eränumero"),
    "supplier_batch_no": lazy_gettext("toimittajan eränumero"),
    "supplier": lazy_gettext("toimittaja"),
    "part": lazy_gettext("osanumero"),
}
show_hits(Showing("part", lazy_gettext("Osat"), "wrench", "parts.show", _part_lines, PART_FACTS))
show_hits(Showing("batch", lazy_gettext("Erät"), "boxes", "parts.show_batch", _batch_lines, BATCH_FACTS))

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Form

from rockrobot import clock, languages, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, allow
from rockrobot.devices import queries as devices
from rockrobot.exports.actions import take_out
from rockrobot.formulas import harmless
from rockrobot.lists import Listing
from rockrobot.navigation import Link, add_link
from rockrobot.parts import queries as parts
from rockrobot.parts.models import Batch
from rockrobot.serials.queries import machines_named
from rockrobot.serials.rules import Why, read_units
from rockrobot.traces import queries
from rockrobot.traces.forms import BatchForm, BuildDatesForm, SerialsForm
from rockrobot.traces.rules import Pieces, TraceRow, csv_of, parties_of, summary_of
from rockrobot.web import Answer, asked_id, asked_page, page

ROWS = 50
KNOWN = 300
UNREAD = {
    Why.RANGE_ENDS_DIFFER: lazy_gettext("välin päät ovat eri muotoa"),
    Why.RANGE_BACKWARDS: lazy_gettext("väli on väärin päin"),
    Why.RANGE_OPEN: lazy_gettext("väliltä puuttuu toinen pää"),
    Why.WILDCARD: lazy_gettext("jokerimerkkiä ei voi tulkita"),
    Why.RULE_IN_WORDS: lazy_gettext("sanallinen sääntö, kirjoita numerot"),
    Why.DATE: lazy_gettext("näyttää päivältä"),
    Why.AMBIGUOUS: lazy_gettext("voi tarkoittaa kahta asiaa"),
    Why.GLUED: lazy_gettext("sana ja numero ovat yhdessä"),
    Why.NO_DIGITS: lazy_gettext("ei sisällä numeroita"),
}
blueprint = Blueprint("traces", __name__, url_prefix="/traces")
add_link(Link(lazy_gettext("Takaisinvedot"), 150, lazy_gettext("Jäljitys"), "traces.index", "package-search"))


@dataclass
class Finding:
    """What a person asked for and what the trace answered; rows None = nothing to trace yet."""

    by: str
    form: Form
    rows: list[TraceRow] | None = None
    title: str = ""
    opening: dict[str, Any] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    pieces: dict[int, Pieces] = field(default_factory=dict)
    choices: list[Batch] = field(default_factory=list)
    nearest: list[tuple[str, str, str]] = field(default_factory=list)
    unread: list[tuple[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    shared: dict[str, list[str]] = field(default_factory=dict)


@blueprint.get("/")
@allow(*REGISTER_READERS, event="traces.index")
def index() -> str:
    found = _find()
    shown = _shown(found.rows or [])
    ledger.log_view(row.person_id for row in shown.rows if row.person_id)
    summary = summary_of(found.rows) if found.rows is not None else None
    countries, names = summary.countries if summary else {}, languages.countries()
    named = ", ".join(f"{names.get(code, code)} {count}" for code, count in countries.items())
    context: dict[str, Any] = {"summary": summary, "shown": shown, "countries": named, "known": _known(found.by)}
    return page("traces/index.html", found=found, **context)


@blueprint.get("/rows.csv")
@allow(*REGISTER_READERS, event="traces.download")
def download() -> Answer:
    """The trace as a file; of those whom it names (companies alone for the workshop) nobody takes out more by
    themselves than exports let them.
    """
    found = _find()
    rows = [_as_seen(row) for row in found.rows or []]
    if not take_out(current_user, parties_of(rows)):
        model: dict[str, Any] = {"model": found.opening.get("device_model_id") or None}
        ask_url = url_for("full_exports.new_devices", **model)
        return page("exports/second_person.html", ask_url=ask_url, is_trace=True), 409
    name = f"{_('jaljitys')}-{clock.today():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_of(rows, harmless), mimetype="text/csv", headers=headers)


def _find() -> Finding:
    by = request.args.get("by", "batch")
    return {"build_dates": _by_build_dates, "serials": _by_serials}.get(by, _by_batch)()


def _by_batch() -> Finding:
    asked = _chosen_batch()
    if asked is None:
        form = BatchForm(request.args)
        found = Finding("batch", form)
        if "batch_no" not in request.args or not form.validate():
            return found
        return _by_number(found)
    return _of_batch(asked, BatchForm(data=_key(asked)))


def _chosen_batch() -> Batch | None:
    batch_id = asked_id("batch_id") or 0
    return parts.batch_with(batch_id) if batch_id else None


def _key(batch: Batch) -> dict[str, str]:
    return {"batch_no": batch.batch_no, "part_no": batch.part.part_no, "supplier": batch.supplier}


def _by_number(found: Finding) -> Finding:
    """The one batch with the number typed; of several a person chooses, of none the nearest are shown."""
    typed = {name: value or "" for name, value in found.form.data.items()}
    same = [b for b in parts.batches_numbered(typed["batch_no"]) if _fits(b, typed)]
    if len(same) == 1:
        return _of_batch(same[0], found.form)
    found.choices = same
    found.nearest = [] if same else queries.nearest_batches(typed["part_no"], typed["supplier"], typed["batch_no"])
    return found


def _fits(batch: Batch, typed: dict[str, str]) -> bool:
    part_fits = typed["part_no"] in ("", batch.part.part_no)
    return part_fits and typed["supplier"] in ("", batch.supplier)


def _of_batch(batch: Batch, form: Form) -> Finding:
    bad = queries.bad_batches([batch.id])
    known = parts.batches_with(bad)
    return Finding(
        "batch",
        form,
        rows=queries.trace_batches([batch.id]),
        title=_("%(part)s, erä %(batch)s", part=batch.part.name or batch.part.part_no, batch=batch.batch_no),
        opening={"origin": "batch", "batch_id": batch.id},
        batches=sorted(known.values(), key=lambda b: (b.id != batch.id, b.part.part_no, b.supplier, b.batch_no)),
        pieces=queries.pieces_of(bad),
    )


def _by_serials() -> Finding:
    """Machines by serial; while a piece is unread nothing is traced, for a guess could leave a machine out."""
    form = SerialsForm(request.args)
    found = Finding("serials", form)
    if "expression" not in request.args or not form.validate():
        return found
    expression, model_id = read_units(form.expression.data), form.device_model_id.data
    if expression.unread:
        found.unread = [(piece.text, UNREAD[piece.why]) for piece in expression.unread]
        return found
    named = machines_named(expression, int(model_id) if model_id else None)
    found.missing, found.shared = named.missing, named.shared
    found.rows = queries.trace_serials(named.device_ids)
    found.title = ngettext(
        "%(num)s kone sarjanumeron mukaan", "%(num)s konetta sarjanumeroiden mukaan", len(found.rows)
    )
    found.opening = {"origin": "serials", "expression": form.expression.data, "device_model_id": model_id}
    return found


def _by_build_dates() -> Finding:
    form = BuildDatesForm(request.args)
    found = Finding("build_dates", form)
    if "device_model_id" not in request.args or not form.validate():
        return found
    model = devices.model_with(int(form.device_model_id.data))
    if model is None:
        return found
    first, last = form.built_from.data, form.built_to.data
    found.rows = queries.trace_build_dates(model.id, first, last)
    found.title = _("%(model)s, valmistuspäivät", model=model.model_code)
    days = {"built_from": first.isoformat() if first else "", "built_to": last.isoformat() if last else ""}
    found.opening = {"origin": "build_dates", "device_model_id": model.id} | days
    return found


def _shown(rows: list[TraceRow]) -> Listing[TraceRow]:
    """One page of the rows of the class and reach asked for, as this person may see them."""
    wanted = request.args.get("class", "")
    reach = request.args.get("reach", "")
    kept = [row for row in rows if wanted in ("", row.trace_class) and reach in ("", row.reachable)]
    number = max(1, min(asked_page(), -(-len(kept) // ROWS)))
    cut = kept[(number - 1) * ROWS : number * ROWS]
    return Listing([_as_seen(row) for row in cut], len(kept), number, ROWS)


def _as_seen(row: TraceRow) -> TraceRow:
    """The workshop sees a person's number, not who it is."""
    if row.person_id is None or current_user.role in PEOPLE_READERS:
        return row
    return row._replace(owner_name="", person_id=None)


def _known(by: str) -> dict[str, list[str]]:
    """What the fields of the batch form suggest."""
    if by != "batch":
        return {}
    return {
        "known-parts": [part.part_no for part in parts.all_parts()[:KNOWN]],
        "known-suppliers": list(parts.suppliers()[:KNOWN]),
        "known-batches": sorted({batch.batch_no for batch in parts.find_batches().rows}),
    }


@blueprint.app_template_global("trace_url")
def trace_url(endpoint: str = "traces.index", **changes: Any) -> str:
    """The address of this trace with some of its questions changed; None leaves one out."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in {"page", *changes}}
    return url_for(endpoint, **kept, **{k: v for k, v in changes.items() if v is not None})

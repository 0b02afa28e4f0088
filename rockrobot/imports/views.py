from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import jobs, ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.db import db, reading
from rockrobot.exchange.queries import fault_text, read_register
from rockrobot.exchange.rules import LABELS, SHEETS, header_of
from rockrobot.imports import actions, queries
from rockrobot.imports.forms import UploadForm
from rockrobot.imports.models import ImportRun, ImportState
from rockrobot.imports.rules import SheetPlan, plan_import, totals
from rockrobot.navigation import Link, add_link
from rockrobot.undo import may_undo
from rockrobot.web import Answer, commit_and_go, form_page, once, page, say
from rockrobot.workbooks import FileError, write_workbook

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
add_link(Link(lazy_gettext("Rekisteri"), 290, lazy_gettext("Tuonti ja vienti"), "imports.index", "upload"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_FAULTS = 200
FILE_FAULTS = {
    "not_a_file": lazy_gettext("Tiedostoa ei löydy."),
    "too_big": lazy_gettext("Tiedosto on liian suuri."),
    "bomb": lazy_gettext("Pakattu tiedosto purkautuisi kohtuuttoman suureksi; sitä ei avata."),
    "encrypted": lazy_gettext("Tiedosto on salattu. Poista salasana ja yritä uudelleen."),
    "broken": lazy_gettext("Tiedostoa ei voi lukea: se ei ole työkirja (XLSX), CSV eikä ZIP, tai se on rikki."),
    "no_sheets": lazy_gettext("Tiedostossa ei ole yhtään taulukkoa."),
}


@blueprint.get("/")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="imports.index")
def index() -> str:
    return page("imports/index.html", runs=queries.import_runs(), form=UploadForm())


@blueprint.get("/new")
@allow(Role.CUSTOMER_CARE, event="imports.new")
def new() -> AnyResponse:
    return redirect(url_for("imports.index"), 303)


@blueprint.post("/")
@allow(Role.CUSTOMER_CARE, event="imports.upload")
@once
def upload() -> Answer:
    form = UploadForm()
    if not form.validate_on_submit():
        return form_page("imports/index.html", form, runs=queries.import_runs())
    run = actions.keep_upload(form.file.data.stream, form.file.data.filename or "", _folder())
    return commit_and_go(url_for("imports.show", run_id=run.id))


@blueprint.get("/<int:run_id>")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="imports.show")
def show(run_id: int) -> str:
    run = _run(run_id)
    can_undo = bool(run.change_set_id) and may_undo(run.change_set_id or 0)
    job = db.session.get(jobs.Job, run.job_id) if run.job_id else None
    return page(
        "imports/show.html",
        fragments=("import_run",),
        run=run,
        report=run.report,
        job=job,
        can_undo=can_undo,
        file_faults=FILE_FAULTS,
        shown_faults=SHOWN_FAULTS,
    )


@blueprint.post("/<int:run_id>/apply")
@allow(Role.CUSTOMER_CARE, event="imports.apply")
def apply(run_id: int) -> AnyResponse:
    return _decide(run_id, lambda run: actions.take(run, is_good_only=False))


@blueprint.post("/<int:run_id>/apply-good")
@allow(Role.CUSTOMER_CARE, event="imports.apply_good")
def apply_good(run_id: int) -> AnyResponse:
    return _decide(run_id, lambda run: actions.take(run, is_good_only=True))


@blueprint.post("/<int:run_id>/leave")
@allow(Role.CUSTOMER_CARE, event="imports.leave")
def leave(run_id: int) -> AnyResponse:
    return _decide(run_id, actions.leave)


def _decide(run_id: int, act: Any) -> AnyResponse:
    try:
        act(_run(run_id))
    except actions.ImportStateError:
        db.session.rollback()
        say(_("Tämä tiedosto on jo käsitelty."), "warn")
        return redirect(url_for("imports.show", run_id=run_id), 303)
    return commit_and_go(url_for("imports.show", run_id=run_id))


@blueprint.get("/<int:run_id>/refused.xlsx")
@allow(Role.CUSTOMER_CARE, event="imports.refused")
def refused(run_id: int) -> Response:
    plans = _planned(_run(run_id))[1]
    ledger.log_view([])
    sheets: list[tuple[str, list[str], list[list[str]]]] = []
    for plan in plans:
        rows = [[*map(_shown, row.cells), fault_text(row.fault)] for row in plan.rows if row.fault]
        if rows:
            sheets.append((plan.read.title, [*map(_shown, plan.read.header), _("virhe")], rows))
    return _workbook(write_workbook(sheets or [("-", [_("virhe")], [])]), "hylatyt.xlsx")


@blueprint.get("/template.xlsx")
@allow(*REGISTER_READERS, Role.ADMINISTRATOR, event="imports.template")
def template() -> Response:
    empty: list[list[str]] = []
    sheets = [(LABELS["fi"][name], header_of(sheet, "fi"), empty) for name, sheet in SHEETS.items()]
    return _workbook(write_workbook(sheets), "rekisteri-malli.xlsx")


@blueprint.get("/register.xlsx")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="imports.export")
def export() -> Response:
    body = write_workbook(queries.export_sheets("fi"))
    ledger.log_view(queries.people_ids())
    return _workbook(body, "rekisteri.xlsx")


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _workbook(body: bytes, name: str) -> Response:
    return Response(body, mimetype=XLSX, headers={"Content-Disposition": f"attachment; filename={name}"})


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "uploads"


def _run(run_id: int) -> ImportRun:
    run = db.session.get(ImportRun, run_id)
    if run is None:
        abort(404)
    return run


# ---------- jobs ----------


def _planned(run: ImportRun) -> tuple[list[str], list[SheetPlan]]:
    register = read_register(_folder() / run.stored_name)
    stored = queries.stored_for(read.sheet.name for read in register.sheets)
    return register.ignored, plan_import(register.sheets, stored)


def _report(ignored: list[str], plans: list[SheetPlan]) -> dict[str, Any]:
    faults = [fault_text(row.fault) for plan in plans for row in plan.rows if row.fault]
    kept = [
        f"{plan.read.title}, {_('rivi')} {row.number}: {', '.join(plan.read.labels.get(c, c) for c in row.kept)}"
        for plan in plans
        for row in plan.rows
        if row.kept
    ]
    sheets = [
        {
            "title": plan.read.title,
            "columns": list(plan.read.labels.values()),
            "ignored": plan.read.ignored,
            "counts": plan.counts(),
        }
        for plan in plans
    ]
    counted = {"totals": totals(plans), "fault_count": len(faults), "kept_count": len(kept)}
    return {
        "ignored": ignored,
        "sheets": sheets,
        "faults": faults[:SHOWN_FAULTS],
        "kept": kept[:SHOWN_FAULTS],
    } | counted


@jobs.kind("imports.read")
def read_upload(job: jobs.Job) -> dict[str, Any]:
    """Read an uploaded file and say what taking it would do; nothing of the register changes."""
    run = db.session.get_one(ImportRun, job.payload["run_id"])
    try:
        with reading():
            report = _report(*_planned(run))
    except FileError as error:
        run.state, run.report = ImportState.BROKEN, {"code": error.code}
    else:
        run.state, run.report = ImportState.READ, report
    return {}


@jobs.kind("imports.apply")
def apply_upload(job: jobs.Job) -> dict[str, Any]:
    """Take the rows of an uploaded file; refuses when rows are bad now and the good ones were not asked for alone."""
    run = db.session.get_one(ImportRun, job.payload["run_id"])
    register = read_register(_folder() / run.stored_name)
    stored = queries.stored_for(read.sheet.name for read in register.sheets)
    plans = plan_import(register.sheets, stored)
    counts = totals(plans)
    db.session.rollback()
    if counts["refused"] and not job.payload["good_only"]:
        run = db.session.get_one(ImportRun, job.payload["run_id"])
        run.state, run.report = ImportState.READ, _report(register.ignored, plans)
        db.session.commit()
        raise jobs.JobError(_("Rekisteri on muuttunut: osa riveistä ei enää kelpaa. Katso rivit ja valitse uudelleen."))
    total = counts["new"] + counts["changed"]
    with ledger.change_set("imports.apply", is_import=True) as act:
        actions.apply_plan(plans, stored, progress=lambda done: jobs.progress(job, done, total))
        run = db.session.get_one(ImportRun, job.payload["run_id"])
        run.state, run.report, run.change_set_id = (
            ImportState.APPLIED,
            _report(register.ignored, plans),
            act.change_set_id,
        )
        db.session.commit()
    return counts

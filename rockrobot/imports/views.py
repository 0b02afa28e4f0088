from typing import Any

from flask import Blueprint, Response, abort, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import jobs, ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.db import db, reading
from rockrobot.exchange.queries import FILE_MESSAGES, read_register
from rockrobot.exchange.rules import LABELS, SHEETS, header_of
from rockrobot.file_kinds import REGISTER_TABLES
from rockrobot.files import let_in_first
from rockrobot.import_plans.rules import totals
from rockrobot.imports import actions, queries
from rockrobot.imports.forms import UploadForm
from rockrobot.imports.rules import plan_import
from rockrobot.lists import part_of
from rockrobot.navigation import Link, add_link
from rockrobot.undo import may_undo
from rockrobot.uploads import actions as uploads
from rockrobot.uploads import queries as runs
from rockrobot.uploads.models import ImportRun, ImportState
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page
from rockrobot.workbooks import XLSX, FileError, write_workbook

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
add_link(Link(lazy_gettext("Rekisteri"), 290, lazy_gettext("Tuonti ja vienti"), "imports.index", "upload"))
ROOM = "imports"
TOLD_ROWS = 2_000
CHANGED_SINCE = lazy_gettext("Rekisteri on muuttunut: osa riveistä ei enää kelpaa. Katso rivit ja valitse uudelleen.")
RUN_OVER = lazy_gettext("Joku lisäsi samoja rivejä tuonnin aikana. Lue tiedosto uudelleen.")


@blueprint.get("/")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="imports.index")
def index() -> str:
    return page("imports/index.html", runs=runs.import_runs(ROOM), form=UploadForm())


@blueprint.get("/new")
@allow(Role.CUSTOMER_CARE, event="imports.new")
def new() -> AnyResponse:
    return redirect(url_for("imports.index"), 303)


@blueprint.post("/")
@allow(Role.CUSTOMER_CARE, event="imports.upload", in_ledger=False)
@let_in_first(REGISTER_TABLES)
@once
def upload() -> Answer:
    form = UploadForm()
    if not form.validate_on_submit():
        return form_page("imports/index.html", form, runs=runs.import_runs(ROOM))
    run = uploads.keep_upload([(file.filename or "", file.stream) for file in form.file.data], ROOM)
    return commit_and_go(url_for("imports.show", run_id=run.id))


@blueprint.get("/<int:run_id>")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="imports.show")
def show(run_id: int) -> str:
    run = _run(run_id)
    undo = runs.undone_by(run) if run.state is ImportState.APPLIED else None
    left = runs.left_shown(run, undo) if undo else []
    told: list[dict[str, Any]] = run.report.get("faults", [])
    ledger.log_view(id_ for one in left if one.line for id_ in one.line.people_ids)
    return page(
        "imports/show.html",
        fragments=("import_run",),
        run=run,
        job=runs.job_of(run),
        can_undo=bool(run.change_set_id) and may_undo(run.change_set_id or 0),
        undo=undo,
        left=left,
        faults=part_of(told, asked_page()),
        has_refused_file=runs.refused_path(run).exists(),
        file_messages=FILE_MESSAGES,
        own_labels=LABELS["fi"],
        known_sheets=[LABELS["fi"][name] for name in SHEETS],
    )


@blueprint.get("/template.xlsx")
@allow(*REGISTER_READERS, Role.ADMINISTRATOR, event="imports.template")
def template() -> Response:
    empty: list[list[str]] = []
    sheets = [(LABELS["fi"][name], header_of(sheet, "fi"), empty) for name, sheet in SHEETS.items()]
    headers = {"Content-Disposition": "attachment; filename=rekisteri-malli.xlsx"}
    return Response(write_workbook(sheets), mimetype=XLSX, headers=headers)


def _run(run_id: int) -> ImportRun:
    return runs.run_with(run_id, ROOM) or abort(404)


# ---------- jobs ----------


def _planned(run_id: int, job: jobs.Job) -> queries.Planned:
    """What taking the file would do, decided without a lock that others wait for. Raises FileError."""
    db.session.rollback()
    with reading():
        run = db.session.get_one(ImportRun, run_id)
        register = read_register(runs.path_of(run), name=run.file_name)
        db.session.rollback()
        jobs.progress(job, 0, 0)
        stored = queries.stored_for(read.sheet.name for read in register.sheets)
        plans = plan_import(register.sheets, stored)
        db.session.rollback()
    sheets = queries.refused_sheets(plans, _("virhe"))
    uploads.keep_refused(run, write_workbook(sheets) if sheets else None)
    return queries.Planned(register.ignored, plans, stored)


@jobs.kind("imports.read")
def read_upload(job: jobs.Job) -> dict[str, Any]:
    """Read an uploaded file and say what taking it would do; nothing of the register changes."""
    run_id: int = job.payload["run_id"]
    if db.session.get_one(ImportRun, run_id).state is ImportState.READING:
        try:
            _let_choose(run_id, _planned(run_id, job))
        except FileError as error:
            uploads.say_broken(run_id, error)
    return {}


@jobs.kind("imports.apply")
def apply_upload(job: jobs.Job) -> dict[str, Any]:
    """Take the rows of an uploaded file; refuses when rows are bad now and the good ones were not asked for alone."""
    run_id, good_only = job.payload["run_id"], job.payload["good_only"]
    if db.session.get_one(ImportRun, run_id).state is not ImportState.APPLYING:
        return {}
    try:
        planned = _planned(run_id, job)
    except FileError as error:
        uploads.say_broken(run_id, error)
        return {}
    counts = totals(planned.plans)
    if counts["refused"] and not good_only:
        _let_choose(run_id, planned)
        raise jobs.JobError(str(CHANGED_SINCE))
    try:
        _apply(run_id, job, planned)
    except IntegrityError as error:
        db.session.rollback()
        _let_choose(run_id, planned)
        raise jobs.JobError(str(RUN_OVER)) from error
    return counts


def _let_choose(run_id: int, planned: queries.Planned) -> None:
    uploads.let_choose(run_id, ImportState.READ, queries.report_of(planned, TOLD_ROWS))


def _apply(run_id: int, job: jobs.Job, planned: queries.Planned) -> None:
    counts = totals(planned.plans)
    total = counts["new"] + counts["changed"]

    def write() -> None:
        actions.apply_plan(planned.plans, planned.stored, progress=lambda done: jobs.progress(job, done, total))

    uploads.take_in_one_act(run_id, write, lambda: queries.report_of(planned, TOLD_ROWS))

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import clock, jobs, ledger
from rockrobot.access import Role, allow
from rockrobot.contact_changes.rules import Outcome
from rockrobot.contact_columns.actions import keep_mapping
from rockrobot.contact_columns.queries import first_fields
from rockrobot.contact_columns.rules import Field, Target, field_of
from rockrobot.contact_files import actions, queries
from rockrobot.contact_files.forms import ColumnsForm, ContactFileForm, columns_form
from rockrobot.contact_files.rules import ContactPlan
from rockrobot.contact_rows.queries import ContactTable, read_contact_tables
from rockrobot.db import db, reading
from rockrobot.duplicates.rules import Kind
from rockrobot.exchange.queries import FILE_MESSAGES
from rockrobot.file_kinds import CONTACT_LISTS
from rockrobot.files import let_in_first
from rockrobot.lists import part_of
from rockrobot.navigation import Link, add_link
from rockrobot.undo import may_undo
from rockrobot.uploads import actions as uploads
from rockrobot.uploads import queries as runs
from rockrobot.uploads.models import ImportRun, ImportState
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page, wanted_fragment
from rockrobot.workbooks import FileError, write_workbook

blueprint = Blueprint("contact_files", __name__, url_prefix="/contact-files")
LINK = Link(lazy_gettext("Rekisteri"), 291, lazy_gettext("Yhteystietojen tuonti"), "contact_files.index", "user-plus")
add_link(LINK)
ROOM = "contact_files"
CHOICE_OPEN = (ImportState.CHOOSING, ImportState.READ)
CHANGED_SINCE = lazy_gettext("Rekisteri on muuttunut: osa riveistä ei enää kelpaa. Katso rivit ja valitse uudelleen.")
RUN_OVER = lazy_gettext("Joku lisäsi samoja rivejä tuonnin aikana. Lue tiedosto uudelleen.")
SHOWN_FIRST = (Outcome.REFUSED, Outcome.DUPLICATE, Outcome.CHANGED, Outcome.NEW, Outcome.UNCHANGED)


@blueprint.get("/")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="contact_files.index")
def index() -> str:
    return page("contact_files/index.html", runs=runs.import_runs(ROOM), form=ContactFileForm())


@blueprint.post("/")
@allow(Role.CUSTOMER_CARE, event="contact_files.upload", in_ledger=False)
@let_in_first(CONTACT_LISTS)
@once
def upload() -> Answer:
    form = ContactFileForm()
    if not form.validate_on_submit():
        return form_page("contact_files/index.html", form, runs=runs.import_runs(ROOM))
    run = uploads.keep_upload([(form.file.data.filename or "", form.file.data.stream)], ROOM)
    return commit_and_go(url_for("contact_files.show", run_id=run.id))


@blueprint.get("/<int:run_id>")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="contact_files.show")
def show(run_id: int) -> Answer:
    run = _run(run_id)
    wants_columns = "columns" in request.args and run.state is ImportState.READ and bool(run.choice)
    if run.state is ImportState.CHOOSING and wanted_fragment(("contact_run",)):
        return commit_and_go(url_for("contact_files.show", run_id=run_id))
    if run.state is ImportState.CHOOSING or wants_columns:
        return _columns_page(run, columns_form(run.choice["fields"], run.choice["mapping"]))
    return _run_page(run)


def _run_page(run: ImportRun) -> str:
    undo = runs.undone_by(run) if run.state is ImportState.APPLIED else None
    outcome = _outcome(run)
    told = run.report.get("told") or {}
    rows = part_of(told.get(outcome, []), asked_page())
    left = runs.left_shown(run, undo) if undo else []
    named = [id_ for row in rows.rows for is_company, id_, _name in row["parties"] if not is_company]
    named += [one[1] for row in rows.rows for one in row.get("alike", ()) if one[0] == Kind.PEOPLE]
    ledger.log_view([*named, *(id_ for one in left if one.line for id_ in one.line.people_ids)])
    return page(
        "contact_files/show.html",
        fragments=("contact_run",),
        run=run,
        job=runs.job_of(run),
        can_undo=bool(run.change_set_id) and may_undo(run.change_set_id or 0),
        undo=undo,
        left=left,
        outcome=outcome,
        rows=rows,
        has_refused_file=runs.refused_path(run).exists(),
        file_messages=FILE_MESSAGES,
    )


def _outcome(run: ImportRun) -> str:
    """The outcome whose rows are shown: the one asked for, else the first that a person should look at."""
    totals = run.report.get("totals", {})
    asked = request.args.get("outcome", "")
    return asked if asked in totals else next((one.value for one in SHOWN_FIRST if totals.get(one)), "")


def _columns_page(run: ImportRun, form: ColumnsForm) -> tuple[str, int]:
    ledger.log_view([])
    report = run.choice["columns"]
    hints = [queries.hint_of(title) for title in report["header"]]
    while len(form.columns) < len(hints):
        form.columns.append_entry("")
    return form_page("contact_files/columns.html", form, run=run, report=report, hints=hints)


@blueprint.post("/<int:run_id>/sheet")
@allow(Role.CUSTOMER_CARE, event="contact_files.choose_sheet", in_ledger=False)
def choose_sheet(run_id: int) -> AnyResponse:
    run = _run(run_id)
    uploads.ask(run, "read", ImportState.READING, since=CHOICE_OPEN)
    run.choice = {"sheet": request.form.get("sheet", "")[:200]}
    return commit_and_go(url_for("contact_files.show", run_id=run_id))


@blueprint.post("/<int:run_id>/plan")
@allow(Role.CUSTOMER_CARE, event="contact_files.plan")
def plan(run_id: int) -> Answer:
    form, run = ColumnsForm(), _run(run_id)
    if not form.validate_on_submit():
        return _columns_page(run, form)
    uploads.ask(run, "plan", ImportState.READING, since=CHOICE_OPEN)
    header = run.choice["columns"]["header"]
    fields = form.fields(len(header))
    if form.mapping.data:
        keep_mapping(form.mapping.data, header, fields)
    run.choice = {**run.choice, "fields": [field or "" for field in fields], "mapping": form.mapping.data or ""}
    return commit_and_go(url_for("contact_files.show", run_id=run_id))


def _run(run_id: int) -> ImportRun:
    return runs.run_with(run_id, ROOM) or abort(404)


# ---------- jobs ----------


def _table(run_id: int, job: jobs.Job) -> tuple[list[ContactTable], ContactTable, dict[str, Any]]:
    """The tables of the file, the chosen one (else that with the most known columns), what was chosen so far."""
    run = db.session.get_one(ImportRun, run_id)
    path, name, choice = runs.path_of(run), run.file_name, dict(run.choice)
    db.session.rollback()
    jobs.progress(job, 0, 0)
    tables = read_contact_tables(path, name=name)
    best = max(tables, key=lambda table: sum(field_of(title) is not None for title in table.header))
    return tables, next((table for table in tables if table.title == choice.get("sheet")), best), choice


@jobs.kind("contact_files.read")
def read_upload(job: jobs.Job) -> dict[str, Any]:
    """Read an uploaded list and say what its columns seem to say."""
    run_id: int = job.payload["run_id"]
    if db.session.get_one(ImportRun, run_id).state is not ImportState.READING:
        return {}
    try:
        tables, table, choice = _table(run_id, job)
    except FileError as error:
        uploads.say_broken(run_id, error)
        return {}
    fields, mapping = first_fields(table.header, table.texts())
    chosen = {"fields": [field or "" for field in fields], "mapping": mapping}
    if choice.get("sheet") == table.title and "fields" in choice:
        chosen = {name: choice[name] for name in chosen}
    columns = queries.columns_report(tables, table)
    uploads.let_choose(run_id, ImportState.CHOOSING, {}, {"sheet": table.title, "columns": columns, **chosen})
    return {}


@jobs.kind("contact_files.plan")
def plan_upload(job: jobs.Job) -> dict[str, Any]:
    """Say what taking a list would do; nothing of the register changes, and nobody waits."""
    run_id: int = job.payload["run_id"]
    if db.session.get_one(ImportRun, run_id).state is ImportState.READING:
        _let_choose(run_id, *_planned(run_id, job))
    return {}


def _planned(
    run_id: int, job: jobs.Job, *, takes_duplicates: bool = False
) -> tuple[ContactPlan, ContactTable, list[Target]]:
    with reading():
        _tables, table, choice = _table(run_id, job)
        fields = [Field(word) if word else None for word in choice["fields"]]
        found = queries.plan_of(table, fields, takes_duplicates=takes_duplicates)
        db.session.rollback()
    sheets = queries.refused_table(table, found, fields)
    uploads.keep_refused(db.session.get_one(ImportRun, run_id), write_workbook(sheets) if sheets else None)
    db.session.rollback()
    return found, table, fields


def _let_choose(run_id: int, found: ContactPlan, table: ContactTable, fields: list[Target]) -> None:
    uploads.let_choose(run_id, ImportState.READ, queries.plan_report(found, table, fields))


@jobs.kind("contact_files.apply")
def apply_upload(job: jobs.Job) -> dict[str, Any]:
    """Take the rows of a list; refuses when rows are bad now and the good ones were not asked for alone."""
    run_id: int = job.payload["run_id"]
    if db.session.get_one(ImportRun, run_id).state is not ImportState.APPLYING:
        return {}
    found, table, fields = _planned(run_id, job, takes_duplicates=job.payload.get("takes_duplicates", False))
    counts = found.counts()
    if (counts["refused"] or counts["duplicate"]) and not job.payload["good_only"]:
        _let_choose(run_id, found, table, fields)
        raise jobs.JobError(str(CHANGED_SINCE))
    total = counts["new"] + counts["changed"]

    def write() -> None:
        actions.apply_contacts(found, on=clock.today(), progress=lambda done: jobs.progress(job, done, total))

    try:
        uploads.take_in_one_act(run_id, write, lambda: queries.plan_report(found, table, fields))
    except IntegrityError as error:
        db.session.rollback()
        _let_choose(run_id, found, table, fields)
        raise jobs.JobError(str(RUN_OVER)) from error
    return counts

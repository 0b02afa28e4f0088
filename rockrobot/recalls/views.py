from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.approvals.queries import approvals_of, standing_approval, text_of
from rockrobot.contacts.rules import Language
from rockrobot.converters import as_id
from rockrobot.db import db
from rockrobot.devices.queries import model_with
from rockrobot.effectiveness.queries import sums_of, why_not_close
from rockrobot.letters.queries import batches_of, counts_of_batches
from rockrobot.navigation import Link, add_link
from rockrobot.parts.queries import batches_with
from rockrobot.recalls import actions, queries
from rockrobot.recalls.forms import AuthorityForm, CaseForm, ClosingForm, OpeningForm, PiecesForm, ReasonForm, TaskForm
from rockrobot.recalls.models import AuthorityEntry, CaseTask, RecallCase
from rockrobot.recalls.rules import (
    OPEN_STATES,
    TERMINAL_STATES,
    CaseOpening,
    CaseOrigin,
    CaseState,
    StepError,
    UnitState,
    duties_to_tell,
)
from rockrobot.replies.queries import steps_to_confirm
from rockrobot.scopes.queries import may_withdraw, unit_lines
from rockrobot.serials.queries import machines_named
from rockrobot.serials.rules import read_units
from rockrobot.traces.rules import TraceClass
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page, say

blueprint = Blueprint("recalls", __name__)
BY_HAND = {CaseState.MONITORING, CaseState.CLOSING}
GROUPS: dict[str, Collection[UnitState]] = {"open": OPEN_STATES, "ended": TERMINAL_STATES}
add_link(
    Link(
        lazy_gettext("Takaisinvedot"),
        100,
        lazy_gettext("Tapaukset"),
        "recalls.index",
        "megaphone",
        count=lambda: queries.count_open_cases() or None,
        covers=("recalls.show", "scopes.show", "approvals.show", "approvals.text", "approvals.facts"),
    )
)


def _case(case_id: int) -> RecallCase:
    return queries.case_for(case_id) or abort(404)


def _here(case: RecallCase) -> str:
    return url_for("recalls.show", case_id=case.id)


@blueprint.get("/recalls/")
@allow(*REGISTER_READERS, event="recalls.index")
def index() -> str:
    is_drill = request.args.get("kind") == "drills"
    found = queries.cases(is_drill=is_drill, number=asked_page())
    return page("recalls/index.html", found=found, is_drill=is_drill)


@blueprint.get("/recalls/new")
@allow(Role.CUSTOMER_CARE, event="recalls.new")
def new() -> Response:
    return redirect(url_for("traces.index"), 303)


@blueprint.post("/recalls/")
@allow(Role.CUSTOMER_CARE, event="recalls.open_case")
@once
def open_case() -> Response:
    form = OpeningForm()
    form.title.data = form.title.data or _("Takaisinveto")
    opening = _opening(form) if form.validate() else None
    if opening is None:
        say(_("Tapausta ei avattu: jäljitä ensin, mitä se koskee, ja anna tapaukselle nimi."), "bad")
        return redirect(url_for("traces.index"), 303)
    case = actions.open_case(opening)
    return commit_and_go(_here(case), _opened(opening))


def _opened(opening: CaseOpening) -> str:
    if opening.is_drill:
        return str(_("Harjoitus avattu, kello käy."))
    return str(_("Tapaus avattu. Erän käyttö on estetty.") if opening.batch_ids else _("Tapaus avattu."))


def _opening(form: OpeningForm) -> CaseOpening | None:
    """What the form names; None when that is nothing."""
    origin = CaseOrigin(form.origin.data)
    shared = {"title": form.title.data, "is_drill": form.is_drill.data}
    model_id = as_id(form.device_model_id.data) or None
    if form.device_model_id.data and model_with(model_id or 0) is None:
        return None
    if origin is CaseOrigin.BATCH:
        found = batches_with([as_id(form.batch_id.data)])
        return CaseOpening(origin, batch_ids=list(found), **shared) if found else None
    if origin is CaseOrigin.BUILD_DATES:
        days = {"built_from": form.built_from.data, "built_to": form.built_to.data}
        return CaseOpening(origin, device_model_id=model_id, **days, **shared) if model_id else None
    text = form.expression.data or ""
    read = read_units(text)
    machines = [] if read.unread else machines_named(read, model_id).device_ids
    return CaseOpening(origin, device_ids=machines, origin_text=text, **shared) if machines else None


# ---------- the case ----------


@blueprint.get("/recalls/<int:case_id>")
@allow(*REGISTER_READERS, event="recalls.show")
def show(case_id: int) -> str:
    case = _case(case_id)
    version, shown = queries.latest_version(case.id), _units_shown(case.id)
    batches = batches_of(case.number)
    facts: dict[str, Any] = {
        "hazard": getattr(text_of(case.id, Language.FI), "hazard", ""),
        "sums": sums_of(case.id) if version else None,
        "classes": queries.count_units(case.id),
        "tasks": queries.open_tasks_by_kind(case.id),
        "duties": duties_to_tell(queries.countries_of(case.id)) if version else [],
        "told": queries.authorities_told(case.id),
        "approvals": approvals_of(case.id),
        "approval": standing_approval(case),
        "batches": batches,
        "posted": counts_of_batches([batch.id for batch in batches]),
        "to_confirm": steps_to_confirm(case.id),
        "may_withdraw": may_withdraw(case),
        "recalled": batches_with(queries.batch_ids_of(case.id)).values(),
    }
    sees_people = current_user.role in PEOPLE_READERS
    holders = [line.holder for line in shown.rows if line.holder and sees_people]
    ledger.log_view(holder.person_id for holder in holders if holder.person_id)
    return page(
        "recalls/show.html",
        case=case,
        steps=queries.steps_of(case.id),
        withdrawal=queries.withdrawal_of(case),
        version=version,
        versions=queries.versions_of(case.id),
        shown=shown,
        sees_people=sees_people,
        open_tasks=sum(map(len, facts["tasks"].values())) + len(facts["to_confirm"]),
        clock_runs=_clock(case),
        **facts,
    )


def _units_shown(case_id: int) -> Any:
    state, trace_class = request.args.get("state", ""), request.args.get("class", "")
    states = GROUPS.get(state) or ([UnitState(state)] if state in set(UnitState) else ())
    return unit_lines(
        case_id,
        states=states,
        trace_class=TraceClass(trace_class) if trace_class in set(TraceClass) else None,
        number=asked_page(),
    )


def _clock(case: RecallCase) -> timedelta:
    """How long a drill has run, or took until its letters were ready."""
    return (case.letters_ready_at or clock.now()) - case.opened_at


@blueprint.route("/recalls/<int:case_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="recalls.edit")
def edit(case_id: int) -> Answer:
    case = _case(case_id)
    form = CaseForm(obj=case)
    if form.validate_on_submit():
        form.populate_obj(case)
        return commit_and_go(_here(case), _("Tapauksen tiedot muutettu."))
    return form_page("recalls/edit.html", form, case=case)


@blueprint.post("/recalls/<int:case_id>/state")
@allow(Role.CUSTOMER_CARE, event="recalls.move")
def move(case_id: int) -> Response:
    case = _case(case_id)
    wanted = request.form.get("to", "")
    try:
        if wanted not in BY_HAND or case.state is CaseState.CLOSED:
            raise StepError(wanted)
        actions.move_case(case, CaseState(wanted))
    except StepError:
        db.session.rollback()
        say(_("Tapaus ei voi siirtyä tähän vaiheeseen nyt."), "warn")
        return redirect(url_for("recalls.show", case_id=case_id), 303)
    return commit_and_go(_here(case), _("Tapaus siirtyi seuraavaan vaiheeseen."))


@blueprint.route("/recalls/<int:case_id>/reopen", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="recalls.reopen")
def reopen(case_id: int) -> Answer:
    case = _case(case_id)
    if case.state is not CaseState.CLOSED or queries.withdrawal_of(case):
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        actions.move_case(case, CaseState.MONITORING, form.reason.data)
        return commit_and_go(_here(case), _("Tapaus avattu uudelleen."))
    return form_page("recalls/reopen.html", form, case=case)


@blueprint.route("/recalls/<int:case_id>/close", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="recalls.close")
def close(case_id: int) -> Answer:
    case = _case(case_id)
    if case.state is not CaseState.CLOSING:
        abort(404)
    form = ClosingForm(obj=case)
    if form.validate_on_submit():
        form.populate_obj(case)
        if not why_not_close(case):
            actions.close_case(case)
            return commit_and_go(_here(case), _("Tapaus suljettu."))
        db.session.commit()
    return _closing_page(case, form), 422 if form.is_submitted() else 200


def _closing_page(case: RecallCase, form: ClosingForm, explain: PiecesForm | None = None, batch_id: int = 0) -> str:
    """The screen of closing; explain: what was sent to explain the pieces of this batch, with its errors."""
    faults, sums = why_not_close(case), sums_of(case.id)
    ledger.log_view(())
    return page(
        "recalls/close.html", case=case, form=form, faults=faults, sums=sums, explain=explain, explained_id=batch_id
    )


@blueprint.post("/recalls/<int:case_id>/pieces/<int:batch_id>")
@allow(Role.CUSTOMER_CARE, event="recalls.explain_pieces")
@once
def explain_pieces(case_id: int, batch_id: int) -> Answer:
    case, form = _case(case_id), PiecesForm()
    rows = [row for row in sums_of(case.id).pieces if row.batch.id == batch_id]
    if not rows:
        abort(404)
    if not form.validate():
        return _closing_page(case, ClosingForm(obj=case, formdata=None), form, batch_id), 422
    actions.explain_pieces(
        case, batch_id, unaccounted=rows[0].pieces.unaccounted or 0, explanation=form.explanation.data
    )
    return commit_and_go(url_for("recalls.close", case_id=case.id), _("Selitys allekirjoitettu."))


# ---------- tasks and authorities ----------


@blueprint.get("/recalls/<int:case_id>/tasks")
@allow(*REGISTER_READERS, event="recalls.tasks")
def tasks(case_id: int) -> str:
    case, chosen = _case(case_id), request.args.get("kind", "")
    found = queries.tasks_of(case.id)
    shown = [task for task in found if chosen in ("", task.kind)]
    return page("recalls/tasks.html", case=case, tasks=shown, chosen=chosen, kinds=Counter(task.kind for task in found))


@blueprint.route("/recalls/tasks/<int:task_id>", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, Role.WORKSHOP, event="recalls.end_task")
def end_task(task_id: int) -> Answer:
    task = db.session.get(CaseTask, task_id) or abort(404)
    case, form = _case(task.case_id), TaskForm()
    if task.done_on is None and form.validate_on_submit():
        actions.end_task(task, form.on.data or clock.today(), form.note.data or "")
        return commit_and_go(_here(case), _("Tehtävä merkitty tehdyksi."), undo=True)
    if not form.is_filled():
        form.on.data = clock.today()
    return form_page("recalls/end_task.html", form, case=case, task=task)


@blueprint.route("/recalls/<int:case_id>/authorities/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="recalls.tell_authority")
@once
def tell_authority(case_id: int) -> Answer:
    case, form = _case(case_id), AuthorityForm()
    if form.validate_on_submit():
        entry = AuthorityEntry()
        form.populate_obj(entry)
        actions.tell_authority(case, entry)
        return commit_and_go(_here(case), _("Ilmoitus viranomaiselle kirjattu."), undo=True)
    if not form.is_filled():
        form.told_on.data = clock.today()
        form.authority.data = request.args.get("authority", "")
        form.country.data = request.args.get("country", "")
    return form_page("recalls/tell_authority.html", form, case=case)

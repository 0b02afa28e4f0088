"""What a person decides of an uploaded file, whichever room reads it; each room shows its files itself."""

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import ledger
from rockrobot.access import Role, allow
from rockrobot.db import db
from rockrobot.uploads import actions, queries
from rockrobot.uploads.models import ImportRun, ImportState
from rockrobot.web import commit_and_go, say
from rockrobot.workbooks import XLSX

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")


@blueprint.post("/<int:run_id>/apply")
@allow(Role.CUSTOMER_CARE, event="uploads.apply", in_ledger=False)
def apply(run_id: int) -> AnyResponse:
    run = _run(run_id)
    actions.take(run, is_good_only=False)
    return commit_and_go(_page_of(run))


@blueprint.post("/<int:run_id>/apply-good")
@allow(Role.CUSTOMER_CARE, event="uploads.apply_good", in_ledger=False)
def apply_good(run_id: int) -> AnyResponse:
    run = _run(run_id)
    actions.take(run, is_good_only=True, takes_duplicates="duplicates" in request.form)
    return commit_and_go(_page_of(run))


@blueprint.post("/<int:run_id>/leave")
@allow(Role.CUSTOMER_CARE, event="uploads.leave", in_ledger=False)
def leave(run_id: int) -> AnyResponse:
    run = _run(run_id)
    actions.leave(run)
    answer = commit_and_go(_page_of(run))
    actions.forget_files(run)
    return answer


@blueprint.post("/<int:run_id>/try-again")
@allow(Role.CUSTOMER_CARE, event="uploads.try_again", in_ledger=False)
def try_again(run_id: int) -> AnyResponse:
    run = _run(run_id)
    actions.ask(run, "read", ImportState.READING, since={ImportState.READING, ImportState.APPLYING})
    return commit_and_go(_page_of(run))


@blueprint.get("/<int:run_id>/refused.xlsx")
@allow(Role.CUSTOMER_CARE, event="uploads.refused")
def refused(run_id: int) -> Response:
    path = queries.refused_path(_run(run_id))
    if not path.exists():
        abort(404)
    ledger.log_view([run_id], table=ImportRun.__tablename__)  # it is not known of whom the rows are
    headers = {"Content-Disposition": "attachment; filename=korjattavat.xlsx"}
    return Response(path.read_bytes(), mimetype=XLSX, headers=headers)


@blueprint.app_errorhandler(actions.ImportStateError)
def decided_already(error: actions.ImportStateError) -> AnyResponse:
    db.session.rollback()
    say(_("Tämä tiedosto on jo käsitelty."), "warn")
    return redirect(_page_of(error.run), 303)


def _page_of(run: ImportRun) -> str:
    return url_for(f"{run.room}.show", run_id=run.id)


def _run(run_id: int) -> ImportRun:
    return queries.run_with(run_id) or abort(404)

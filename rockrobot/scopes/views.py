from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.db import db
from rockrobot.recalls import queries as recalls
from rockrobot.recalls.actions import ReasonMissingError
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import StepError
from rockrobot.scopes import queries
from rockrobot.scopes.actions import NoChangeError, freeze_scope, withdraw_case
from rockrobot.scopes.forms import WithdrawalForm
from rockrobot.traces.rules import summary_of
from rockrobot.web import Answer, asked_id, commit_and_go, form_page, once, page, say

blueprint = Blueprint("scopes", __name__)
SHOWN = 100


def _case(case_id: int) -> RecallCase:
    return recalls.case_for(case_id) or abort(404)


@blueprint.get("/recalls/<int:case_id>/scope")
@allow(*REGISTER_READERS, event="scopes.show")
def show(case_id: int) -> str:
    """The frozen scopes, and how the register of today differs from the one in force."""
    case = _case(case_id)
    versions = recalls.versions_of(case.id)
    trace = recalls.fresh_trace(case)
    change = recalls.scope_change(case, trace)
    asked = asked_id("version") or (versions[0].version if versions else 0)
    ledger.log_view([])
    return page(
        "scopes/show.html",
        case=case,
        versions=versions,
        asked=asked,
        added=queries.units_added_in(case.id, asked)[:SHOWN] if asked > 1 else [],
        released=queries.units_released_in(case.id, asked)[:SHOWN],
        change=change,
        leaving=queries.with_things(change.removed[:SHOWN]),
        summary=summary_of(trace),
        shown=SHOWN,
    )


@blueprint.post("/recalls/<int:case_id>/scope")
@allow(Role.CUSTOMER_CARE, event="scopes.freeze")
@once
def freeze(case_id: int) -> Response:
    case = _case(case_id)
    there = url_for("scopes.show", case_id=case.id)
    try:
        version = freeze_scope(case, request.form.get("reason", ""))
    except (ReasonMissingError, NoChangeError, StepError) as error:
        db.session.rollback()
        say(_why(error), "warn")
        return redirect(there, 303)
    said = _("Rajaus v%(n)s lukittu, %(count)s yksikköä.", n=version.version, count=version.unit_count)
    return commit_and_go(url_for("recalls.show", case_id=case_id), said)


@blueprint.route("/recalls/<int:case_id>/withdraw", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="scopes.withdraw")
def withdraw(case_id: int) -> Answer:
    case = _case(case_id)
    if not queries.may_withdraw(case):
        abort(404)
    form = WithdrawalForm()
    if form.validate_on_submit():
        withdraw_case(case, form.reason.data)
        return commit_and_go(url_for("recalls.show", case_id=case_id), _("Tapaus peruttu."))
    ledger.log_view([])
    return form_page("scopes/withdraw.html", form, case=case)


def _why(error: Exception) -> str:
    if isinstance(error, ReasonMissingError):
        return str(_("Kirjoita, miksi rajaus muuttuu."))
    if isinstance(error, NoChangeError):
        return str(_("Rekisteri vastaa voimassa olevaa rajausta. Mitään ei muutettu."))
    return str(_("Suljetun tapauksen rajausta ei voi muuttaa. Avaa tapaus ensin uudelleen."))

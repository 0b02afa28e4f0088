from flask import Blueprint, abort, url_for
from flask_babel import gettext as _

from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.checks import actions, queries
from rockrobot.checks.forms import DrawForm, FindingForm
from rockrobot.checks.models import EffectivenessCheck
from rockrobot.checks.rules import CheckLevel, CheckSubject
from rockrobot.ledger import log_view
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.queries import case_for
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page, say

blueprint = Blueprint("checks", __name__, url_prefix="/recalls")


def _case(case_id: int) -> RecallCase:
    return case_for(case_id) or abort(404)


def _check(check_id: int) -> EffectivenessCheck:
    return queries.check_with(check_id) or abort(404)


@blueprint.get("/<int:case_id>/checks")
@allow(*PEOPLE_READERS, event="checks.index")
def index(case_id: int) -> Answer:
    return _index_page(_case(case_id), DrawForm(formdata=None))


def _index_page(case: RecallCase, form: DrawForm) -> Answer:
    populations = {subject.value: len(queries.population_of(case.id, subject)) for subject in CheckSubject}
    log_view([])
    return form_page("checks/index.html", form, case=case, results=queries.checks_of(case.id), populations=populations)


@blueprint.post("/<int:case_id>/checks/draw")
@allow(Role.CUSTOMER_CARE, event="checks.draw")
@once
def draw(case_id: int) -> Answer:
    case, form = _case(case_id), DrawForm()
    if not form.validate_on_submit():
        return _index_page(case, form)
    try:
        check = actions.draw_check(case.id, CheckSubject(form.subject.data), CheckLevel(form.level.data))
    except actions.NothingToCheckError:
        say(_("Yhtään yksikköä ei ole tarkastettavana."), "warn")
        return commit_and_go(url_for("checks.index", case_id=case.id))
    return commit_and_go(url_for("checks.show", check_id=check.id), _("Otos arvottu."))


@blueprint.get("/checks/<int:check_id>")
@allow(*PEOPLE_READERS, event="checks.show")
def show(check_id: int) -> str:
    check = _check(check_id)
    found = queries.units_drawn(check_id, number=asked_page())
    return page("checks/show.html", check=check, case=_case(check.case_id), found=found)


@blueprint.route("/checks/units/<int:checked_unit_id>", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="checks.record")
def record(checked_unit_id: int) -> Answer:
    unit = queries.checked_unit(checked_unit_id) or abort(404)
    form = FindingForm()
    if form.validate_on_submit():
        actions.record_finding(unit, is_right=form.finding.data == "right", note=form.note.data or "")
        return commit_and_go(url_for("checks.show", check_id=unit.check_id), _("Tulos kirjattu."))
    return form_page("checks/record.html", form, unit=unit, case=_case(unit.check.case_id))

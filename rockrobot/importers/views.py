from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import company_with
from rockrobot.contacts.rules import ContactType
from rockrobot.importers import actions, queries
from rockrobot.importers.forms import TerritoryForm
from rockrobot.importers.models import Territory
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page

blueprint = Blueprint("importers", __name__)


def _importer(company_id: int) -> Company:
    company = company_with(company_id) or abort(404)
    return company if company.contact_type == ContactType.IMPORTER and not company.merged_into_id else abort(409)


def _territory(territory_id: int) -> Territory:
    return queries.territory_with(territory_id) or abort(404)


@blueprint.get("/importers/")
@allow(*PEOPLE_READERS, event="importers.index")
def index() -> str:
    found = queries.find_importers(asked_page())
    territories = queries.territories_by_company(company.id for company in found.rows)
    return page("importers/index.html", found=found, territories=territories)


@blueprint.route("/companies/<int:company_id>/territories/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="importers.new")
@once
def new(company_id: int) -> Answer:
    company = _importer(company_id)
    form = TerritoryForm(country=company.country)
    ledger.log_view([])
    if form.validate_on_submit():
        actions.add_territory(company, **form.values)
        return commit_and_go(url_for("importers.index"), _("Alue lisätty."), undo=True)
    return form_page("importers/new.html", form, company=company)


@blueprint.route("/territories/<int:territory_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="importers.edit")
def edit(territory_id: int) -> Answer:
    territory = _territory(territory_id)
    form = TerritoryForm(obj=territory)
    if form.validate_on_submit():
        actions.change_territory(territory, **form.values)
        return commit_and_go(url_for("importers.index"), _("Alue muutettu."), undo=True)
    return form_page("importers/edit.html", form, territory=territory)


@blueprint.post("/territories/<int:territory_id>/delete")
@allow(Role.CUSTOMER_CARE, event="importers.delete")
def delete(territory_id: int) -> Response:
    actions.delete_territory(_territory(territory_id))
    return commit_and_go(url_for("importers.index"), _("Alue poistettu."), undo=True)

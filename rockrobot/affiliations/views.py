from flask import Blueprint, abort, url_for
from flask_babel import gettext as _

from rockrobot import clock, ledger
from rockrobot.access import Role, allow
from rockrobot.affiliations.forms import AffiliationForm, EmployerForm, EndForm
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Affiliation, Person
from rockrobot.fields import typed
from rockrobot.web import Answer, commit_and_go, form_page, once

blueprint = Blueprint("affiliations", __name__)
FIELDS = ("title", "role", "from_on", "to_on")


def _person(person_id: int) -> Person:
    return queries.person_with(person_id) or abort(404)


def _affiliation(affiliation_id: int) -> Affiliation:
    row = queries.affiliation_with(affiliation_id) or abort(404)
    ledger.log_view([row.person_id])
    return row


def _home(person_id: int) -> str:
    return url_for("people.show", person_id=person_id)


@blueprint.route("/people/<int:person_id>/affiliations/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="affiliations.new")
@once
def new(person_id: int) -> Answer:
    person = _person(person_id)
    ledger.log_view([person_id])
    form = AffiliationForm(from_on=clock.today())
    if form.validate_on_submit():
        actions.add_affiliation(person, form.company.found, is_primary=form.is_primary.data, **typed(form, FIELDS))
        return commit_and_go(_home(person_id), _("Yritys lisätty henkilölle."), undo=True)
    return form_page("affiliations/new.html", form, contact=person)


@blueprint.route("/people/<int:person_id>/employer", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="affiliations.change_employer")
@once
def change_employer(person_id: int) -> Answer:
    person = _person(person_id)
    running = [point for point in queries.points_of(person) if point.valid_to is None]
    ledger.log_view([person_id])
    form = EmployerForm(points=[(point.id, point.raw) for point in running], on=clock.today())
    if form.validate_on_submit() and form.on.data:
        ended = [point for point in map(queries.point_with, form.ended.data or ()) if point]
        try:
            actions.change_employer(
                person, form.company.found, on=form.on.data, ended_points=ended, **typed(form, ("title", "role"))
            )
        except ValueError:
            form.on.errors = [_("Päivä on ennen nykyisen alkua.")]
        else:
            return commit_and_go(_home(person_id), _("Työpaikan vaihto kirjattu."), undo=True)
    return form_page("affiliations/change_employer.html", form, contact=person)


@blueprint.route("/affiliations/<int:affiliation_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="affiliations.edit")
def edit(affiliation_id: int) -> Answer:
    row = _affiliation(affiliation_id)
    data = {name: getattr(row, name) for name in (*FIELDS, "is_primary")}
    form = AffiliationForm(row=row, data=data | {"company": row.company.customer_no if row.company else ""})
    if form.validate_on_submit():
        company = form.company.found
        values = typed(form, FIELDS) | {"company_id": company.id if company else None}
        actions.change_affiliation(row, is_primary=form.is_primary.data, **values)
        return commit_and_go(_home(row.person_id), _("Yrityksen tiedot henkilöllä korjattu."), undo=True)
    return form_page("affiliations/edit.html", form, row=row, home=_home(row.person_id))


@blueprint.route("/affiliations/<int:affiliation_id>/end", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="affiliations.end")
def end(affiliation_id: int) -> Answer:
    row = _affiliation(affiliation_id)
    form = EndForm(on=clock.today())
    if form.validate_on_submit() and form.on.data:
        try:
            actions.end_affiliation(row, on=form.on.data)
        except ValueError:
            form.on.errors = [_("Loppu on ennen alkua.")]
        else:
            return commit_and_go(_home(row.person_id), _("Päättyminen kirjattu."), undo=True)
    return form_page("affiliations/end.html", form, row=row, home=_home(row.person_id))

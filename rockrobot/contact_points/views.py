from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import Role, allow
from rockrobot.contact_points.forms import EndForm, PointForm
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Company, ContactPoint, Person
from rockrobot.contacts.rules import PHONES, PointKind, Source
from rockrobot.fields import typed
from rockrobot.web import Answer, commit_and_go, form_page, is_htmx, once, page

blueprint = Blueprint("contact_points", __name__)
KEYBOARDS = {**{kind: {"inputmode": "tel"} for kind in PHONES}, PointKind.EMAIL: {"inputmode": "email"}}
FIELDS = ("extension", "note", "source", "valid_from", "valid_to")


def _point(point_id: int) -> ContactPoint:
    point = queries.point_with(point_id) or abort(404)
    ledger.log_view([point.person_id] if point.person_id else [])
    return point


def _home_of(point: ContactPoint) -> str:
    if point.company_id:
        return url_for("companies.show", company_id=point.company_id)
    if point.worksite_id:
        return url_for("worksites.show", worksite_id=point.worksite_id)
    return url_for("people.show", person_id=point.person_id)


def _add(owner: Company | Person) -> Answer:
    is_company = isinstance(owner, Company)
    wanted = request.args.get("kind", "")
    kind = wanted if wanted in set(PointKind) else PointKind.SWITCHBOARD if is_company else PointKind.MOBILE
    form = PointForm(kind=kind, source=Source.OTHER, is_company=is_company)
    ledger.log_view([] if is_company else [owner.id])
    if form.validate_on_submit():
        point = actions.add_point(owner, PointKind(form.kind.data), form.raw.data, **typed(form, FIELDS))
        return commit_and_go(_home_of(point), _("Yhteystieto lisätty."), undo=True)
    return form_page("contact_points/new.html", form, owner=owner)


@blueprint.route("/companies/<int:company_id>/contact-points/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contact_points.new")
@once
def new_for_company(company_id: int) -> Answer:
    return _add(queries.company_with(company_id) or abort(404))


@blueprint.route("/people/<int:person_id>/contact-points/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contact_points.new")
@once
def new_for_person(person_id: int) -> Answer:
    return _add(queries.person_with(person_id) or abort(404))


@blueprint.route("/contact-points/<int:point_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contact_points.edit")
def edit(point_id: int) -> Answer:
    point = _point(point_id)
    form = PointForm(obj=point, is_company=point.company_id is not None)
    if form.validate_on_submit():
        values = {"raw": form.raw.data, "kind": PointKind(form.kind.data)} | typed(form, FIELDS)
        actions.change_point(point, **values)
        return commit_and_go(_home_of(point), _("Yhteystieto korjattu."), undo=True)
    if is_htmx():
        form.raw.id, form.raw.render_kw = f"raw-{point_id}", {"autofocus": True, **KEYBOARDS.get(point.kind, {})}
        return page("contact_points/_in_place.html", form=form, point=point, home=_home_of(point))
    return form_page("contact_points/edit.html", form, point=point, home=_home_of(point))


@blueprint.route("/contact-points/<int:point_id>/end", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contact_points.end")
def end(point_id: int) -> Answer:
    point = _point(point_id)
    form = EndForm(on=clock.today())
    if form.validate_on_submit() and form.on.data:
        try:
            actions.end_point(point, on=form.on.data)
        except ValueError:
            form.on.errors = [_("Loppu on ennen alkua.")]
        else:
            return commit_and_go(_home_of(point), _("Yhteystieto päätetty."), undo=True)
    return form_page("contact_points/end.html", form, point=point, home=_home_of(point))


@blueprint.post("/contact-points/<int:point_id>/primary")
@allow(Role.CUSTOMER_CARE, event="contact_points.make_primary")
def make_primary(point_id: int) -> Response:
    point = _point(point_id)
    actions.make_primary(point)
    return commit_and_go(_home_of(point), _("Ensisijainen yhteystieto vaihdettu."), undo=True)

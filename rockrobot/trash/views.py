from flask import Blueprint, abort, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.contacts import queries as contacts
from rockrobot.contacts.models import Address, Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.db import db
from rockrobot.desk.queries import log_shown
from rockrobot.navigation import Link, add_link
from rockrobot.trash import actions, queries
from rockrobot.undo import UndoError, undoable
from rockrobot.undo_obstacles import erased_since
from rockrobot.web import asked_page, commit_and_go, page, say
from rockrobot.worksites.queries import worksite_with

blueprint = Blueprint("trash", __name__)
add_link(Link(lazy_gettext("Hallinta"), 905, lazy_gettext("Roskakori"), "trash.index", "trash-2"))
IN_THE_WAY = {
    "ownerships": lazy_gettext("laitteen omistus"),
    "loose_deliveries": lazy_gettext("irtotoimitus"),
    "letters": lazy_gettext("kirje"),
    "attempts": lazy_gettext("tavoittaminen"),
    "worksite_stays": lazy_gettext("laite työmaalla"),
    "objections": lazy_gettext("kielto"),
    "consents": lazy_gettext("suostumus"),
    "disclosures": lazy_gettext("maahantuojalle ohjattu yhteydenotto"),
}
Row = Person | Company | Worksite | Address | ContactPoint | Affiliation


@blueprint.get("/trash")
@allow(*PEOPLE_READERS, event="trash.index")
def index() -> str:
    found = queries.removed_lately(number=asked_page())
    offered = undoable([one.act.id for one in found.rows])
    log_shown([one.entry for one in found.rows])
    return page("trash/index.html", found=found, undoable=offered)


@blueprint.get("/trash/<int:change_set_id>")
@allow(*PEOPLE_READERS, event="trash.show")
def show(change_set_id: int) -> str:
    found = queries.removed_in(change_set_id, number=asked_page())
    if not found.rows:
        abort(404)
    back, erased = queries.ids_back(found.rows), erased_since(change_set_id)
    whole, each = undoable([change_set_id]), undoable([change_set_id], in_part=True)
    log_shown([one.entry for one in found.rows])
    act = found.rows[0].act
    return page("trash/show.html", found=found, act=act, back=back, erased=erased, whole=bool(whole), each=bool(each))


@blueprint.post("/trash/<int:change_set_id>/<int:row_id>/restore")
@allow(Role.CUSTOMER_CARE, event="trash.restore")
def restore(change_set_id: int, row_id: int) -> Response:
    removed = queries.removed_record(change_set_id, row_id) or abort(404)
    here = url_for("trash.show", change_set_id=change_set_id)
    try:
        undone = actions.bring_back(removed)
    except UndoError as error:
        db.session.rollback()
        say(error.told or _("Tätä ei voi enää palauttaa."), "warn")
        return redirect(here, 303)
    if not undone.count:
        say(_("Tätä ei voi palauttaa: se on jo palautettu, tai sen paikalla on toinen."), "warn")
        return redirect(here, 303)
    return commit_and_go(here, _("Palautettu."), undo=True)


def _remove(row: Row | None, home: str, back: str, told: str) -> Response:
    """Delete a row; home: the page to go to then, back: the page to stay on when something is in the way."""
    if row is None:
        abort(404)
    try:
        actions.remove(row)
    except actions.RemovalBlockedError as error:
        db.session.rollback()
        named = (f"{IN_THE_WAY.get(table, table)} ({count})" for table, count in sorted(error.in_the_way.items()))
        why = ", ".join(named)
        say(_("Ei voi poistaa: tähän liittyy %(what)s. Yhdistä tai päätä se sen sijaan.", what=why), "warn")
        return redirect(back, 303)
    return commit_and_go(home, told, undo=True)


def _card_of(row: Address | ContactPoint | Affiliation) -> str:
    company_id = None if isinstance(row, Affiliation) else row.company_id
    if company_id:
        return url_for("companies.show", company_id=company_id)
    if isinstance(row, ContactPoint) and row.worksite_id:
        return url_for("worksites.show", worksite_id=row.worksite_id)
    return url_for("people.show", person_id=row.person_id)


@blueprint.post("/people/<int:person_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_person")
def delete_person(person_id: int) -> Response:
    back = url_for("people.show", person_id=person_id)
    return _remove(contacts.person_with(person_id), url_for("people.index"), back, _("Henkilö poistettu."))


@blueprint.post("/companies/<int:company_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_company")
def delete_company(company_id: int) -> Response:
    back = url_for("companies.show", company_id=company_id)
    return _remove(contacts.company_with(company_id), url_for("companies.index"), back, _("Yritys poistettu."))


@blueprint.post("/worksites/<int:worksite_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_worksite")
def delete_worksite(worksite_id: int) -> Response:
    worksite = worksite_with(worksite_id) or abort(404)
    back = url_for("worksites.show", worksite_id=worksite_id)
    return _remove(worksite.address, url_for("worksites.index"), back, _("Työmaa poistettu."))


@blueprint.post("/addresses/<int:address_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_address")
def delete_address(address_id: int) -> Response:
    row = contacts.address_with(address_id) or abort(404)
    return _remove(row, _card_of(row), _card_of(row), _("Osoite poistettu."))


@blueprint.post("/contact-points/<int:point_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_point")
def delete_point(point_id: int) -> Response:
    row = contacts.point_with(point_id) or abort(404)
    return _remove(row, _card_of(row), _card_of(row), _("Yhteystieto poistettu."))


@blueprint.post("/affiliations/<int:affiliation_id>/delete")
@allow(Role.CUSTOMER_CARE, event="trash.delete_affiliation")
def delete_affiliation(affiliation_id: int) -> Response:
    row = contacts.affiliation_with(affiliation_id) or abort(404)
    return _remove(row, _card_of(row), _card_of(row), _("Yritys poistettu henkilöltä."))

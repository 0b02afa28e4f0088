from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key, origin
from rockrobot.access import Role, allow, doorkeeper
from rockrobot.db import db
from rockrobot.navigation import Link, add_link
from rockrobot.networks import actions, queries
from rockrobot.networks.forms import NetworkForm, RulesForm
from rockrobot.networks.models import KnownNetwork
from rockrobot.networks.rules import is_listed
from rockrobot.staff.actions import record_denial
from rockrobot.staff.rules import Outcome
from rockrobot.staff_devices.queries import is_any_enrolled
from rockrobot.staff_devices.rules import token_in
from rockrobot.web import Answer, commit_and_go, form_page, once, page, say

blueprint = Blueprint("networks", __name__, url_prefix="/networks")
LOCKED_OUT = lazy_gettext(
    "Muutosta ei tallennettu: sen jälkeen et itse pääsisi sisään tästä verkosta (%(address)s) ja tällä laitteella."
)
add_link(Link(lazy_gettext("Hallinta"), 970, lazy_gettext("Tunnetut verkot"), "networks.index", "globe"))


@doorkeeper
def _turn_away() -> Response | None:
    """Every request of anybody is looked at, so that a sign-in ends to count where it may not be used."""
    member_id = current_user.id if current_user.is_authenticated else None
    refusal = queries.refusal(origin.address(), browser_key.device_key(), member_id, link=token_in(request.path))
    if refusal is None:
        return None
    if member_id is not None:
        record_denial(member_id, "networks.refused", Outcome.UNLISTED, address=browser_key.address())
    return make_response(page("networks/refused.html", refusal=refusal), 403)


def _network(network_id: int) -> KnownNetwork:
    return queries.network_with(network_id) or abort(404)


def _locked_out() -> str:
    db.session.rollback()
    return str(LOCKED_OUT % {"address": request.remote_addr})


def _save(template: str, form: Any, field: str, act: Callable[[], object], message: str, **context: Any) -> Answer:
    """Do what the form says and go to the list; or say beside the field that it would lock its sender out."""
    try:
        act()
    except actions.LockedOutError:
        form[field].errors = [_locked_out()]
        return form_page(template, form, **context)
    return commit_and_go(url_for("networks.index"), message)


@blueprint.get("/")
@allow(Role.ADMINISTRATOR, Role.DATA_PROTECTION, event="networks.index")
def index() -> str:
    here = origin.address()
    return page(
        "networks/index.html",
        networks=queries.known_networks(),
        rules=queries.entry_rules(),
        here=here,
        is_here_listed=is_listed(here, queries.listed_networks()),
        knows_devices=is_any_enrolled(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="networks.new", fresh=True)
@once
def new() -> Answer:
    form, member_id = NetworkForm(), current_user.id
    if not form.validate_on_submit():
        return form_page("networks/new.html", form)
    return _save(
        "networks/new.html",
        form,
        "cidr",
        lambda: actions.list_network(form.name.data, form.cidr.data, member_id),
        _("Verkko on luettelossa."),
    )


@blueprint.route("/<int:network_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="networks.edit", fresh=True)
def edit(network_id: int) -> Answer:
    network, member_id = _network(network_id), current_user.id
    form = NetworkForm(obj=network)
    if not form.validate_on_submit():
        return form_page("networks/edit.html", form, network=network)
    return _save(
        "networks/edit.html",
        form,
        "cidr",
        lambda: actions.change_network(network, form.name.data, form.cidr.data, member_id),
        _("Verkon tiedot tallennettu."),
        network=network,
    )


@blueprint.post("/<int:network_id>/delete")
@allow(Role.ADMINISTRATOR, event="networks.delete", fresh=True)
def delete(network_id: int) -> Response:
    network, member_id = _network(network_id), current_user.id
    try:
        actions.strike_network(network, member_id)
    except actions.LockedOutError:
        say(_locked_out(), "bad")
        return commit_and_go(url_for("networks.index"))
    return commit_and_go(url_for("networks.index"), _("Verkko on poistettu luettelosta."))


@blueprint.route("/rules", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="networks.set_rules", fresh=True)
def set_rules() -> Answer:
    form, member_id = RulesForm(obj=queries.entry_rules()), current_user.id
    if not form.validate_on_submit():
        return form_page("networks/set_rules.html", form)
    return _save(
        "networks/set_rules.html",
        form,
        "unlisted_network",
        lambda: actions.set_rules(**form.chosen, member_id=member_id),
        _("Säännöt tallennettu. Ne ovat voimassa heti."),
    )

from flask import Blueprint, abort, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from rockrobot.access import EVERYONE, LOOKING, Role, allow, allow_anyone
from rockrobot.db import db
from rockrobot.navigation import Link, add_link
from rockrobot.staff import actions, queries
from rockrobot.staff.forms import MemberForm, PasswordForm, SignInForm
from rockrobot.staff.models import StaffMember
from rockrobot.web import Answer, commit_and_go, form_page, once, page, say

blueprint = Blueprint("staff", __name__)
login = LoginManager()
KEY = "sign_in"
add_link(Link(lazy_gettext("Hallinta"), 950, lazy_gettext("Käyttäjät"), "staff.index", "key-round"))


@blueprint.record_once
def _prepare(state: object) -> None:
    login.init_app(state.app)  # type: ignore[attr-defined]


@login.request_loader
def _who_is_it(_request: object) -> StaffMember | None:
    row = queries.sign_in_for(session.get(KEY, ""))
    if row is None:
        return None
    if request.method in LOOKING:
        actions.keep_alive(row)
    return row.staff_member


def _inside(address: str | None) -> str:
    """Only a path of this app may be returned to."""
    plain = address and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and address else url_for("desk.index")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow_anyone(event="staff.sign_in")
def sign_in() -> Answer:
    form = SignInForm()
    if form.validate_on_submit():
        member = actions.check_password(form.email.data, form.password.data)
        if member is not None:
            session.clear()
            session[KEY] = actions.sign_in(member)
            db.session.commit()
            return redirect(_inside(form.next.data), 303)
        form.password.errors = [_("Sähköposti tai salasana ei täsmää. Tarkista molemmat ja yritä uudelleen.")]
    elif request.method == "GET":
        form.next.data = request.args.get("next", "")
        if current_user.is_authenticated:
            return redirect(_inside(form.next.data), 303)
    return page("staff/sign_in.html", form=form), 422 if form.errors else 200


@blueprint.post("/sign-out")
@allow(*EVERYONE, event="staff.sign_out")
def sign_out() -> Response:
    row = queries.sign_in_for(session.get(KEY, ""))
    if row is not None:
        actions.sign_out(row)
        db.session.commit()
    session.clear()
    say(_("Olet kirjautunut ulos."))
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.post("/theme")
@allow(*EVERYONE, event="staff.choose_theme")
def choose_theme() -> Response:
    actions.choose_theme(current_user, request.form.get("theme", ""))
    db.session.commit()
    return redirect(_inside(request.form.get("back")), 303)


# ---------- members of staff ----------


def _member(member_id: int) -> StaffMember:
    return queries.member_with(member_id) or abort(404)


@blueprint.get("/staff/")
@allow(Role.ADMINISTRATOR, event="staff.index")
def index() -> str:
    return page("staff/index.html", members=queries.all_members(), seen=queries.last_seen())


@blueprint.route("/staff/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff.new")
@once
def new() -> Answer:
    form = MemberForm()
    if form.validate_on_submit():
        actions.make_member(form.name.data, form.email.data, Role(form.role.data), form.password.data)
        return commit_and_go(url_for("staff.index"), _("Käyttäjä lisätty."))
    return form_page("staff/new.html", form)


@blueprint.route("/staff/<int:member_id>/password", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff.reset_password")
def reset_password(member_id: int) -> Answer:
    member = _member(member_id)
    form = PasswordForm(address=member.email)
    if form.validate_on_submit():
        actions.set_password(member, form.password.data)
        return commit_and_go(url_for("staff.index"), _("Salasana vaihdettu. Käyttäjän on kirjauduttava uudelleen."))
    return form_page("staff/reset_password.html", form, member=member)


@blueprint.post("/staff/<int:member_id>/deactivate")
@allow(Role.ADMINISTRATOR, event="staff.deactivate")
def deactivate(member_id: int) -> Response:
    member = _member(member_id)
    if member.id == current_user.id:
        say(_("Et voi lopettaa omaa pääsyäsi."), "warn")
        return redirect(url_for("staff.index"), 303)
    actions.set_access(member, is_active=False)
    return commit_and_go(url_for("staff.index"), _("Käyttäjän pääsy lopetettu."))


@blueprint.post("/staff/<int:member_id>/activate")
@allow(Role.ADMINISTRATOR, event="staff.activate")
def activate(member_id: int) -> Response:
    actions.set_access(_member(member_id), is_active=True)
    return commit_and_go(url_for("staff.index"), _("Käyttäjän pääsy palautettu."))

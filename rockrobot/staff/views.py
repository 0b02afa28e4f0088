from flask import Blueprint, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from rockrobot.access import EVERYONE, LOOKING, allow, allow_anyone
from rockrobot.db import db
from rockrobot.staff import actions, queries
from rockrobot.staff.forms import SignInForm
from rockrobot.staff.models import StaffMember
from rockrobot.web import Answer, page, say

blueprint = Blueprint("staff", __name__)
login = LoginManager()
KEY = "sign_in"


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
    return page("staff/sign_in.html", form=form), 422 if form.errors else 200  # type: ignore[return-value]


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

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from rockrobot import browser_key
from rockrobot.access import EVERYONE, Role, allow, allow_anyone
from rockrobot.db import db, reading
from rockrobot.passwords import actions, queries
from rockrobot.passwords.forms import ChangePasswordForm, PasswordForm
from rockrobot.staff.actions import change_password, is_password_of, record
from rockrobot.staff.queries import member_with, sign_in_for
from rockrobot.staff.rules import Outcome
from rockrobot.throttles.actions import forgive, take_try
from rockrobot.throttles.rules import Kind, Subject
from rockrobot.web import Answer, commit_and_go, commit_answer, form_page, held_back, once, page, say

blueprint = Blueprint("passwords", __name__)


@blueprint.post("/staff/<int:member_id>/link")
@allow(Role.ADMINISTRATOR, event="passwords.make_link", fresh=True)
@once
def make_link(member_id: int) -> Answer:
    member = member_with(member_id) or abort(404)
    if not member.is_active:
        abort(409)
    link, token = actions.make_link(member)
    commit_answer(url_for("staff.show", member_id=member.id))
    return page("passwords/made.html", link=link, member=member, address=queries.address_of(token))


@blueprint.route("/link/<string(maxlength=60):token>", methods=["GET", "POST"])
@allow_anyone(event="passwords.use_link")
def use_link(token: str) -> Answer:
    link = queries.working_link(token, lock=request.method == "POST")
    if link is None:
        return page("passwords/gone.html"), 410
    form = PasswordForm(member=link.staff_member)
    if form.validate_on_submit():
        actions.use_link(link, form.new_password.data)
        db.session.commit()
        say(_("Salasana on tallennettu. Kirjaudu sillä sisään."))
        return redirect(url_for("staff.sign_in"), 303)
    return form_page("passwords/use.html", form, link=link)


@blueprint.route("/account/password", methods=["GET", "POST"])
@allow(*EVERYONE, event="passwords.change")
def change() -> Answer:
    form = ChangePasswordForm(member=current_user)
    if not form.validate_on_submit():
        return form_page("passwords/change.html", form)
    row, member_id = sign_in_for(browser_key.key()) or abort(403), current_user.id
    tries = [Subject(Kind.SIGN_IN, str(row.id))]
    seconds = take_try(tries)
    db.session.commit()
    if seconds:
        return held_back("passwords/change.html", form, form.password, seconds)
    with reading():
        is_right = is_password_of(member_with(member_id), form.password.data)
        db.session.rollback()
    here = sign_in_for(browser_key.key())
    if not is_right or here is None:
        record(Outcome.TURNED_AWAY, member_id, address=browser_key.address())
        db.session.commit()
        form.password.errors = [_("Nykyinen salasana ei täsmää. Kirjoita se uudelleen.")]
        return form_page("passwords/change.html", form)
    forgive(tries)
    browser_key.swap(change_password(here, form.new_password.data))
    return commit_and_go(url_for("own_account.index"), _("Salasana vaihdettu. Muut kirjautumisesi on lopetettu."))

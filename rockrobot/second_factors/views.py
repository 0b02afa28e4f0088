from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key
from rockrobot.access import EVERYONE, Role, allow, allow_anyone
from rockrobot.db import db
from rockrobot.paper import qr_picture
from rockrobot.passkeys.queries import has_passkey_alone
from rockrobot.second_factors import actions, queries
from rockrobot.second_factors.forms import CodeForm
from rockrobot.second_factors.rules import app_address
from rockrobot.staff.actions import confirm, end_sign_ins, keep_only, record
from rockrobot.staff.models import SignIn
from rockrobot.staff.queries import half_way_for, member_with, sign_in_for
from rockrobot.staff.rules import Ending, Outcome, Step
from rockrobot.throttles.actions import forgive, take_try
from rockrobot.throttles.rules import Kind, Subject
from rockrobot.web import Answer, commit_and_go, form_page, held_back, page, path_inside

blueprint = Blueprint("second_factors", __name__)


def _wait(member_id: int) -> int:
    """Count a try at a member's codes; the seconds it has to wait."""
    seconds = take_try([Subject(Kind.CODE, str(member_id))])
    db.session.commit()
    return seconds


# ---------- on the way in ----------


def _let_in(row: SignIn) -> bool:
    """The sign-in is whole: a new key for the browser; false when it was ended meanwhile."""
    key, member_id = confirm(row), row.staff_member_id
    if key is None:
        return False
    browser_key.give(key)
    forgive([Subject(Kind.CODE, str(member_id))])
    record(Outcome.SIGNED_IN, member_id, address=browser_key.address())
    return True


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@allow_anyone(event="second_factors.enter_code")
def enter_code() -> Answer:
    row = half_way_for(browser_key.key(), Step.SECOND_FACTOR)
    if row is None:
        return redirect(url_for("staff.sign_in"), 303)
    form, member_id = CodeForm(), row.staff_member_id
    by_passkey = has_passkey_alone(member_id)
    if by_passkey or not form.validate_on_submit():
        form.next.data = form.next.data or request.args.get("next", "")
        return form_page("second_factors/enter_code.html", form, by_passkey=by_passkey)
    if seconds := _wait(member_id):
        return held_back("second_factors/enter_code.html", form, form.code, seconds)
    if actions.use_code(member_id, form.code.data) and _let_in(row):
        db.session.commit()
        return redirect(path_inside(form.next.data) or url_for("desk.index"), 303)
    record(Outcome.WRONG_CODE, member_id, address=browser_key.address())
    db.session.commit()
    form.code.errors = [_("Koodi ei kelpaa. Odota seuraavaa koodia ja kirjoita se.")]
    return form_page("second_factors/enter_code.html", form)


@blueprint.route("/sign-in/second-factor", methods=["GET", "POST"])
@allow_anyone(event="second_factors.first")
def first() -> Answer:
    row = half_way_for(browser_key.key(), Step.ENROLMENT)
    if row is None:
        return redirect(url_for("staff.sign_in"), 303)
    return _enrol("second_factors/first.html", row)


# ---------- one's own ----------


def _here() -> SignIn:
    return sign_in_for(browser_key.key()) or abort(403)


@blueprint.post("/account/second-factor/start")
@allow(*EVERYONE, event="second_factors.start", fresh=True)
def start() -> Response:
    actions.offer_key(current_user.id)
    return commit_and_go(url_for("second_factors.enrol"))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@allow(*EVERYONE, event="second_factors.enrol", fresh=True)
def enrol() -> Answer:
    return _enrol("second_factors/enrol.html", _here())


def _enrol(template: str, row: SignIn) -> Answer:
    """Show the key's QR code and take it into use by a first code; then the recovery codes, once."""
    member, form = row.staff_member, CodeForm()
    key = queries.waiting_key_of(member.id)
    if key is None:
        return redirect(url_for("own_account.index"), 303)
    context = {"picture": qr_picture(app_address(key.secret, member.email)), "secret": key.secret, "member": member}
    if not form.validate_on_submit():
        return form_page(template, form, **context)
    if seconds := _wait(member.id):
        return held_back(template, form, form.code, seconds, **context)
    codes = actions.confirm_key(member.id, form.code.data)
    if codes is None:
        record(Outcome.WRONG_CODE, member.id, address=browser_key.address())
        db.session.commit()
        form.code.errors = [_("Koodi ei täsmää. Tarkista, että puhelimen kello on oikeassa, ja kirjoita uusi koodi.")]
        return form_page(template, form, **context)
    browser_key.swap(keep_only(row, Ending.FACTOR))
    if row.waits_for is not Step.NOTHING:
        _let_in(row)
    forgive([Subject(Kind.CODE, str(member.id))])
    db.session.commit()
    return page("second_factors/codes.html", codes=codes)


@blueprint.post("/account/recovery-codes")
@allow(*EVERYONE, event="second_factors.make_codes", fresh=True)
def make_codes() -> Answer:
    if queries.app_key_of(current_user.id) is None:
        abort(409)
    codes = actions.make_recovery_codes(current_user.id)
    browser_key.swap(keep_only(_here(), Ending.CODES))
    db.session.commit()
    return page("second_factors/codes.html", codes=codes)


@blueprint.post("/account/second-factor/remove")
@allow(*EVERYONE, event="second_factors.remove", fresh=True)
def remove() -> Response:
    if current_app.config["SECOND_FACTOR_REQUIRED"]:
        abort(409)
    row = _here()
    actions.remove_factors(row.staff_member_id)
    browser_key.swap(keep_only(row, Ending.FACTOR))
    return commit_and_go(url_for("own_account.index"), _("Vahvistuskoodi on poistettu käytöstä."))


# ---------- a member who lost theirs ----------


@blueprint.post("/staff/<int:member_id>/second-factor/remove")
@allow(Role.ADMINISTRATOR, event="second_factors.reset", fresh=True)
def reset(member_id: int) -> Response:
    member = member_with(member_id) or abort(404)
    if member_id == current_user.id:
        abort(409)
    actions.remove_factors(member_id)
    end_sign_ins(member, Ending.FACTOR_REMOVED)
    return commit_and_go(url_for("staff.show", member_id=member_id), _("Toinen tunniste on poistettu."))

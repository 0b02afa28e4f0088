import base64
import secrets
from datetime import datetime

from flask import Blueprint, abort, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key, clock
from rockrobot.access import EVERYONE, allow, allow_anyone, in_view, missing
from rockrobot.db import db
from rockrobot.networks.actions import turn_away
from rockrobot.passkeys import actions, queries
from rockrobot.passkeys.forms import PasskeyForm
from rockrobot.passkeys.models import Passkey
from rockrobot.passkeys.rules import House, is_in_time
from rockrobot.staff.actions import confirm, keep_only, record, sign_in
from rockrobot.staff.queries import member_with, sign_in_for
from rockrobot.staff.rules import Ending, Outcome, browser_name
from rockrobot.staff_devices.actions import note_device
from rockrobot.throttles.actions import forgive, take_try
from rockrobot.throttles.rules import Kind, Subject, network_of
from rockrobot.web import Answer, commit_and_go, form_page, page, path_inside, say

blueprint = Blueprint("passkeys", __name__)
ASKED = "passkey_question"
CHALLENGE_BYTES = 32


def _ask() -> bytes:
    """A new question for this browser; its signed cookie keeps what was asked and when."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session[ASKED] = [base64.b64encode(challenge).decode(), clock.now().isoformat()]
    return challenge


def _asked() -> bytes | None:
    """What this browser was asked, if lately; it is asked no longer."""
    challenge, at = session.pop(ASKED, None) or ("", "")
    return base64.b64decode(challenge) if at and is_in_time(datetime.fromisoformat(at), clock.now()) else None


@blueprint.app_template_global()
def passkey_question() -> str:
    """What the page asks the browser for, as JSON; empty where there are no passkeys, or whose page it is has none.

    Of somebody who has yet to say who they are it is not told: everybody is asked.
    """
    house = queries.house()
    has_none = current_user.is_authenticated and not queries.passkeys_of(current_user.id)
    return queries.question(_ask(), house) if house and not has_none else ""


def _house() -> House:
    return queries.house() or abort(404)


def _answered(house: House, tries: Subject, *, of_member: int | None = None) -> Passkey | None:
    """The passkey that answers, tried as seldom as passwords are. of_member: whose it must be; None for anybody's.

    Somebody else's counts as a try: it must not open the way to more tries at a password.
    """
    challenge = _asked()
    if take_try([tries]) or challenge is None:
        return None
    passkey = actions.use_passkey(request.form.get("credential", ""), challenge, house)
    if passkey is None or (of_member and passkey.staff_member_id != of_member):
        return None
    forgive([tries])
    return passkey


@blueprint.post("/sign-in/passkey")
@allow_anyone(event="passkeys.sign_in")
def enter() -> Answer:
    passkey = _answered(_house(), Subject(Kind.ADDRESS, network_of(browser_key.address())))
    member = member_with(passkey.staff_member_id) if passkey else None
    if member is None or not member.is_active:
        record(Outcome.TURNED_AWAY, member.id if member else None, address=browser_key.address())
        db.session.commit()
        say(_("Pääsyavain ei kelvannut. Yritä uudelleen tai kirjaudu salasanalla."), "bad")
        return redirect(url_for("staff.sign_in", next=request.form.get("next") or None), 303)
    if refusal := turn_away(member, request.form.get("next")):
        db.session.commit()
        return page("networks/refused.html", refusal=refusal), 403
    address, browser = browser_key.address(), browser_name(request.user_agent.string)
    key = sign_in(member, browser=browser, address=address, earlier_key=browser_key.key())
    note_device(key, browser_key.device_key())
    browser_key.give(key)
    record(Outcome.SIGNED_IN, member.id, address=address)
    db.session.commit()
    return redirect(path_inside(request.form.get("next")) or url_for("desk.index"), 303)


@blueprint.post("/sign-in/confirm/passkey")
@allow(*EVERYONE, event="passkeys.confirm")
def confirm_by_passkey() -> Response:
    house, row = _house(), sign_in_for(browser_key.key()) or abort(403)
    passkey = _answered(house, Subject(Kind.SIGN_IN, str(row.id)), of_member=row.staff_member_id)
    key = confirm(row) if passkey else None
    record(Outcome.CONFIRMED if key else Outcome.TURNED_AWAY, current_user.id, address=browser_key.address())
    db.session.commit()
    if key is None:
        say(_("Pääsyavain ei kelvannut. Yritä uudelleen."), "bad")
        return redirect(url_for("staff.confirm", next=request.form.get("next") or None), 303)
    browser_key.swap(key)
    return redirect(path_inside(request.form.get("next")) or url_for("desk.index"), 303)


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@allow(*EVERYONE, event="passkeys.new", fresh=True)
def new() -> Answer:
    house, form, challenge = _house(), PasskeyForm(), _asked()
    row = sign_in_for(browser_key.key()) or abort(403)
    if form.validate_on_submit():
        answer = form.credential.data
        if challenge and actions.add_passkey(row.staff_member_id, form.name.data, answer, challenge, house):
            browser_key.swap(keep_only(row, Ending.FACTOR))
            return commit_and_go(url_for("own_account.index"), _("Pääsyavain on lisätty. Voit kirjautua sillä."))
        form.name.errors = [_("Laite ei tehnyt avainta. Yritä uudelleen.")]
    form.credential.data = ""
    options = queries.invitation(_ask(), house, row.staff_member)
    return form_page("passkeys/new.html", form, options=options)


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@allow(*EVERYONE, event="passkeys.remove", object_rule=in_view, fresh=True)
def remove(passkey_id: int) -> Response:
    row = sign_in_for(browser_key.key()) or abort(403)
    if not actions.remove_passkeys(row.staff_member_id, passkey_id):
        missing(Passkey.id == passkey_id)
    browser_key.swap(keep_only(row, Ending.FACTOR))
    return commit_and_go(url_for("own_account.index"), _("Pääsyavain on poistettu."))

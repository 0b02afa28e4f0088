from flask import Blueprint, Request, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key, clock, languages
from rockrobot.access import EVERYONE, Role, allow, allow_anyone, denial_noter, freshness, is_looking, purpose_teller
from rockrobot.calendars.queries import feed_of
from rockrobot.db import db, reading
from rockrobot.navigation import Link, add_link
from rockrobot.networks.actions import turn_away
from rockrobot.passkeys.queries import has_passkey_alone, passkeys_of
from rockrobot.passwords.actions import make_link
from rockrobot.passwords.queries import address_of
from rockrobot.second_factors.actions import offer_key, use_code
from rockrobot.second_factors.queries import app_key_of, step_after_password
from rockrobot.staff import actions, queries
from rockrobot.staff.forms import ConfirmForm, MemberForm, NewMemberForm, SignInForm
from rockrobot.staff.models import StaffMember
from rockrobot.staff.rules import Ending, Outcome, Step, browser_name, is_fresh
from rockrobot.staff_devices.actions import note_device
from rockrobot.throttles.actions import forgive, take_try
from rockrobot.throttles.rules import Kind, Subject, network_of
from rockrobot.web import Answer, commit_and_go, commit_answer, form_page, held_back, once, page, path_inside, say

blueprint = Blueprint("staff", __name__)
login = LoginManager()
SIGN_IN = "rockrobot.sign_in"
add_link(Link(lazy_gettext("Hallinta"), 950, lazy_gettext("Käyttäjät"), "staff.index", "key-round"))


@blueprint.record_once
def _prepare(state: object) -> None:
    login.init_app(state.app)  # type: ignore[attr-defined]


@login.request_loader
def _who_is_it(asked: Request) -> StaffMember | None:
    row = asked.environ[SIGN_IN] = queries.sign_in_for(browser_key.key())
    if row is None:
        return None
    if is_looking():
        actions.keep_alive(row)
    languages.choose(row.staff_member.language)
    return row.staff_member


@blueprint.before_app_request
def _note_sending() -> None:
    """Who sends a form, or types into one, is there as well as who looks; what the view leaves undone leaves that."""
    row = request.environ.get(SIGN_IN)
    if row is not None and request.method == "POST":
        actions.keep_alive(row)


@freshness
def _has_just_signed_in() -> bool:
    row = queries.sign_in_for(browser_key.key())
    return row is not None and is_fresh(row.confirmed_at, clock.now())


@purpose_teller
def _what_for() -> str | None:
    row = request.environ[SIGN_IN]
    return row.purpose or None if row else None


@denial_noter
def _note_denial(door: str, is_withheld: bool) -> None:
    outcome = Outcome.WITHHELD if is_withheld else Outcome.DENIED
    actions.record_denial(current_user.id, door, outcome, address=browser_key.address())


# ---------- signing in and out ----------


def _to(address: str | None) -> Response:
    return redirect(path_inside(address) or url_for("desk.index"), 303)


def _tries_of(email: str) -> list[Subject]:
    return [Subject(Kind.ACCOUNT, email), Subject(Kind.ADDRESS, network_of(browser_key.address()))]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow_anyone(event="staff.sign_in")
def sign_in() -> Answer:
    form = SignInForm()
    if form.validate_on_submit():
        return _sign_in(form)
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        if current_user.is_authenticated:
            return _to(form.next.data)
    return form_page("staff/sign_in.html", form)


def _sign_in(form: SignInForm) -> Answer:
    tries = _tries_of(form.email.data)
    seconds = take_try(tries)
    db.session.commit()
    if seconds:
        return held_back("staff/sign_in.html", form, form.password, seconds)
    with reading():  # nothing is locked while the password is hashed
        found = actions.check_password(form.email.data, form.password.data)
        member_id = found.id if found else None
        db.session.rollback()
    named = queries.member_with_email(form.email.data)
    if named is None or member_id is None:
        actions.record(Outcome.TURNED_AWAY, named.id if named else None, address=browser_key.address())
        db.session.commit()
        form.password.errors = [_("Sähköposti tai salasana ei täsmää. Tarkista molemmat ja yritä uudelleen.")]
        return page("staff/sign_in.html", form=form), 422
    forgive(tries)
    actions.renew_hash(named, form.password.data)
    if refusal := turn_away(named, form.next.data):
        db.session.commit()
        return page("networks/refused.html", refusal=refusal), 403
    return _let_in(named, form.next.data)


NEXT_PAGE = {Step.SECOND_FACTOR: "second_factors.enter_code", Step.ENROLMENT: "second_factors.first"}


def _let_in(member: StaffMember, target: str | None) -> Response:
    step, address = step_after_password(member.id), browser_key.address()
    if passkeys_of(member.id):
        step = Step.SECOND_FACTOR
    browser, earlier_key = browser_name(request.user_agent.string), browser_key.key()
    key = actions.sign_in(member, waits_for=step, browser=browser, address=address, earlier_key=earlier_key)
    note_device(key, browser_key.device_key())
    browser_key.give(key)
    if step is Step.ENROLMENT:
        offer_key(member.id)
    if step is Step.NOTHING:
        actions.record(Outcome.SIGNED_IN, member.id, address=address)
    db.session.commit()
    return _to(target) if step is Step.NOTHING else redirect(url_for(NEXT_PAGE[step], next=target or None), 303)


@blueprint.route("/sign-in/confirm", methods=["GET", "POST"])
@allow(*EVERYONE, event="staff.confirm")
def confirm() -> Answer:
    form, by_passkey = ConfirmForm(), has_passkey_alone(current_user.id)
    if app_key_of(current_user.id) is None:
        del form.code
    if not by_passkey and form.validate_on_submit():
        return _confirm(form, current_user.id)
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    return form_page("staff/confirm.html", form, by_passkey=by_passkey)


def _confirm(form: ConfirmForm, member_id: int) -> Answer:
    tries = [Subject(Kind.SIGN_IN, str(request.environ[SIGN_IN].id))]
    seconds = take_try(tries)
    db.session.commit()
    if seconds:
        return held_back("staff/confirm.html", form, form.password, seconds)
    is_code_right = form.code is None or use_code(member_id, form.code.data)  # used up even if the password is wrong
    db.session.commit()
    with reading():
        is_right = actions.is_password_of(queries.member_with(member_id), form.password.data)
        db.session.rollback()
    row = queries.sign_in_for(browser_key.key())
    key = actions.confirm(row) if is_right and is_code_right and row else None
    actions.record(Outcome.CONFIRMED if key else Outcome.TURNED_AWAY, member_id, address=browser_key.address())
    if key:
        forgive(tries)
        browser_key.swap(key)
    db.session.commit()
    if key:
        return _to(form.next.data)
    wrong = _("Salasana tai koodi ei täsmää. Kirjoita ne uudelleen.")
    form.password.errors = [wrong if form.code else _("Salasana ei täsmää. Kirjoita se uudelleen.")]
    return form_page("staff/confirm.html", form)


@blueprint.post("/sign-out")
@allow(*EVERYONE, event="staff.sign_out", from_anywhere=True)
def sign_out() -> Response:
    row = queries.sign_in_for(browser_key.key())
    if row is not None:
        actions.sign_out(row)
        db.session.commit()
    browser_key.forget()
    say(_("Olet kirjautunut ulos."))
    answer = redirect(url_for("staff.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@blueprint.post("/language")
@allow_anyone(event="staff.choose_language")
def choose_language() -> Response:
    languages.choose(request.form.get("language", ""))
    if current_user.is_authenticated:
        actions.choose_language(current_user, languages.current())
        db.session.commit()
    return _to(request.form.get("back"))


@blueprint.post("/theme")
@allow(*EVERYONE, event="staff.choose_theme")
def choose_theme() -> Response:
    actions.choose_theme(current_user, request.form.get("theme", ""))
    db.session.commit()
    return _to(request.form.get("back"))


# ---------- members of staff ----------


def _member(member_id: int) -> StaffMember:
    return queries.member_with(member_id) or abort(404)


def _other(member_id: int) -> StaffMember:
    """A member whom the administrator may change: anybody but themselves."""
    if member_id == current_user.id:
        abort(409)
    return _member(member_id)


@blueprint.get("/staff/")
@allow(Role.ADMINISTRATOR, event="staff.index")
def index() -> str:
    return page("staff/index.html", members=queries.all_members(), seen=queries.last_seen())


@blueprint.get("/staff/<int:member_id>")
@allow(Role.ADMINISTRATOR, event="staff.show")
def show(member_id: int) -> str:
    member = _member(member_id)
    running, facts = queries.running_sign_ins(member_id), queries.latest_facts(member_id)
    has_factor = app_key_of(member_id) is not None or bool(passkeys_of(member_id))
    return page(
        "staff/show.html", member=member, running=running, facts=facts, has_factor=has_factor, feed=feed_of(member_id)
    )


@blueprint.route("/staff/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff.new", fresh=True)
@once
def new() -> Answer:
    form = NewMemberForm()
    if form.validate_on_submit():
        member = actions.make_member(form.name.data, form.email.data, Role(form.role.data))
        link, token = make_link(member)
        commit_answer(url_for("staff.show", member_id=member.id))
        return page("passwords/made.html", link=link, member=member, address=address_of(token))
    return form_page("staff/new.html", form)


@blueprint.route("/staff/<int:member_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="staff.edit", fresh=True)
def edit(member_id: int) -> Answer:
    member = _other(member_id)
    form = MemberForm(obj=member)
    if form.validate_on_submit():
        try:
            actions.change_member(member, name=form.name.data, role=Role(form.role.data))
        except actions.LastAdministratorError:
            return _last_administrator(member_id)
        return commit_and_go(url_for("staff.show", member_id=member_id), _("Tiedot tallennettu."))
    return form_page("staff/edit.html", form, member=member)


def _last_administrator(member_id: int) -> Response:
    db.session.rollback()
    say(_("Ketään muuta ylläpitäjää ei ole. Anna ensin toiselle ylläpitäjän rooli."), "warn")
    return redirect(url_for("staff.show", member_id=member_id), 303)


@blueprint.post("/staff/<int:member_id>/deactivate")
@allow(Role.ADMINISTRATOR, event="staff.deactivate", fresh=True)
def deactivate(member_id: int) -> Response:
    try:
        actions.set_access(_other(member_id), is_active=False)
    except actions.LastAdministratorError:
        return _last_administrator(member_id)
    return commit_and_go(url_for("staff.show", member_id=member_id), _("Käyttäjän pääsy lopetettu."))


@blueprint.post("/staff/<int:member_id>/activate")
@allow(Role.ADMINISTRATOR, event="staff.activate", fresh=True)
def activate(member_id: int) -> Response:
    actions.set_access(_member(member_id), is_active=True)
    return commit_and_go(url_for("staff.show", member_id=member_id), _("Käyttäjän pääsy palautettu."))


@blueprint.post("/staff/<int:member_id>/sign-outs")
@allow(Role.ADMINISTRATOR, event="staff.end_sign_ins", fresh=True)
def end_sign_ins(member_id: int) -> Response:
    if actions.end_sign_ins(_member(member_id), Ending.SIGNED_OUT_BY):
        actions.record(Outcome.ENDED, member_id, address=browser_key.address())
    return commit_and_go(url_for("staff.show", member_id=member_id), _("Käyttäjä on kirjattu ulos kaikkialta."))

"""Codes after the password: taken into use, used once, replaced by recovery codes, taken away."""

import io
import re
import threading
from datetime import timedelta

import pyotp
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.calendars.actions import make_feed
from rockrobot.calendars.queries import feed_of
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.paper import qr_png
from rockrobot.second_factors.actions import make_key, make_recovery_codes, use_code
from rockrobot.second_factors.models import AppKey, RecoveryCode
from rockrobot.staff.actions import sign_in
from rockrobot.staff.models import SignInFact, StaffMember
from rockrobot.staff.rules import Outcome
from tests import make

EMAIL = "olga@rockrobot.example"


@pytest.fixture
def secret(database):
    """Olga has an app."""
    member = make.staff_member(Role.CUSTOMER_CARE, name="Olga", email=EMAIL)
    key = make_key(member.id).secret
    db.session.commit()
    return key


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def give_password(browser, next_page: str = "/devices/"):
    return browser.post("/sign-in", data={"email": EMAIL, "password": make.PASSWORD, "next": next_page})


def give_code(browser, code: str):
    return browser.post("/sign-in/code", data={"code": code, "next": "/devices/"})


def take_app_into_use(browser) -> None:
    browser.post("/account/second-factor/start")
    secret = db.session.scalar(select(AppKey.secret))
    db.session.rollback()
    browser.post("/account/second-factor", data={"code": code_of(secret)})


def test_the_password_alone_lets_nobody_in(stranger, secret):
    asked = give_password(stranger)

    assert (asked.status_code, asked.location) == (303, "/sign-in/code?next=/devices/")
    assert stranger.get("/devices/").status_code == 303
    assert "Kirjoita vahvistuskoodi" in stranger.get(asked.location).text


def test_the_code_lets_in_under_a_new_key_and_leads_on(stranger, secret):
    give_password(stranger)
    with stranger.session_transaction() as session:
        half_way = session["sign_in"]

    answer = give_code(stranger, code_of(secret))

    with stranger.session_transaction() as session:
        assert session["sign_in"] != half_way
    assert (answer.status_code, answer.location) == (303, "/devices/")
    assert stranger.get("/devices/").status_code == 200


def test_a_code_works_once(app, stranger, secret):
    code = code_of(secret)
    give_password(stranger)
    give_code(stranger, code)
    second = app.test_client()
    give_password(second)

    again, next_one = give_code(second, code), give_code(second, code_of(secret, 1))

    assert (again.status_code, next_one.status_code) == (422, 303)
    assert "Koodi ei kelpaa" in again.text


def test_a_code_sent_with_a_wrong_password_is_used_up(stranger, secret, monkeypatch):
    give_password(stranger)
    give_code(stranger, code_of(secret))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=10))
    code = code_of(secret)

    wrong = stranger.post("/sign-in/confirm", data={"password": "väärä salasana tässä", "code": code})
    same = stranger.post("/sign-in/confirm", data={"password": make.PASSWORD, "code": code})
    right = stranger.post("/sign-in/confirm", data={"password": make.PASSWORD, "code": code_of(secret, 1)})

    assert (wrong.status_code, same.status_code, right.status_code) == (422, 422, 303)


def test_two_who_send_one_code_at_once_get_one_in(app, secret):
    code, answers, gate = code_of(secret), [], threading.Barrier(4, timeout=20)

    def send() -> None:
        browser = app.test_client()
        with app.app_context():
            give_password(browser)
            gate.wait()
            answers.append(give_code(browser, code).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 422, 422, 422]


def test_guessing_codes_is_held_back(stranger, secret):
    give_password(stranger)
    guesses = [give_code(stranger, "000000").status_code for _ in range(5)]

    held = give_code(stranger, code_of(secret))

    assert set(guesses) == {422}
    assert (held.status_code, bool(held.headers["Retry-After"])) == (429, True)
    assert "Odota 1 minuutti ja yritä uudelleen." in held.text


def test_the_way_in_is_open_for_ten_minutes(stranger, secret, monkeypatch):
    give_password(stranger)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=10))

    answer = give_code(stranger, code_of(secret))

    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_recovery_code_works_once_in_place_of_the_app(app, stranger, secret):
    codes = make_recovery_codes(db.session.scalar(select(AppKey.staff_member_id)))
    db.session.commit()
    second = app.test_client()
    give_password(stranger)
    give_password(second)

    first, again = give_code(stranger, codes[0].upper()), give_code(second, codes[0])

    assert (first.status_code, again.status_code) == (303, 422)


def test_an_app_is_taken_into_use_by_its_first_code(office):
    office.post("/account/second-factor/start")
    page = office.get("/account/second-factor").text
    secret = db.session.scalar(select(AppKey.secret))
    db.session.rollback()

    wrong = office.post("/account/second-factor", data={"code": "000000"})
    done = office.post("/account/second-factor", data={"code": code_of(secret)})

    assert "data:image/svg+xml;base64," in page
    assert (wrong.status_code, done.status_code) == (422, 200)
    assert db.session.scalars(select(SignInFact.outcome)).all() == [Outcome.WRONG_CODE]
    assert len(re.findall(r">[a-z2-7]{4}(?:-[a-z2-7]{4}){3}<", done.text)) == 10
    assert "10" in office.get("/account/").text


def test_new_recovery_codes_take_the_place_of_the_old_ones(office):
    without_app = office.post("/account/recovery-codes")
    make_key(office.member_id)
    old = make_recovery_codes(office.member_id)
    db.session.commit()

    shown = office.post("/account/recovery-codes").text

    new = re.findall(r">([a-z2-7]{4}(?:-[a-z2-7]{4}){3})<", shown)
    assert without_app.status_code == 409
    assert len(set(new) - set(old)) == 10
    assert not use_code(office.member_id, old[0])
    assert use_code(office.member_id, new[0])


def test_new_recovery_codes_end_what_runs_elsewhere(app, office):
    make_key(office.member_id)
    make_feed(db.session.get_one(StaffMember, office.member_id))
    elsewhere, key = app.test_client(), sign_in(db.session.get_one(StaffMember, office.member_id))
    db.session.commit()
    with elsewhere.session_transaction() as session:
        session["sign_in"] = key

    before = elsewhere.get("/account/").status_code
    office.post("/account/recovery-codes")

    assert (before, elsewhere.get("/account/").status_code) == (200, 303)
    assert office.get("/account/").status_code == 200
    assert feed_of(office.member_id).is_in_use


def test_the_qr_code_says_what_the_app_needs():
    text = "otpauth://totp/Rockrobot:a%40b?secret=JBSWY3DPEHPK3PXP&issuer=Rockrobot"

    image = Image.open(io.BytesIO(qr_png(text))).resize((600, 600), Image.Resampling.NEAREST)

    assert zxingcpp.read_barcode(image).text == text


def test_where_it_is_required_nobody_gets_in_before_they_have_one(app, stranger, database):
    make.staff_member(Role.CUSTOMER_CARE, email=EMAIL)
    app.config["SECOND_FACTOR_REQUIRED"] = True
    try:
        asked = give_password(stranger)
        outside = stranger.get("/devices/").status_code
        page = stranger.get("/sign-in/second-factor").text
        secret = db.session.scalar(select(AppKey.secret))
        db.session.rollback()
        done = stranger.post("/sign-in/second-factor", data={"code": code_of(secret)})
    finally:
        app.config["SECOND_FACTOR_REQUIRED"] = False

    assert asked.location.startswith("/sign-in/second-factor")
    assert (outside, done.status_code, stranger.get("/devices/").status_code) == (303, 200, 200)
    assert secret[:4] in page


def test_where_it_is_required_it_cannot_be_removed(app, office):
    app.config["SECOND_FACTOR_REQUIRED"] = True
    try:
        status = office.post("/account/second-factor/remove").status_code
    finally:
        app.config["SECOND_FACTOR_REQUIRED"] = False

    assert status == 409


def test_a_changed_factor_ends_the_other_sign_ins(app, stranger, secret):
    give_password(stranger)
    give_code(stranger, code_of(secret))
    other = app.test_client()
    give_password(other)
    give_code(other, code_of(secret, 1))

    other.post("/account/second-factor/remove")

    assert (other.get("/account/").status_code, stranger.get("/account/").status_code) == (200, 303)


def test_a_copied_key_is_worth_nothing_after_the_factor_changed(app, office):
    thief, seen = app.test_client(), []
    for act in (take_app_into_use, lambda browser: browser.post("/account/second-factor/remove")):
        with office.session_transaction() as session:
            key = session["sign_in"]
        act(office)
        with thief.session_transaction() as session:
            session["sign_in"] = key
        seen.append((office.get("/account/").status_code, thief.get("/account/").status_code))

    assert seen == [(200, 303), (200, 303)]


def test_an_administrator_helps_who_lost_the_phone_but_not_themselves(administrator, stranger, secret):
    member_id = db.session.scalar(select(AppKey.staff_member_id))
    db.session.rollback()

    own = administrator.post(f"/staff/{administrator.member_id}/second-factor/remove")
    administrator.post(f"/staff/{member_id}/second-factor/remove")

    assert own.status_code == 409
    assert give_password(stranger).location == "/devices/"


def test_the_ledger_and_the_facts_hold_no_secret(stranger, secret):
    give_password(stranger)
    give_code(stranger, "000000")
    give_code(stranger, code_of(secret))
    member_id = db.session.scalar(select(AppKey.staff_member_id))
    codes = make_recovery_codes(member_id)
    use_code(member_id, codes[3])
    db.session.commit()

    kept = str([entry.changes for entry in db.session.scalars(select(LedgerEntry))])
    facts = list(db.session.scalars(select(SignInFact.outcome).order_by(SignInFact.id)))
    digests = db.session.scalars(select(RecoveryCode.code_digest)).all()

    assert secret not in kept
    assert not any(digest in kept for digest in digests)
    assert not any(code in digests for code in codes)
    assert facts == ["wrong_code", "signed_in"]

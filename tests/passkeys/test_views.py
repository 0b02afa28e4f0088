"""Passkeys over HTTP with a device in software: the whole ceremony, and each way in which it must fail."""

import html
import json
import re

import pytest
from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.passkeys.models import Passkey
from rockrobot.staff.actions import set_access
from rockrobot.staff.models import SignIn
from rockrobot.staff.queries import member_with
from rockrobot.staff.rules import Step
from rockrobot.staff_devices.actions import make_device
from rockrobot.staff_devices.rules import DeviceKind
from tests import make
from tests.conftest import visitor
from tests.passkeys.authenticator import PRESENT, Authenticator

ORIGIN, HOST = "https://rekisteri.kivi.example", "rekisteri.kivi.example"


@pytest.fixture(autouse=True)
def house(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", ORIGIN)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN, HOST)


def asked(browser, path: str) -> str:
    options = re.search(r'data-options="([^"]+)"', browser.get(path).text).group(1)
    return json.loads(html.unescape(options))["challenge"]


def add(browser, device: Authenticator):
    answer = device.create(asked(browser, "/account/passkeys/new"))
    return browser.post("/account/passkeys/new", data={"name": "työpuhelin", "credential": answer})


def enter(browser, device: Authenticator, **rest):
    answer = device.get(asked(browser, "/sign-in"))
    return browser.post("/sign-in/passkey", data={"credential": answer, "next": "/devices/"} | rest)


def is_in(browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_a_passkey_is_added_and_signs_in_alone(office, stranger, device):
    added = add(office, device)
    entered = enter(stranger, device)

    assert (added.status_code, added.location) == (303, "/account/")
    assert "työpuhelin" in office.get("/account/").text
    assert (entered.status_code, entered.location, is_in(stranger)) == (303, "/devices/", True)


def test_an_answer_counts_once_even_of_a_device_that_does_not_count(app, office, stranger, device):
    device.step = 0
    add(office, device)
    answer = device.get(asked(stranger, "/sign-in"))
    with stranger.session_transaction() as session:
        question = session["passkey_question"]
    stranger.post("/sign-in/passkey", data={"credential": answer})
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["passkey_question"] = question

    thief.post("/sign-in/passkey", data={"credential": answer})

    assert (is_in(stranger), is_in(thief)) == (True, False)


def other_origin(device):
    device.origin = "https://rekisteri-kivi.example"


def other_host(device):
    device.host = "evil.example"


def no_owner(device):
    device.flags = PRESENT


def copied(device):
    device.count = 0


@pytest.mark.parametrize("spoil", [other_origin, other_host, no_owner, copied])
def test_an_answer_that_is_not_right_lets_nobody_in(office, stranger, device, spoil):
    add(office, device)
    enter(stranger, device)
    stranger.post("/sign-out")
    spoil(device)

    answer = enter(stranger, device)

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/devices/")
    assert not is_in(stranger)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "not json", '{"rawId": 7}', '{"rawId": "####"}', "9" * 30_000]
)
def test_what_is_no_answer_is_refused_in_peace(stranger, text):
    asked(stranger, "/sign-in")

    assert stranger.post("/sign-in/passkey", data={"credential": text}).status_code == 303


def test_an_answer_to_no_question_is_refused(office, stranger, device):
    add(office, device)

    stranger.post("/sign-in/passkey", data={"credential": device.get("AAAA")})

    assert not is_in(stranger)


def test_a_disabled_member_does_not_get_in(office, stranger, device):
    add(office, device)
    set_access(member_with(office.member_id), is_active=False)
    db.session.commit()

    enter(stranger, device)

    assert not is_in(stranger)


def test_with_a_passkey_the_password_alone_is_not_enough(office, stranger, device):
    add(office, device)
    email = member_with(office.member_id).email

    answer = stranger.post("/sign-in", data={"email": email, "password": make.PASSWORD})

    assert answer.location.startswith("/sign-in/code")
    assert not is_in(stranger)


def test_a_copied_key_is_worth_nothing_after_a_passkey_was_added(app, office, device):
    with office.session_transaction() as session:
        key = session["sign_in"]
    add(office, device)
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["sign_in"] = key

    assert (is_in(office), is_in(thief)) == (True, False)


def test_signing_in_with_a_passkey_ends_what_the_browser_had_begun(office, stranger, device):
    add(office, device)
    stranger.post("/sign-in", data={"email": member_with(office.member_id).email, "password": make.PASSWORD})
    begun = db.session.scalars(select(SignIn).where(SignIn.waits_for == Step.SECOND_FACTOR)).one()

    enter(stranger, device)

    db.session.refresh(begun)
    assert begun.ended_at is not None
    assert (is_in(stranger), is_in(office)) == (True, True)


def test_with_a_passkey_the_password_alone_confirms_nothing(office, device):
    add(office, device)

    page = office.get("/sign-in/confirm").text
    alone = office.post("/sign-in/confirm", data={"password": make.PASSWORD})
    with office.session_transaction() as session:
        key = session["sign_in"]
    by_key = office.post("/sign-in/confirm/passkey", data={"credential": device.get(asked(office, "/sign-in/confirm"))})

    assert "Vahvista pääsyavaimella" in page
    assert 'type="password"' not in page
    assert (alone.status_code, by_key.status_code) == (200, 303)
    with office.session_transaction() as session:
        assert session["sign_in"] != key


def test_who_has_a_passkey_and_no_app_is_asked_for_no_code(office, stranger, device):
    add(office, device)
    stranger.post("/sign-in", data={"email": member_with(office.member_id).email, "password": make.PASSWORD})

    page = stranger.get("/sign-in/code").text

    assert "Kirjautumiseesi kuuluu pääsyavain." in page
    assert "pyydä ylläpitoa poistamaan toinen tunnisteesi" in page
    assert not any(word in page for word in ("sovelluksessa", "varakoodi", "Ensimmäisellä kerralla", 'name="code"'))
    assert stranger.post("/sign-in/code", data={"code": "000000"}).status_code == 200


def test_a_removed_passkey_signs_nobody_in(office, stranger, device):
    add(office, device)
    passkey_id = db.session.scalar(select(Passkey.id))
    db.session.rollback()

    office.post(f"/account/passkeys/{passkey_id}/remove")
    enter(stranger, device)

    assert not is_in(stranger)


def test_a_lost_device_takes_its_owners_passkeys_along_and_no_others(office, workshop, stranger, device):
    add(office, device)
    add(workshop, Authenticator(ORIGIN, HOST))
    lost = make_device(owner_id=office.member_id, kind=DeviceKind.PHONE, name="työpuhelin", serial="")
    db.session.commit()

    told = office.post(f"/staff-devices/{lost.id}/lose", follow_redirects=True).text
    enter(stranger, device)

    assert "1 pääsyavain poistettu." in told
    assert not is_in(stranger)
    assert db.session.scalars(select(Passkey.staff_member_id)).all() == [workshop.member_id]


def test_a_passkey_stays_when_sign_ins_end_and_goes_when_an_administrator_takes_the_factor(
    office, administrator, device
):
    add(office, device)

    administrator.post(f"/staff/{office.member_id}/sign-outs")
    kept = db.session.scalars(select(Passkey.staff_member_id)).all()
    administrator.post(f"/staff/{office.member_id}/second-factor/remove")

    assert (kept, db.session.scalars(select(Passkey.staff_member_id)).all()) == ([office.member_id], [])


def test_nobody_removes_the_passkey_of_another(app, office, workshop, device):
    add(office, device)
    passkey_id = db.session.scalar(select(Passkey.id))
    db.session.rollback()

    assert workshop.post(f"/account/passkeys/{passkey_id}/remove").status_code == 404
    assert db.session.scalar(select(Passkey.id)) == passkey_id


def test_the_passkey_of_another_confirms_nothing(app, office, device):
    add(office, device)
    other = visitor(app, Role.ADMINISTRATOR, "Toinen")
    add(other, Authenticator(ORIGIN, HOST))
    answer = device.get(asked(other, "/sign-in/confirm"))

    refused = other.post("/sign-in/confirm/passkey", data={"credential": answer, "next": "/staff/new"})
    own = office.post("/sign-in/confirm/passkey", data={"credential": device.get(asked(office, "/sign-in/confirm"))})

    assert (refused.location, own.location) == ("/sign-in/confirm?next=/staff/new", "/")


def test_the_passkey_of_another_opens_no_way_to_more_tries(app, office, device):
    add(office, device)
    other, own = visitor(app, Role.WORKSHOP, "Toinen"), Authenticator(ORIGIN, HOST)
    add(other, own)

    def answered(credential: str) -> str:
        return other.post("/sign-in/confirm/passkey", data={"credential": credential, "next": "/devices/"}).location

    for _round in range(2):
        for _try in range(3):
            answered("guess")
        answered(device.get(asked(other, "/sign-in/confirm")))
    held_back = answered(own.get(asked(other, "/sign-in/confirm")))

    assert held_back == "/sign-in/confirm?next=/devices/"


def test_a_passkey_is_asked_of_everybody_to_sign_in_and_to_confirm_of_who_has_one(office, stranger, device):
    signing_in, without = stranger.get("/sign-in").text, office.get("/sign-in/confirm").text
    add(office, device)

    assert "Ensimmäisellä kerralla kirjaudu salasanalla." in signing_in
    assert "data-passkey" in signing_in
    assert "data-passkey" not in without
    assert "data-passkey" in office.get("/sign-in/confirm").text
    assert stranger.get("/sign-in").text.count("Käytä pääsyavainta") == signing_in.count("Käytä pääsyavainta") == 1


def test_one_device_is_not_added_twice(office, device):
    add(office, device)

    assert add(office, device).status_code == 422


def test_an_address_without_a_name_has_no_passkeys(app, office, stranger, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "http://127.0.0.1:8000")

    assert "data-passkey" not in stranger.get("/sign-in").text
    assert office.get("/account/passkeys/new").status_code == 404


def test_the_ledger_tells_of_the_passkey_without_its_keys(office, device):
    add(office, device)

    db.session.rollback()
    kept = [e.changes for e in db.session.scalars(select(LedgerEntry)) if e.table_name == "passkeys"]

    assert [changes["name"] for changes in kept] == [[None, "työpuhelin"]]
    assert not {"credential_id", "public_key", "sign_count"} & kept[0].keys()

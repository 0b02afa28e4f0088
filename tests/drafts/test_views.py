"""What was typed when the sign-in had ended is back after signing in again: for the same person, and nobody else."""

import re
from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from rockrobot import clock, jobs
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.drafts.models import Draft
from rockrobot.staff.queries import member_with
from tests import make
from tests.conftest import CSRF, SECRET, Visitor

FORM = {"name": "Louhinta Kivinen Oy", "kind": "owner", "idempotency_key": "k-1"}


def later(monkeypatch, **span) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(**span))


def sign_in_again(browser: Visitor, target: str):
    member = member_with(browser.member_id)
    return browser.post("/sign-in", data={"email": member.email, "password": make.PASSWORD, "next": target})


def next_of(address: str) -> str:
    return re.search(r"next=([^&]+)", address).group(1)


def hidden_fields(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    return {name: value for name, value in found.items() if name != "csrf_token"}


@pytest.fixture
def late(office, monkeypatch):
    """Olga has been to lunch."""
    later(monkeypatch, minutes=45)
    return office


def test_what_was_typed_is_back_after_signing_in_and_can_be_stored(late):
    sent = late.post("/companies/new", data=FORM)
    back = sign_in_again(late, next_of(sent.location))
    page = late.get(back.location).text
    stored = late.post("/companies/new", data=hidden_fields(page))

    assert (sent.status_code, back.status_code, back.location) == (303, 303, next_of(sent.location))
    assert "Louhinta Kivinen Oy" in page
    assert stored.status_code == 303
    assert "Louhinta Kivinen Oy" in late.get("/companies/").text
    assert late.get(back.location).status_code == 404


def test_by_htmx_the_whole_page_goes_to_sign_in_and_the_text_is_kept(late):
    sent = late.post("/companies/new", data=FORM, headers={"HX-Request": "true"} | token(late))

    assert (sent.status_code, sent.text) == (204, "")
    assert re.fullmatch(r"/sign-in\?next=/drafts/\d+", sent.headers["HX-Redirect"])


def token(browser: Visitor) -> dict[str, str]:
    with browser.session_transaction() as session:
        session["csrf_token"] = CSRF
    return {"X-CSRFToken": URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(CSRF)}


def test_by_htmx_a_look_leads_back_to_the_page_it_was_on(late):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/devices/?q=a"}

    answer = late.get("/devices/?q=ab", headers=headers)

    assert answer.headers["HX-Redirect"] == "/sign-in?next=/devices/?q%3Da"


def test_nobody_else_gets_the_text(late, supervisor):
    sent = late.post("/companies/new", data=FORM)

    answer = supervisor.get(next_of(sent.location))

    assert answer.status_code == 404
    assert "Louhinta" not in answer.text


def test_the_database_holds_the_text_sealed_and_no_password_at_all(late):
    late.post("/companies/new", data=FORM | {"password": "salaisuus", "csrf_token": "t"})

    db.session.rollback()
    sealed = db.session.scalars(select(Draft.sealed)).one()

    assert b"Louhinta" not in sealed
    sign_in_again(late, "/")
    assert "salaisuus" not in late.get(f"/drafts/{db.session.scalars(select(Draft.id)).one()}").text


def test_strangers_ended_sign_ins_and_forged_forms_keep_nothing(late, stranger, administrator):
    stranger.post("/companies/new", data=FORM)
    late.post("/companies/new", data=FORM, headers={"X-CSRFToken": "forged"})
    administrator.post("/sign-out")
    administrator.post("/companies/new", data=FORM)

    db.session.rollback()

    assert db.session.scalars(select(Draft)).all() == []


def test_a_disabled_member_keeps_nothing(late):
    member_with(late.member_id).is_active = False
    db.session.commit()

    sent = late.post("/companies/new", data=FORM)

    assert (sent.status_code, sent.location) == (303, "/sign-in")


def test_a_day_later_the_text_is_gone(late, monkeypatch):
    sent = late.post("/companies/new", data=FORM)
    later(monkeypatch, hours=24)

    sign_in_again(late, "/")
    page = late.get(next_of(sent.location))
    db.session.rollback()
    jobs.run_waiting()

    assert page.status_code == 404
    assert db.session.scalars(select(Draft)).all() == []


def test_a_form_that_asks_for_fresh_proof_goes_on_after_it(administrator, monkeypatch):
    member = make.staff_member(Role.WORKSHOP, name="Pekka")
    later(monkeypatch, minutes=6)
    form = {"name": "Pekka Uusi", "role": "customer_care"}

    asked = administrator.post(f"/staff/{member.id}/edit", data=form)
    confirmed = administrator.post(
        "/sign-in/confirm", data={"password": make.PASSWORD, "next": next_of(asked.location)}
    )
    page = administrator.get(confirmed.location).text
    done = administrator.post(f"/staff/{member.id}/edit", data=hidden_fields(page))

    db.session.refresh(member)
    assert asked.location.startswith("/sign-in/confirm?next=/drafts/")
    assert done.status_code == 303
    assert (member.name, member.role) == ("Pekka Uusi", Role.CUSTOMER_CARE)


def test_a_kept_form_can_be_thrown_away(late):
    sent = late.post("/companies/new", data=FORM)
    sign_in_again(late, "/")
    page = next_of(sent.location)

    late.post(page + "/discard")

    assert late.get(page).status_code == 404

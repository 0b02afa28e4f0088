"""Passwords are chosen by their owner: by a link that works once, or by oneself."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.passwords.actions import make_link, use_link
from rockrobot.passwords.models import OneTimeLink
from rockrobot.passwords.queries import working_link
from rockrobot.passwords.rules import LinkKind
from rockrobot.staff.actions import check_password, set_access, sign_in
from rockrobot.staff.models import SignInFact
from rockrobot.staff.queries import member_with, member_with_email
from rockrobot.staff.rules import Outcome
from tests import make
from tests.conftest import visitor

NEW = "aivan tuore tunnuslause"
TWICE = {"new_password": NEW, "again": NEW}


def path_in(page: str) -> str:
    return re.search(r'value="http://127\.0\.0\.1:8000(/link/[^"]+)"', page).group(1)


def test_an_invited_member_chooses_a_password_and_signs_in(administrator, stranger):
    form = {"name": "Uusi", "email": "Uusi@rockrobot.example", "role": "workshop"}

    path = path_in(administrator.post("/staff/new", data=form).text)
    chosen = stranger.post(path, data=TWICE)
    inside = stranger.post("/sign-in", data={"email": "uusi@rockrobot.example", "password": NEW})

    assert (chosen.status_code, chosen.location, inside.status_code) == (303, "/sign-in", 303)
    assert member_with_email("uusi@rockrobot.example").role is Role.WORKSHOP


def test_a_link_works_once(administrator, stranger):
    member = make.staff_member(Role.WORKSHOP)
    path = path_in(administrator.post(f"/staff/{member.id}/link").text)

    first, again = stranger.post(path, data=TWICE), stranger.post(path, data=TWICE)

    assert (first.status_code, again.status_code, stranger.get(path).status_code) == (303, 410, 410)
    assert "Linkki ei enää toimi" in again.text


def test_the_host_a_request_names_never_gets_into_a_link(administrator):
    member = make.staff_member(Role.WORKSHOP)

    page = administrator.post(
        f"/staff/{member.id}/link", headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
    )

    assert "evil.test" not in page.text


@pytest.mark.parametrize(
    ("kind", "lasts"), [(LinkKind.INVITATION, timedelta(days=7)), (LinkKind.NEW_PASSWORD, timedelta(hours=1))]
)
def test_a_link_ends_with_its_time(database, monkeypatch, kind, lasts):
    member = make.staff_member(Role.WORKSHOP)
    member.password_hash = "" if kind is LinkKind.INVITATION else member.password_hash
    link, token = make_link(member)
    db.session.commit()
    now = clock.now()

    monkeypatch.setattr(clock, "now", lambda: now + lasts - timedelta(seconds=5))
    before = working_link(token)
    monkeypatch.setattr(clock, "now", lambda: now + lasts)

    assert link.kind is kind
    assert (before is not None, working_link(token)) == (True, None)


def test_a_newer_link_a_changed_password_and_ended_access_void_a_link(database):
    member = make.staff_member(Role.WORKSHOP)
    older, newer = make_link(member)[1], make_link(member)[1]
    void = [working_link(older)]
    use_link(working_link(make_link(member)[1]), NEW)
    void.append(working_link(newer))
    token = make_link(member)[1]
    set_access(member, is_active=False)
    void.append(working_link(token))

    assert void == [None, None, None]


def test_the_token_stands_in_the_database_only_as_its_digest(administrator):
    member = make.staff_member(Role.WORKSHOP)
    token = path_in(administrator.post(f"/staff/{member.id}/link").text).rpartition("/")[2]

    db.session.rollback()
    digest = db.session.query(OneTimeLink.token_digest).scalar()

    assert len(token) == 43
    assert token not in digest


def test_two_who_use_one_link_at_once_set_one_password(app, database):
    member = make.staff_member(Role.WORKSHOP)
    token = make_link(member)[1]
    db.session.commit()
    statuses, gate = [], threading.Barrier(2, timeout=20)

    def use(word: str) -> None:
        gate.wait()
        with app.app_context():
            answer = app.test_client().post(f"/link/{token}", data={"new_password": word, "again": word})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=use, args=(word,)) for word in (NEW, NEW + " b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [303, 410]


def test_the_page_of_a_link_is_kept_nowhere(administrator):
    member = make.staff_member(Role.WORKSHOP)

    answer = administrator.post(f"/staff/{member.id}/link", data={"idempotency_key": "k1"})
    again = administrator.post(f"/staff/{member.id}/link", data={"idempotency_key": "k1"})

    assert answer.headers["Cache-Control"] == "no-store"
    assert (again.status_code, again.location) == (303, f"/staff/{member.id}")


def test_a_weak_password_or_two_that_differ_are_refused_and_not_shown(database, stranger):
    token = make_link(make.staff_member(Role.WORKSHOP, name="Olga Oja"))[1]
    db.session.commit()

    weak = stranger.post(f"/link/{token}", data={"new_password": "Stonepower2026!", "again": "Stonepower2026!"})
    unlike = stranger.post(f"/link/{token}", data={"new_password": NEW, "again": NEW + "x"})

    assert (weak.status_code, unlike.status_code) == (422, 422)
    assert "ei saa olla nimeäsi" in weak.text
    assert "Stonepower2026" not in weak.text
    assert "eivät ole samat" in unlike.text


def test_changing_ones_own_password_ends_the_other_sign_ins(app, office):
    elsewhere = app.test_client()
    member = office.member_id
    key = sign_in(member_with(member))
    db.session.commit()
    with elsewhere.session_transaction() as session:
        session["sign_in"] = key
    before = elsewhere.get("/account/").status_code

    answer = office.post("/account/password", data={"password": make.PASSWORD, **TWICE})

    assert (before, answer.status_code) == (200, 303)
    assert (office.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 303)
    assert check_password(member_with(member).email, NEW) is not None


def test_a_copied_key_is_worth_nothing_after_the_password_changed(app, office):
    with office.session_transaction() as session:
        key = session["sign_in"]
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["sign_in"] = key

    office.post("/account/password", data={"password": make.PASSWORD, **TWICE})

    assert (office.get("/account/").status_code, thief.get("/account/").status_code) == (200, 303)


def test_ones_own_password_is_changed_only_with_the_one_in_use(office):
    wrong = office.post("/account/password", data={"password": "väärä salasana tässä", **TWICE})

    assert wrong.status_code == 422
    assert "Nykyinen salasana ei täsmää" in wrong.text


def test_guessing_the_password_in_use_is_held_back(office):
    for _ in range(5):
        office.post("/account/password", data={"password": "väärä salasana tässä", **TWICE})

    held = office.post("/account/password", data={"password": make.PASSWORD, **TWICE})

    assert held.status_code == 429
    assert held.headers["Retry-After"]
    db.session.rollback()
    assert db.session.scalars(select(SignInFact.outcome)).all() == [Outcome.TURNED_AWAY] * 5


def test_only_an_administrator_makes_links(app, office):
    other = visitor(app, Role.WORKSHOP, "Pekka")

    assert office.post(f"/staff/{other.member_id}/link").status_code == 403

"""Signing in: the same answer for every name, held back tries, sessions that end, and proof before weighty acts."""

import statistics
import threading
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db, reading
from rockrobot.staff import actions, queries
from rockrobot.staff.models import SignIn, SignInFact
from rockrobot.staff.rules import Ending, Outcome
from rockrobot.throttles.models import Throttle
from tests import make

EMAIL = "olga@rockrobot.example"


@pytest.fixture
def olga(database):
    return make.staff_member(Role.CUSTOMER_CARE, name="Olga", email=EMAIL)


def try_in(browser, password: str = make.PASSWORD, email: str = EMAIL, **rest):
    return browser.post("/sign-in", data={"email": email, "password": password}, **rest)


def later(monkeypatch, **span) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(**span))


def key_of(browser) -> str | None:
    with browser.session_transaction() as session:
        return session.get("sign_in")


def test_unknown_disabled_and_invited_names_are_answered_alike(stranger, olga):
    disabled = make.staff_member(Role.WORKSHOP, email="pois@rockrobot.example")
    actions.set_access(disabled, is_active=False)
    actions.make_member("Kutsuttu", "kutsuttu@rockrobot.example", Role.WORKSHOP)
    db.session.commit()
    names = (EMAIL, "nobody@rockrobot.example", "pois@rockrobot.example", "kutsuttu@rockrobot.example")

    answers = [try_in(stranger, "väärä salasana tässä", name) for name in names]
    answers.append(try_in(stranger, make.PASSWORD, "pois@rockrobot.example"))

    assert {answer.status_code for answer in answers} == {422}
    assert all("Sähköposti tai salasana ei täsmää" in answer.text for answer in answers)
    assert all("Pyydä ylläpidolta linkki" in answer.text for answer in answers)
    assert len({len(a.text.replace(n, "")) for a, n in zip(answers, (*names, names[2]), strict=True)}) == 1


def test_the_answer_takes_as_long_for_an_unknown_name(database, olga, monkeypatch):
    monkeypatch.setattr(actions, "hasher", PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1))
    actions.set_password(olga, make.PASSWORD)
    actions.check_password("nobody@rockrobot.example", "x")

    spans: dict[str, list[float]] = {EMAIL: [], "nobody@rockrobot.example": []}
    for email in list(spans) * 40:
        begun = time.process_time()
        actions.check_password(email, "väärä salasana tässä")
        spans[email].append(time.process_time() - begun)
    known, unknown = (statistics.median(times) for times in spans.values())

    assert 0.8 <= unknown / known <= 1.25


def test_a_password_that_is_too_long_is_never_hashed(stranger, olga, monkeypatch):
    monkeypatch.setattr(actions, "hasher", None)

    answer = try_in(stranger, "x" * 1_000_000)

    assert answer.status_code == 422
    assert "ei täsmää" in answer.text


@pytest.mark.parametrize("email", [EMAIL, "nobody@rockrobot.example"])
def test_the_sixth_try_waits_and_says_how_long(stranger, olga, email):
    tries = [try_in(stranger, "väärä salasana tässä", email) for _ in range(5)]

    held = try_in(stranger, make.PASSWORD, email)

    assert {answer.status_code for answer in tries} == {422}
    assert held.status_code == 429
    assert 0 < int(held.headers["Retry-After"]) <= 60
    assert "Liian monta yritystä peräkkäin. Odota 1 minuutti" in held.text
    assert email in held.text


def test_holding_one_name_back_lets_others_in_and_ends_after_a_while(app, stranger, olga, monkeypatch):
    make.staff_member(Role.WORKSHOP, email="pekka@rockrobot.example")
    for _ in range(5):
        try_in(stranger, "väärä salasana tässä")

    other = try_in(app.test_client(), email="pekka@rockrobot.example")
    later(monkeypatch, seconds=61)

    assert other.status_code == 303
    assert try_in(stranger).status_code == 303


def test_many_names_from_one_address_are_held_back_too(stranger, olga):
    for number in range(20):
        try_in(stranger, "väärä salasana tässä", f"{number}@rockrobot.example")

    held, elsewhere = try_in(stranger), try_in(stranger, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert (held.status_code, elsewhere.status_code) == (429, 303)


def test_a_stranger_who_guesses_at_the_door_holds_nobody_inside_back(app, office):
    elsewhere, email = app.test_client(), queries.member_with(office.member_id).email
    for _ in range(6):
        try_in(elsewhere, "väärä salasana tässä", email)
    new = {"new_password": "aivan tuore tunnuslause", "again": "aivan tuore tunnuslause"}

    door = try_in(elsewhere, email=email)
    confirmed = office.post("/sign-in/confirm", data={"password": make.PASSWORD})
    changed = office.post("/account/password", data={"password": make.PASSWORD} | new)

    assert (door.status_code, confirmed.status_code, changed.status_code) == (429, 303, 303)


def test_a_thief_of_a_sign_in_guesses_in_it_five_times_and_its_owner_comes_in_anew(app, office):
    guess = {"password": "väärä salasana tässä", "new_password": "aivan tuore lause", "again": "aivan tuore lause"}
    guesses = [office.post("/sign-in/confirm", data=guess).status_code for _ in range(3)]
    guesses += [office.post("/account/password", data=guess).status_code for _ in range(2)]

    held = [office.post(path, data=guess).status_code for path in ("/sign-in/confirm", "/account/password")]
    anew = try_in(app.test_client(), email=queries.member_with(office.member_id).email)

    assert (guesses, held, anew.status_code) == ([422] * 5, [429] * 2, 303)


def test_success_forgets_the_tries_at_the_name(stranger, olga):
    for _ in range(4):
        try_in(stranger, "väärä salasana tässä")
    try_in(stranger)

    db.session.rollback()

    assert [row.tries for row in db.session.scalars(select(Throttle))] == [4]
    assert not any(EMAIL in row.subject for row in db.session.scalars(select(Throttle)))


def test_many_tries_at_once_do_not_slip_through(app, olga):
    statuses, gate = [], threading.Barrier(12, timeout=20)

    def try_once() -> None:
        gate.wait()
        with app.app_context():
            statuses.append(try_in(app.test_client(), "väärä salasana tässä").status_code)

    threads = [threading.Thread(target=try_once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [422] * 5 + [429] * 7


def test_many_who_sign_in_at_once_all_get_in(app, olga):
    statuses, gate = [], threading.Barrier(4, timeout=20)

    def sign_in() -> None:
        with app.app_context():
            for _ in range(5):
                gate.wait()
                statuses.append(try_in(app.test_client()).status_code)

    threads = [threading.Thread(target=sign_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [303] * 20


def test_signing_in_gives_a_key_of_its_own_and_takes_none_that_was_brought(stranger, olga):
    with stranger.session_transaction() as session:
        session["sign_in"] = "key-set-by-an-attacker"
        session["planted"] = "stays?"

    try_in(stranger)

    with stranger.session_transaction() as session:
        assert session["sign_in"] != "key-set-by-an-attacker"
        assert "planted" not in session


def test_a_cookie_kept_aside_is_worth_nothing_after_signing_out(app, stranger, olga):
    try_in(stranger)
    key = key_of(stranger)
    copy = app.test_client()
    with copy.session_transaction() as session:
        session["sign_in"] = key
    before = copy.get("/account/").status_code

    answer = stranger.post("/sign-out")

    assert before == 200
    assert copy.get("/account/").status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_a_cookie_kept_aside_is_worth_nothing_after_signing_in_again(app, stranger, olga):
    try_in(stranger)
    copy = app.test_client()
    with copy.session_transaction() as session:
        session["sign_in"] = key_of(stranger)
    before = copy.get("/account/").status_code

    try_in(stranger)

    assert (before, copy.get("/account/").status_code, stranger.get("/account/").status_code) == (200, 303, 200)


@pytest.mark.parametrize(("span", "status"), [({"minutes": 29}, 200), ({"minutes": 31}, 303), ({"hours": 13}, 303)])
def test_a_sign_in_ends_after_half_an_hour_of_rest(office, monkeypatch, span, status):
    later(monkeypatch, **span)

    assert office.get("/").status_code == status


def test_a_sign_in_in_use_ends_after_twelve_hours(office, monkeypatch):
    now, statuses = clock.now(), []

    for minutes in range(0, 13 * 60, 20):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        statuses.append(office.get("/account/").status_code)

    assert statuses == [200] * 36 + [303] * 3


def test_last_seen_is_written_at_most_once_a_minute(office, monkeypatch):
    def seen() -> object:
        db.session.rollback()
        return db.session.scalar(select(SignIn.seen_at).where(SignIn.staff_member_id == office.member_id))

    first = seen()
    later(monkeypatch, seconds=50)
    office.get("/account/")
    same = seen()
    later(monkeypatch, seconds=20)
    office.get("/account/")

    assert (same == first, seen() > first) == (True, True)


@pytest.mark.parametrize("name", ["Kivi Oy", ""])
def test_who_sends_forms_and_opens_nothing_stays_signed_in(office, monkeypatch, name):
    statuses = []

    for number in range(4):
        later(monkeypatch, minutes=20)
        form = {"name": name and f"{name} {number}", "kind": "owner", "idempotency_key": f"k-{number}"}
        statuses.append(office.post("/companies/new", data=form).status_code)

    assert statuses == [303 if name else 422] * 4
    assert office.get("/").status_code == 200


def test_sending_a_form_does_not_bring_an_ended_sign_in_back(office, monkeypatch):
    later(monkeypatch, minutes=31)

    office.post("/theme", data={"theme": "dark"})

    assert office.get("/").status_code == 303


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(office, monkeypatch):
    poll = {"HX-Request": "true", "HX-Current-URL": "http://localhost/jobs", "X-Unasked": "1"}
    answers = []

    for _ in range(4):
        later(monkeypatch, minutes=10)
        answers.append(office.get("/jobs", headers=poll))

    assert [answer.status_code for answer in answers] == [200, 200, 204, 204]
    assert answers[-1].headers["HX-Redirect"] == "/sign-in?next=/jobs"


def test_a_request_under_way_does_not_bring_an_ended_sign_in_back(app, office, monkeypatch):
    row = queries.sign_in_for(key_of(office))
    last_seen = row.seen_at
    actions.end_sign_ins(row.staff_member, Ending.SIGNED_OUT_BY)
    db.session.commit()
    later(monkeypatch, minutes=5)

    with reading():
        actions.keep_alive(row)
        db.session.rollback()
    key = actions.confirm(row)
    db.session.commit()

    assert (key, row.seen_at) == (None, last_seen)
    assert office.get("/").status_code == 303


def test_how_tries_ended_stands_in_the_ledger(stranger, olga):
    try_in(stranger, "väärä salasana tässä")
    try_in(stranger, "väärä salasana tässä", "nobody@rockrobot.example")
    try_in(stranger)
    stranger.post("/sign-out")

    db.session.rollback()
    facts = [(fact.outcome, fact.staff_member_id) for fact in db.session.scalars(select(SignInFact))]

    assert facts == [
        (Outcome.TURNED_AWAY, olga.id),
        (Outcome.TURNED_AWAY, None),
        (Outcome.SIGNED_IN, olga.id),
        (Outcome.SIGNED_OUT, olga.id),
    ]


def test_a_weighty_act_asks_again_who_they_are_and_goes_on(administrator, monkeypatch):
    fresh = administrator.get("/staff/new").status_code
    later(monkeypatch, minutes=6)

    asked = administrator.get("/staff/new")
    wrong = administrator.post("/sign-in/confirm", data={"password": "väärä salasana tässä", "next": "/staff/new"})
    old_key = key_of(administrator)
    right = administrator.post("/sign-in/confirm", data={"password": make.PASSWORD, "next": "/staff/new"})

    assert (fresh, asked.status_code, asked.location) == (200, 303, "/sign-in/confirm?next=/staff/new")
    assert (wrong.status_code, right.status_code, right.location) == (422, 303, "/staff/new")
    assert "Salasana ei täsmää." in wrong.text
    assert administrator.get("/staff/new").status_code == 200
    assert key_of(administrator) != old_key
    assert queries.sign_in_for(old_key) is None


def test_a_weighty_act_without_fresh_proof_changes_nothing(administrator, monkeypatch):
    member = make.staff_member(Role.WORKSHOP, name="Pekka")
    later(monkeypatch, minutes=6)

    answer = administrator.post(f"/staff/{member.id}/edit", data={"name": "Pekka", "role": "administrator"})

    db.session.refresh(member)
    assert answer.status_code == 303
    assert member.role is Role.WORKSHOP


@pytest.mark.parametrize(
    "target",
    [
        "//e.t",
        "/\\e.t",
        "\\\\e.t",
        "https:e.t",
        "http:///e.t",
        "\t//e.t",
        "/%09/e.t",
        "javascript:x",
        "/..//e.t",
        "/ok\r\nX: y",
    ],
)
def test_no_address_leads_out_of_the_house(stranger, olga, target):
    answer = stranger.post("/sign-in", data={"email": EMAIL, "password": make.PASSWORD, "next": target})

    assert (answer.status_code, answer.location) == (303, "/")


def test_the_token_of_the_form_guards_signing_in(app, stranger, olga):
    answer = try_in(stranger, headers={"X-CSRFToken": "wrong"})

    assert answer.status_code == 400

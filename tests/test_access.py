"""Every door has its mark, strangers are led to sign-in, and every answer carries the headers."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from rockrobot.access import Role, allow, permission_of
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.staff.models import SignIn
from tests import make
from tests.access_table import addresses

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
OPEN_TO_ALL = {
    "staff.choose_language",
    "staff.sign_in",
    "passwords.use_link",
    "second_factors.enter_code",
    "second_factors.first",
    "passkeys.enter",
    "calendars.feed",
    "desk.health",
    "desk.components",
}
NOT_FOR_ADMINISTRATORS = (
    "contacts.",
    "contact_files.",
    "letters.",
    "recalls.",
    "replies.",
    "follow_ups.",
    "traces.",
    "reports.",
)


def test_every_endpoint_names_its_roles_and_its_event(app):
    with app.app_context():
        unmarked = [e for e in app.view_functions if e != "static" and permission_of(e) is None]
        nameless = [e for e in app.view_functions if (mark := permission_of(e)) and not mark.event]

    assert unmarked == []
    assert nameless == []


def test_only_a_few_pages_are_open_to_strangers(app):
    with app.app_context():
        is_open = {e for e in app.view_functions if (mark := permission_of(e)) and mark.roles is None}

    assert is_open == OPEN_TO_ALL


def test_an_undo_is_offered_only_after_asking_who_may():
    """Its roles are not enough: whose act it is counts too."""
    lines = [line for path in TEMPLATES.rglob("*.html") for line in path.read_text().splitlines()]

    forward = [
        line for line in lines if re.search(r"url_for\(.desk\.undo", line) and 'may_open("desk.undo", ' not in line
    ]

    assert forward == []


def test_url_parameters_are_typed(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    loose = [rule.rule for rule in rules if "<" in rule.rule and ":" not in rule.rule and "any(" not in rule.rule]

    assert loose == []


def test_administrators_see_no_personal_data(app):
    with app.app_context():
        marks = {e: permission_of(e) for e in app.view_functions if e.startswith(NOT_FOR_ADMINISTRATORS)}

    seen = [e for e, mark in marks.items() if mark and Role.ADMINISTRATOR in (mark.roles or ())]

    assert seen == []


def test_a_stranger_by_htmx_is_sent_to_sign_in(stranger):
    response = stranger.get("/devices/", headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/sign-in")


def test_a_form_without_its_token_is_refused_and_changes_nothing(app, office):
    office.application.config["WTF_CSRF_CHECK_DEFAULT"] = True

    response = office.post("/theme", data={"theme": "dark"}, headers={"X-CSRFToken": "wrong"})

    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/static/css/app.css", "/no-such-page", "/health"])
def test_every_answer_carries_the_headers(stranger, path):
    headers = stranger.get(path).headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_signing_in_and_out(app, database, stranger):
    make.staff_member(Role.CUSTOMER_CARE, name="Olga", email="olga@rockrobot.example")

    wrong = stranger.post("/sign-in", data={"email": "olga@rockrobot.example", "password": "arvaus"})
    right = stranger.post(
        "/sign-in", data={"email": "Olga@rockrobot.example", "password": make.PASSWORD, "next": "/devices/"}
    )
    inside = stranger.get("/devices/")
    stranger.post("/sign-out")

    assert wrong.status_code == 422
    assert "ei täsmää" in wrong.text
    assert (right.status_code, right.location, inside.status_code) == (303, "/devices/", 200)
    assert stranger.get("/devices/").status_code == 303


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_sign_in_never_leads_out_of_the_house(app, database, stranger, target):
    make.staff_member(Role.CUSTOMER_CARE, email="olga@rockrobot.example")

    response = stranger.post(
        "/sign-in", data={"email": "olga@rockrobot.example", "password": make.PASSWORD, "next": target}
    )

    assert response.location == "/"


def test_the_cookie_key_stands_in_the_database_only_as_its_digest(app, office):
    with office.session_transaction() as session:
        key = session["sign_in"]

    stored = db.session.scalars(select(SignIn.key_digest)).all()

    assert key not in stored
    assert all(len(digest) == 64 for digest in stored)


def test_a_view_of_a_person_is_logged_with_who_saw(app, office):
    person = make.person("Aino", "Aho")

    assert office.get(f"/people/{person.id}").status_code == 200

    views = db.session.execute(select(LedgerEntry.row_id).where(LedgerEntry.action == "view")).all()
    assert [row.row_id for row in views] == [person.id]


def test_a_page_that_forgets_to_log_is_not_shown(app, office):
    make.person()

    def forgetful() -> str:
        db.session.execute(select(db.metadata.tables["people"])).all()
        return "names"

    view = allow(Role.CUSTOMER_CARE, event="test.forgetful")(forgetful)
    app.view_functions["desk.index"], kept = view, app.view_functions["desk.index"]
    try:
        with pytest.raises(Exception, match="does not log it"):
            office.get("/")
    finally:
        app.view_functions["desk.index"] = kept


def test_a_form_that_reads_people_and_forgets_to_log_is_not_shown(app, office, monkeypatch):
    make.person()

    def forgetful() -> str:
        db.session.execute(select(db.metadata.tables["people"])).all()
        return "names"

    monkeypatch.setitem(app.view_functions, "parts.new", allow(Role.CUSTOMER_CARE, event="test.forgetful")(forgetful))

    with pytest.raises(Exception, match="does not log it"):
        office.post("/parts/new")


def test_a_forgotten_mark_means_no_entry(app, office):
    app.view_functions["desk.index"], kept = (lambda: "secret"), app.view_functions["desk.index"]
    try:
        assert office.get("/").status_code == 403
    finally:
        app.view_functions["desk.index"] = kept


TOO_LARGE = 2**31


def test_an_id_that_no_column_holds_leads_nowhere(app, office):
    numbered = [
        (rule, method, path)
        for (rule, method), path in addresses(app, a_number=TOO_LARGE).items()
        if str(TOO_LARGE) in path
    ]

    answers = {(rule, method): office.open(path, method=method).status_code for rule, method, path in numbered}

    assert len(answers) > 50
    assert {door: status for door, status in answers.items() if status not in {404, 405}} == {}


@pytest.mark.parametrize("path", ["/r/TV-2026-001%00", "/invitations/%00a"])
def test_a_text_that_no_column_holds_leads_nowhere(office, path):
    assert office.get(path).status_code == 404


@pytest.mark.parametrize("name", ["model", "page", "company", "batch_id"])
def test_a_number_asked_for_that_no_column_holds_finds_nothing(office, name):
    assert office.get(f"/devices/?{name}={'9' * 30}").status_code == 200
    assert office.get(f"/people/?{name}={'9' * 30}").status_code == 200


@pytest.mark.parametrize(("headers", "status"), [({}, 303), ({"HX-Request": "true"}, 204)])
def test_a_form_sent_without_a_session_leads_to_sign_in(stranger, headers, status):
    answer = FlaskClient.open(stranger, "/devices/new", method="POST", headers=headers)

    assert answer.status_code == status


def test_the_strict_transport_header_follows_the_address_of_the_house(stranger):
    plain = stranger.get("/sign-in").headers
    stranger.application.config["SESSION_COOKIE_SECURE"] = True
    try:
        secure = stranger.get("/sign-in").headers
    finally:
        stranger.application.config["SESSION_COOKIE_SECURE"] = False

    assert "Strict-Transport-Security" not in plain
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"

"""A database that is busy says so in time, and what was typed can be sent again."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from rockrobot import ledger
from rockrobot.contacts.models import Company
from rockrobot.db import db, is_sqlite
from rockrobot.errors import unexpected_error
from tests import make


@pytest.fixture
def impatient(database, monkeypatch):
    monkeypatch.setattr(sys.modules["rockrobot.db"], "BUSY_TIMEOUT_MILLISECONDS", 50)
    db.session.rollback()
    db.engine.dispose()
    yield
    monkeypatch.undo()
    db.session.rollback()
    db.engine.dispose()


def test_a_fault_of_ours_is_told_by_the_number_it_has_in_the_log_and_without_its_words(app, database):
    with app.test_request_context("/people/?q=salainen"), capture_logs() as lines:
        page, code = unexpected_error(RuntimeError("salainen"))

    assert code == 500
    assert f"Vian tunnus on {lines[0]['fault_id']}." in page
    assert "salainen" not in page + repr(lines)


def test_so_is_one_that_comes_when_the_page_is_made_already(app, office, monkeypatch):
    def breaks() -> None:
        raise RuntimeError("salainen")

    monkeypatch.setattr(ledger, "write_due_views", breaks)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with capture_logs() as lines:
        answer = office.get("/parts/")

    assert answer.status_code == 500
    assert f"Vian tunnus on {lines[0]['fault_id']}." in answer.text
    assert "salainen" not in answer.text


@contextmanager
def locked_by_another() -> Iterator[None]:
    """Somebody else writes and takes their time."""
    with db.engine.begin() as connection:
        if not is_sqlite():
            connection.execute(text("LOCK TABLE ledger_entries, companies, idempotency_keys"))
        yield


def test_a_form_that_met_a_busy_database_is_sent_again_from_the_page(office, impatient):
    typed = {"name": 'Kivi & "Louhi" Oy', "country": "FI", "language": "fi"}
    with locked_by_another():
        answer = office.post("/companies/new", data=typed)
    stored = db.session.scalar(select(Company.name))
    db.session.rollback()

    fields = re.findall(r'name="(\w+)" value="([^"]*)"', answer.text.split("<form")[1])
    offered = {name: unescape(value) for name, value in fields}
    again = office.post("/companies/new", data=offered)

    assert (answer.status_code, answer.headers["Retry-After"], stored) == (503, "5", None)
    assert "Rekisteri on hetken varattu" in answer.text
    assert again.status_code == 303
    assert db.session.scalar(select(Company.name)) == typed["name"]


def test_a_page_that_can_not_log_its_view_is_not_shown_but_offered_again(office, impatient):
    address = f"/people/{make.person('Aino', 'Aho').id}"
    db.session.commit()

    with locked_by_another():
        answer = office.get(address)

    assert answer.status_code == 503
    assert "Aino" not in answer.text
    assert '<a class="button primary" href="">' in answer.text


def test_a_password_is_never_sent_back(stranger, impatient):
    with locked_by_another():
        answer = stranger.post("/sign-in", data={"email": "aino@kivi.example", "password": "salainen lause täällä"})

    assert answer.status_code == 503
    assert "salainen" not in answer.text


def test_a_fragment_tells_it_too(office, impatient):
    with locked_by_another():
        answer = office.post("/companies/new", data={"name": "Kivi Oy"}, headers={"HX-Request": "true"})

    assert answer.status_code == 503
    assert "Rekisteri on hetken varattu" in answer.text
    assert "<html" not in answer.text


def test_a_form_with_errors_that_can_not_log_its_view_is_not_shown(office, impatient):
    address = f"/merges/people/{make.person('Aino', 'Aho').id}/{make.person('Eero', 'Eho').id}"
    db.session.commit()

    with locked_by_another():
        answer = office.post(address)

    assert answer.status_code == 503
    assert "Eero" not in answer.text
    assert answer.headers["Content-Security-Policy"]

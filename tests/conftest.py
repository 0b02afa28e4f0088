"""The app on both databases, and the people who use it."""

import contextvars
import functools
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, TextClause, event, text

import config
from rockrobot import chain, create_app, ledger
from rockrobot.access import Role
from rockrobot.db import db, is_sqlite
from rockrobot.staff import actions as staff_actions
from rockrobot.staff.queries import row_of_key
from tests import make
from tests.events_seen import (
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.loopback import only_loopback
from tests.postgres import PostgreSQL

__all__ = ["pytest_configure", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]
SHARED = Path(__file__).resolve().parents[2] / "shared"
SECRET = "test-secret-that-is-long-enough-to-pass-checks"
CSRF = "raw-token-of-the-tests"
EMPTYINGS_TO_A_TRUNCATE = 40
emptyings = itertools.count(1)
RESTART = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)


class Visitor(FlaskClient):
    """A browser: each request in a context of its own, forms carry their token."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.copy_context().run(self._open_alone, *args, **kwargs)

    def _open_alone(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("method") == "POST" and "X-CSRFToken" not in (kwargs.get("headers") or {}):
            token = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(CSRF)
            kwargs["headers"] = dict(kwargs.get("headers") or {}) | {"X-CSRFToken": token}
            with self.session_transaction() as session:
                session["csrf_token"] = CSRF
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def settings(data_dir: Path, url: str, **rest: Any) -> config.Config:
    """Test settings on this database."""
    return config.Config(
        secret_key=SECRET, data_dir=data_dir, database_url=url, environment="development", is_testing=True, **rest
    )


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    """What a test stores need not outlive a power cut; the server of PostgreSQL is told the same."""
    if isinstance(connection, pysqlite3.dbapi2.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with PostgreSQL() as server:
        yield server


ON_ONE_DATABASE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("data")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'rockrobot.db'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    app = create_app(settings(folder, url))
    app.test_client_class = Visitor
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(tmp_path_factory.getbasetemp().parent))
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            chain.lift_triggers(connection)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    staff_actions.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """Nothing that a test runs calls anybody but those who listen on this machine."""
    with only_loopback():
        yield


@pytest.fixture
def database(app: Flask) -> Iterator[Any]:
    """An empty database inside an app context, with an act announced for what the test itself writes."""
    with app.app_context(), ledger.change_set("test", actor="test"):
        yield db
        db.session.rollback()
        db.session.remove()
        with db.engine.begin() as connection:
            empty(connection)


@functools.cache
def _ask_which_are_filled() -> TextClause:
    return text(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {t})" for t in db.metadata.tables))


def empty(connection: Any) -> None:
    """Delete every row, children first, and begin every number anew."""
    filled = set(connection.scalars(_ask_which_are_filled()))
    token = ledger.writing.set(True)
    if is_sqlite(connection):
        for table in reversed(db.metadata.sorted_tables):
            if table.name in filled:
                connection.execute(table.delete())
    else:
        if filled:
            connection.execute(text(_emptying(sorted(filled))))
        connection.execute(text(RESTART))
    ledger.writing.reset(token)


def _emptying(filled: list[str]) -> str:
    """The statement that empties tables of PostgreSQL, whichever point to which.

    TRUNCATE makes new files for each table and index, and takes seven times as long. It is used now and then all the
    same, since deleted rows stay in their place.
    """
    if next(emptyings) % EMPTYINGS_TO_A_TRUNCATE == 0:
        return f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE"
    return "SET LOCAL session_replication_role = replica;" + ";".join(f"DELETE FROM {name}" for name in filled)


def _keep(client: FlaskClient, key: str) -> None:
    """Put the sign-in into the browser's cookie; what this request forgets must not be the test's own act."""
    with client.session_transaction() as session:
        session["sign_in"] = key


def visitor(app: Flask, role: Role, name: str) -> Visitor:
    """A browser in which a new member of staff with this role is signed in."""
    member = make.staff_member(role, name=name)
    key = staff_actions.sign_in(member)
    staff_actions.say_purpose(row_of_key(key), "contact")
    db.session.commit()
    client = app.test_client()
    contextvars.copy_context().run(_keep, client, key)
    client.member_id = member.id
    return client


@pytest.fixture
def office(app: Flask, database: Any) -> Visitor:
    """Customer care."""
    return visitor(app, Role.CUSTOMER_CARE, "Olga Office")


@pytest.fixture
def supervisor(app: Flask, database: Any) -> Visitor:
    """A second person of customer care, who approves."""
    return visitor(app, Role.CUSTOMER_CARE, "Esa Esimies")


@pytest.fixture
def workshop(app: Flask, database: Any) -> Visitor:
    return visitor(app, Role.WORKSHOP, "Pekka Paja")


@pytest.fixture
def protection(app: Flask, database: Any) -> Visitor:
    return visitor(app, Role.DATA_PROTECTION, "Tiina Tieto")


@pytest.fixture
def administrator(app: Flask, database: Any) -> Visitor:
    return visitor(app, Role.ADMINISTRATOR, "Yrjö Ylläpito")


@pytest.fixture
def stranger(app: Flask, database: Any) -> Visitor:
    """Somebody who is not signed in."""
    return app.test_client()

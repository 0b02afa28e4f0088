"""The database: one handle, naming of constraints, column types that mean the same on SQLite and PostgreSQL."""

import enum
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pysqlite3
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    any_,
    delete,
    event,
    exists,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateTable

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MILLISECONDS = 15_000
UNNESTED: Any = "unnested"  # a parent that every row has, of rows that may be joined themselves: SQLite reads the whole
# tables of a join inside a join; relationship() is typed for bool alone
_may_write: ContextVar[bool] = ContextVar("may_write", default=True)


class Base(DeclarativeBase):
    """Every table of the register."""

    metadata = MetaData(naming_convention=NAMING)

    if TYPE_CHECKING:
        __table__: ClassVar[Table]


db = SQLAlchemy(model_class=Base)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its zone on the way in and out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC without a zone; a moment without a zone is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Word(TypeDecorator[enum.StrEnum]):
    """A word of the trade: a StrEnum kept as its text."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[enum.StrEnum]) -> None:
        super().__init__(40)
        self.words = words
        self._known = {word.value: word for word in words}  # asking the enum costs six times as much, for every cell

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse a word that the trade does not know (ValueError)."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> enum.StrEnum | None:  # noqa: ARG002
        """Give the word back (ValueError for one that the trade does not know)."""
        return None if value is None else self._known.get(value) or self.words(value)


@compiles(String, "sqlite")
@compiles(Date, "sqlite")
@compiles(DateTime, "sqlite")
@compiles(JSON, "sqlite")
def _as_text(_type: Any, _compiler: Any, **_options: Any) -> str:
    """STRICT tables know only TEXT, INTEGER, REAL and BLOB."""
    return "TEXT"


@compiles(Boolean, "sqlite")
@compiles(BigInteger, "sqlite")
def _as_integer(_type: Any, _compiler: Any, **_options: Any) -> str:
    return "INTEGER"


@compiles(CreateTable, "sqlite")
def _strict(create: CreateTable, compiler: Any, **options: Any) -> str:
    """Every SQLite table is STRICT, those that migrations re-make too."""
    text: str = compiler.visit_create_table(create, **options)
    return text.rstrip() + " STRICT" if "STRICT" not in text else text


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database at this URL; None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def engine_options(url: str) -> dict[str, Any]:
    """Options of the engine for this database URL."""
    if url.startswith("sqlite"):
        return {"module": pysqlite3}
    return {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read, so that on SQLite they hold no lock others wait for."""
    token = _may_write.set(False)
    try:
        yield
    finally:
        _may_write.reset(token)


def see_one_moment() -> None:
    """Let all that the transaction reads stand at one moment; called before its first statement.

    SQLite does so by itself. On PostgreSQL each statement sees what was stored before it began, so that of two that
    belong together the later would tell of what the former did not.
    """
    if not is_sqlite():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def forget(model: type[Base], old: ColumnElement[bool]) -> int:
    """Delete rows that no ledger holds, and commit; how many. Where there are none, nobody waits for a lock."""
    with reading():
        has_old = db.session.scalar(select(exists().where(old)))
        db.session.rollback()
    if not has_old:
        return 0
    count = db.session.execute(delete(model).where(old)).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return int(count)


def may_write(answer: bool) -> None:
    """Say for the rest of this context whether transactions begin with the write lock (SQLite)."""
    _may_write.set(answer)


@contextmanager
def writing_now() -> Iterator[None]:
    """Transactions begun inside take the write lock, also where the context around only reads."""
    token = _may_write.set(True)
    try:
        yield
    finally:
        _may_write.reset(token)


def writing_allowed() -> bool:
    """True when transactions of this context may write."""
    return _may_write.get()


def is_sqlite(connection: Connection | Engine | None = None) -> bool:
    """True when the register is kept in SQLite."""
    return (connection or db.engine).dialect.name == "sqlite"


def is_busy(error: OperationalError) -> bool:
    """True when the database was only too busy or away for a moment: the same may well succeed a little later.

    SQLite: somebody else held the write lock for too long. PostgreSQL: classes 08 (connection), 40 (rolled back for
    another), 53 (too many connections), 57P (going down or coming up), 55P03 (lock not had in time); none at all where
    it can't be reached.
    """
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    return not code or code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "08", "40", "53", "57P", "55P03"))


def is_made() -> bool:
    """True when the migrations have made the tables; asking makes no file where there is none (SQLite)."""
    path = db.engine.url.database if is_sqlite() else None
    with reading():
        return (path is None or Path(path).exists()) and inspect(db.engine).has_table("alembic_version")


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    """Durable and checked: WAL, full sync, foreign keys; what goes is overwritten; we alone begin transactions.

    Nobody waits longer than a while for what others have locked.
    """
    if not isinstance(connection, pysqlite3.dbapi2.Connection):
        connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
        connection.commit()
        return
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA cache_size=-65536")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A deferred transaction that turns to writing can fail at once; take the lock first when we may write."""
    if is_sqlite(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write.get() else "BEGIN")


def among(column: ColumnElement[Any], values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """True for rows whose id or text is among values, however many: one bound value, so no limit on their count."""
    if is_sqlite():
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    kind: Any = Text if isinstance(column.type, String) else BigInteger
    return column == any_(literal(list(values), ARRAY(kind)))

"""The chain under the ledger: its two tables, hashes, append-only triggers and verification.

Each entry carries the hash of the one before. It holds a salted commitment to the changed values; salt and values
stand in two columns of the same row that may be emptied (erasure) and nothing else, so the chain stays valid. A later
entry of the same row tells of the erasure: values emptied without one are a fault.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot.db import Base, Moment, is_sqlite

GENESIS = "0" * 64
CHUNK = 5_000
ADVISORY_LOCK = 7_265_001
ERASED, BLANKED, EMPTIED = "erase", "blank", "empty"
ERASURES = frozenset({ERASED, BLANKED, EMPTIED})
"""Actions that tell that what the chain held of a row before was emptied."""
COMMAND = "cli:"
"""How the names of those begin who give commands at the server."""

Change = tuple[str, str, int, dict[str, list[Any]] | None]


class ChangeSet(Base):
    """One act: who, when, from which screen or command, for what purpose."""

    __tablename__ = "change_sets"
    __table_args__ = (Index(None, "at"), {"info": {"ledger": False}})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text, default="")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("change_sets.id"), index=True)


class LedgerEntry(Base):
    """One touched or viewed row, chained to the entry before."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index(None, "change_set_id"),
        Index(None, "table_name", "row_id"),
        {"info": {"ledger": False}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_sets.id"))
    action: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    changes: Mapped[dict[str, list[Any]] | None] = mapped_column(JSON(none_as_null=True))
    commitment: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Verdict:
    """What verification found: how many entries were read, the first thing that does not add up, the last entry."""

    entries: int
    fault: str | None = None
    head: str = GENESIS
    last_id: int = 0


def canonical(value: Any) -> bytes:
    """The one way a value is written before it is hashed: JSON, sorted, without spaces, UTF-8."""
    return _ENCODER.encode(value).encode()


def commit_to(salt: bytes, changes: Any) -> str:
    """The salted commitment that stands in the chain for the changed values (HMAC-SHA256, hexadecimal)."""
    return hmac.digest(salt, canonical(changes), "sha256").hex()


def act_digest(row: Sequence[Any]) -> str:
    """Digest of a change set (id, at, actor, event, purpose, undoes), which every entry of it carries in its hash."""
    id_, at, actor, event, purpose, undoes_id = row
    return hashlib.sha256(canonical([id_, at.isoformat(), actor, event, purpose, undoes_id])).hexdigest()


def entry_hash(previous: str, act: str, action: str, table: str, row_id: int, commitment: str) -> str:
    """The chained hash of an entry after the hash of the one before (SHA-256, hexadecimal)."""
    return hashlib.sha256("|".join((previous, act, action, table, str(row_id), commitment)).encode()).hexdigest()


def _acts(connection: Connection, *ids: int) -> dict[int, str]:
    columns = ChangeSet.__table__.c
    statement = select(
        columns.id, columns.at, columns.actor, columns.event, columns.purpose, columns.undoes_id
    ).order_by(columns.id)
    if ids:
        statement = statement.where(columns.id.in_(ids))
    return {row.id: act_digest(row) for row in connection.execute(statement)}


def _chained(previous: str, act: str, change_set_id: int, rows: Iterable[Change]) -> Iterator[dict[str, Any]]:
    for action, table, row_id, changes in rows:
        salt = secrets.token_bytes(16)
        commitment = commit_to(salt, changes)
        digest = entry_hash(previous, act, action, table, row_id, commitment)
        yield {
            "change_set_id": change_set_id,
            "action": action,
            "table_name": table,
            "row_id": row_id,
            "salt": salt,
            "changes": changes,
            "commitment": commitment,
            "previous_hash": previous,
            "hash": digest,
        }
        previous = digest


def append(connection: Connection, change_set_id: int, rows: Iterable[Change]) -> None:
    """Append rows (action, table, row id, changes) to the chain, inside the running transaction."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    newest = select(LedgerEntry.hash).order_by(LedgerEntry.id.desc()).limit(1)
    previous = connection.scalar(newest) or GENESIS
    act = _acts(connection, change_set_id)[change_set_id]
    chunk: list[dict[str, Any]] = []
    for entry in _chained(previous, act, change_set_id, rows):
        chunk.append(entry)
        if len(chunk) == CHUNK:
            connection.execute(LedgerEntry.__table__.insert(), chunk)
            chunk = []
    if chunk:
        connection.execute(LedgerEntry.__table__.insert(), chunk)


def verify(connection: Connection, progress: Callable[[int], None] | None = None) -> Verdict:
    """Walk the whole chain: every hash follows from the one before, every kept value matches its commitment.

    Gaps in ids are allowed (rolled back inserts on PostgreSQL), and emptied values where a later entry tells that the
    row was erased. progress: told after every 5,000 entries how many were read.
    """
    acts = _acts(connection)
    unexplained: dict[tuple[str, int], int] = {}
    columns = LedgerEntry.__table__.c
    statement = select(*columns).order_by(columns.id).execution_options(yield_per=CHUNK)
    previous, count, last_id = GENESIS, 0, 0
    for row in connection.execute(statement):
        count += 1
        if progress and count % CHUNK == 0:
            progress(count)
        fault = _fault(row, previous, acts.get(row.change_set_id, ""))
        if fault:
            return Verdict(count, f"{fault}: entry {row.id}", previous, last_id)
        previous, last_id = row.hash, row.id
        if row.action in ERASURES:
            unexplained.pop((row.table_name, row.row_id), None)
        elif row.salt is None:
            unexplained.setdefault((row.table_name, row.row_id), row.id)
    fault = f"emptied values: entry {min(unexplained.values())}" if unexplained else None
    return Verdict(count, fault, previous, last_id)


def _fault(row: Any, previous: str, act: str) -> str | None:
    if row.previous_hash != previous:
        return "broken link"
    if row.hash != entry_hash(previous, act, row.action, row.table_name, row.row_id, row.commitment):
        return "changed entry or change set"
    is_kept = row.changes is None if row.salt is None else commit_to(row.salt, row.changes) == row.commitment
    return None if is_kept else "changed values"


_KEPT = ("id", "change_set_id", "action", "table_name", "row_id", "commitment", "previous_hash", "hash")
_SAME = " AND ".join(f"NEW.{column} = OLD.{column}" for column in _KEPT)

_MAY_CHANGE = {"ledger_entries": f"{_SAME} AND NEW.salt IS NULL AND NEW.changes IS NULL"}
APPEND_ONLY = ("ledger_entries", "change_sets", "chain_checks")
REFUSE = """CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"""


def _trigger(table: str, act: str, *, on_sqlite: bool) -> str:
    allowed = _MAY_CHANGE.get(table) if act == "UPDATE" else None
    when = f"WHEN (NOT ({allowed}))" if allowed else ""
    if on_sqlite:
        then = f"{when} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    else:
        then = f"FOR EACH ROW {when} EXECUTE FUNCTION ledger_refuse()"
    return f"CREATE TRIGGER {_trigger_name(table, act)} BEFORE {act} ON {table} {then}"


def _trigger_name(table: str, act: str) -> str:
    return f"{table}_no_{act.lower()}"


def make_triggers(connection: Connection) -> None:
    """Make the append-only triggers anew on the tables that are there (migrations and tests call this)."""
    on_sqlite = is_sqlite(connection)
    lift_triggers(connection)
    if not on_sqlite:
        connection.execute(text(REFUSE))
    for table in _there(connection):
        for act in ("UPDATE", "DELETE"):
            connection.execute(text(_trigger(table, act, on_sqlite=on_sqlite)))


def lift_triggers(connection: Connection) -> None:
    """Drop the append-only triggers, so that tests may empty the tables between them."""
    for table in _there(connection):
        for act in ("UPDATE", "DELETE"):
            suffix = "" if is_sqlite(connection) else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {_trigger_name(table, act)}{suffix}"))


def _there(connection: Connection) -> list[str]:
    return [table for table in APPEND_ONLY if connection.dialect.has_table(connection, table)]

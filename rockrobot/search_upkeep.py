"""Keeps the index of the search up, in the same transaction as the rows it stands for; makes its tables.

Parts of words are found by trigrams (FTS5 on SQLite; pg_trgm on PostgreSQL, without which the same searches read the
whole table); whole lines and words, and those with one typing error, by an index of terms (FTS5; a tsvector).
Importing this module switches it on; create_app does.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, event, insert, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from rockrobot import ledger
from rockrobot.chain import Change
from rockrobot.db import among, is_sqlite
from rockrobot.search_index import Child, Kind, SearchEntry, Through, entry_of, kinds

CHUNK = 2_000
UPDATES = ("update", "blank")


@cache  # an alias of a wide table takes longer to make than a small change to index
def _with_through(table: Table, columns: tuple[str, ...], through: tuple[Through, ...]) -> tuple[list[Any], Any]:
    """Columns of a table and of those its rows point to, and the join that gives them."""
    chosen: list[Any] = [table.c[name] for name in columns]
    source: Any = table
    for place, one in enumerate(through):
        alias = one.table.alias(f"other_{place}")
        source = source.outerjoin(alias, table.c[one.key] == alias.c.id)
        chosen.append(alias.c[one.column].label(f"through_{place}"))
    return chosen, source


def _index(connection: Connection, kind: Kind, ids: Sequence[int]) -> None:
    entries = SearchEntry.__table__
    columns, source = _with_through(kind.table, ("id", *sorted(kind.reads)), kind.through)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        connection.execute(entries.delete().where(among(entries.c.id, [kind.ids[0] + id_ for id_ in chunk])))
        wanted = select(*columns).select_from(source).where(among(kind.table.c.id, chunk), kind.is_shown())
        children = _children_of(connection, kind, chunk)
        rows = connection.execute(wanted).mappings()
        values = [entry_of(kind, row, children.get(row["id"], ())) for row in rows]
        if values:
            connection.execute(insert(entries), values)


def _children_of(connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[int, list[tuple[Child, Any]]]:
    found: dict[int, list[tuple[Child, Any]]] = {}
    for child in kind.children:
        columns, source = _with_through(child.table, (*child.columns, *child.phones), child.through)
        owner = child.table.c[child.key]
        statement = select(owner.label("owner_id"), *columns).select_from(source).where(among(owner, ids))
        for row in connection.execute(statement.order_by(child.table.c.id)).mappings():
            found.setdefault(row["owner_id"], []).append((child, row))
    return found


# ---------- before a commit ----------


def _add(touched: dict[str, set[int]], kind: Kind, ids: Iterable[int | None]) -> None:
    if found := {id_ for id_ in ids if id_}:
        touched.setdefault(kind.name, set()).update(found)


def _of_children(connection: Connection, child: Child, rows: Sequence[Change]) -> set[int]:
    """Ids of the rows whose children were changed: those named in the change, and those they have now."""
    reads = {child.key, *child.columns, *child.phones, *(one.key for one in child.through)}
    owners: set[int] = set()
    updated: list[int] = []
    for action, _, row_id, changes in rows:
        if action not in UPDATES:
            owners.update(id_ for id_ in (changes or {}).get(child.key, ()) if id_)
        elif reads & set(changes or ()):
            owners.update(id_ for id_ in (changes or {}).get(child.key, ()) if id_)
            updated.append(row_id)
    owner = child.table.c[child.key]
    if updated:
        owners.update(connection.scalars(select(owner).where(among(child.table.c.id, updated), owner.is_not(None))))
    return owners


def _of_others(connection: Connection, table: Table, owner: str, one: Through, rows: Sequence[Change]) -> set[int]:
    """Ids of the owners (a column of the table) of rows that point to rows whose column was changed."""
    ids = [row_id for action, _, row_id, changes in rows if action in UPDATES and one.column in (changes or ())]
    if not ids:
        return set()
    column = table.c[owner]
    return set(connection.scalars(select(column).where(among(table.c[one.key], ids), column.is_not(None))))


def _touched(connection: Connection, changed: dict[str, list[Change]]) -> dict[str, set[int]]:
    """Ids of the rows to index anew, by kind."""
    touched: dict[str, set[int]] = {}
    for kind in kinds().values():
        own = changed.get(kind.table.name, ())
        _add(touched, kind, (row[2] for row in own if row[0] != "update" or kind.reads & set(row[3] or ())))
        for one in kind.through:
            rows = changed.get(one.table.name, ())
            _add(touched, kind, _of_others(connection, kind.table, "id", one, rows))
        for child in kind.children:
            _add(touched, kind, _of_children(connection, child, changed.get(child.table.name, ())))
            for one in child.through:
                rows = changed.get(one.table.name, ())
                _add(touched, kind, _of_others(connection, child.table, child.key, one, rows))
    return touched


def _keep_up(session: Session) -> None:
    """Index anew what this transaction changed."""
    session.flush()
    changed: dict[str, list[Change]] = {}
    for row in ledger.pending_of(session).rows:
        if row[0] != "view":
            changed.setdefault(row[1], []).append(row)
    if changed:
        for name, ids in _touched(session.connection(), changed).items():
            _index(session.connection(), kinds()[name], sorted(ids))


event.listen(Session, "before_commit", _keep_up, insert=True)


def rebuild(connection: Connection) -> int:
    """Index every row anew; how many there are. What finds words is made afterwards, in one go."""
    for statement in _WITHOUT_OF_SQLITE if is_sqlite(connection) else _WITHOUT_OF_POSTGRESQL:
        connection.execute(text(statement))
    connection.execute(SearchEntry.__table__.delete())
    count = 0
    for kind in kinds().values():
        ids = list(connection.scalars(select(kind.table.c.id).order_by(kind.table.c.id)))
        _index(connection, kind, ids)
        count += len(ids)
    make_index(connection)
    return count


def fill(connection: Connection) -> None:
    """Index every row where there is no index: a migration that changes what is found empties it."""
    if not connection.scalar(select(SearchEntry.id).limit(1)):
        rebuild(connection)


# ---------- the tables of the index ----------

_ADDED = "INSERT INTO {0}(rowid, {1}) VALUES (new.id, new.{1});"
_GONE = "INSERT INTO {0}({0}, rowid, {1}) VALUES ('delete', old.id, old.{1});"
_TABLES = (("search_fts", "words"), ("search_terms", "terms"))
_OF_SQLITE = (
    *(f"DROP TABLE IF EXISTS {name}" for name, _ in _TABLES),
    "CREATE VIRTUAL TABLE search_fts USING fts5(words, content='search_entries', content_rowid='id',"
    " tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='search_entries', content_rowid='id',"
    " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Zs Co'\", prefix='1 2',"
    " detail=none, columnsize=0)",
    f"CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN"
    f" {' '.join(_ADDED.format(*one) for one in _TABLES)} END",
    f"CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN"
    f" {' '.join(_GONE.format(*one) for one in _TABLES)} END",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
    "INSERT INTO search_terms(search_terms) VALUES ('rebuild')",
    "INSERT INTO search_fts(search_fts) VALUES ('optimize')",
    "INSERT INTO search_terms(search_terms) VALUES ('optimize')",
)
_WITHOUT_OF_SQLITE = ("DROP TRIGGER IF EXISTS search_entries_added", "DROP TRIGGER IF EXISTS search_entries_gone")
_WITHOUT_OF_POSTGRESQL = ("DROP INDEX IF EXISTS search_words", "DROP INDEX IF EXISTS search_terms")
TERMS_OF_POSTGRESQL = "terms_found(search_entries.terms)"
# A function of its own, so that the planner knows what it costs: it takes hundreds of terms for a reason to read all.
_TERMS_FOUND = (
    "CREATE OR REPLACE FUNCTION terms_found(terms text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE"
    " COST 10000 AS $$ BEGIN RETURN array_to_tsvector(string_to_array(terms, E'\\n')); END $$"
)
_OF_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS search_words ON search_entries USING gin (words gin_trgm_ops)",
)


def make_index(connection: Connection) -> None:
    """Make what finds words where it is missing (migrations call this)."""
    has_table = connection.dialect.has_table(connection, "search_entries")
    has_table = has_table and any(one["name"] == "terms" for one in inspect(connection).get_columns("search_entries"))
    if is_sqlite(connection):
        made = text("SELECT count(*) FROM sqlite_master WHERE name = 'search_entries_added'")
        missing = has_table and not connection.scalar(made)
        for statement in _OF_SQLITE if missing else () if has_table else _OF_SQLITE[: len(_TABLES)]:
            connection.execute(text(statement))
    elif has_table:
        if connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
            for statement in _OF_POSTGRESQL:
                connection.execute(text(statement))
        connection.execute(text(_TERMS_FOUND))
        connection.execute(
            text("CREATE INDEX IF NOT EXISTS search_terms ON search_entries USING gin (terms_found(terms))")
        )


def init_app(_app: object) -> None:
    """Keep the index up; the listener stands since import."""

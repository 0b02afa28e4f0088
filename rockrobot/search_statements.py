"""The statements of the search, of one shape on both databases: entries by parts of their words, and by their terms."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, column, func, literal_column, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from rockrobot.db import db, is_sqlite
from rockrobot.search_index import Kind, SearchEntry
from rockrobot.search_upkeep import TERMS_OF_POSTGRESQL

TRIGRAM = 3
MOST_UNVERIFIED = 1_000
Groups = Sequence[Sequence[str]]
COLUMNS: tuple[Any, ...] = (SearchEntry.kind, SearchEntry.row_id, SearchEntry.words, SearchEntry.facts)
_parts, _terms = table("search_fts", column("rowid")), table("search_terms", column("rowid"))


# ---------- by parts ----------


def may_have_parts(groups: Groups, most: int) -> Select[Any]:
    """At most so many entries of any kind that may have a needle of each group: whoever asks must look (has_parts)."""
    indexed = _indexed(groups)
    if not indexed or not is_sqlite():
        return with_parts(groups).limit(most)
    some = _candidates(indexed).limit(most).subquery()
    return select(*COLUMNS).join_from(some, SearchEntry, SearchEntry.id == some.c.rowid)


def has_parts(words: str, groups: Groups) -> bool:
    """True when an entry's words have a needle of each group; one of one or two signs begins a word."""
    return all(any(_stands_in(words, needle) for needle in group) for group in groups)


def _stands_in(words: str, needle: str) -> bool:
    return needle in words if len(needle) >= TRIGRAM else f"\n{needle}" in words or f" {needle}" in words


def with_parts(groups: Groups, kind: Kind | None = None, *, most: int = MOST_UNVERIFIED) -> Select[Any]:
    """Entries, of a kind or of any, whose words have a needle of each group.

    most: how many entries that have all trigrams are looked at, so that common ones cost no more; 0 for all.
    """
    indexed = _indexed(groups)
    if not indexed:
        return with_terms(groups, [kind] if kind else [], beginning=True)
    verified = and_(*(or_(*map(_has_needle, group)) for group in groups))
    if not is_sqlite():
        statement = select(*COLUMNS).where(verified)
        return statement.where(SearchEntry.id.between(*kind.ids)) if kind else statement
    near = _candidates(indexed, kind)
    some = (near.limit(most) if most else near).subquery()
    return select(*COLUMNS).join_from(some, SearchEntry, SearchEntry.id == some.c.rowid).where(verified)


def _indexed(groups: Groups) -> list[list[str]]:
    """The needles that trigrams help to find, of the groups that have any."""
    return [long for group in groups if (long := [needle for needle in group if len(needle) >= TRIGRAM])]


def _candidates(indexed: Groups, kind: Kind | None = None) -> Select[Any]:
    """SQLite: ids of entries that have the trigrams of a needle of each group."""
    wanted = " AND ".join("(" + " OR ".join(map(_trigrams, long)) + ")" for long in indexed)
    found = select(_parts.c.rowid).where(literal_column("search_fts").op("MATCH")(wanted))
    return found.where(_parts.c.rowid.between(*kind.ids)) if kind else found


def _trigrams(needle: str) -> str:
    """The trigrams that cover a needle side by side, not all: the words are looked at, too."""
    places = [*range(0, len(needle) - TRIGRAM, TRIGRAM), len(needle) - TRIGRAM]
    return "(" + " AND ".join(_quoted(needle[place : place + TRIGRAM]) for place in places) + ")"


def _has_needle(needle: str) -> ColumnElement[bool]:
    if len(needle) >= TRIGRAM:
        return _has_part(needle)
    return or_(_has_part(f"\n{needle}"), _has_part(f" {needle}"))


def _has_part(part: str) -> ColumnElement[bool]:
    if is_sqlite():
        return func.instr(SearchEntry.words, part) > 0
    literally = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return SearchEntry.words.like(f"%{literally}%")


# ---------- by terms ----------


def with_terms(groups: Groups, wanted: Sequence[Kind], *, beginning: bool = False) -> Select[Any]:
    """Entries, of some kinds or of any, of whose terms each group has one: whole terms, or their beginnings."""
    mark = "*" if beginning else ""
    if is_sqlite():
        terms = " AND ".join("(" + " OR ".join(_quoted(term) + mark for term in group) + ")" for group in groups)
        found = select(*COLUMNS).join_from(_terms, SearchEntry, SearchEntry.id == _terms.c.rowid)
        found = found.where(literal_column("search_terms").op("MATCH")(terms))
    else:
        mark = ":*" if beginning else ""
        terms = " & ".join("(" + " | ".join(_lexeme(term) + mark for term in group) + ")" for group in groups)
        found = select(*COLUMNS).where(literal_column(TERMS_OF_POSTGRESQL).op("@@")(cast(terms, TSQUERY)))
    if not wanted:
        return found
    if is_sqlite():
        return found.where(or_(*(_terms.c.rowid.between(*kind.ids) for kind in wanted)))
    return found.where(SearchEntry.kind.in_([kind.name for kind in wanted]))


@contextmanager
def by_index() -> Iterator[None]:
    """Read by the index inside, and do not compile: to PostgreSQL hundreds of terms look like nearly every row."""
    if is_sqlite():
        yield
        return
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    db.session.execute(text("SET LOCAL jit = off"))
    yield
    db.session.execute(text("SET LOCAL enable_seqscan = on"))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _lexeme(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"

"""Finding rows by exact word, beginning, any part, phone digits, or nearly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, literal_column, or_, select, text

from rockrobot.db import db, is_sqlite
from rockrobot.search_index import SearchEntry, fold, kinds, squeeze

TRIGRAM = 3
NEAR_CANDIDATES, NEAR_SCORE = 60, 78


@dataclass(frozen=True)
class Hit:
    """A row found; rank 0 exact, 1 beginning, 2 beginning of a word, 3 any part, 4 nearly."""

    kind: str
    row_id: int
    rank: int


def _needles(typed: str) -> list[str]:
    """What to look for: as typed, squeezed, and as a phone number."""
    folded = fold(typed)
    found = [folded, squeeze(folded)]
    if re.fullmatch(r"[+\d\s()./-]{5,}", typed.strip()):
        found += [re.sub(r"\D", "", typed.replace("(0)", "")).removeprefix("00")]
    return [needle for needle in dict.fromkeys(found) if needle]


def _quoted(needle: str) -> str:
    return '"' + needle.replace('"', '""') + '"'


def _contains(kind: str, groups: Sequence[Sequence[str]]) -> ColumnElement[bool]:
    """True for entries of a kind that contain, of each group, at least one needle."""
    conditions: list[ColumnElement[bool]] = [SearchEntry.kind == kind]
    indexed = []
    for needles in groups:
        if is_sqlite() and all(len(needle) >= TRIGRAM for needle in needles):
            indexed.append(f"words:({' OR '.join(map(_quoted, needles))})")
        else:
            conditions.append(or_(*(SearchEntry.words.contains(needle, autoescape=True) for needle in needles)))
    if indexed:
        match = literal_column("search_fts").op("MATCH")(literal(" AND ".join([f"kind:{_quoted(kind)}", *indexed])))
        rowids: Any = select(literal_column("rowid")).select_from(text("search_fts")).where(match)
        conditions.append(SearchEntry.id.in_(rowids))
    return and_(*conditions)


def _select(kind: str, groups: Sequence[Sequence[str]]) -> Select[Any]:
    return select(SearchEntry.row_id).where(_contains(kind, groups))


def matching(kind: str, typed: str) -> Select[Any]:
    """Ids of the rows of a kind in which every typed word is found; for a filter box: id.in_(matching(…))."""
    whole = _needles(typed)
    words = [_needles(word) for word in typed.split()]
    return select(SearchEntry.row_id).where(
        or_(_contains(kind, [whole]), _contains(kind, [word for word in words if word]))
    )


def find(typed: str, *, only: Iterable[str] | None = None, limit: int = 8) -> list[Hit]:
    """The best hits of each kind, at most limit of one: exact, then beginnings, then any part, then all words apart."""
    needles = _needles(typed)
    words = [word for word in map(_needles, typed.split()) if word]
    tiers = (
        [[f"\n{needle}\n" for needle in needles]],
        [[f"\n{needle}" for needle in needles]],
        [[f" {needle}" for needle in needles]],
        [needles],
        words,
    )
    hits: list[Hit] = []
    for kind in only or kinds():
        found: dict[int, Hit] = {}
        for rank, groups in enumerate(tiers if needles else ()):
            if len(found) >= limit:
                break
            for row_id in db.session.scalars(_select(kind, groups).limit(limit)):
                found.setdefault(row_id, Hit(kind, row_id, min(rank, 3)))
        hits += list(found.values())[:limit]
    return hits


def find_nearly(typed: str, *, only: Iterable[str] | None = None, limit: int = 5) -> list[Hit]:
    """Rows whose words are nearly what was typed, best first; for when nothing is found exactly."""
    folded = fold(typed)
    allowed = list(only or kinds())
    if len(folded) <= TRIGRAM:
        return []
    scored = []
    for entry in db.session.scalars(_near_candidates(folded, allowed)):
        score = max((fuzz.ratio(folded, term) for term in entry.words.split("\n") if term), default=0)
        score = max(score, *(fuzz.ratio(folded, word) for word in entry.words.split() or [""]))
        if score >= NEAR_SCORE:
            scored.append((-score, Hit(entry.kind, entry.row_id, 4)))
    return [hit for _, hit in sorted(scored, key=lambda pair: pair[0])[:limit]]


def _near_candidates(folded: str, allowed: Sequence[str]) -> Select[Any]:
    grams = dict.fromkeys(folded[i : i + TRIGRAM] for i in range(len(folded) - TRIGRAM + 1))
    statement = select(SearchEntry).where(SearchEntry.kind.in_(allowed))
    if is_sqlite():
        best = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :grams ORDER BY rank LIMIT :many").bindparams(
            bindparam("grams", f"words:({' OR '.join(map(_quoted, grams))})"), bindparam("many", NEAR_CANDIDATES)
        )
        return statement.where(SearchEntry.id.in_(best))
    shared: Any = sum(case((SearchEntry.words.contains(gram, autoescape=True), 1), else_=0) for gram in grams)
    some = or_(*(SearchEntry.words.contains(gram, autoescape=True) for gram in grams))
    return statement.where(some).order_by(shared.desc(), func.length(SearchEntry.words)).limit(NEAR_CANDIDATES)

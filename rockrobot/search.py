"""Finding rows by exact word, beginning, any part, phone digits, or nearly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import (
    Select,
    bindparam,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union_all,
)

from rockrobot.db import db, is_sqlite
from rockrobot.search_index import SearchEntry, fold, kinds, squeeze

TRIGRAM = 3
NEAR_CANDIDATES, NEAR_SCORE = 60, 78
FORMS = ("\n{}\n", "\n{}", " {}")
MIDDLE = len(FORMS)
_fts = table("search_fts", column("rowid"))


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


def _select(kind: str, groups: Sequence[Sequence[str]]) -> Select[Any]:
    """Ids of the rows of a kind whose words contain, of each group, at least one needle."""
    statement = select(SearchEntry.row_id).where(SearchEntry.kind == kind)
    indexed = []
    for needles in groups:
        if is_sqlite() and all(len(needle) >= TRIGRAM for needle in needles):
            indexed.append(f"words:({' OR '.join(map(_quoted, needles))})")
        else:
            any_of = (SearchEntry.words.contains(needle, autoescape=True) for needle in needles)
            statement = statement.where(or_(*any_of))
    if indexed:
        wanted = " AND ".join([f"kind:{_quoted(kind)}", *indexed])
        statement = statement.join(_fts, _fts.c.rowid == SearchEntry.id)
        statement = statement.where(literal_column("search_fts").op("MATCH")(literal(wanted)))
    return statement


def matching(kind: str, typed: str) -> Select[Any]:
    """Ids of the rows of a kind in which every typed word is found; for a filter box: id.in_(matching(…))."""
    return _select(kind, [word for word in map(_needles, typed.split()) if word])


def find(typed: str, *, only: Iterable[str] | None = None, limit: int = 8) -> list[Hit]:
    """The best hits of each kind, at most limit of one: exact, then beginnings, then any part, then all words apart."""
    needles = _needles(typed)
    if not needles:
        return []
    found: dict[str, dict[int, Hit]] = {kind: {} for kind in only or kinds()}
    words = [word for word in map(_needles, typed.split()) if word]
    for kind, row_id, text_ in _first(list(found), words, limit + 1):
        found[kind][row_id] = Hit(kind, row_id, _rank(text_, needles))
    crowded = [kind for kind, hits in found.items() if len(hits) > limit]
    for form in (*FORMS, "{}"):
        for kind, row_id, text_ in _first(crowded, [[form.format(needle) for needle in needles]], limit):
            found[kind][row_id] = Hit(kind, row_id, _rank(text_, needles))
        crowded = [kind for kind in crowded if sum(hit.rank < MIDDLE for hit in found[kind].values()) < limit]
    ordered = (sorted(hits.values(), key=lambda hit: (hit.rank, hit.row_id))[:limit] for hits in found.values())
    return [hit for hits in ordered for hit in hits]


def _rank(words: str, needles: Sequence[str]) -> int:
    """The best place at which a needle stands in an entry's words; past the middle where only its words do."""
    for rank, form in enumerate((*FORMS, "{}")):
        if any(form.format(needle) in words for needle in needles):
            return rank
    return MIDDLE


def _first(wanted: Sequence[str], groups: Sequence[Sequence[str]], limit: int) -> Iterable[tuple[str, int, str]]:
    """Kind, id and words of the first rows of each kind, in one statement."""
    pieces = [_select(kind, groups).add_columns(SearchEntry.words).limit(limit).subquery() for kind in wanted]
    if not pieces:
        return []
    columns = (select(literal(kind), piece.c.row_id, piece.c.words) for kind, piece in zip(wanted, pieces, strict=True))
    return [(kind, row_id, words) for kind, row_id, words in db.session.execute(union_all(*columns))]


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

"""Finding rows by exact word, beginning, any part or phone digits, and with one typing error where these are few."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import Select, select, union_all

from rockrobot.db import db
from rockrobot.search_index import Kind, SearchEntry, kinds
from rockrobot.search_statements import TRIGRAM, Groups, by_index, has_parts, may_have_parts, with_parts, with_terms
from rockrobot.search_words import fold, look, looking, needles, one_error_away, readings, squeeze, whole

MOST_ROWS, MOST_NEAR_ROWS = 200, 200
FEW, NEAR_WORDS, LONGEST_NEAR = 3, 6, 40
LONGEST = 200
"""How many signs of what was typed count; of a text pasted by mistake the beginning is looked for."""
LINE, LINE_WORD, LINE_BEGINNING, WORD, WORD_BEGINNING, NEAR, PART = range(7)
BORROWED_BEHIND = 4
PLACES = (
    ("\n{}\n", LINE),
    ("\n{} ", LINE_WORD),
    ("\n{}", LINE_BEGINNING),
    (" {}\n", WORD),
    (" {} ", WORD),
    (" {}", WORD_BEGINNING),
    ("-{}", WORD_BEGINNING),
    ("{}", PART),
)


@dataclass(frozen=True)
class Hit:
    """A row found: how well (0 best), what the line tells of by which it was found, and that line, folded."""

    kind: str
    row_id: int
    rank: int
    fact: str
    line: str
    is_near: bool = False


def is_of_one_line(hit: Hit, typed: str) -> bool:
    """True when all that was typed stands in the line by which a row was found: no other line bears it out."""
    words = fold(typed).split()
    return len(words) == 1 or (not hit.is_near and all(word in hit.line for word in words))


def matching(kind: str, typed: str) -> Select[Any]:
    """Ids of the rows of a kind in which every typed word is found; for a filter box: id.in_(matching(…))."""
    way = next(iter(readings(typed[:LONGEST])), None)
    if way is None:
        return select(SearchEntry.row_id).where(SearchEntry.id.between(*kinds()[kind].ids))
    return with_parts(way, kinds()[kind], most=0).with_only_columns(SearchEntry.row_id)


def find(typed: str, *, only: Iterable[str] | None = None, limit: int = 8, but: int = 0) -> list[Hit]:
    """The best hits, best first, at most limit of a kind.

    Exact ones come before beginnings, these before parts; what a row is called itself before what is called so nearby.
    Where good ones are few, those come too whose words have one typing error. but: the id of a row that is not meant.
    """
    typed, wanted = typed[:LONGEST], [kinds()[name] for name in (kinds() if only is None else only)]
    alternatives = needles(typed)
    if not alternatives or not wanted:
        return []
    hits: dict[tuple[str, int], Hit] = {}
    for way in readings(typed):
        for hit in _found(way, alternatives, wanted, limit):
            hits.setdefault((hit.kind, hit.row_id), hit)
        hits = {key: hit for key, hit in hits.items() if hit.row_id != but}
        if hits:
            break
    if _may_be_mistyped(typed, hits.values()):
        for hit in _nearly(typed, wanted):
            hits.setdefault((hit.kind, hit.row_id), hit)
    return _best(hits.values(), wanted, limit)


def _may_be_mistyped(typed: str, hits: Collection[Hit]) -> bool:
    """True where good hits are few, none is exactly what was typed, and it is not a part of a number that was found."""
    if any(hit.rank == LINE for hit in hits) or (hits and squeeze(fold(typed)).isdigit()):
        return False
    return sum(hit.rank < NEAR for hit in hits) < FEW


def _best(hits: Iterable[Hit], wanted: Sequence[Kind], limit: int) -> list[Hit]:
    order = {kind.name: place for place, kind in enumerate(wanted)}
    counts = dict.fromkeys(order, 0)
    best = []
    for hit in sorted(hits, key=lambda hit: (hit.rank, order[hit.kind], len(hit.line), hit.row_id)):
        counts[hit.kind] += 1
        if counts[hit.kind] <= limit:
            best.append(hit)
    return best


def _rows(pieces: Sequence[Select[Any]]) -> list[Any]:
    """The rows of several statements, each with a limit of its own, in one."""
    if not pieces:
        return []
    apart = [select(*piece.subquery().c) for piece in pieces]
    return list(db.session.execute(union_all(*apart) if len(apart) > 1 else apart[0]))


# ---------- as typed ----------


def _found(way: Groups, typed: Sequence[str], wanted: Sequence[Kind], limit: int) -> Iterable[Hit]:
    """Hits of one way to read what was typed."""
    rows = db.session.execute(may_have_parts(way, MOST_ROWS + 1)).all()
    if len(rows) > MOST_ROWS:
        rows = _some(way, typed, wanted, limit)
    names = {kind.name for kind in wanted}
    return [_ranked(row, way, typed) for row in rows if row.kind in names and has_parts(row.words, way)]


def _some(way: Groups, typed: Sequence[str], wanted: Sequence[Kind], limit: int) -> list[Any]:
    """Of many entries those that are what was typed, some of each kind, and those that begin with it where all are not.

    Each piece has a limit of its own, so that what is common costs no more.
    """
    exact = with_terms([[whole(needle) for needle in typed]], wanted).limit(MOST_ROWS)
    rows = [*db.session.execute(exact), *_rows([with_parts(way, kind).limit(limit) for kind in wanted])]
    counts = Counter(row.kind for row in rows)
    begins = [f"\n{needle}" for needle in typed if len(needle) >= TRIGRAM - 1]
    crowded = [kind for kind in wanted if counts[kind.name] >= limit]
    return rows + _rows([with_parts([begins], kind).limit(limit) for kind in crowded if begins])


def _ranked(row: Any, way: Groups, typed: Sequence[str]) -> Hit:
    """The hit that a row is: where the best needle stands, among its own lines first; else its words stand apart."""
    rank, needle = _place(_own_words(row), typed)
    if needle is None:
        rank, needle = _place(row.words, typed)
    if needle is None:
        rank = WORD_BEGINNING
        _, needle = _place(row.words, way[0])
    return _hit(row, rank, row.words.find(needle or ""))


def _place(words: str, alternatives: Sequence[str]) -> tuple[int, str | None]:
    inside = [needle for needle in alternatives if needle in words]
    for form, rank in PLACES:
        for needle in inside:
            placed = form.format(needle)
            if placed in words:
                return rank, placed
    return PART, None


def _own_words(row: Any) -> str:
    """A row's words without those that only things nearby tell of: these stand last."""
    borrowed = kinds()[row.kind].borrowed
    if not borrowed:
        return str(row.words)
    facts = row.facts.split(" ")
    own = next((place for place, fact in enumerate(facts) if fact in borrowed), len(facts))
    return "\n".join(row.words.split("\n", own + 1)[: own + 1]) + "\n"


def _hit(row: Any, rank: int, place: int, *, is_near: bool = False) -> Hit:
    """The hit of a row by the line at this place in its words."""
    number = max(row.words.count("\n", 0, place + 1) - 1, 0)
    fact, line = row.facts.split(" ")[number], row.words.split("\n")[number + 1]
    if fact in kinds()[row.kind].borrowed:
        rank += BORROWED_BEHIND
    return Hit(row.kind, row.row_id, rank, fact, line, is_near)


# ---------- with one typing error ----------


def _nearly(typed: str, wanted: Sequence[Kind]) -> Iterable[Hit]:
    """Rows that have every typed word or one that is a typing error away from it; a number is one word."""
    folded = fold(typed)
    squeezed = squeeze(folded)
    folded = squeezed if squeezed.isdigit() else folded
    words = [word for word in folded.split(" ") if TRIGRAM <= len(word) <= LONGEST_NEAR][:NEAR_WORDS]
    if not words:
        return ()
    with by_index():
        rows = db.session.execute(with_terms([_alike(word) for word in words], wanted).limit(MOST_NEAR_ROWS)).all()
    places = [(row, _nearest(row.words, words[0])) for row in rows]
    return [_hit(row, NEAR, place, is_near=True) for row, place in places if place]


def _alike(word: str) -> list[str]:
    """A word and all that is one typing error away from it; a word with digits also as it looks."""
    looks = look(squeeze(word)) if any(sign.isdigit() for sign in word) else ""
    return [word, *one_error_away(word), *(map(looking, [looks, *one_error_away(looks)]) if looks else [])]


def _nearest(words: str, typed: str) -> int:
    """The place of the line with the term that is nearest to a typed word; 0 where none is an error away from it."""
    place, best, begin, looks = 0, 2, 1, look(squeeze(typed))
    for line in words.strip("\n").split("\n"):
        terms = (line, *line.replace("-", " ").replace("/", " ").split(" "))
        error = min(OSA.distance(form, term, score_cutoff=1) for term in terms for form in (typed, looks))
        if error < best:
            place, best = begin, error
        begin += len(line) + 1
    return place

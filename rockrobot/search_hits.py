"""How hits of the search are shown: each room says it for the kinds it declares."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot.access import may_open
from rockrobot.search import Hit
from rockrobot.search_index import kinds

FACTS: dict[str, Any] = {
    "name": lazy_gettext("nimi"),
    "phone": lazy_gettext("puhelin"),
    "email": lazy_gettext("sähköposti"),
    "point": lazy_gettext("yhteystieto"),
    "text": lazy_gettext("teksti"),
    "tag": lazy_gettext("avainsana"),
}


@dataclass(frozen=True)
class Line:
    """What a hit's line says and where it leads.

    note: what tells it from others like it. is_code: the title is a number or code. state: kind, shape and words of a
    badge. fact: what the row was found by, where that depends on the row. people_ids: whose data the line shows.
    """

    title: str
    url: str
    note: str = ""
    is_code: bool = False
    state: tuple[Any, ...] = ()
    fact: str = ""
    people_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Showing:
    """How the hits of one kind are shown.

    group: their name in the plural. endpoint: whoever may open it may find them. lines: the lines of hits by id; rows
    that are gone have none. facts: words for what the lines of the index tell of.
    """

    kind: str
    group: Any
    icon: str
    endpoint: str
    lines: Callable[[Sequence[Hit]], Mapping[int, Line]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """One hit as the page, the palette and the command show it; why: what it was found by."""

    hit: Hit
    line: Line
    showing: Showing
    why: str


_showings: dict[str, Showing] = {}


def show_hits(showing: Showing) -> None:
    """Say how a kind is shown (rooms call this when they are imported); kinds that nobody shows are not found."""
    _showings[showing.kind] = showing


def kinds_shown() -> list[str]:
    """The kinds that are shown, in the order of the rooms."""
    return list(_showings)


def kinds_open() -> list[str]:
    """The kinds that the person signed in may find."""
    return [kind for kind, showing in _showings.items() if may_open(showing.endpoint)]


def shown(hits: Sequence[Hit]) -> list[Shown]:
    """The hits with what is shown of them, in their order."""
    of_kinds: dict[str, list[Hit]] = {}
    for hit in hits:
        of_kinds.setdefault(hit.kind, []).append(hit)
    lines = {kind: _showings[kind].lines(found) for kind, found in of_kinds.items()}
    return [_shown(hit, lines[hit.kind][hit.row_id]) for hit in hits if hit.row_id in lines[hit.kind]]


def at_most(found: Iterable[Shown], limit: int) -> list[Shown]:
    """The first of each kind, limit of them at the most, in their order."""
    seen: Counter[str] = Counter()
    kept = []
    for one in found:
        seen[one.hit.kind] += 1
        if seen[one.hit.kind] <= limit:
            kept.append(one)
    return kept


def lines_of_rows(rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Line]:
    """What is shown of rows (table, id) that came up by another way; those that one may not open have no line."""
    found: dict[tuple[str, int], Line] = {}
    wanted = set(rows)
    for name in kinds_open():
        table = kinds()[name].table.name
        hits = [Hit(name, row_id, 0, "", "") for other, row_id in sorted(wanted) if other == table]
        found |= {(table, row_id): line for row_id, line in (_showings[name].lines(hits) if hits else {}).items()}
    return found


def _shown(hit: Hit, line: Line) -> Shown:
    showing = _showings[hit.kind]
    fact = line.fact or hit.fact
    why = str(showing.facts.get(fact) or FACTS.get(fact) or showing.group)
    return Shown(hit, line, showing, _("%(why)s, lähes sama", why=why) if hit.is_near else why)


def people_in(found: Iterable[Shown]) -> list[int]:
    """Ids of the people whose data is shown."""
    return list(dict.fromkeys(id_ for one in found for id_ in one.line.people_ids))

"""What two records of one party disagree about, and what holds once they are one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]


class Holds(StrEnum):
    """Whose value or row holds: the kept record's, the merged one's, or both stay."""

    KEPT = "kept"
    OTHER = "other"
    BOTH = "both"


class ClashKind(StrEnum):
    """Why two rows of the two records can't both stay as they are."""

    TWIN = "twin"  # they say the same of the same time
    PRIMARY = "primary"  # both are the primary one of their kind
    UNIQUE = "unique"  # the table allows only one such row for a party


@dataclass(frozen=True)
class Difference:
    """A field in which the two records differ; chosen = whose value holds unless somebody picks the other."""

    name: str
    kept: Any
    other: Any

    @property
    def chosen(self) -> Holds:
        """The kept record's value, but a filled field over an empty one."""
        return Holds.OTHER if is_empty(self.kept) else Holds.KEPT


@dataclass(frozen=True)
class Dated:
    """How a table's rows tell what they say and when: columns that make two rows twins, and those of the period."""

    begins: str
    ends: str
    same: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    has_primary: bool = False


@dataclass(frozen=True)
class Clash:
    """Two rows of which a person says which one holds."""

    kind: ClashKind
    table: str
    kept: Row
    other: Row
    choices: tuple[Holds, ...] = (Holds.KEPT, Holds.OTHER, Holds.BOTH)
    chosen: Holds = Holds.KEPT
    shared: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the form calls it."""
        return f"{self.kind}-{self.table}-{self.kept['id']}-{self.other['id']}"

    @property
    def is_asked(self) -> bool:
        """False for two rows that may stand only once and say the same (one tag on both): nothing to decide."""
        but = {"id", *self.shared}
        differ = any(self.kept[name] != self.other[name] for name in self.kept if name not in but)
        return differ or self.kind is not ClashKind.UNIQUE


@dataclass
class Settled:
    """What the decisions do to rows: (table, id) -> columns to set.

    stays: rows that can't name the kept party. heirs: which twin is the primary one in place of one that was.
    """

    changes: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    stays: set[tuple[str, int]] = field(default_factory=set)
    heirs: dict[tuple[str, int], int] = field(default_factory=dict)

    def put(self, table: str, id_: int, **values: Any) -> None:
        """Set columns of a row."""
        self.changes.setdefault((table, id_), {}).update(values)


def is_empty(value: Any) -> bool:
    """True for a value that says nothing."""
    return value is None or value == "" or value == []


def differences(kept: Row, other: Row, names: Iterable[str]) -> list[Difference]:
    """The fields in which two records differ, in the order of names; two empty values do not differ."""
    pairs = ((name, kept[name], other[name]) for name in names)
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2] and not (is_empty(pair[1]) and is_empty(pair[2]))]


def meet(first: Row, second: Row, dated: Dated) -> bool:
    """True when two periods share a day: from counts, to does not, an empty end is open. Source: exchange format."""
    begin = max(first[dated.begins] or date.min, second[dated.begins] or date.min)
    return begin < min(first[dated.ends] or date.max, second[dated.ends] or date.max)


def _said(row: Row, names: Sequence[str]) -> tuple[Any, ...] | None:
    values = tuple(str(row[name]).casefold().strip() if row[name] is not None else "" for name in names)
    return values if values and values[-1] else None


def twins(kept: Iterable[Row], other: Iterable[Row], dated: Dated) -> list[tuple[Row, Row]]:
    """Pairs of rows that say the same of the same time: each row once, the oldest first.

    dated.same: the columns compared; a row whose last one is empty says nothing and has no twin. Source: our choice.
    """
    free: dict[tuple[Any, ...], list[Row]] = {}
    for row in kept:
        said = _said(row, dated.same)
        if said:
            free.setdefault(said, []).append(row)
    pairs = []
    for row in other:
        rivals = free.get(_said(row, dated.same) or (), [])
        twin = next((one for one in rivals if meet(one, row, dated)), None)
        if twin is not None:
            rivals.remove(twin)
            pairs.append((twin, row))
    return pairs


def runs(row: Row, dated: Dated, day: date) -> bool:
    """True when a row has not ended by a day."""
    return row[dated.ends] is None or row[dated.ends] > day


def primaries(rows: Iterable[Row], dated: Dated, day: date) -> dict[tuple[Any, ...], Row]:
    """The running primary row of each group."""
    of_group: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if dated.has_primary and row["is_primary"] and runs(row, dated, day):
            of_group.setdefault(tuple(row[name] for name in dated.group), row)
    return of_group


def end_on(row: Row, dated: Dated, day: date) -> date:
    """The day on which a row that does not hold ends: that day, never before it begins."""
    return max(row[dated.begins] or date.min, day)


def settle(clashes: Iterable[Clash], chosen: Mapping[str, Holds], dated: Callable[[str], Dated], day: date) -> Settled:
    """What the decisions do: a row that does not hold ends, one primary row of each kind is left, nothing is deleted.

    chosen: by the clash's key. Of twins the one that holds is primary when either was.
    """
    settled = Settled()
    for clash in sorted(clashes, key=lambda one: list(ClashKind).index(one.kind)):
        holds = chosen[clash.key]
        if clash.kind is ClashKind.UNIQUE:
            settled.stays.add((clash.table, clash.other["id"]))
            if holds is Holds.OTHER:
                taken = {name: value for name, value in clash.other.items() if name not in {"id", *clash.shared}}
                settled.put(clash.table, clash.kept["id"], **taken)
        elif clash.kind is ClashKind.TWIN:
            _settle_twins(settled, clash, holds, dated(clash.table), day)
        else:
            loser = clash.other if holds is Holds.KEPT else clash.kept
            place: int = loser["id"]
            settled.put(clash.table, settled.heirs.get((clash.table, place), place), is_primary=False)
    return settled


def _settle_twins(settled: Settled, clash: Clash, holds: Holds, dated: Dated, day: date) -> None:
    stays, goes = (clash.other, clash.kept) if holds is Holds.OTHER else (clash.kept, clash.other)
    if holds is not Holds.BOTH:
        settled.put(clash.table, goes["id"], **{dated.ends: end_on(goes, dated, day)})
    if dated.has_primary and goes["is_primary"] and (holds is not Holds.BOTH or stays["is_primary"]):
        settled.put(clash.table, goes["id"], is_primary=False)
        settled.put(clash.table, stays["id"], is_primary=True)
        settled.heirs[clash.table, goes["id"]] = stays["id"]

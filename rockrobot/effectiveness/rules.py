"""How effective a recall is: percentages, equations that must hold, ages, curves, and whether it may be closed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from rockrobot.recalls.rules import OPEN_STATES, UnitState
from rockrobot.traces.rules import TraceClass

CORRECTED = frozenset(
    {
        UnitState.CORRECTED,
        UnitState.INSPECTED_OK,
        UnitState.REMOVED_EARLIER,
        UnitState.RETURNED,
        UnitState.SCRAPPED,
    }
)
OUT_OF_REACH = frozenset({UnitState.STOLEN, UnitState.EXPORTED, UnitState.UNTRACEABLE})
ENDED = tuple(state for state in UnitState if state not in OPEN_STATES and state is not UnitState.RELEASED)
AGE_LIMITS = (14, 30, 60, 90)
MOST_QUARTERS = 6


class AgeBucket(StrEnum):
    """How many days an open unit has waited."""

    TO_14 = "0-14"
    TO_30 = "15-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over-90"


class CloseFault(StrEnum):
    """Why a case may not be closed yet."""

    OPEN_UNITS = "open_units"
    UNEXPLAINED_PIECES = "unexplained_pieces"
    OPEN_TASKS = "open_tasks"
    NO_AUTHORITY_ANSWER = "no_authority_answer"


class UnitFacts(NamedTuple):
    """What the numbers need to know of one unit; days in Finland, None where it has not happened."""

    id: int
    state: UnitState
    trace_class: TraceClass
    is_released: bool
    added_on: date
    notified_on: date | None
    responded_on: date | None
    ended_on: date | None


class Quarter(NamedTuple):
    """How far the units of the current scope were on the last day of a quarter, or on the day of the report."""

    last_day: date
    notified: int
    responded: int
    corrected: int
    ended: int


@dataclass(frozen=True)
class UnitSum:
    """Units of the current scope by state: affected = open states + nine outcomes; released ones stand outside."""

    affected: int
    by_state: Mapping[UnitState, int]

    @property
    def open(self) -> int:
        """Units in one of the four open states."""
        return sum(self.by_state.get(state, 0) for state in OPEN_STATES)

    @property
    def ended(self) -> int:
        """Units with one of the nine outcomes of the current scope."""
        return sum(self.by_state.get(state, 0) for state in ENDED)

    @property
    def released(self) -> int:
        """Units that a later scope version left out."""
        return self.by_state.get(UnitState.RELEASED, 0)

    @property
    def corrected(self) -> int:
        """Units whose danger is over: corrected, found good, removed earlier, returned or scrapped."""
        return sum(self.by_state.get(state, 0) for state in CORRECTED)

    @property
    def reachable(self) -> int:
        """Affected units but those stolen, exported out of reach or untraceable; refusals stay in."""
        return self.affected - sum(self.by_state.get(state, 0) for state in OUT_OF_REACH)

    @property
    def adds_up(self) -> bool:
        """True when every affected unit stands in exactly one state."""
        return self.affected == self.open + self.ended


@dataclass(frozen=True)
class LetterSum:
    """Letters of a case: posted = replied + undeliverable + silent; those only printed are not posted.

    unmarked: letters that were answered or came back though nobody marked them posted; they stand outside until then.
    """

    printed: int
    posted: int
    replied: int
    undeliverable: int
    silent: int
    unmarked: int = 0

    @property
    def adds_up(self) -> bool:
        """True when every posted letter came to exactly one end."""
        return self.posted == self.replied + self.undeliverable + self.silent


def percent(part: int, whole: int) -> Decimal | None:
    """Share of a whole in per cent with one decimal, rounded down.

    Rounded down, so that 99.96 never prints as 100.0. None where the whole is nothing.
    Raises ValueError when part is negative or exceeds whole. Source: our choice; both denominators stand side by side.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole}")
    return Decimal(part * 1000 // whole) / 10 if whole else None


def age_bucket(days: int) -> AgeBucket:
    """The bucket of an age in whole days; negative ages (a day noted in advance) count as new."""
    return list(AgeBucket)[sum(days > limit for limit in AGE_LIMITS)]


def median_days(days: Sequence[int]) -> Decimal | None:
    """The middle of the ages in days, halves kept; None of nothing."""
    return Decimal(str(median(days))) if days else None


def ages(units: Iterable[UnitFacts], today: date) -> dict[AgeBucket, Counter[UnitState]]:
    """Open units of the scope by age bucket and state; age = days since notified, else since it came into scope.

    Source: our choice, after the quarterly reports of 40 CFR 1068.525.
    """
    counts: dict[AgeBucket, Counter[UnitState]] = {bucket: Counter() for bucket in AgeBucket}
    for unit in units:
        if not unit.is_released and unit.state in OPEN_STATES:
            counts[age_of(unit, today)][unit.state] += 1
    return counts


def age_of(unit: UnitFacts, today: date) -> AgeBucket:
    """The age bucket of a unit."""
    return age_bucket((today - (unit.notified_on or unit.added_on)).days)


def curve(days: Iterable[date | None], first: date, last: date, affected: int) -> list[tuple[int, float]]:
    """Points (days since first, per cent of affected) where a cumulative count steps up, for a plot.

    days: the day on which each unit got there, None where it did not. Days outside first to last count at the ends.
    Empty scope gives one point at zero.
    """
    steps = Counter(min(max((day - first).days, 0), (last - first).days) for day in days if day is not None)
    points, reached = [(0, float(percent(steps[0], affected) or 0))], steps[0]
    for day in sorted(set(steps) - {0}):
        reached += steps[day]
        points.append((day, float(percent(reached, affected) or 0)))
    return points


def quarters(units: Sequence[UnitFacts], first: date, today: date) -> list[Quarter]:
    """The series at the end of each calendar quarter since the first letter, six at most, the last one today.

    first: day of the first letter. Units released from the scope do not count. Source: 40 CFR 1068.525.
    """
    ends: list[date] = []
    begin = first
    while begin <= today and len(ends) < MOST_QUARTERS:
        ends.append(min(quarter_end(begin), today))
        begin = quarter_end(begin) + timedelta(days=1)
    return [_quarter([unit for unit in units if not unit.is_released], end) for end in ends]


def quarter_end(day: date) -> date:
    """The last day of a calendar quarter."""
    month = (day.month - 1) // 3 * 3 + 4
    return date(day.year + month // 13, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def _quarter(units: Sequence[UnitFacts], end: date) -> Quarter:
    ended = [unit for unit in units if unit.ended_on and unit.ended_on <= end]
    return Quarter(
        end,
        sum(1 for unit in units if unit.notified_on and unit.notified_on <= end),
        sum(1 for unit in units if unit.responded_on and unit.responded_on <= end),
        sum(1 for unit in ended if unit.state in CORRECTED),
        len(ended),
    )


def expected_finish(series: Sequence[Quarter], open_units: int) -> date | None:
    """The day on which the last unit ends if they go on ending as fast as in the last quarter; None where none do.

    Source: our choice; a straight line, so it is printed as an estimate.
    """
    if not series or not open_units:
        return None
    before = series[-2] if len(series) > 1 else None
    ended = series[-1].ended - (before.ended if before else 0)
    days = (series[-1].last_day - before.last_day).days if before else 90
    return series[-1].last_day + timedelta(days=-(-open_units * days // ended)) if ended > 0 else None


def may_close(*, open_units: int, unexplained_batches: int, open_tasks: int, authority_answer: str) -> list[CloseFault]:
    """Why a case may not be closed; empty when it may.

    unexplained_batches: recalled batches whose pieces do not balance, or can't be counted, and nobody signed why.
    authority_answer: the authority's statement, or the written reason why there is none.
    Source: our choice, after sik.dk: a recall ends when the authority is satisfied, not when the letters are out.
    """
    faults = {
        CloseFault.OPEN_UNITS: open_units > 0,
        CloseFault.UNEXPLAINED_PIECES: unexplained_batches > 0,
        CloseFault.OPEN_TASKS: open_tasks > 0,
        CloseFault.NO_AUTHORITY_ANSWER: not authority_answer.strip(),
    }
    return [fault for fault, stands in faults.items() if stands]


def is_explained(unaccounted: int | None, signed: Iterable[int]) -> bool:
    """True when the pieces of a batch balance, or somebody signed an explanation of just this difference.

    unaccounted: None where a quantity is unknown; then any signed explanation of the batch serves.
    signed: the differences that signed explanations were about. Source: our choice: a new difference needs a new one.
    """
    if unaccounted is None:
        return any(True for _ in signed)
    return unaccounted == 0 or unaccounted in set(signed)

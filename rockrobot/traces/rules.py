"""Which class of a trace a machine stands in, and how the pieces of a batch add up: pure, no database."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from rockrobot.devices.rules import Fate
from rockrobot.exports.rules import Subject


class TraceClass(StrEnum):
    """Where the bad part is, in the order in which classes apply."""

    FITTED_NOW = "fitted_now"
    POSSIBLY = "possibly"
    REMOVED_EARLIER = "removed_earlier"
    REMOVED_POSSIBLY = "removed_possibly"
    LOOSE = "loose"


class Reachable(StrEnum):
    """Whether a letter can reach the owner; stock = the machine is ours."""

    YES = "yes"
    NO = "no"
    STOCK = "stock"


LETTER_CLASSES = frozenset({TraceClass.FITTED_NOW, TraceClass.POSSIBLY, TraceClass.LOOSE})
CLASS_RANK = {trace_class: rank for rank, trace_class in enumerate(TraceClass)}
NO_LETTER_FATES = frozenset({Fate.SCRAPPED, Fate.STOLEN})


class TracedFitting(NamedTuple):
    """A fitting of a bad batch, or one that could be of a bad batch (batch_no empty)."""

    device_id: int
    pieces: int
    part_no: str
    supplier: str
    batch_no: str
    fitted_on: date | None
    removed_on: date | None
    id: int


class TraceRow(NamedTuple):
    """A machine or a loose delivery that a trace found, with who has it on the day of the trace."""

    trace_class: TraceClass
    device_id: int | None
    loose_delivery_id: int | None
    model_code: str
    serial: str
    quantity: int
    part_no: str
    supplier: str
    batch_no: str
    fitted_on: date | None
    removed_on: date | None
    fate: Fate | None
    reachable: Reachable
    company_id: int | None
    person_id: int | None
    owner_no: str
    owner_name: str
    country: str
    language: str
    address_id: int | None


class Pieces(NamedTuple):
    """Where the pieces of a batch are; received and built_in are None where a quantity is unknown."""

    received: int | None
    fitted: int
    built_in: int | None
    loose: int
    in_stock: int
    quarantined: int
    scrapped: int
    returned: int

    @property
    def unaccounted(self) -> int | None:
        """Pieces that nobody can account for, negative where more are known than came; None where unknown.

        Source: exchange format, pieces of a batch.
        """
        if self.received is None or self.built_in is None:
            return None
        held = self.in_stock + self.quarantined + self.scrapped + self.returned
        return self.received - self.fitted - self.built_in - self.loose - held


def class_of(*, is_known_bad: bool, is_removed: bool) -> TraceClass:
    """The class that one fitting gives its machine.

    is_known_bad: fitted from a bad batch; else its batch is unknown and could be bad. Source: exchange format.
    """
    if is_known_bad:
        return TraceClass.REMOVED_EARLIER if is_removed else TraceClass.FITTED_NOW
    return TraceClass.REMOVED_POSSIBLY if is_removed else TraceClass.POSSIBLY


def could_be_bad(
    *, fitted_on: date | None, supplier: str, batch_supplier: str, received_on: date | None, used_up_on: date | None
) -> bool:
    """True when a fitting without batch number, of the bad batch's part, could come from that batch.

    supplier: empty where unknown. Both ends of the batch's days count; an empty end or fitted_on is open.
    Source: exchange format, what the trace answers.
    """
    if supplier and supplier != batch_supplier:
        return False
    if fitted_on is None:
        return True
    return (received_on is None or received_on <= fitted_on) and (used_up_on is None or fitted_on <= used_up_on)


def class_of_fittings(fittings: Iterable[Any], bad: Iterable[Any]) -> TraceClass | None:
    """The first class that a machine's fittings give it when these batches are bad; None where it has none of them.

    fittings: rows with part_id, supplier, batch_id, fitted_on, removed_on; bad: rows with id, part_id, supplier,
    received_on, used_up_on. Source: exchange format, what the trace answers.
    """
    batches = list(bad)
    ids = {batch.id for batch in batches}
    found = [
        class_of(is_known_bad=fitting.batch_id in ids, is_removed=fitting.removed_on is not None)
        for fitting in fittings
        if fitting.batch_id in ids or (fitting.batch_id is None and any(_could_be_of(b, fitting) for b in batches))
    ]
    return min(found, key=CLASS_RANK.__getitem__, default=None)


def _could_be_of(batch: Any, fitting: Any) -> bool:
    return fitting.part_id == batch.part_id and could_be_bad(
        fitted_on=fitting.fitted_on,
        supplier=fitting.supplier,
        batch_supplier=batch.supplier,
        received_on=batch.received_on,
        used_up_on=batch.used_up_on,
    )


def class_by_build_day(
    built_on: date | None, year: int | None, *, built_from: date | None, built_to: date | None
) -> TraceClass | None:
    """The class of a machine when those built from one day to another are recalled; None when it is not among them.

    Both days count, an empty one is open. A machine without build day is possibly among them, unless its year of
    build excludes it: missing data never drops a machine. Source: our choice.
    """
    first = built_on or (date(year, 1, 1) if year else date.min)
    last = built_on or (date(year, 12, 31) if year else date.max)
    if (built_from and last < built_from) or (built_to and built_to < first):
        return None
    return TraceClass.FITTED_NOW if built_on else TraceClass.POSSIBLY


def _rank(known_bad: bool, fitting: TracedFitting) -> tuple[int, date, str, str, str, int]:
    trace_class = class_of(is_known_bad=known_bad, is_removed=fitting.removed_on is not None)
    day = fitting.fitted_on or date.max
    return (CLASS_RANK[trace_class], day, fitting.part_no, fitting.supplier, fitting.batch_no, fitting.id)


def deciding_fittings(
    bad: Iterable[TracedFitting], possible: Iterable[TracedFitting]
) -> list[tuple[TraceClass, TracedFitting]]:
    """For each machine the first class that applies and the fitting that decided it, the earliest of several.

    bad: fittings of bad batches; possible: fittings without batch number that could be bad. A fitting without day
    comes after those with one; ties go by part, supplier, batch, then the older row (our choice).
    Source: exchange format, what the trace answers.
    """
    best: dict[int, tuple[bool, TracedFitting]] = {}
    for known_bad, fittings in ((True, bad), (False, possible)):
        for fitting in fittings:
            found = best.get(fitting.device_id)
            if found is None or _rank(known_bad, fitting) < _rank(*found):
                best[fitting.device_id] = (known_bad, fitting)
    return [
        (class_of(is_known_bad=known_bad, is_removed=fitting.removed_on is not None), fitting)
        for known_bad, fitting in best.values()
    ]


def trace_order(row: TraceRow) -> tuple[int | str, ...]:
    """Sort key of a trace: class, model, serial; loose deliveries, which have neither, by batch, customer and row.

    Text by code point, so that every database gives the same order. Source: exchange format; the rest our choice.
    """
    if row.device_id is not None:
        return (CLASS_RANK[row.trace_class], row.model_code, row.serial)
    batch = (row.part_no, row.supplier, row.batch_no)
    return (CLASS_RANK[row.trace_class], *batch, row.owner_no, row.loose_delivery_id or 0)


def gets_letter(trace_class: TraceClass, fate: Fate | None) -> bool:
    """True when the owner of such a unit is written to (once they can be reached).

    Units of removed_earlier and removed_possibly get none; scrapped and stolen machines get none.
    Source: exchange format, in scope of a case.
    """
    return trace_class in LETTER_CLASSES and fate not in NO_LETTER_FATES


CSV_COLUMNS = (
    "class",
    "model_code",
    "serial",
    "quantity",
    "part_no",
    "supplier",
    "batch_no",
    "fitted_on",
    "removed_on",
    "fate",
    "owner_no",
    "owner_name",
    "reachable",
    "country",
    "language",
)
_FIELDS = ("trace_class", *CSV_COLUMNS[1:])


def csv_of(rows: Iterable[TraceRow], shown: Callable[[str], str] = str) -> str:
    """A trace as comma-separated text with an English header; text stays exactly as the register has it.

    shown: what becomes of each cell, for those who open the file in a spreadsheet.
    Source: exchange format, what the trace answers.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        values = (getattr(row, name) for name in _FIELDS)
        writer.writerow([shown("" if value is None else str(value)) for value in values])
    return text.getvalue()


def parties_of(rows: Iterable[TraceRow]) -> dict[Subject, set[int]]:
    """Ids of the people and of the companies whom a trace names."""
    rows = list(rows)
    people = {row.person_id for row in rows if row.person_id}
    return {Subject.PEOPLE: people, Subject.COMPANIES: {row.company_id for row in rows if row.company_id}}


class TraceSummary(NamedTuple):
    """What a trace means before anything is done: units by class, who can be reached, how many letters."""

    classes: dict[TraceClass, int]
    reach: dict[Reachable, int]
    loose_pieces: int
    letters: int
    countries: dict[str, int]

    @property
    def units(self) -> int:
        """Machines and loose deliveries in all."""
        return sum(self.classes.values())


def summary_of(rows: Iterable[TraceRow]) -> TraceSummary:
    """Count a trace: each row in one class and one kind of reach; one letter for each owner who is written to."""
    rows = list(rows)
    classes = {name: sum(1 for row in rows if row.trace_class is name) for name in TraceClass}
    reach = {name: sum(1 for row in rows if row.reachable is name) for name in Reachable}
    written = [r for r in rows if r.reachable is Reachable.YES and gets_letter(r.trace_class, r.fate)]
    letters = len({(row.company_id, row.person_id) for row in written})
    countries = Counter(row.country for row in rows if row.country)
    loose = sum(row.quantity for row in rows if row.trace_class is TraceClass.LOOSE)
    return TraceSummary(classes, reach, loose, letters, dict(sorted(countries.items())))

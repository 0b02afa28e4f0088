"""What an import would do, row by row: pure; the file and the store as they are told, decisions out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from rockrobot.devices.rules import OWNING, OwnershipKind, overlap
from rockrobot.exchange.rules import key_of
from rockrobot.import_plans.rules import (
    Key,
    PlannedRow,
    SheetPlan,
    Status,
    StoredRow,
    merged_values,
    named_as_kept,
)
from rockrobot.parts.rules import circles

BATCH_KEY = ("part_no", "supplier", "batch_no")
CONTAINED_KEY = ("contains_part_no", "contains_supplier", "contains_batch_no")
DEVICE_KEY = ("model_code", "serial")
REFERENCES: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "batches": ((("part_no",), "parts"),),
    "batch_contents": ((BATCH_KEY, "batches"), (CONTAINED_KEY, "batches")),
    "batch_stock": ((BATCH_KEY, "batches"),),
    "people": ((("customer_no",), "companies"),),
    "addresses": ((("customer_no",), "companies"), (("person_no",), "people")),
    "devices": ((("model_code",), "models"),),
    "fittings": ((DEVICE_KEY, "devices"), (("part_no",), "parts"), (BATCH_KEY, "batches")),
    "ownerships": ((DEVICE_KEY, "devices"), (("customer_no",), "companies"), (("person_no",), "people")),
    "device_fates": ((DEVICE_KEY, "devices"),),
    "loose_deliveries": ((BATCH_KEY, "batches"), (("customer_no",), "companies")),
}
PERIODS = {
    "batches": ("received_on", "used_up_on"),
    "addresses": ("valid_from", "valid_to"),
    "fittings": ("fitted_on", "removed_on"),
    "ownerships": ("from", "to"),
}
WITH_PARTY = frozenset({"addresses", "ownerships"})


class Known:
    """Which keys can be referred to: those stored and those of good rows of the file."""

    def __init__(self, stored: Mapping[str, Mapping[Key, StoredRow]]) -> None:
        self.stored = stored
        self.fresh: dict[str, set[Key]] = defaultdict(set)
        self.refused: dict[str, set[Key]] = defaultdict(set)

    def fault(self, sheet: str, key: Key) -> str | None:
        """Code of why a key can't be referred to, or None."""
        if key in self.stored.get(sheet, {}) or key in self.fresh[sheet]:
            return None
        return "refers_to_refused" if key in self.refused[sheet] else "unknown"


def plan_import(sheets: Iterable[Any], stored: Mapping[str, Mapping[Key, StoredRow]]) -> list[SheetPlan]:
    """Decide what becomes of each row.

    sheets: read sheets in the order of the format. stored: sheet -> key (with ordinal where the sheet has one) -> row.
    An empty cell never erases, a value changed by hand wins, references are looked up in the file, then in the store.
    Source: exchange format, Import.
    """
    known = Known(stored)
    plans = [_plan_sheet(read, stored.get(read.sheet.name, {}), known) for read in sheets]
    for plan in plans:
        if plan.name == "ownerships":
            _refuse_overlaps(plan, stored.get("ownerships", {}))
        if plan.name == "batch_contents":
            _refuse_cycles(plan, stored.get("batch_contents", {}))
    return plans


def _plan_sheet(read: Any, stored: Mapping[Key, StoredRow], known: Known) -> SheetPlan:
    plan, seen = SheetPlan(read), dict[Key, PlannedRow]()
    ordinals: dict[Key, int] = defaultdict(int)
    for source in _complete_first(read):
        values = named_as_kept(source.values, plan.name, known.stored)
        key = key_of(read.sheet, values)
        row = PlannedRow(source.number, key, values, Status.REFUSED, fault=source.fault, cells=source.cells)
        plan.rows.append(row)
        if row.fault is None:
            _check_row(plan, row, known)
        if row.fault is None:
            if read.sheet.has_ordinal:
                row.key = (*key, ordinals[key])
                ordinals[key] += 1
            _compare(plan, row, stored.get(row.key), seen)
        if row.fault is None:
            known.fresh[plan.name].add(row.key)
        else:
            known.refused[plan.name].add(key)
    plan.rows.sort(key=lambda row: row.number)
    return plan


def _complete_first(read: Any) -> list[Any]:
    """Among equal keys a row that will be refused must not take the place of one that is stored."""
    needed = read.sheet.required_when_new() if read.sheet.has_ordinal else []
    return sorted(read.rows, key=lambda source: any(column not in source.values for column in needed))


def _check_row(plan: SheetPlan, row: PlannedRow, known: Known) -> None:
    wrong = _party_fault(row.values) if plan.name in WITH_PARTY else None
    if wrong:
        plan.refuse(row, *wrong)
    if plan.read.sheet.has_ordinal:
        _check_period(plan, row, row.values)
    for columns, target in REFERENCES.get(plan.name, ()):
        if columns == BATCH_KEY and plan.name == "fittings" and row.values.get("batch_no") is None:
            continue
        key = tuple(row.values.get(column) for column in columns)
        if len(columns) == 1 and key == (None,):
            continue
        code = known.fault(target, key)
        if code:
            plan.refuse(row, columns[-1], code, " / ".join(str(part) for part in key if part is not None))
            return


def _compare(plan: SheetPlan, row: PlannedRow, stored: StoredRow | None, seen: dict[Key, PlannedRow]) -> None:
    alike = (stored, *stored.twins) if stored and stored.twins else ()
    twin = next((one for one in alike if one.says(row.values)), None)
    first = seen.setdefault(row.key, row)
    if twin is None and first is not row:
        if first.values == row.values:
            row.status = Status.UNCHANGED
        else:
            plan.refuse(row, plan.read.sheet.key[-1], "same_key", str(first.number))
        return
    row.stored = stored = twin or stored
    if stored is None:
        row.status, row.changes = Status.NEW, row.values
        for column in plan.read.sheet.required_when_new():
            if column not in row.values:
                plan.refuse(row, column, "required")
    else:
        different = {c: v for c, v in row.values.items() if stored.values.get(c) != v}
        row.kept = sorted(different.keys() & stored.by_hand)
        row.changes = {c: v for c, v in different.items() if c not in stored.by_hand}
        row.agreed = frozenset() if stored.is_merged else _agreed(plan, row, stored)
        row.status = Status.CHANGED if row.changes else Status.UNCHANGED
    if row.changes:
        _check_period(plan, row, merged_values(row))


def _agreed(plan: SheetPlan, row: PlannedRow, stored: StoredRow) -> frozenset[str]:
    """The columns changed by hand of which the file now says the same: the next file may change them again.

    The key stays by hand: a file never changes it, and the mark is how the row is found under its former key.
    Source: exchange format, "changed by hand since its last import"; that of the key is our choice.
    """
    same = {column for column in stored.by_hand & row.values.keys() if stored.values[column] == row.values[column]}
    return frozenset(same.difference(plan.read.sheet.key))


def _check_period(plan: SheetPlan, row: PlannedRow, values: Mapping[str, Any]) -> None:
    """A period must not end before it begins."""
    if plan.name not in PERIODS:
        return
    begin_name, end_name = PERIODS[plan.name]
    begin, end = values.get(begin_name), values.get(end_name)
    if begin and end and end < begin:
        plan.refuse(row, end_name, "ends_before_begins", f"{begin.isoformat()} – {end.isoformat()}")


def _party_fault(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The column and code of what is wrong with who is named, or None."""
    named = [c for c in ("customer_no", "person_no") if values.get(c) is not None]
    if values.get("kind") == OwnershipKind.RETURNED:
        return (named[0], "party_of_return") if named else None
    if len(named) == 2:
        return "person_no", "one_party"
    return None if named else ("customer_no", "no_party")


# ---------- checks over rows ----------


def _refuse_overlaps(plan: SheetPlan, stored: Mapping[Key, StoredRow]) -> None:
    """Two owners at once are refused: every new or changed row of the pair, naming the other."""
    chains: dict[Key, list[tuple[Any, PlannedRow | None]]] = defaultdict(list)
    touched = {row.stored.id for row in plan.rows if row.stored and row.status is Status.CHANGED}
    devices = {row.key[:2] for row in plan.rows if row.status in {Status.NEW, Status.CHANGED}}
    for row in plan.rows:
        if row.status in {Status.NEW, Status.CHANGED}:
            chains[row.key[:2]].append((_period(merged_values(row)), row))
    for key, kept in stored.items():
        if key[:2] in devices and kept.id not in touched:
            chains[key[:2]].append((_period(kept.values), None))
    for chain in chains.values():
        _refuse_overlaps_of(plan, chain)


def _period(values: Mapping[str, Any]) -> Any:
    party = values.get("customer_no") or values.get("person_no") or ""
    kind = OwnershipKind(values["kind"])
    return SimpleNamespace(id=0, kind=kind, from_on=values.get("from"), to_on=values.get("to"), party=party)


def _refuse_overlaps_of(plan: SheetPlan, chain: list[tuple[Any, PlannedRow | None]]) -> None:
    owning = sorted(((p, row) for p, row in chain if p.kind in OWNING), key=lambda pair: pair[0].from_on or date.min)
    for index, (first, first_row) in enumerate(owning):
        for second, second_row in owning[index + 1 :]:
            if first.to_on is not None and (second.from_on or date.min) >= first.to_on:
                break
            if overlap(first, second):
                for row, other, other_row in ((first_row, second, second_row), (second_row, first, first_row)):
                    if row is not None:
                        plan.refuse(row, "from", "overlap", _period_text(other, other_row))


def _period_text(period: Any, row: PlannedRow | None) -> str:
    ends = [day.isoformat() if day else "" for day in (period.from_on, period.to_on)]
    where = f"rivi {row.number}" if row else "rekisterissä"
    return f"{period.party} {ends[0]} – {ends[1]} ({where})"


def _refuse_cycles(plan: SheetPlan, stored: Mapping[Key, StoredRow]) -> None:
    """Batches that contain each other in a circle are refused, every row of the file on it."""
    edges: dict[Key, set[Key]] = defaultdict(set)
    rows: dict[tuple[Key, Key], list[PlannedRow]] = defaultdict(list)
    for key in stored:
        edges[key[:3]].add(key[3:6])
    for row in plan.rows:
        if row.fault is None:
            edges[row.key[:3]].add(row.key[3:6])
            rows[row.key[:3], row.key[3:6]].append(row)
    for circle in circles(edges):
        on_it = [row for (a, b), found in rows.items() if a in circle and b in circle for row in found]
        numbers = ", ".join(str(number) for number in sorted(row.number for row in on_it))
        for row in on_it:
            plan.refuse(row, "contains_batch_no", "cycle", numbers)

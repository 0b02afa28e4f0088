"""The stored register in the columns of the exchange format: what imports compare with and exports write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.queries import old_numbers, still_here
from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceFate, DeviceModel, Fitting, Ownership
from rockrobot.exchange.queries import fault_reason, fault_text, text_places, written_again
from rockrobot.exchange.rules import LABELS, SHEETS, header_of, key_of
from rockrobot.import_plans.rules import PARTY_SHEETS, Key, SheetPlan, StoredRow, merged_record, totals
from rockrobot.imports.rules import REFERENCES
from rockrobot.parts.models import Batch, BatchContent, BatchStock, LooseDelivery, Part
from rockrobot.party_facts.queries import fact_columns
from rockrobot.undo import stored_values as stored_values_of

MODELS: dict[str, Any] = {
    "models": DeviceModel,
    "parts": Part,
    "batches": Batch,
    "batch_contents": BatchContent,
    "batch_stock": BatchStock,
    "companies": Company,
    "people": Person,
    "addresses": Address,
    "devices": Device,
    "fittings": Fitting,
    "ownerships": Ownership,
    "device_fates": DeviceFate,
    "loose_deliveries": LooseDelivery,
}
COLUMN_OF: dict[str, dict[str, str]] = {
    "ownerships": {"from": "from_on", "to": "to_on"},
}
REFERENCE_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "batches": {"part_id": ("part_no",)},
    "batch_contents": {
        "batch_id": ("part_no", "supplier", "batch_no"),
        "contained_batch_id": ("contains_part_no", "contains_supplier", "contains_batch_no"),
    },
    "batch_stock": {"batch_id": ("part_no", "supplier", "batch_no")},
    "addresses": {"company_id": ("customer_no",), "person_id": ("person_no",)},
    "devices": {"device_model_id": ("model_code",)},
    "fittings": {
        "device_id": ("model_code", "serial"),
        "part_id": ("part_no",),
        "batch_id": ("part_no", "supplier", "batch_no"),
    },
    "ownerships": {
        "device_id": ("model_code", "serial"),
        "company_id": ("customer_no",),
        "person_id": ("person_no",),
    },
    "device_fates": {"device_id": ("model_code", "serial")},
    "loose_deliveries": {"batch_id": ("part_no", "supplier", "batch_no"), "company_id": ("customer_no",)},
}


def own_column(sheet: str, column: str) -> str:
    """The table's column that keeps a plain column of the sheet."""
    return COLUMN_OF.get(sheet, {}).get(column, column)


def _statement(sheet: str) -> Select[Any]:
    """The stored rows of a sheet with what they refer to joined in, one label a column of the format."""
    model = MODELS[sheet]
    statement = select(model.id.label("row_id"), model.hand_changed.label("by_hand"))
    referred: set[str] = set()
    for column, names in REFERENCE_COLUMNS.get(sheet, {}).items():
        if sheet == "fittings" and column == "batch_id":
            batch = aliased(Batch)
            statement = statement.outerjoin(batch, batch.id == Fitting.batch_id)
            statement = statement.add_columns(batch.batch_no.label("batch_no"))
            referred.add("batch_no")
            continue
        statement = _join(statement, getattr(model, column), names)
        referred.update(names)
    facts = fact_columns(sheet)
    plain = [c.name for c in SHEETS[sheet].columns if c.name not in referred and c.name not in facts]
    columns = [getattr(model, own_column(sheet, name)).label(name) for name in plain]
    return statement.where(*still_here(model)).add_columns(*columns, *facts.values()).order_by(*_order(model))


def _order(model: Any) -> list[Any]:
    return [model.ordinal, model.id] if hasattr(model, "ordinal") else [model.id]


def _join(statement: Select[Any], key: Any, names: tuple[str, ...]) -> Select[Any]:
    if len(names) == 3:
        batch, part = aliased(Batch), aliased(Part)
        columns: tuple[Any, ...] = (part.part_no, batch.supplier, batch.batch_no)
        statement = statement.outerjoin(batch, batch.id == key).outerjoin(part, part.id == batch.part_id)
    elif len(names) == 2:
        device, device_model = aliased(Device), aliased(DeviceModel)
        columns = (device_model.model_code, device.serial)
        statement = statement.outerjoin(device, device.id == key)
        statement = statement.outerjoin(device_model, device_model.id == device.device_model_id)
    else:
        targets: dict[str, Any] = {
            "part_no": Part,
            "customer_no": Company,
            "person_no": Person,
            "model_code": DeviceModel,
        }
        target = aliased(targets[names[0]])
        columns = (getattr(target, names[0]),)
        statement = statement.outerjoin(target, target.id == key)
    return statement.add_columns(*(c.label(name) for c, name in zip(columns, names, strict=True)))


def stored_values(sheet: str) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """(row id, attributes changed by hand, values in the format's columns; empty text is None), in import order."""
    names = [column.name for column in SHEETS[sheet].columns]
    for row in db.session.execute(_statement(sheet)).mappings():
        values = {name: (None if row[name] == "" else row[name]) for name in names}
        yield row["row_id"], row["by_hand"] or [], values


def stored_rows(sheet: str) -> dict[Key, StoredRow]:
    """The stored rows of a sheet by their key, with the ordinal where the sheet has one.

    Where rows made by hand share a key, the first one carries the others as twins.
    """
    definition = SHEETS[sheet]
    found: dict[Key, StoredRow] = {}
    ordinals: dict[Key, int] = defaultdict(int)
    for id_, attributes, values in stored_values(sheet):
        key = key_of(definition, values)
        if definition.has_ordinal:
            plain, key = key, (*key, ordinals[key])
            ordinals[plain] += 1
        row = StoredRow(id_, values, columns_of(sheet, attributes))
        first = found.get(key)
        found[key] = replace(first, twins=(*first.twins, row)) if first else row
    return found


def columns_of(sheet: str, attributes: Iterable[str]) -> frozenset[str]:
    """The format's columns that these attributes of a row stand for."""
    references: dict[str, tuple[str, ...]] = REFERENCE_COLUMNS.get(sheet, {})
    renamed = {own: name for name, own in COLUMN_OF.get(sheet, {}).items()}
    return frozenset(name for a in attributes for name in references.get(a, (renamed.get(a, a),)))


def columns_by_hand(sheet: str, row_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The format's columns that people changed by hand, of each of these rows that is still there."""
    model = MODELS[sheet]
    rows = db.session.execute(select(model.id, model.hand_changed).where(among(model.__table__.c.id, row_ids)))
    return {id_: columns_of(sheet, attributes or []) for id_, attributes in rows}


def fitting_days(batch_ids: Sequence[int]) -> Sequence[Any]:
    """(fitting, is marked, fitted on, batch received on, used up on) of the fittings of these batches."""
    columns = (Fitting.id, Fitting.is_outside_batch_days, Fitting.fitted_on, Batch.received_on, Batch.used_up_on)
    joined = select(*columns).join(Batch, Batch.id == Fitting.batch_id).where(among(Batch.__table__.c.id, batch_ids))
    return db.session.execute(joined).all()


def stored_for(sheets: Iterable[str]) -> dict[str, Mapping[Key, StoredRow]]:
    """The stored rows of these sheets and of all that their rows can refer to."""
    needed = set(sheets)
    while True:
        more = {target for sheet in needed for _, target in REFERENCES.get(sheet, ())} - needed
        if not more:
            rows = {sheet: _under_former_keys(sheet, stored_rows(sheet)) for sheet in SHEETS if sheet in needed}
            return {sheet: _with_merged(sheet, found) for sheet, found in rows.items()}
        needed |= more


def _under_former_keys(sheet: str, rows: dict[Key, StoredRow]) -> dict[Key, StoredRow]:
    """The stored rows, and those whose key somebody corrected by hand also under the key that files still have.

    The correction wins: the file's row is found, its own key is listed as kept, and no second row is made.
    """
    definition, table = SHEETS[sheet], MODELS[sheet].__table__
    names = [name for name in definition.key if own_column(sheet, name) in table.c]
    corrected = {row.id: row for row in rows.values() if row.by_hand.intersection(names)}
    if definition.has_ordinal or not corrected:
        return rows
    former: dict[int, dict[str, Any]] = {}
    touched = (LedgerEntry.table_name == table.name, LedgerEntry.action == "update")
    mine = among(LedgerEntry.__table__.c.row_id, corrected)
    statement = select(LedgerEntry.row_id, LedgerEntry.changes).where(*touched, mine)
    for id_, changes in db.session.execute(statement.order_by(LedgerEntry.id)):
        for name in names:
            pair = (changes or {}).get(own_column(sheet, name))
            if pair:
                former.setdefault(id_, {}).setdefault(own_column(sheet, name), pair[0])
    for id_, values in former.items():
        row, old = corrected[id_], stored_values_of(table, values)
        told = {name: old[own_column(sheet, name)] or None for name in names if own_column(sheet, name) in old}
        number = str(row.values[names[0]]) if sheet in PARTY_SHEETS.values() else ""
        rows.setdefault(key_of(definition, {**row.values, **told}), replace(row, kept_as=number))
    return rows


def _with_merged(sheet: str, rows: dict[Key, StoredRow]) -> dict[Key, StoredRow]:
    """The stored rows, and under the numbers of merged parties those that were kept."""
    for column, target in PARTY_SHEETS.items():
        if target == sheet:
            for old, kept in old_numbers(MODELS[sheet]).items():
                rows[(old,)] = merged_record(rows[(kept,)], column, old)
    return rows


def export_sheets(language: str) -> Iterator[tuple[str, Sequence[str], list[list[Any]]]]:
    """The whole register in the exchange format: (sheet name, header, rows) in a language (en, fi, sv)."""
    for name, sheet in SHEETS.items():
        rows = [[values[column.name] for column in sheet.columns] for _, _, values in stored_values(name)]
        yield LABELS[language][name], header_of(sheet, language), rows


def people_ids() -> list[int]:
    """Every person of the register; an export shows them all."""
    return list(db.session.scalars(select(Person.id).where(*still_here(Person))))


def company_ids() -> list[int]:
    """Every company of the register; an export shows them all."""
    return list(db.session.scalars(select(Company.id).where(*still_here(Company))))


# ---------- what an import would do, told ----------


@dataclass(frozen=True)
class Planned:
    """A file that was read: the sheets nobody knows, what becomes of its rows, and what is stored already."""

    ignored: list[str]
    plans: list[SheetPlan]
    stored: Mapping[str, Mapping[Key, StoredRow]]


def report_of(planned: Planned, told_rows: int) -> dict[str, Any]:
    """What was understood of a file, for the screen; at most so many rows are told one by one."""
    rows = [(plan.read, row) for plan in planned.plans for row in plan.rows]
    faults = [row.fault for _, row in rows if row.fault]
    kept = [(read, row) for read, row in rows if row.kept]
    return {
        "totals": totals(planned.plans),
        "ignored": planned.ignored,
        "sheets": [
            {
                "name": plan.name,
                "title": plan.read.title,
                "columns": [[name, label] for name, label in plan.read.labels.items()],
                "ignored": plan.read.ignored,
                "counts": plan.counts(),
            }
            for plan in planned.plans
        ],
        "fault_count": len(faults),
        "faults": [
            {"sheet": fault.sheet, "row": fault.row, "column": fault.column, "reason": fault_reason(fault)}
            for fault in faults[:told_rows]
        ],
        "agreed_count": sum(len(row.agreed) for _, row in rows if row.fault is None),
        "kept_count": len(kept),
        "kept": [
            {"sheet": read.title, "row": row.number, "columns": [read.labels.get(name, name) for name in row.kept]}
            for read, row in kept[:told_rows]
        ],
    }


def refused_sheets(plans: Sequence[SheetPlan], reason: str) -> list[tuple[str, list[str], list[list[str]]]]:
    """The refused rows with their own header and the reason in a last column, to be mended and read again."""
    sheets = []
    for plan in plans:
        header = written_again(plan.read.header, 0)
        rows = [
            [*written_again(row.cells, len(header), text_places(plan.read))[: len(header)], fault_text(row.fault)]
            for row in plan.rows
            if row.fault
        ]
        if rows:
            sheets.append((plan.read.title, [*header, reason], rows))
    return sheets

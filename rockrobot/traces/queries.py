"""From batches, serials or build dates to machines and their owners; pieces of a batch."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from rapidfuzz.fuzz import ratio
from sqlalchemy import ColumnElement, Executable, func, select, union_all

from rockrobot import clock
from rockrobot.db import among, db
from rockrobot.devices.models import Device, Fitting
from rockrobot.owners.queries import machines_on, owners_on
from rockrobot.owners.rules import NOBODY, Owner
from rockrobot.parts.models import Batch, BatchContent, BatchStock, LooseDelivery, Part
from rockrobot.traces.rules import (
    Pieces,
    Reachable,
    TraceClass,
    TracedFitting,
    TraceRow,
    class_by_build_day,
    deciding_fittings,
    trace_order,
)

NEAREST_BATCHES = 5
NO_COUNT = (0, 0, 0, 0)

_batches = Batch.__table__
_contents = BatchContent.__table__
_devices = Device.__table__
_fittings = Fitting.__table__
_loose = LooseDelivery.__table__
_parts = Part.__table__
_stock = BatchStock.__table__


def _rows(statement: Executable) -> Sequence[Any]:
    return db.session.connection().execute(statement).all()


# ---------- batches ----------


def bad_batches(batch_ids: Collection[int]) -> list[int]:
    """The batches and every batch that contains one of them, directly or through others, in order of id."""
    bad: Any = select(_batches.c.id).where(among(_batches.c.id, batch_ids)).cte("bad", recursive=True)
    bad = bad.union(select(_contents.c.batch_id).where(_contents.c.contained_batch_id == bad.c.id))
    return sorted(row[0] for row in _rows(select(bad.c.id)))


def find_batch(part_no: str, supplier: str, batch_no: str) -> Batch | None:
    """The batch with this key, or None."""
    key = (Part.part_no == part_no, Batch.supplier == supplier, Batch.batch_no == batch_no)
    return db.session.scalar(select(Batch).join(Batch.part).where(*key))


def nearest_batches(part_no: str, supplier: str, batch_no: str) -> list[tuple[str, str, str]]:
    """The batches (part, supplier, batch number) whose keys look most like one that does not exist.

    Those of the part come first; where the part has none, those of every part.
    """
    columns = select(_parts.c.part_no, _batches.c.supplier, _batches.c.batch_no)
    everything = columns.join_from(_batches, _parts)
    found = _rows(everything.where(_parts.c.part_no == part_no)) or _rows(everything)

    def unlikeness(row: Any) -> tuple[float, tuple[str, str, str]]:
        likeness = 2 * ratio(batch_no, row.batch_no) + ratio(part_no, row.part_no) + ratio(supplier, row.supplier)
        return (-likeness, tuple(row))

    return [tuple(row) for row in sorted(found, key=unlikeness)[:NEAREST_BATCHES]]


# ---------- the trace ----------


def trace_batches(batch_ids: Collection[int], on: date | None = None) -> list[TraceRow]:
    """Every machine and loose delivery that has, had or could have a part of these batches, sorted.

    on: the day for owners and addresses, in Finland; today when not given.
    """
    bad = bad_batches(batch_ids)
    keys = _batch_keys(bad)
    decided = deciding_fittings(_fittings_of(bad, keys), _possible_fittings(bad))
    day = on or clock.today()
    return sorted(_machine_rows(decided, day) + _loose_rows(bad, keys, day), key=trace_order)


def trace_serials(device_ids: Collection[int], on: date | None = None) -> list[TraceRow]:
    """These machines as rows of a trace; what is wrong is in the machine itself, so batch columns are empty."""
    return sorted(_machine_rows(_listed(device_ids, TraceClass.FITTED_NOW), on or clock.today()), key=trace_order)


def trace_build_dates(
    device_model_id: int, built_from: date | None, built_to: date | None, on: date | None = None
) -> list[TraceRow]:
    """The machines of a model built from one day to another, both included, an empty end being open.

    A machine without build day stands in the class possibly when its year of build, where known, does not exclude it.
    """
    of_model = select(_devices.c.id, _devices.c.built_on, _devices.c.year).where(
        _devices.c.device_model_id == device_model_id
    )
    decided: list[tuple[TraceClass, TracedFitting]] = []
    for id_, built_on, year in _rows(of_model):
        found = class_by_build_day(built_on, year, built_from=built_from, built_to=built_to)
        decided += _listed([id_], found) if found else []
    return sorted(_machine_rows(decided, on or clock.today()), key=trace_order)


def _listed(device_ids: Iterable[int], trace_class: TraceClass) -> list[tuple[TraceClass, TracedFitting]]:
    return [(trace_class, TracedFitting(id_, 1, "", "", "", None, None, 0)) for id_ in device_ids]


def _batch_keys(batch_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    columns = select(_batches.c.id, _parts.c.part_no, _batches.c.supplier, _batches.c.batch_no)
    rows = _rows(columns.join_from(_batches, _parts).where(among(_batches.c.id, batch_ids)))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _fittings_of(bad: Collection[int], keys: dict[int, tuple[str, str, str]]) -> list[TracedFitting]:
    f = _fittings.c
    columns = select(f.batch_id, f.device_id, f.fitted_on, f.removed_on, f.pieces, f.id)
    return [
        TracedFitting(device_id, pieces, *keys[batch_id], fitted_on, removed_on, id_)
        for batch_id, device_id, fitted_on, removed_on, pieces, id_ in _rows(columns.where(among(f.batch_id, bad)))
    ]


def _possible_fittings(bad: Collection[int]) -> list[TracedFitting]:
    """Fittings without batch number that could come from a bad batch: rules.could_be_bad, said to the database."""
    f, b = _fittings.c, _batches.c
    columns = select(f.device_id, f.pieces, _parts.c.part_no, f.supplier, f.fitted_on, f.removed_on, f.id)
    could_be = columns.join_from(_batches, _parts, _parts.c.id == b.part_id).join(
        _fittings, (f.part_id == b.part_id) & f.supplier.in_(["", b.supplier])
    )
    could_be = could_be.where(among(b.id, bad), f.batch_id.is_(None))
    runs = f.fitted_on.between(func.coalesce(b.received_on, date.min), func.coalesce(b.used_up_on, date.max))
    found = {row.id: row for row in _rows(union_all(could_be.where(f.fitted_on.is_(None)), could_be.where(runs)))}
    return [TracedFitting._make((*r[:4], "", *r[4:])) for r in found.values()]


def _machine_rows(decided: Sequence[tuple[TraceClass, TracedFitting]], day: date) -> list[TraceRow]:
    machines = machines_on([fitting.device_id for _, fitting in decided], day)
    owners = owners_on({machine.party for machine in machines.values() if machine.party}, day)
    rows = []
    for trace_class, fitting in decided:
        code, serial, fate, is_ours, party = machines[fitting[0]]
        owner = owners[party] if party else NOBODY
        reach = Reachable.STOCK if is_ours else _reach(owner)
        what = (trace_class, fitting[0], None, code, serial, *fitting[1:7], fate, reach)
        rows.append(TraceRow._make(what + owner))
    return rows


def _loose_rows(bad: Collection[int], keys: dict[int, tuple[str, str, str]], day: date) -> list[TraceRow]:
    columns = select(_loose.c.id, _loose.c.batch_id, _loose.c.company_id, _loose.c.quantity)
    deliveries = _rows(columns.where(among(_loose.c.batch_id, bad)))
    owners = owners_on({(row.company_id, None) for row in deliveries}, day) if deliveries else {}
    rows = []
    for row in deliveries:
        owner = owners[(row.company_id, None)]
        batch = (row.quantity, *keys[row.batch_id], None, None)
        rows.append(TraceRow._make((TraceClass.LOOSE, None, row.id, "", "", *batch, None, _reach(owner), *owner)))
    return rows


def _reach(owner: Owner) -> Reachable:
    return Reachable.NO if owner.address_id is None else Reachable.YES


# ---------- pieces ----------


def pieces_of(batch_ids: Collection[int]) -> dict[int, Pieces]:
    """Where the pieces of each batch are (exchange format, pieces of a batch)."""
    fitted = _sums(_fittings.c.batch_id, _fittings.c.pieces, batch_ids)
    loose = _sums(_loose.c.batch_id, _loose.c.quantity, batch_ids)
    built_in = _built_in(batch_ids)
    counts = _latest_counts(batch_ids)
    received = _rows(select(_batches.c.id, _batches.c.quantity).where(among(_batches.c.id, batch_ids)))
    return {
        i: Pieces(quantity, fitted.get(i, 0), built_in.get(i, 0), loose.get(i, 0), *counts.get(i, NO_COUNT))
        for i, quantity in received
    }


def _sums(batch: ColumnElement[Any], pieces: ColumnElement[Any], batch_ids: Collection[int]) -> dict[int, int]:
    sums = select(batch, func.sum(pieces)).where(among(batch, batch_ids)).group_by(batch)
    return {row[0]: int(row[1]) for row in _rows(sums)}


def _built_in(batch_ids: Collection[int]) -> dict[int, int | None]:
    """Pieces built into other batches; None when a containing batch has no quantity."""
    columns = select(_contents.c.contained_batch_id, _contents.c.pieces, _batches.c.quantity)
    into = columns.join_from(_contents, _batches, _batches.c.id == _contents.c.batch_id)
    sums: dict[int, int | None] = {}
    for id_, pieces, quantity in _rows(into.where(among(_contents.c.contained_batch_id, batch_ids))):
        so_far = sums.get(id_, 0)
        sums[id_] = None if so_far is None or quantity is None else so_far + pieces * quantity
    return sums


def _latest_counts(batch_ids: Collection[int]) -> dict[int, tuple[int, int, int, int]]:
    s = _stock.c
    columns = select(s.batch_id, s.in_stock, s.quarantined, s.scrapped, s.returned)
    rows = _rows(columns.where(among(s.batch_id, batch_ids)).order_by(s.batch_id, s.counted_on))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}

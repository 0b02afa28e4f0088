"""Which parts and batches there are, what a batch contains and where it is blocked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from rockrobot import search, search_index
from rockrobot.db import db
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import Batch, BatchBlock, BatchContent, BatchStock, LooseDelivery, Part

search_index.declare(search_index.Kind("part", Part.__table__, codes=("part_no",), columns=("name",)))
search_index.declare(
    search_index.Kind(
        "batch",
        Batch.__table__,
        codes=("batch_no", "supplier_batch_no"),
        columns=("supplier",),
        through=(search_index.Through("part_id", Part.__table__, "part_no", "part"),),
    )
)


class Nested(NamedTuple):
    """A batch inside, or around, another: so many of the inner one's pieces in each piece of the outer one."""

    batch: Batch
    pieces: int


# ---------- parts ----------


def find_parts(*, text: str = "", number: int = 1) -> Listing[Part]:
    """Parts by number, one page; text narrows to those in which every word is found."""
    statement = select(Part).order_by(Part.part_no)
    if text.strip():
        statement = statement.where(Part.id.in_(search.matching("part", text)))
    return listing(statement, number)


def all_parts() -> Sequence[Part]:
    """Every part by number, for choosing one."""
    return db.session.scalars(select(Part).order_by(Part.part_no)).all()


def part_with(part_id: int) -> Part | None:
    """The part with this id, or None."""
    return db.session.get(Part, part_id)


def parts_with(ids: Iterable[int]) -> dict[int, Part]:
    """Parts by id."""
    return {row.id: row for row in db.session.scalars(select(Part).where(Part.id.in_(list(ids))))}


def part_numbered(part_no: str) -> Part | None:
    """The part with this number, or None."""
    return db.session.scalar(select(Part).where(Part.part_no == part_no.strip()))


def batch_counts(part_ids: Iterable[int]) -> dict[int, int]:
    """How many batches each part has."""
    statement = select(Batch.part_id, func.count()).where(Batch.part_id.in_(list(part_ids))).group_by(Batch.part_id)
    return dict(db.session.execute(statement).all())


# ---------- batches ----------


def find_batches(*, text: str = "", part_id: int | None = None, supplier: str = "", number: int = 1) -> Listing[Batch]:
    """Batches, the last received first, one page; text looks at our number, the supplier's, the supplier and part."""
    statement = select(Batch).order_by(Batch.received_on.is_(None), Batch.received_on.desc(), Batch.id.desc())
    if text.strip():
        statement = statement.where(Batch.id.in_(search.matching("batch", text)))
    if part_id:
        statement = statement.where(Batch.part_id == part_id)
    if supplier:
        statement = statement.where(Batch.supplier == supplier)
    return listing(statement, number)


def suppliers() -> Sequence[str]:
    """Names of the suppliers of batches, in alphabetical order."""
    statement = select(Batch.supplier).where(Batch.supplier != "").distinct().order_by(Batch.supplier)
    return db.session.scalars(statement).all()


def batch_with(batch_id: int) -> Batch | None:
    """The batch with this id, with its part, or None."""
    return db.session.get(Batch, batch_id)


def batches_with(ids: Iterable[int]) -> dict[int, Batch]:
    """Batches by id, with their parts."""
    return {row.id: row for row in db.session.scalars(select(Batch).where(Batch.id.in_(list(ids))))}


def batches_numbered(batch_no: str, *, part_id: int | None = None) -> Sequence[Batch]:
    """Batches with this number of ours, or else of their supplier; two suppliers may both have a 003."""
    typed = batch_no.strip()
    for column in (Batch.batch_no, Batch.supplier_batch_no):
        statement = select(Batch).where(column == typed).order_by(Batch.supplier, Batch.id).limit(20)
        found = db.session.scalars(statement.where(Batch.part_id == part_id) if part_id else statement).all()
        if found:
            return found
    return []


def contained_in(batch_id: int) -> list[Nested]:
    """The batches into which pieces of this one were built."""
    outer = aliased(BatchContent)
    statement = select(Batch, outer.pieces).join(outer, outer.batch_id == Batch.id).order_by(Batch.batch_no)
    rows = db.session.execute(statement.where(outer.contained_batch_id == batch_id))
    return [Nested(batch, pieces) for batch, pieces in rows]


def contents_of(batch_id: int) -> list[Nested]:
    """The batches whose pieces were built into this one."""
    inner = aliased(BatchContent)
    statement = select(Batch, inner.pieces).join(inner, inner.contained_batch_id == Batch.id).order_by(Batch.batch_no)
    rows = db.session.execute(statement.where(inner.batch_id == batch_id))
    return [Nested(batch, pieces) for batch, pieces in rows]


def counts_of(batch_id: int) -> Sequence[BatchStock]:
    """The counts of a batch, the latest first."""
    statement = select(BatchStock).where(BatchStock.batch_id == batch_id).order_by(BatchStock.counted_on.desc())
    return db.session.scalars(statement).all()


def deliveries_of(batch_id: int) -> Sequence[LooseDelivery]:
    """Loose deliveries of a batch with their customers, the latest first."""
    statement = (
        select(LooseDelivery)
        .where(LooseDelivery.batch_id == batch_id)
        .order_by(LooseDelivery.delivered_on.desc(), LooseDelivery.id.desc())
        .options(selectinload(LooseDelivery.company))
    )
    return db.session.scalars(statement).all()


def deliveries_to(company_id: int) -> Sequence[LooseDelivery]:
    """Loose deliveries to a company with their batches, the latest first."""
    statement = (
        select(LooseDelivery)
        .where(LooseDelivery.company_id == company_id)
        .order_by(LooseDelivery.delivered_on.desc(), LooseDelivery.id.desc())
        .options(joinedload(LooseDelivery.batch))
    )
    return db.session.scalars(statement).all()


# ---------- blocks ----------


def running_blocks(batch_ids: Iterable[int]) -> dict[int, list[BatchBlock]]:
    """Blocks not lifted yet by batch, real ones before those of drills, the oldest first."""
    statement = (
        select(BatchBlock)
        .where(BatchBlock.batch_id.in_(list(batch_ids)), BatchBlock.lifted_at.is_(None))
        .order_by(BatchBlock.is_drill, BatchBlock.id)
    )
    blocks: dict[int, list[BatchBlock]] = {}
    for block in db.session.scalars(statement):
        blocks.setdefault(block.batch_id, []).append(block)
    return blocks


def block_of(batch_id: int) -> BatchBlock | None:
    """The block that forbids fitting and delivering this batch, or None; a drill's block forbids nothing."""
    real = [block for block in running_blocks([batch_id]).get(batch_id, []) if not block.is_drill]
    return real[0] if real else None

"""Add parts and batches, count stock, deliver loose spares, block batches."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.parts.models import Batch, BatchBlock, BatchStock, LooseDelivery, Part
from rockrobot.parts.queries import block_of


class BlockedBatchError(ValueError):
    """The batch is blocked and no reason was given for using it all the same."""


def add_part(part_no: str, name: str) -> Part:
    """A new spare part or sub-assembly."""
    part = Part(part_no=part_no, name=name)
    db.session.add(part)
    db.session.flush()
    return part


def rename_part(part: Part, name: str) -> None:
    """Set a part's name; its number stays, batches are known by it."""
    part.name = name
    db.session.flush()


def add_batch(part: Part, **values: Any) -> Batch:
    """A new batch of a part; values: supplier, batch_no, supplier_batch_no, received_on, used_up_on, quantity."""
    batch = Batch(part_id=part.id, **values)
    batch.part = part
    db.session.add(batch)
    db.session.flush()
    return batch


def change_batch(batch: Batch, **values: Any) -> None:
    """Set these fields of a batch; its part, supplier and number stay, they are its key."""
    for name, value in values.items():
        setattr(batch, name, value)
    db.session.flush()


def count_stock(batch: Batch, *, on: date, **counts: int) -> BatchStock:
    """What we hold of a batch or got rid of (in_stock, quarantined, scrapped, returned); a day has one count."""
    stock = db.session.scalar(
        select(BatchStock).where(BatchStock.batch_id == batch.id, BatchStock.counted_on == on)
    ) or BatchStock(batch_id=batch.id, counted_on=on)
    for name, value in counts.items():
        setattr(stock, name, value)
    db.session.add(stock)
    db.session.flush()
    return stock


def deliver_loose(
    batch: Batch, company: Company, *, quantity: int, on: date | None, override_reason: str = ""
) -> LooseDelivery:
    """Spares went to a customer and are not fitted by us.

    Raises BlockedBatchError when the batch is blocked and override_reason is empty.
    """
    if block_of(batch.id) and not override_reason:
        raise BlockedBatchError
    same = (
        LooseDelivery.batch_id == batch.id,
        LooseDelivery.company_id == company.id,
        LooseDelivery.delivered_on.is_not_distinct_from(on),
    )
    newest = db.session.scalar(select(func.max(LooseDelivery.ordinal)).where(*same))
    delivery = LooseDelivery(
        batch_id=batch.id,
        company_id=company.id,
        quantity=quantity,
        delivered_on=on,
        ordinal=0 if newest is None else newest + 1,
        override_reason=override_reason,
    )
    db.session.add(delivery)
    db.session.flush()
    return delivery


def block_batch(batch_ids: Iterable[int], reason: str, source: str, is_drill: bool) -> list[BatchBlock]:
    """Forbid fitting and delivering these batches until the source lifts it; a drill's block is shown only.

    source: who asked, such as a case number. Batches that this source blocks already are left as they are.
    """
    running = select(BatchBlock.batch_id).where(BatchBlock.source == source, BatchBlock.lifted_at.is_(None))
    wanted = dict.fromkeys(batch_ids)
    for batch_id in db.session.scalars(running):
        wanted.pop(batch_id, None)
    blocks = [
        BatchBlock(batch_id=id_, reason=reason, source=source, is_drill=is_drill, blocked_at=clock.now())
        for id_ in wanted
    ]
    db.session.add_all(blocks)
    db.session.flush()
    return blocks


def lift_blocks(source: str) -> int:
    """Lift every running block of this source; how many there were."""
    running = select(BatchBlock).where(BatchBlock.source == source, BatchBlock.lifted_at.is_(None))
    blocks = db.session.scalars(running).all()
    for block in blocks:
        block.lifted_at = clock.now()
    db.session.flush()
    return len(blocks)

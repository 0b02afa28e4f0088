"""Which parts and batches there are, what a batch contains, where it is blocked."""

from collections.abc import Iterable

from sqlalchemy import select

from rockrobot.db import db
from rockrobot.parts.models import BatchBlock


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

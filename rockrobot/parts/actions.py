"""Blocks of batches."""

from collections.abc import Iterable

from sqlalchemy import select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.parts.models import BatchBlock


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

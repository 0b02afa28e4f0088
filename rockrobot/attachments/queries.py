"""Which files hang on events."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from rockrobot import search_index
from rockrobot.db import db
from rockrobot.events.models import Attachment, AttachmentBody

search_index.declare(search_index.Kind("attachment", Attachment.__table__, columns=("file_name",)))


def attachments_of(event_ids: Collection[int]) -> dict[int, list[Attachment]]:
    """The files of each of these events, in the order in which they were added; without their bodies."""
    found: dict[int, list[Attachment]] = {}
    statement = select(Attachment).where(Attachment.event_id.in_(list(event_ids))).order_by(Attachment.id)
    for row in db.session.scalars(statement) if event_ids else ():
        found.setdefault(row.event_id, []).append(row)
    return found


def attachment_with(attachment_id: int, *, with_body: bool = False) -> Attachment | None:
    """The file with this id, or None; with_body reads its bytes too."""
    statement = select(Attachment).where(Attachment.id == attachment_id)
    if with_body:
        statement = statement.options(joinedload(Attachment.content).options(undefer(AttachmentBody.body)))
    return db.session.scalar(statement)

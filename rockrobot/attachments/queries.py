"""Which files hang on events."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import undefer

from rockrobot import search_index, storage
from rockrobot.db import db
from rockrobot.events.models import Attachment, AttachmentBody

search_index.declare(search_index.Kind("attachment", Attachment.__table__, columns=("file_name",)))
storage.count_bodies(AttachmentBody)


def attachment_with(attachment_id: int) -> Attachment | None:
    """The file with this id, without its bytes, or None."""
    return db.session.get(Attachment, attachment_id)


def attachments_with(ids: Iterable[int]) -> dict[int, Attachment]:
    """Files by id, without their bytes."""
    statement = select(Attachment).where(Attachment.id.in_(list(ids)))
    return {row.id: row for row in db.session.scalars(statement)}


def body_of(attachment: Attachment) -> AttachmentBody:
    """The bytes of a file."""
    statement = select(AttachmentBody).where(AttachmentBody.id == attachment.content_id)
    return db.session.scalars(statement.options(undefer(AttachmentBody.body))).one()


def thumbnail_of(attachment: Attachment) -> bytes | None:
    """The small copy of a photo; None for other files."""
    return db.session.scalar(select(AttachmentBody.thumbnail).where(AttachmentBody.id == attachment.content_id))

"""Add files to events and take them off."""

import hashlib
from collections.abc import Iterable

from rockrobot.db import db
from rockrobot.events.models import Attachment, AttachmentBody, Event
from rockrobot.files import UploadedFile


def attach(event: Event, files: Iterable[UploadedFile]) -> list[Attachment]:
    """Hang files on an event; their bytes are kept in the database, so that one backup has them."""
    made = []
    for file in files:
        digest = hashlib.sha256(file.body).hexdigest()
        content = AttachmentBody(sha256=digest, body=file.body, thumbnail=file.thumbnail)
        db.session.add(content)
        db.session.flush()
        row = Attachment(event_id=event.id, file_name=file.name, media_type=file.media_type, content_id=content.id)
        row.size_bytes = len(file.body)
        db.session.add(row)
        made.append(row)
    db.session.flush()
    return made


def take_off(attachment: Attachment) -> None:
    """Take a file off its event; its bytes stay, so that undo finds them."""
    db.session.delete(attachment)
    db.session.flush()

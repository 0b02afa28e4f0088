"""Keep a form, and let it go."""

import json

from sqlalchemy import delete

from rockrobot import clock
from rockrobot.db import db
from rockrobot.drafts.models import Draft
from rockrobot.drafts.queries import SEAL, drafts_of
from rockrobot.drafts.rules import KEPT_EACH, KEPT_FOR, Fields
from rockrobot.sealing import seal


def keep_draft(member_id: int, path: str, fields: Fields, *, had_files: bool) -> Draft:
    """Keep a form for a member, sealed; forms older than a day and more than ten of one member go."""
    db.session.execute(delete(Draft).where(Draft.made_at <= clock.now() - KEPT_FOR))
    for old in drafts_of(member_id)[KEPT_EACH - 1 :]:
        db.session.delete(old)
    draft = Draft(staff_member_id=member_id, path=path, had_files=had_files, made_at=clock.now())
    draft.sealed = seal(SEAL, json.dumps(fields).encode())
    db.session.add(draft)
    db.session.flush()
    return draft


def discard(draft: Draft) -> None:
    """Let a kept form go."""
    db.session.delete(draft)

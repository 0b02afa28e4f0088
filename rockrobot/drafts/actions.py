"""Keep a form, and let it go."""

import json

from rockrobot import clock, jobs
from rockrobot.db import db, forget
from rockrobot.drafts.models import Draft
from rockrobot.drafts.queries import SEAL, drafts_of
from rockrobot.drafts.rules import KEPT_EACH, KEPT_FOR, Fields
from rockrobot.sealing import seal


def keep_draft(member_id: int, path: str, fields: Fields, *, had_files: bool) -> Draft:
    """Keep a form for a member, sealed; of more than ten the oldest go."""
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


@jobs.sweep
def forget_old() -> int:
    """Forget the forms that were kept for a day; how many there were. The worker calls this."""
    return forget(Draft, Draft.made_at <= clock.now() - KEPT_FOR)

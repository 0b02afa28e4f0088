"""A member's kept forms."""

import json
from collections.abc import Sequence

from sqlalchemy import select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.drafts.models import Draft
from rockrobot.drafts.rules import KEPT_FOR, Fields
from rockrobot.sealing import unseal

SEAL = "draft"


def draft_of(member_id: int, draft_id: int) -> Draft | None:
    """A member's own kept form while it is kept, or None."""
    mine = select(Draft).where(Draft.id == draft_id, Draft.staff_member_id == member_id)
    return db.session.scalar(mine.where(Draft.made_at > clock.now() - KEPT_FOR))


def drafts_of(member_id: int) -> Sequence[Draft]:
    """All forms that are kept for a member, the newest first."""
    mine = select(Draft).where(Draft.staff_member_id == member_id, Draft.made_at > clock.now() - KEPT_FOR)
    return db.session.scalars(mine.order_by(Draft.id.desc())).all()


def fields_of(draft: Draft) -> Fields:
    """What the form held; nothing when the app's secret has changed since."""
    content = unseal(SEAL, draft.sealed)
    return [(name, value) for name, value in json.loads(content)] if content else []

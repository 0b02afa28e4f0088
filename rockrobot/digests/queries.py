"""Who gets a mail this morning, and of how many follow-ups it tells."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from rockrobot.access import PEOPLE_READERS, REGISTER_READERS
from rockrobot.db import db
from rockrobot.digests.models import Digest
from rockrobot.events.models import Event, EventTask
from rockrobot.events.rules import JOBS
from rockrobot.staff.models import StaffMember


def digest_for(member_id: int) -> Digest:
    """The row of a member, made where there is none yet."""
    found = db.session.scalar(select(Digest).where(Digest.staff_member_id == member_id))
    return found or Digest(staff_member_id=member_id, is_wanted=True)


def members_to_tell(day: date) -> Sequence[Any]:
    """Members with follow-ups due by this day and no mail on it: id, address, language, counts of overdue and of today.

    What the workshop may not see is not counted for it.
    """
    overdue = func.sum(case((EventTask.due_on < day, 1), else_=0))
    due_today = func.sum(case((EventTask.due_on == day, 1), else_=0))
    has_none_yet = or_(Digest.id.is_(None), and_(Digest.is_wanted, or_(Digest.last_on.is_(None), Digest.last_on < day)))
    may_see = or_(StaffMember.role.in_(PEOPLE_READERS), Event.channel.in_(JOBS))
    reads = and_(StaffMember.is_active, StaffMember.role.in_(REGISTER_READERS))
    return db.session.execute(
        select(StaffMember.id, StaffMember.email, StaffMember.language, overdue, due_today)
        .join(EventTask, EventTask.assigned_to_id == StaffMember.id)
        .join(Event, Event.id == EventTask.event_id)
        .outerjoin(Digest, Digest.staff_member_id == StaffMember.id)
        .where(EventTask.done_at.is_(None), EventTask.due_on <= day, reads, may_see, has_none_yet)
        .group_by(StaffMember.id, StaffMember.email, StaffMember.language)
        .order_by(StaffMember.id)
    ).all()

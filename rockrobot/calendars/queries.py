"""Whose calendar an address is, and which follow-ups stand in it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rockrobot.access import PEOPLE_READERS, REGISTER_READERS
from rockrobot.calendars.models import CalendarFeed
from rockrobot.calendars.rules import MOST_ENTRIES
from rockrobot.db import db
from rockrobot.events.models import Event, EventTask
from rockrobot.events.queries import WITH_THINGS
from rockrobot.events.rules import JOBS
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of


def feed_of(member_id: int) -> CalendarFeed | None:
    """The calendar address of a member, or None."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.staff_member_id == member_id))


def member_with_token(token: str) -> StaffMember | None:
    """Whose follow-ups an address gives; None where it was ended, or they may not see them any more."""
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.token_digest == digest_of(token)))
    member = feed.staff_member if feed else None
    return member if member and member.is_active and member.role in REGISTER_READERS else None


def tasks_of(member: StaffMember) -> Sequence[EventTask]:
    """A member's open follow-ups, the earliest first, with the companies and machines they are about."""
    mine = select(EventTask).where(EventTask.assigned_to_id == member.id, EventTask.done_at.is_(None))
    if member.role not in PEOPLE_READERS:
        mine = mine.where(EventTask.event_id.in_(select(Event.id).where(Event.channel.in_(JOBS))))
    about = selectinload(EventTask.event).options(*WITH_THINGS)
    return db.session.scalars(mine.order_by(EventTask.due_on, EventTask.id).limit(MOST_ENTRIES).options(about)).all()

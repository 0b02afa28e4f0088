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
    """The calendar address of a member, also one that ended, or None."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.staff_member_id == member_id))


def feed_with_token(token: str, *, lock: bool = False) -> CalendarFeed | None:
    """The calendar with this address; None where it ended, or its owner may not see follow-ups any more.

    lock: nobody else changes it until we commit.
    """
    wanted = select(CalendarFeed).where(CalendarFeed.token_digest == digest_of(token))
    if lock:
        wanted = wanted.with_for_update(of=CalendarFeed).execution_options(populate_existing=True)
    feed = db.session.scalar(wanted)
    return feed if feed and feed.staff_member.is_active and feed.staff_member.role in REGISTER_READERS else None


def tasks_of(member: StaffMember) -> Sequence[EventTask]:
    """A member's open follow-ups, the earliest first, with the companies and machines they are about."""
    mine = select(EventTask).where(EventTask.assigned_to_id == member.id, EventTask.done_at.is_(None))
    if member.role not in PEOPLE_READERS:
        mine = mine.where(EventTask.event_id.in_(select(Event.id).where(Event.channel.in_(JOBS))))
    about = selectinload(EventTask.event).options(*WITH_THINGS)
    return db.session.scalars(mine.order_by(EventTask.due_on, EventTask.id).limit(MOST_ENTRIES).options(about)).all()

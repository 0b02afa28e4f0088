"""Give a calendar an address, and take it away."""

import secrets

from rockrobot import clock
from rockrobot.calendars.models import CalendarFeed
from rockrobot.calendars.queries import feed_of
from rockrobot.db import db
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of
from rockrobot.staff_devices.actions import end_with_loss

TOKEN_BYTES = 32


def make_feed(member: StaffMember) -> str:
    """A new address's token, told here once; the member's earlier address works no more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = feed_of(member.id) or CalendarFeed(staff_member_id=member.id)
    feed.token_digest, feed.made_at = digest_of(token), clock.now()
    db.session.add(feed)
    db.session.flush()
    return token


def end_feed(member_id: int) -> None:
    """The member's address works no more."""
    feed = feed_of(member_id)
    if feed:
        db.session.delete(feed)
        db.session.flush()


end_with_loss(end_feed)

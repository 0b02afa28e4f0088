"""Give a calendar an address, note that it was read, and take it away."""

import secrets

from rockrobot import clock, ledger
from rockrobot.access import REGISTER_READERS
from rockrobot.calendars.models import CalendarFeed
from rockrobot.calendars.queries import feed_of, feed_with_token
from rockrobot.calendars.rules import is_noted
from rockrobot.db import db, writing_now
from rockrobot.staff.actions import ends_with_sign_ins
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of
from rockrobot.staff.rules import Ending

TOKEN_BYTES = 32


def make_feed(member: StaffMember) -> str:
    """A new address's token, told here once; the member's earlier address works no more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = feed_of(member.id) or CalendarFeed(staff_member_id=member.id)
    feed.token_digest, feed.made_at = digest_of(token), clock.now()
    feed.read_at, feed.read_from, feed.ended_at, feed.ended_for = None, "", None, None
    db.session.add(feed)
    db.session.flush()
    return token


def note_reading(feed: CalendarFeed, token: str, *, address: str) -> None:
    """Write down whose calendar was read, when and from where, in a transaction of its own; at most once an hour."""
    if is_noted(feed.read_at, clock.now()):
        return
    db.session.rollback()
    with writing_now(), ledger.change_set("calendars.feed", actor=f"calendar:{feed.staff_member_id}"):
        locked = feed_with_token(token, lock=True)
        if locked and not is_noted(locked.read_at, clock.now()):
            locked.read_at, locked.read_from = clock.now(), address[:45]
        db.session.commit()


def end_feed(member_id: int, why: Ending | None = None) -> None:
    """The member's address works no more, and the page tells why; None: they ended it themselves."""
    feed = feed_of(member_id)
    if feed and feed.is_in_use:
        feed.token_digest, feed.ended_at, feed.ended_for = None, clock.now(), why
        db.session.flush()


@ends_with_sign_ins
def _end_with_sign_ins(member: StaffMember, why: Ending) -> None:
    """The address asks for no password, so it ends with what ends sign-ins, but for new recovery codes.

    Those take the place of codes that were used up, or that nobody had yet. Source: our choice.
    """
    if why is Ending.CODES or (why is Ending.ROLE and member.role in REGISTER_READERS):
        return
    end_feed(member.id, why)

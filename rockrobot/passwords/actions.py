"""Make a one-time link, and use it up."""

import secrets

from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.passwords.models import OneTimeLink
from rockrobot.passwords.rules import WORKS_FOR, LinkKind
from rockrobot.staff.actions import set_password
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of

TOKEN_BYTES = 32


def make_link(member: StaffMember) -> tuple[OneTimeLink, str]:
    """A new link for a member and its token, told here once; their earlier links work no more."""
    kind = LinkKind.INVITATION if member.is_invited else LinkKind.NEW_PASSWORD
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    earlier = select(OneTimeLink).where(
        OneTimeLink.staff_member_id == member.id, OneTimeLink.used_at.is_(None), OneTimeLink.ends_at > now
    )
    for link in db.session.scalars(earlier):
        link.ends_at = now
    link = OneTimeLink(staff_member_id=member.id, kind=kind, token_digest=digest_of(token), made_at=now)
    link.ends_at, link.made_by = now + WORKS_FOR[kind], ledger.actor()
    db.session.add(link)
    db.session.flush()
    return link, token


def use_link(link: OneTimeLink, password: str) -> None:
    """Set the member's password by a link, which thereby is used up; their sign-ins end."""
    link.used_at = clock.now()
    set_password(link.staff_member, password)

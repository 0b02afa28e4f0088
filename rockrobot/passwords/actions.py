"""Make a one-time link, and use it up."""

import secrets

from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.passwords.models import OneTimeLink
from rockrobot.passwords.rules import WORKS_FOR, LinkKind
from rockrobot.staff.actions import ends_with_sign_ins, set_password
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import digest_of
from rockrobot.staff.rules import Ending

TOKEN_BYTES = 32


def make_link(member: StaffMember) -> tuple[OneTimeLink, str]:
    """A new link for a member and its token, told here once; their earlier links work no more."""
    _void_links(member)
    kind = LinkKind.INVITATION if member.is_invited else LinkKind.NEW_PASSWORD
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    link = OneTimeLink(staff_member_id=member.id, kind=kind, token_digest=digest_of(token), made_at=now)
    link.ends_at, link.made_by = now + WORKS_FOR[kind], ledger.actor()
    db.session.add(link)
    db.session.flush()
    return link, token


def _void_links(member: StaffMember) -> None:
    now, links = clock.now(), select(OneTimeLink).where(OneTimeLink.staff_member_id == member.id)
    for link in db.session.scalars(links.where(OneTimeLink.used_at.is_(None), OneTimeLink.ends_at > now)):
        link.ends_at = now
    db.session.flush()


@ends_with_sign_ins
def _void_when_restored(member: StaffMember, why: Ending) -> None:
    """A link that was used or made void after the backup would work once more."""
    if why is Ending.RESTORED:
        _void_links(member)


def use_link(link: OneTimeLink, password: str) -> None:
    """Set the member's password by a link, which thereby is used up; their sign-ins end."""
    link.used_at = clock.now()
    set_password(link.staff_member, password)

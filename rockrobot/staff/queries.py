"""Who is signed in, and who may sign in."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.staff.models import SignIn, StaffMember
from rockrobot.staff.rules import session_runs


def digest_of(key: str) -> str:
    """What the database keeps of a sign-in key."""
    return hashlib.sha256(key.encode()).hexdigest()


def sign_in_for(key: str) -> SignIn | None:
    """The running sign-in that a browser's key stands for, or None."""
    row = db.session.scalar(select(SignIn).where(SignIn.key_digest == digest_of(key), SignIn.ended_at.is_(None)))
    if row is None or not row.staff_member.is_active:
        return None
    return row if session_runs(begun_at=row.begun_at, seen_at=row.seen_at, now=clock.now()) else None


def member_with_email(email: str) -> StaffMember | None:
    """The member of staff with this e-mail address, whatever its case."""
    return db.session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))


def names_of_actors() -> dict[str, str]:
    """Display names of everybody who can stand in a "by" column: "staff:7" -> "Aino Aho"."""
    rows = db.session.execute(select(StaffMember.id, StaffMember.name))
    return {f"staff:{id_}": name for id_, name in rows}


def all_members() -> Sequence[StaffMember]:
    """Everybody who may or might sign in, those with access first, by name."""
    return db.session.scalars(select(StaffMember).order_by(StaffMember.is_active.desc(), StaffMember.name)).all()


def members_in(roles: Iterable[Role]) -> Sequence[StaffMember]:
    """Those with access who work at any of these, by name."""
    here = select(StaffMember).where(StaffMember.is_active, StaffMember.role.in_(list(roles)))
    return db.session.scalars(here.order_by(StaffMember.name, StaffMember.id)).all()


def member_with(member_id: int) -> StaffMember | None:
    """The member of staff with this id, or None."""
    return db.session.get(StaffMember, member_id)


def last_seen() -> dict[int, datetime]:
    """When each member was last seen, by id."""
    statement = select(SignIn.staff_member_id, func.max(SignIn.seen_at)).group_by(SignIn.staff_member_id)
    return dict(db.session.execute(statement).all())

"""Sign in, sign out, keep a sign-in alive; make members of staff."""

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db, writing_now
from rockrobot.staff.models import SignIn, StaffMember
from rockrobot.staff.queries import digest_of, member_with_email

SEEN_EVERY = timedelta(minutes=1)
hasher = PasswordHasher()
_NOBODY = hasher.hash(secrets.token_urlsafe(16))


def make_member(name: str, email: str, role: Role, password: str) -> StaffMember:
    """A new member of staff; the password is kept as an argon2id hash."""
    member = StaffMember(name=name, email=email.strip().lower(), role=role, password_hash=hasher.hash(password))
    db.session.add(member)
    db.session.flush()
    return member


def check_password(email: str, password: str) -> StaffMember | None:
    """The member whose e-mail and password these are; takes as long for an unknown e-mail as for a known one."""
    member = member_with_email(email)
    try:
        hasher.verify(member.password_hash if member else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    if member is None or not member.is_active:
        return None
    if hasher.check_needs_rehash(member.password_hash):
        member.password_hash = hasher.hash(password)
    return member


def sign_in(member: StaffMember) -> str:
    """Begin a sign-in; returns the key for the browser, of which the database keeps only the digest."""
    key, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(SignIn(key_digest=digest_of(key), staff_member_id=member.id, begun_at=now, seen_at=now))
    return key


def sign_out(row: SignIn) -> None:
    """End a sign-in; its key is worth nothing from now on."""
    row.ended_at = clock.now()


def keep_alive(row: SignIn) -> None:
    """Note that the browser was seen, at most once a minute, in a short transaction of its own."""
    now = clock.now()
    if now - row.seen_at < SEEN_EVERY:
        return
    table = SignIn.__table__
    with writing_now(), db.engine.begin() as connection:
        connection.execute(table.update().where(table.c.id == row.id).values(seen_at=now))


def choose_theme(member: StaffMember, theme: str) -> None:
    """Keep the look a member wants: light, dark, sun, or the system's (empty)."""
    member.theme = theme if theme in {"light", "dark", "sun"} else ""


def set_password(member: StaffMember, password: str) -> None:
    """Give a member a new password and end their sign-ins."""
    member.password_hash = hasher.hash(password)
    end_sign_ins(member)


def set_access(member: StaffMember, is_active: bool) -> None:
    """Let a member sign in, or end their access at once."""
    member.is_active = is_active
    if not is_active:
        end_sign_ins(member)
    db.session.flush()


def end_sign_ins(member: StaffMember) -> None:
    """End every running sign-in of a member."""
    running = SignIn.__table__.update().where(SignIn.staff_member_id == member.id, SignIn.ended_at.is_(None))
    db.session.execute(running.values(ended_at=clock.now()))

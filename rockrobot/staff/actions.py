"""Sign in, sign out, keep a sign-in alive; make members of staff and change what they may."""

import functools
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Select, select

from rockrobot import clock, ledger
from rockrobot.access import Role
from rockrobot.db import db, writing_allowed, writing_now
from rockrobot.languages import LANGUAGES
from rockrobot.staff.models import SignIn, SignInFact, StaffMember
from rockrobot.staff.queries import digest_of, member_with_email, was_denied
from rockrobot.staff.rules import DENIALS_APART, MAX_PASSWORD_LENGTH, Ending, Outcome, Step, may_leave

SEEN_EVERY = timedelta(minutes=1)
hasher = PasswordHasher()
Ender = Callable[[StaffMember, Ending], None]
_enders: list[Ender] = []


class LastAdministratorError(RuntimeError):
    """Nobody would be left who can give roles."""


# ---------- passwords ----------


@functools.cache
def _nobody(hasher: PasswordHasher) -> str:
    """The hash that a password is tried against where there is none, so that the answer takes as long."""
    return hasher.hash(secrets.token_urlsafe(16))


def is_password_of(member: StaffMember | None, password: str) -> bool:
    """True when this is the member's password; takes as long for nobody, and never hashes what is too long."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    stored = member.password_hash if member else ""
    try:
        hasher.verify(stored or _nobody(hasher), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def check_password(email: str, password: str) -> StaffMember | None:
    """The member with access whose e-mail and password these are; takes as long for anybody else."""
    member = member_with_email(email)
    is_right = is_password_of(member, password)
    return member if member is not None and is_right and member.is_active else None


def renew_hash(member: StaffMember, password: str) -> None:
    """Hash a right password anew where the costs of hashing were raised since it was set."""
    if hasher.check_needs_rehash(member.password_hash):
        member.password_hash = hasher.hash(password)


def set_password(member: StaffMember, password: str) -> None:
    """Give a member a new password and end their sign-ins."""
    _put_password(member, password)
    end_sign_ins(member, Ending.PASSWORD)


def change_password(row: SignIn, password: str) -> str | None:
    """Give a member a new password in a sign-in of theirs, the only one that is kept; its new key, if it runs."""
    _put_password(row.staff_member, password)
    return keep_only(row, Ending.PASSWORD)


def _put_password(member: StaffMember, password: str) -> None:
    member.password_hash, member.password_set_at = hasher.hash(password), clock.now()
    db.session.flush()


# ---------- sign-ins ----------


def sign_in(
    member: StaffMember,
    *,
    waits_for: Step = Step.NOTHING,
    browser: str = "",
    address: str = "",
    earlier_key: str = "",
) -> str:
    """Begin a sign-in; returns the key for the browser, of which the database keeps only the digest.

    waits_for: what they still have to do before it counts. earlier_key: what the browser had until now; whoever copied
    it has nothing from now on.
    """
    _end(SignIn.key_digest == digest_of(earlier_key))
    key, now = secrets.token_urlsafe(32), clock.now()
    row = SignIn(key_digest=digest_of(key), staff_member_id=member.id, begun_at=now, confirmed_at=now, seen_at=now)
    row.waits_for, row.browser, row.address = waits_for, browser[:60], address[:45]
    db.session.add(row)
    return key


def record(outcome: Outcome, member_id: int | None, *, address: str = "", door: str = "") -> None:
    """Write into the ledger how a try to sign in ended; member_id: None when the name is nobody's."""
    fact = SignInFact(at=clock.now(), staff_member_id=member_id, outcome=outcome, address=address[:45], door=door)
    db.session.add(fact)
    db.session.flush()


def record_denial(member_id: int, door: str, outcome: Outcome, *, address: str = "") -> None:
    """Write down that a member asked for what their role may not, a row withheld, or from where they may not come.

    In a transaction of its own, since what they asked for changes nothing.
    At most once in ten minutes for each door, so that nobody fills the ledger. Source: our choice, after ASVS 5.0
    16.3.2.
    """
    if was_denied(member_id, door, clock.now() - DENIALS_APART):
        return
    db.session.rollback()
    with writing_now(), ledger.change_set("access.denied", actor=f"staff:{member_id}"):
        record(outcome, member_id, address=address, door=door)
        db.session.commit()


def sign_out(row: SignIn) -> None:
    """End a sign-in; its key is worth nothing from now on."""
    row.ended_at = clock.now()
    record(Outcome.SIGNED_OUT, row.staff_member_id, address=row.address)


def keep_alive(row: SignIn) -> None:
    """Note that the browser was seen, at most once a minute, in a transaction of its own; what ended stays ended."""
    now = clock.now()
    if now - row.seen_at < SEEN_EVERY:
        return
    table = SignIn.__table__
    running = table.update().where(table.c.id == row.id, table.c.ended_at.is_(None))
    if writing_allowed():
        db.session.rollback()  # reading who is here has taken the write lock already, and has changed nothing
    with writing_now(), db.engine.begin() as connection:
        connection.execute(running.values(seen_at=now))


def confirm(row: SignIn) -> str | None:
    """They proved who they are: a new key for the browser, or None when the sign-in was ended meanwhile."""
    now = clock.now()
    return renew_key(row, confirmed_at=now, seen_at=now, waits_for=Step.NOTHING)


def renew_key(row: SignIn, **facts: Any) -> str | None:
    """A new key of a running sign-in in place of the old one; None when it was ended meanwhile."""
    key = secrets.token_urlsafe(32)
    running = SignIn.__table__.update().where(SignIn.id == row.id, SignIn.ended_at.is_(None))
    done = db.session.execute(running.values(key_digest=digest_of(key), **facts))
    return key if done.rowcount else None  # type: ignore[attr-defined]


def keep_only(row: SignIn, why: Ending) -> str | None:
    """End the member's other sign-ins, and with the old key of this one whoever copied it; the new key, if it runs."""
    end_sign_ins(row.staff_member, why, keep=row)
    return renew_key(row)


def say_purpose(row: SignIn, purpose: str) -> None:
    """Keep what the member looks at people's data for until this sign-in ends."""
    running = SignIn.__table__.update().where(SignIn.id == row.id, SignIn.ended_at.is_(None))
    db.session.execute(running.values(purpose=purpose))


def ends_with_sign_ins(end: Ender) -> Ender:
    """Register what else lets a member in and ends when their sign-ins do; told why, it may leave it as it is.

    Also asked when a device of theirs is lost (rooms call this when they are imported).
    """
    _enders.append(end)
    return end


def end_what_else_lets_in(member: StaffMember, why: Ending) -> None:
    """End what the rooms registered: addresses and keys by which a member comes in without signing in anew."""
    for end in _enders:
        end(member, why)


def end_sign_ins(member: StaffMember, why: Ending, *, keep: SignIn | None = None) -> int:
    """End every running sign-in of a member save one, and what else lets them in; how many sign-ins there were."""
    end_what_else_lets_in(member, why)
    return _end(SignIn.staff_member_id == member.id, SignIn.id != (keep.id if keep else 0))


def end_all_sign_ins(why: Ending) -> int:
    """End every running sign-in of everybody, and what else lets them in; how many sign-ins there were."""
    return sum(end_sign_ins(member, why) for member in db.session.scalars(select(StaffMember)))


def end_sign_in(member: StaffMember, sign_in_id: int) -> int:
    """End one sign-in of a member; 0 when it is not theirs or has ended."""
    return _end(SignIn.staff_member_id == member.id, SignIn.id == sign_in_id)


def end_these(sign_in_ids: Select[Any]) -> int:
    """End the running sign-ins among these; how many there were."""
    return _end(SignIn.id.in_(sign_in_ids))


def _end(*which: ColumnElement[bool]) -> int:
    running = SignIn.__table__.update().where(SignIn.ended_at.is_(None), *which)
    return int(db.session.execute(running.values(ended_at=clock.now())).rowcount)  # type: ignore[attr-defined]


# ---------- members ----------


def make_member(name: str, email: str, role: Role, password: str = "") -> StaffMember:
    """A new member of staff; the password is kept as an argon2id hash; without one they can't sign in yet."""
    member = StaffMember(name=name, email=email.strip().lower(), role=role)
    if password:
        member.password_hash, member.password_set_at = hasher.hash(password), clock.now()
    db.session.add(member)
    db.session.flush()
    return member


def choose_theme(member: StaffMember, theme: str) -> None:
    """Keep the look a member wants: light, dark, sun, or the system's (empty)."""
    member.theme = theme if theme in {"light", "dark", "sun"} else ""


def choose_language(member: StaffMember, language: str) -> None:
    """Show a member their screens in this language on every browser; one that there is not changes nothing."""
    member.language = language if language in LANGUAGES else member.language


def choose_keys(member: StaffMember, *, wanted: bool) -> None:
    """Let single keys act on pages, or not. Source: WCAG 2.1.4, a way to turn them off."""
    member.has_keys = wanted


def change_member(member: StaffMember, *, name: str, role: Role) -> None:
    """Give a member another name or role. Raises LastAdministratorError.

    Another role binds the next request and asks for a sign-in: what was copied of an earlier one is worth nothing then
    (ASVS 5.0 7.2.4).
    """
    if member.role is Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        _need_another_administrator(member)
    had, member.name, member.role = member.role, name, role
    if role is not had:
        end_sign_ins(member, Ending.ROLE)
    db.session.flush()


def set_access(member: StaffMember, is_active: bool) -> None:
    """Let a member sign in, or end their access at once. Raises LastAdministratorError."""
    if not is_active and member.role is Role.ADMINISTRATOR:
        _need_another_administrator(member)
    member.is_active = is_active
    if not is_active:
        end_sign_ins(member, Ending.ACCESS)
    db.session.flush()


def _need_another_administrator(leaving: StaffMember) -> None:
    """Two who demote each other at once wait here for each other: the rows of all administrators are locked."""
    able = select(StaffMember).where(
        StaffMember.role == Role.ADMINISTRATOR, StaffMember.is_active, StaffMember.password_hash != ""
    )
    locked = able.order_by(StaffMember.id).with_for_update().execution_options(populate_existing=True)
    others = [member for member in db.session.scalars(locked) if member.id != leaving.id]
    if not may_leave(len(others)):
        raise LastAdministratorError

"""Who is signed in, and who may sign in."""

import functools
import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, select

from rockrobot import browser_key, clock
from rockrobot.access import Role
from rockrobot.chain import COMMAND
from rockrobot.db import db
from rockrobot.organisation.queries import organisation
from rockrobot.staff.models import SignIn, SignInFact, StaffMember
from rockrobot.staff.rules import HALF_WAY, Outcome, Step, folded, session_runs

WORDS = Path(__file__).resolve().parents[2] / "words"
FACTS_SHOWN = 20


def digest_of(key: str) -> str:
    """What the database keeps of a sign-in key."""
    return hashlib.sha256(key.encode()).hexdigest()


def row_of_key(key: str) -> SignIn | None:
    """The sign-in that a browser's key stands for, which may have run out since; None when it was ended."""
    return db.session.scalar(select(SignIn).where(SignIn.key_digest == digest_of(key), SignIn.ended_at.is_(None)))


def sign_in_for(key: str) -> SignIn | None:
    """The running sign-in that a browser's key stands for, or None."""
    row = row_of_key(key)
    if row is None or row.waits_for is not Step.NOTHING:
        return None
    return row if row.staff_member.is_active and _runs(row) else None


def member_of_key(key: str) -> StaffMember | None:
    """The member whose sign-in this key stands for, also when it has run out lately; None when it was ended."""
    row = row_of_key(key)
    if row is None or row.waits_for is not Step.NOTHING or not row.staff_member.is_active:
        return None
    return row.staff_member if clock.now() < row.begun_at + browser_key.REMEMBERED else None


def half_way_for(key: str, step: Step) -> SignIn | None:
    """The sign-in of this key that waits for this step, within ten minutes after the password; or None."""
    row = row_of_key(key)
    if row is None or row.waits_for is not step or not row.staff_member.is_active:
        return None
    return row if clock.now() < row.begun_at + HALF_WAY else None


def _runs(row: SignIn) -> bool:
    limits = {"idle": current_app.config["SESSION_IDLE"], "length": current_app.config["SESSION_LENGTH"]}
    return session_runs(begun_at=row.begun_at, seen_at=row.seen_at, now=clock.now(), **limits)


def running_sign_ins(member_id: int) -> list[SignIn]:
    """The sign-ins of a member that still count, the newest first."""
    whole = (SignIn.ended_at.is_(None), SignIn.waits_for == Step.NOTHING)
    mine = select(SignIn).where(SignIn.staff_member_id == member_id, *whole)
    return [row for row in db.session.scalars(mine.order_by(SignIn.begun_at.desc())) if _runs(row)]


def member_with_email(email: str) -> StaffMember | None:
    """The member of staff with this e-mail address, whatever its case."""
    return db.session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))


def names_of_actors() -> dict[str, str]:
    """Display names of everybody who can stand in a "by" column: "staff:7" -> "Aino Aho"."""
    rows = db.session.execute(select(StaffMember.id, StaffMember.name))
    return {f"staff:{id_}": name for id_, name in rows}


def name_of_actor(who: str, names: Mapping[str, str]) -> str:
    """How who acted is called: a member of staff, whose calendar was read, who gave a command, or the system.

    names: those of names_of_actors().
    """
    if who in names:
        return names[who]
    if who.startswith(COMMAND):
        return _("komento palvelimella: %(name)s", name=who.removeprefix(COMMAND))
    kind, _colon, number = who.partition(":")
    if kind == "calendar":
        return _("kalenteri: %(name)s", name=names[f"staff:{number}"])
    return _("kirjautumaton") if who == "anonymous" else _("järjestelmä")


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


def was_denied(member_id: int, door: str, since: datetime) -> bool:
    """True when it was written down since then that a member may not through this door."""
    theirs = (SignInFact.staff_member_id == member_id, SignInFact.at > since)
    return bool(db.session.scalar(select(exists().where(*theirs, SignInFact.door == door))))


def latest_facts(member_id: int) -> Sequence[SignInFact]:
    """A member's latest tries to sign in, the newest first."""
    return _latest(SignInFact.staff_member_id == member_id)


def facts_told_to(member_id: int) -> Sequence[SignInFact]:
    """A member's latest facts as they see them: not what was withheld, which would tell them that it is there."""
    return _latest(SignInFact.staff_member_id == member_id, SignInFact.outcome != Outcome.WITHHELD)


def _latest(*which: ColumnElement[bool]) -> Sequence[SignInFact]:
    theirs = select(SignInFact).where(*which)
    return db.session.scalars(theirs.order_by(SignInFact.id.desc()).limit(FACTS_SHOWN)).all()


@functools.cache
def common_passwords() -> frozenset[str]:
    """The shipped list of common passwords and the words that people make them of, folded."""
    listed = gzip.decompress((WORDS / "common-passwords.txt.gz").read_bytes()).decode()
    return frozenset([*map(folded, listed.split()), *common_words()])


@functools.cache
def common_words() -> tuple[str, ...]:
    """The shipped list of words that people make passwords of, folded."""
    return tuple(map(folded, (WORDS / "common-words-fi.txt").read_text(encoding="utf-8").split()))


def near_words(name: str, email: str) -> list[str]:
    """What a member's password may not contain: their name, their address before the @, the company's names."""
    company = organisation()
    names = [company.name, company.brand] if company else []
    return [name, email.partition("@")[0], *names]

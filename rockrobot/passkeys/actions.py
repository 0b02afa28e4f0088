"""Take a passkey into use, sign in by it, remove it."""

import hashlib
import json
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from rockrobot import clock
from rockrobot.db import db, is_sqlite
from rockrobot.passkeys.models import AnsweredQuestion, Passkey
from rockrobot.passkeys.queries import passkey_with
from rockrobot.passkeys.rules import ANSWERED_WITHIN, House
from rockrobot.staff.actions import ends_with_sign_ins
from rockrobot.staff.models import StaffMember
from rockrobot.staff.rules import Ending

LONGEST_ANSWER = 20_000
BAD_ANSWER = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _read(answer: str) -> dict[str, Any]:
    """The browser's answer. Raises ValueError when it is none."""
    read = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    if not isinstance(read, dict):
        raise ValueError("not an answer")
    return read


def _is_first_answer(challenge: bytes) -> bool:
    """Note that a question was answered; false when it was before."""
    now, table = clock.now(), AnsweredQuestion.__table__
    db.session.execute(delete(AnsweredQuestion).where(AnsweredQuestion.at < now - 2 * ANSWERED_WITHIN))
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    noted = insert(table).values(digest=hashlib.sha256(challenge).hexdigest(), at=now).on_conflict_do_nothing()
    return db.session.execute(noted.returning(table.c.digest)).first() is not None


def add_passkey(member_id: int, name: str, answer: str, challenge: bytes, house: House) -> Passkey | None:
    """A new passkey of a member, when the browser's answer is right for the question; else None."""
    if not _is_first_answer(challenge):
        return None
    try:
        verified = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            require_user_verification=True,
        )
    except BAD_ANSWER:
        return None
    if passkey_with(verified.credential_id) is not None:
        return None
    passkey = Passkey(staff_member_id=member_id, name=name, made_at=clock.now(), sign_count=verified.sign_count)
    passkey.credential_id, passkey.public_key = verified.credential_id, verified.credential_public_key
    db.session.add(passkey)
    db.session.flush()
    return passkey


def use_passkey(answer: str, challenge: bytes, house: House) -> Passkey | None:
    """The passkey whose device answered the question, its owner present and known to it; else None."""
    if not _is_first_answer(challenge):
        return None
    try:
        read = _read(answer)
        passkey = passkey_with(base64url_to_bytes(read["rawId"]))
        if passkey is None:
            return None
        verified = verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except BAD_ANSWER:
        return None
    passkey.sign_count, passkey.used_at = verified.new_sign_count, clock.now()
    db.session.flush()
    return passkey


def remove_passkeys(member_id: int, passkey_id: int | None = None) -> int:
    """Remove one passkey of a member, or all of them; how many there were."""
    theirs = select(Passkey).where(Passkey.staff_member_id == member_id)
    rows = db.session.scalars(theirs.where(Passkey.id == passkey_id) if passkey_id is not None else theirs).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


@ends_with_sign_ins
def _remove_when_lost(member: StaffMember, why: Ending) -> None:
    """A passkey is as good as a password, and stays when that changes; it goes with the device that may hold it.

    All passkeys of the member go, since nobody can tell which of them the device holds: an account of its maker may
    have copied them there. Source: our choice.
    """
    if why in (Ending.LOST_DEVICE, Ending.FACTOR_REMOVED):
        remove_passkeys(member.id)

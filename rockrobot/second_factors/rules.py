"""Codes by time, and recovery codes: pure, no database and no clock."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
STEPS_ASIDE = 1
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
ISSUER = "Rockrobot"


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base32."""
    return pyotp.random_base32(32)


def app_address(secret: str, email: str) -> str:
    """What the QR code tells the app: an otpauth address with the account's name."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step that a code is right for, or None.

    code: as typed; blanks don't count. now: moment in UTC. last_step: the last step whose code was used; that one and
    earlier ones are worth nothing any more. One step before and one after the present count too: clocks differ.
    Source: RFC 6238 5.2 (one step aside, one use), ASVS 5.0 6.5.1 and 6.5.5.
    """
    typed = "".join(code.split())
    here, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    found = None
    for step in range(here - STEPS_ASIDE, here + STEPS_ASIDE + 1):
        is_new = last_step is None or step > last_step
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), typed.encode()) and is_new:
            found = step
    return found


def new_recovery_code() -> str:
    """A code for the day the phone is lost: 80 random bits as four groups of four signs."""
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def recovery_digest(code: str) -> str:
    """What the database keeps of a recovery code, however it was typed; 80 random bits need no slow hash."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()

"""A member's passkeys, and what a browser is asked."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select
from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rockrobot.db import db
from rockrobot.keyed_hash import keyed_hash
from rockrobot.passkeys.models import Passkey
from rockrobot.passkeys.rules import House, house_of
from rockrobot.second_factors.queries import app_key_of
from rockrobot.staff.models import StaffMember

HANDLE_BYTES = 32


def house() -> House | None:
    """The house that this installation's passkeys are bound to, or None where there can be none."""
    return house_of(current_app.config["BASE_URL"])


def passkeys_of(member_id: int) -> Sequence[Passkey]:
    """A member's passkeys, the oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.staff_member_id == member_id).order_by(Passkey.id)).all()


def has_passkey_alone(member_id: int) -> bool:
    """True when a member's second factor is a passkey and they have no app: no code proves who they are."""
    return bool(passkeys_of(member_id)) and app_key_of(member_id) is None


def passkey_with(credential_id: bytes) -> Passkey | None:
    """The passkey of this id, locked until the commit, or None."""
    wanted = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def question(challenge: bytes, house: House) -> str:
    """What the browser is asked for at sign-in, as JSON: any passkey of this house, its device unlocked."""
    wanted = UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(rp_id=house.host, challenge=challenge, user_verification=wanted)
    )


def invitation(challenge: bytes, house: House, member: StaffMember) -> str:
    """What the browser is asked for when a member adds a passkey, as JSON; one device makes one."""
    handle = bytes.fromhex(keyed_hash("passkey handle", str(member.id)))[:HANDLE_BYTES]
    wanted = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
    )
    known = [PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys_of(member.id)]
    options = generate_registration_options(
        rp_id=house.host,
        rp_name="Rockrobot",
        user_id=handle,
        user_name=member.email,
        user_display_name=member.name,
        challenge=challenge,
        authenticator_selection=wanted,
        exclude_credentials=known,
    )
    return options_to_json(options)

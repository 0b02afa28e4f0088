"""List networks, say what becomes of whoever comes from elsewhere, turn a sign-in away."""

from rockrobot import browser_key, origin
from rockrobot.db import db
from rockrobot.networks.models import KnownNetwork
from rockrobot.networks.queries import entry_rules, refusal
from rockrobot.networks.rules import Refusal, Unlisted
from rockrobot.staff.actions import record
from rockrobot.staff.models import StaffMember
from rockrobot.staff.rules import Outcome
from rockrobot.staff_devices.rules import token_in


class LockedOutError(RuntimeError):
    """The person who makes the change could not come in after it."""


def list_network(name: str, cidr: str, member_id: int) -> KnownNetwork:
    """List a network. Raises LockedOutError, like the others here, when the member could not come in any more."""
    network = KnownNetwork(name=name, cidr=cidr)
    db.session.add(network)
    _stay_inside(member_id)
    return network


def change_network(network: KnownNetwork, name: str, cidr: str, member_id: int) -> None:
    """Give a listed network another name or extent. Raises LockedOutError."""
    network.name, network.cidr = name, cidr
    _stay_inside(member_id)


def strike_network(network: KnownNetwork, member_id: int) -> None:
    """Take a network off the list; with the last one gone every network is as good as listed. Raises LockedOutError."""
    db.session.delete(network)
    _stay_inside(member_id)


def set_rules(unlisted_network: Unlisted, unlisted_device: Unlisted, member_id: int | None = None) -> None:
    """Say what becomes of whoever comes from an unlisted place. A command (no member) is never locked out."""
    rules = entry_rules()
    rules.unlisted_network, rules.unlisted_device = unlisted_network, unlisted_device
    db.session.add(rules)
    db.session.flush()
    if member_id is not None:
        _stay_inside(member_id)


def _stay_inside(member_id: int) -> None:
    db.session.flush()
    if refusal(origin.address(), browser_key.device_key(), member_id):
        raise LockedOutError


def turn_away(member: StaffMember, target: str | None) -> Refusal | None:
    """Why a member whose password or passkey is right may not come in from here, kept on record; None when they may.

    target: the page they are on their way to; one that takes their own device into use lets them in to do so.
    """
    found = refusal(origin.address(), browser_key.device_key(), member.id, link=token_in(target or ""))
    if found is not None:
        record(Outcome.UNLISTED, member.id, address=browser_key.address())
    return found

"""Which networks are listed, and whether somebody may come in from where they are."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select

from rockrobot.db import db
from rockrobot.networks.models import EntryRules, KnownNetwork
from rockrobot.networks.rules import Place, Refusal, Unlisted, is_listed, refusal_of_unlisted
from rockrobot.origin import Address, Network, read_network
from rockrobot.passkeys.queries import passkeys_of
from rockrobot.second_factors.queries import app_key_of
from rockrobot.staff_devices.queries import device_of_key, device_of_link, is_any_enrolled

ONLY = 1
AT_FIRST = {"unlisted_network": Unlisted.SECOND_FACTOR, "unlisted_device": Unlisted.ALLOW}


def known_networks() -> Sequence[KnownNetwork]:
    """The listed networks, by name."""
    return db.session.scalars(select(KnownNetwork).order_by(KnownNetwork.name, KnownNetwork.id)).all()


def network_with(network_id: int) -> KnownNetwork | None:
    """The listed network with this id, or None."""
    return db.session.get(KnownNetwork, network_id)


def network_at(cidr: str) -> KnownNetwork | None:
    """The listed network of this form, or None."""
    return db.session.scalar(select(KnownNetwork).where(KnownNetwork.cidr == cidr))


def listed_networks() -> list[Network]:
    """The listed networks, to look addresses up in."""
    return [read_network(cidr) for cidr in db.session.scalars(select(KnownNetwork.cidr))]


def entry_rules() -> EntryRules:
    """What becomes of whoever comes from an unlisted place; before anybody has said so, what stands at first."""
    return db.session.get(EntryRules, ONLY) or EntryRules(id=ONLY, **AT_FIRST)


def has_second_factor(member_id: int) -> bool:
    """True when a member proves by an app or a passkey who they are."""
    return app_key_of(member_id) is not None or bool(passkeys_of(member_id))


def refusal(address: Address | None, device_key: str, member_id: int | None, *, link: str = "") -> Refusal | None:
    """Why somebody is turned away for where they come from, or None.

    address: None when nobody can say. device_key: what the browser says of the device it is. member_id: None before
    sign-in, when the network alone is asked of. link: the token of a link that takes a device into use; its owner may
    come with it from a device that is not listed yet.
    """
    rules = entry_rules()
    if address is None and current_app.config["PROXY_HOPS"]:
        return Refusal.NOWHERE
    if not is_listed(address, listed_networks()):
        found = _of_unlisted(Place.NETWORK, rules.unlisted_network, member_id)
        if found is not None:
            return found
    if member_id is None or rules.unlisted_device is Unlisted.ALLOW or _is_known_device(device_key, member_id, link):
        return None
    return _of_unlisted(Place.DEVICE, rules.unlisted_device, member_id)


def _of_unlisted(place: Place, unlisted: Unlisted, member_id: int | None) -> Refusal | None:
    proves = member_id is None or has_second_factor(member_id)
    return refusal_of_unlisted(place, unlisted, has_second_factor=proves)


def _is_known_device(device_key: str, member_id: int, link: str) -> bool:
    if device_of_key(device_key) is not None or not is_any_enrolled():
        return True
    taken_in = device_of_link(link) if link else None
    return taken_in is not None and taken_in.owner_id == member_id

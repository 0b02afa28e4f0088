"""Who is turned away for where they come from: pure, no database."""

from collections.abc import Collection
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

WIDEST: Final = {4: 8, 6: 16}
"""The fewest bits that name a network, by the version of IP."""


class Unlisted(StrEnum):
    """What becomes of whoever comes from a network or device that is not listed."""

    ALLOW = "allow"
    SECOND_FACTOR = "second_factor"
    REFUSE = "refuse"


class Place(StrEnum):
    """What one comes from."""

    NETWORK = "network"
    DEVICE = "device"


class Refusal(StrEnum):
    """Why somebody is turned away."""

    NOWHERE = "nowhere"
    NETWORK = "network"
    NETWORK_NEEDS_FACTOR = "network_needs_factor"
    DEVICE = "device"
    DEVICE_NEEDS_FACTOR = "device_needs_factor"


def is_listed(address: IPv4Address | IPv6Address | None, networks: Collection[IPv4Network | IPv6Network]) -> bool:
    """True when the address is in one of the networks, or when no network is listed yet.

    address: None when nobody can say what it is, which is never listed once a network is. Source: our choice.
    """
    return not networks or (address is not None and any(address in network for network in networks))


def refusal_of_unlisted(place: Place, unlisted: Unlisted, *, has_second_factor: bool) -> Refusal | None:
    """Why somebody from an unlisted place is turned away, or None.

    has_second_factor: the person proves, or has to prove before anything is shown, who they are by more than a
    password. Without one nobody may take the first one into use from such a place. Source: our choice.
    """
    if unlisted is Unlisted.ALLOW or (unlisted is Unlisted.SECOND_FACTOR and has_second_factor):
        return None
    return Refusal(place if unlisted is Unlisted.REFUSE else f"{place}_needs_factor")


def is_too_wide(network: IPv4Network | IPv6Network) -> bool:
    """True for a network so wide that listing it lists half the world: below /8, in IPv6 below /16.

    Source: our choice; the widest private networks are 10.0.0.0/8 and fc00::/7, of which a house has a part.
    """
    return network.prefixlen < WIDEST[network.version]

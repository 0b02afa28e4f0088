"""How many tries are free, and how long the next one waits: pure, no database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(minutes=30)


class Kind(StrEnum):
    """What tries are counted for."""

    ACCOUNT = "account"
    ADDRESS = "address"
    SIGN_IN = "sign_in"
    CODE = "code"


IPV6_NETWORK = 64
FREE_TRIES = {Kind.ACCOUNT: 5, Kind.ADDRESS: 20, Kind.SIGN_IN: 5, Kind.CODE: 5}


@dataclass(frozen=True)
class Subject:
    """Whose tries are counted.

    An account by the name typed and an address by its text, at the door; proofs inside a running sign-in by its id, so
    that nobody outside holds back who is in; codes by the member's id.
    """

    kind: Kind
    text: str


def wait_after(tries: int, free: int) -> timedelta:
    """How long the next try waits after this many without success.

    tries, free: counts. Nothing while tries are free, then one minute, doubled with each further one up to 15 minutes:
    never for good, so that nobody is locked out by somebody else for longer. Source: our choice, after ASVS 5.0 6.3.1.
    """
    if tries < free:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(tries - free, 10), LONGEST_WAIT)


def seconds_left(tries: int, last_at: datetime, now: datetime, free: int) -> int:
    """Whole seconds until the next try counts, rounded up; 0 when it may come now.

    last_at, now: moments in UTC; the last try may be later than now, by another process that read the clock after us.
    """
    wait = wait_after(tries, free)
    left = last_at + wait - now
    return max(0, -(-left // timedelta(seconds=1))) if wait else 0


def is_forgotten(last_at: datetime, now: datetime) -> bool:
    """True when earlier tries no longer count: half an hour without one. Moments in UTC. Source: our choice."""
    return now - last_at > FORGOTTEN_AFTER


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that one house has of IPv6.

    address: as the web server names it; anything else counts as it stands. Source: our choice.
    """
    try:
        one = ip_address(address)
    except ValueError:
        return address
    if isinstance(one, IPv6Address) and one.ipv4_mapped is None:
        return f"{int(one) >> (128 - IPV6_NETWORK):x}"
    return str(getattr(one, "ipv4_mapped", None) or one)

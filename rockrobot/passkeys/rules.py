"""Which house a passkey is for, and how long its question may wait: pure, no database."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

ANSWERED_WITHIN = timedelta(minutes=5)


class House(NamedTuple):
    """What a passkey is bound to: the host name, and the origin whose pages may ask for it."""

    host: str
    origin: str


def house_of(base_url: str) -> House | None:
    """The house that passkeys are bound to, or None where browsers have none.

    base_url: the address people use. Passkeys need TLS (or localhost) and a name: an IP address has none.
    Source: Web Authentication Level 3, 5.1.2 (RP ID is a valid domain string) and W3C Secure Contexts.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not host or not (parts.scheme == "https" or host == "localhost"):
        return None
    try:
        ip_address(host)
    except ValueError:
        return House(host, f"{parts.scheme}://{parts.netloc}")
    return None


def is_in_time(asked_at: datetime, now: datetime) -> bool:
    """True while an answer to a question asked then is taken. Moments in UTC. Source: our choice."""
    return asked_at <= now < asked_at + ANSWERED_WITHIN

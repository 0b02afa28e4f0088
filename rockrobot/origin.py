"""Where a request comes from; whatever can be read in two ways is nobody's address."""

from collections.abc import Callable, Collection, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from flask import request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MAPPED_BITS = 96


def read_address(text: str) -> Address | None:
    """An address as a server or a proxy writes it, or None.

    An IPv4 address inside an IPv6 one (::ffff:10.0.0.5) is the IPv4 address. None: nothing, a name, a port behind the
    address, brackets, a zone (fe80::1%eth0), zeros in front (010.0.0.5), short forms (10.5), blanks.
    Source: our choice, after the advisories on octal and mapped addresses in allow-lists.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id is not None else address.ipv4_mapped or address
    return address


def read_network(text: str) -> Network:
    """A network in CIDR form: 10.0.0.0/8; a single address is a network of one.

    An IPv4 network inside IPv6 (::ffff:10.0.0.0/104) is the IPv4 network. Raises ValueError for anything that
    read_address would refuse, for a mask instead of a number of bits, and for bits set behind the mask (10.0.0.5/8).
    Source: RFC 4632; one way of writing each network is our choice.
    """
    address, slash, bits = text.partition("/")
    if read_address(address) is None or (slash and not (bits.isascii() and bits.isdigit())):
        raise ValueError(text)
    network = ip_network(text)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= MAPPED_BITS:
        return IPv4Network((mapped, network.prefixlen - MAPPED_BITS))
    return network


def is_among(address: Address | None, networks: Iterable[Network]) -> bool:
    """True when the address is known and inside one of the networks."""
    return address is not None and any(address in network for network in networks)


def client_of(peer: str, forwarded_for: str, *, hops: int, proxies: Collection[Network]) -> Address | None:
    """The address a request comes from, or None when nobody can say for sure.

    peer: the address connected to us. forwarded_for: the X-Forwarded-For header, at whose end each proxy writes the
    address that asked it. hops: how many proxies stand in front, exactly; with 0 the header is only a claim.
    proxies: the networks of the proxies. The peer and each address that a proxy behind the outermost one wrote must be
    among them: so nobody gets by who asks us directly, and a hop count that is too high lets nobody in.
    Source: our choice, after the measurements of Werkzeug's ProxyFix with wrong hop counts.
    """
    if hops == 0:
        return read_address(peer)
    written = [part.strip(" \t") for part in forwarded_for.split(",")][-hops:]
    if len(written) < hops:
        return None
    client, *through = [read_address(text) for text in (*written, peer)]
    return client if all(is_among(proxy, proxies) for proxy in through) else None


class RealOrigin:
    """WSGI: REMOTE_ADDR becomes the address that counts, in its one way of writing; empty when it is not sure."""

    def __init__(self, app: Callable[..., Any], *, hops: int, proxies: Collection[Network]) -> None:
        self.app, self.hops, self.proxies = app, hops, proxies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request."""
        peer, claim = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
        client = client_of(peer, claim, hops=self.hops, proxies=self.proxies)
        environ["REMOTE_ADDR"] = str(client or "")
        return self.app(environ, start_response)


def address() -> Address | None:
    """The address of this request, or None when it is not sure."""
    return read_address(request.remote_addr or "")

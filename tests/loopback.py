"""A guard around what this process calls: an address or a name outside loopback fails the test that asks for it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

NAMES = {"localhost", "", None}


def is_here(host: object) -> bool:
    """True for this machine's own names and addresses."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES:
        return True
    try:
        return ip_address(str(name)).is_loopback
    except ValueError:
        return False


@contextmanager
def only_loopback() -> Iterator[None]:
    """Let nothing out as long as the block lasts."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        assert not isinstance(address, tuple) or is_here(address[0]), f"calls out: {address}"
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **rest: Any) -> Any:
        numeric = host not in NAMES and str(host)[-1:].isdigit()
        assert numeric or is_here(host), f"asks for a name: {host}"
        return look_up(host, *args, **rest)

    socket.socket.connect, socket.getaddrinfo = guarded_connect, guarded_look_up  # type: ignore[method-assign]
    try:
        yield
    finally:
        socket.socket.connect, socket.getaddrinfo = connect, look_up  # type: ignore[method-assign]

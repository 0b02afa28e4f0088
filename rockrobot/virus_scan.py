"""Asks clamd whether a file carries something harmful that it knows, over its socket (ROCKROBOT_CLAMD).

Written here, since the client libraries on PyPI have stood still for years, and the protocol is one message each way.
"""

import socket
import struct
from contextlib import closing

ANSWER_SECONDS = 60
CHUNK = 1024 * 1024
LONGEST_ANSWER = 4096
TOO_LARGE = "INSTREAM size limit exceeded. ERROR"
Address = str | tuple[str, int]


class ScanError(RuntimeError):
    """clamd can't be reached, gave no verdict in time, or could not scan what it was sent."""


class TooLargeError(ScanError):
    """clamd takes no stream of this length (StreamMaxLength of its settings)."""


def read_address(words: str) -> Address:
    """Where clamd listens: the path of its socket, or (host, port). Raises ValueError for anything else.

    words: "/run/clamav/clamd.ctl" or "host:port", an IPv6 address in brackets.
    """
    if words.startswith("/"):
        return words
    host, _, port = words.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise ValueError(f"{words} is neither the path of a socket nor host:port")
    return host.strip("[]"), int(port)


def harm_in(body: bytes, address: Address) -> str:
    """The name of what clamd found in these bytes, empty where it found nothing.

    The command is INSTREAM (clamd(8)): pieces behind their length in four bytes, and an empty one as the end.
    Raises ScanError; TooLargeError for more than clamd takes.
    """
    try:
        with closing(_connected(address)) as line:
            _send(line, body)
            answer = _answer(line)
    except OSError as error:
        raise ScanError(type(error).__name__) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise TooLargeError if answer == TOO_LARGE else ScanError(answer or "no answer")


def _send(line: socket.socket, body: bytes) -> None:
    """Send it all, or as much as clamd wants to hear: when it hangs up, its answer tells why."""
    try:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(body), CHUNK):
            piece = body[start : start + CHUNK]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except ConnectionError:
        return


def _connected(address: Address) -> socket.socket:
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=ANSWER_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(ANSWER_SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    """What clamd says up to the zero that ends it."""
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace")

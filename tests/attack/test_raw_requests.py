"""Requests that no browser sends, byte by byte to the running server: none is read in two ways."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.server import Server

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
HIDDEN = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SMUGGLED = {
    "length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
    "two lengths in one": b"Content-Length: 0, 5\r\n\r\nhello",
    "a length with a sign": b"Content-Length: +5\r\n\r\nhello",
    "no coding of ours": b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n",
    "a folded line": b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n",
    "bare line feeds": b"Content-Length: 0\nTransfer-Encoding: chunked\n\n0\n\n",
    "a chunk without an end": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a huge chunk": b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
}
FORGED_HOSTS = {
    "another": b"Host: evil.test\r\n",
    "two, ours first": b"Host: localhost\r\nHost: evil.test\r\n",
    "two, ours last": b"Host: evil.test\r\nHost: localhost\r\n",
    "with a user": b"Host: localhost:80@evil.test\r\n",
    "two in one": b"Host: localhost, evil.test\r\n",
    "with a blank": b"Host: localhost evil.test\r\n",
    "none": b"",
    "empty": b"Host:\r\n",
}
ROW_TOO_LONG, MANY = 1_000_000, 100_000
PART = b'--x\r\nContent-Disposition: form-data; name="a"'


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("raw"), {"ROCKROBOT_DEMO": "0"})
    server.flask("db", "upgrade")
    server.start_web()
    yield server
    server.stop()


def answered(server: Server, *pieces: bytes) -> bytes:
    """What comes back on one line until the other side ends it, or says nothing for three seconds."""
    told = bytearray()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        with suppress(OSError):
            for piece in pieces:
                line.sendall(piece)
        line.settimeout(3)
        with suppress(OSError):
            while piece := line.recv(65536):
                told += piece
    return bytes(told)


def is_sound(server: Server) -> bool:
    return STATUS.findall(
        answered(server, b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    ) == [b"200"]


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED)
def test_no_request_hides_in_another(server, rest):
    """C25: two ways of telling where a body ends; the next request on the line is never what hides behind it."""
    told = answered(server, b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + rest + HIDDEN)

    assert len(STATUS.findall(told)) <= 1, told[:600]
    assert b'"status"' not in told
    assert is_sound(server)


@pytest.mark.parametrize("name", ["length and chunks", "chunks and length"])
def test_a_body_with_a_length_and_in_chunks_is_refused(server, name):
    """C25 (GHSA-4ppp-gpcr-7qf6): by the app itself, and the line is closed behind it."""
    told = answered(server, b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + SMUGGLED[name] + HIDDEN)

    assert STATUS.findall(told) == [b"400"]
    assert b"connection: close" in told.lower()


def test_two_requests_on_one_line_are_two_answers(server):
    """C25, the control: the hidden request would have been answered."""
    told = answered(server, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN)

    assert STATUS.findall(told) == [b"200", b"200"]


@pytest.mark.parametrize("host", FORGED_HOSTS.values(), ids=FORGED_HOSTS)
def test_a_host_that_is_not_ours_alone_is_refused(server, host):
    """C9 (GHSA-9vh6-qfv6-vcqp, GHSA-wgpj-7c2j-vfjm): no page, and none of its names in the answer."""
    told = answered(server, b"GET /sign-in HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")

    assert STATUS.findall(told) == [b"400"]
    assert b"evil" not in told


@pytest.mark.parametrize("line", [b"GET http://evil.test/ HTTP/1.1", b"GET //evil.test/ HTTP/1.1"])
def test_no_name_in_the_request_line_or_of_a_proxy_comes_back(server, line):
    """C9: an absolute address, and headers of a proxy where none stands in front."""
    forged = b"\r\nHost: localhost\r\nX-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\n"

    told = answered(server, line + forged + b"Connection: close\r\n\r\n")

    assert STATUS.findall(told)[0] in {b"303", b"400", b"404", b"308"}
    assert b"evil" not in told


@pytest.mark.parametrize(
    "body",
    [
        (PART + b"\r\n\r\n1\r\n") * MANY + b"--x--\r\n",
        PART + b"\r\nX-Long: " + b"a" * ROW_TOO_LONG + b"\r\n\r\n1\r\n--x--\r\n",
        PART + b"\r\n\r\n" + b"a" * (50 * ROW_TOO_LONG) + b"\r\n--x--\r\n",
    ],
    ids=["100 000 parts", "a head of 1 MB", "a field of 50 MB"],
)
def test_a_form_made_to_fill_the_machine_is_refused(server, body):
    """C12 (GHSA-xg9f-g7g7-2323, CVE-2023-24580): the form is not read to its end, and the server goes on."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"

    told = answered(server, head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body), body)

    assert STATUS.findall(told)[0] in {b"400", b"413"}
    assert is_sound(server)


def test_slow_bodies_keep_nobody_waiting(server):
    """C12: twenty bodies that stop half-way, before a server with one thread; those who end theirs are answered."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\na"
    with ExitStack() as lines:
        slow = [lines.enter_context(socket.create_connection(("127.0.0.1", server.port), 30)) for _ in range(20)]
        for line in slow:
            line.sendall(head)

        assert is_sound(server)
        for line in slow:
            line.sendall(b"b")
        told = [line.recv(65536) for line in slow]

    assert {STATUS.match(answer)[1] for answer in told} == {b"400"}

"""The way in for scanners: a proxy on loopback that counts what they ask and keeps them from ending their own scan.

To the app it looks like the proxy of an installation, which ends TLS: its cookies and headers are those of production.
"""

import html
import http.client
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.attack.doors import NOTHING, Door
from tests.postgres import free_port

INDEX = "/every-door"
ONCE_IN_FORM = re.compile(rb"(^|&)idempotency_key=[^&]*")
ONCE_IN_PARTS = re.compile(
    rb'--[^\r\n]+\r\nContent-Disposition: form-data; name="idempotency_key"\r\n.*?\r\n(?=--)', re.S
)
# Wapiti sends every field of a form with files as a file named like the field; no browser does.
FIELD_AS_FILE = re.compile(rb'name="([^"]+)"; filename="\1"')
# Of random length: a scanner that compares two answers would find a difference in every page.
PADDING = re.compile(rb"<!-- [0-9a-f]* -->")
# New on every page: a scanner would compare two pages letter by letter instead of seeing that they are the same.
FRESH_ON_A_PAGE = re.compile(rb'(name="(?:csrf_token|idempotency_key)"[^>]*value=")[^"]+')
PART_NAME = re.compile(rb'form-data; name="([^"]+)"')
NOT_ASKED = {"referer", "accept-encoding"}
NOT_PASSED = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}
SHUT, FAULT = 403, 500


class Gate(ThreadingHTTPServer):
    """Passes requests on to the app, without the key that lets a form act once: else only the first payload acts.

    What was asked: requests by method and path; names: the parameters sent to each; faults: answers of 500 and more,
    and cookies not marked safe; turned_away: what was led to sign-in, as happens to a dead cookie. token: the CSRF
    token that every page is made to show; it holds as long as the sign-in.
    """

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", free_port()), _Passage)
        self.behind, self.closed = behind, NOTHING
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.doors: list[Door] = []
        self.token = b""
        self.requests = 0
        self.names: set[tuple[str, str, str]] = set()
        self.faults: list[str] = []
        self.turned_away: list[str] = []
        self.lock = threading.Lock()
        self.lines = threading.local()

    def note(self, method: str, target: str, body: bytes, kind: str) -> None:
        """Count a request and the names of its parameters."""
        parts = urlsplit(target)
        names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        if "multipart" in kind:
            names |= {name.decode("utf-8", "replace") for name in PART_NAME.findall(body)}
        elif body:
            names |= {name for name, _ in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)}
        with self.lock:
            self.requests += 1
            self.names |= {(method, parts.path, name) for name in names or {""}}

    def is_closed(self, method: str, target: str) -> bool:
        """True for what would end the scan itself; the gate answers it."""
        return self.closed.fullmatch(f"{method} {urlsplit(target).path}") is not None

    def steadied(self, page: bytes) -> bytes:
        """A page without what is new each time it is asked for."""
        page = PADDING.sub(b"", page)
        return FRESH_ON_A_PAGE.sub(lambda found: found[1] + self.token, page) if self.token else page

    def index(self) -> bytes:
        """A page with every door on it: a scanner that starts here finds each, once."""
        body = "".join(door.as_html() for door in self.doors)
        return (
            f"<!doctype html><html><head><title>{html.escape(INDEX)}</title></head><body>{body}</body></html>".encode()
        )


class _Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize, disable_nagle_algorithm = -1, True  # an answer in two pieces would wait 40 ms for the other side
    server: Gate

    def handle(self) -> None:
        with suppress(ConnectionError):  # scanners hang up in the middle
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the gate counts."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._pass
        raise AttributeError(name)

    def _pass(self) -> None:
        kind = self.headers.get("Content-Type", "")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == INDEX:
            return self._answer(200, [("Content-Type", "text/html; charset=utf-8")], self.server.index())
        if self.server.is_closed(self.command, self.path):
            return self._answer(SHUT, [], secrets.token_bytes(8))  # never the same: the same twice means an open form
        self.server.note(self.command, self.path, body, kind)
        if "multipart" in kind:
            body = ONCE_IN_PARTS.sub(b"", FIELD_AS_FILE.sub(rb'name="\1"', body))
        else:
            body = ONCE_IN_FORM.sub(b"", body)
        try:
            status, headers, answer = self._ask(body)
        except (http.client.InvalidURL, ValueError):
            return self._answer(400, [], b"")
        self._judge(status, headers)
        return self._answer(status, headers, answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED | NOT_ASKED}
        headers |= {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}
        here = f"//{self.headers.get('Host')}"
        headers["Referer"] = f"https:{here}{self.path}"
        headers |= {name: f"https:{here}" for name, value in headers.items() if value == f"http:{here}"}  # Origin
        for is_last in (False, True):
            line = self.server.lines.__dict__.get("line")
            if line is None:
                line = self.server.lines.line = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
            try:
                line.request(self.command, self.path, body or None, headers)
                answer = line.getresponse()
                return answer.status, answer.getheaders(), self.server.steadied(answer.read())
            except (OSError, http.client.HTTPException):
                line.close()
                self.server.lines.line = None
                if is_last:
                    raise
        raise AssertionError

    def _judge(self, status: int, headers: list[tuple[str, str]]) -> None:
        asked = f"{self.command} {self.path}"
        location = next((value for name, value in headers if name.lower() == "location"), "")
        path = urlsplit(location).path
        with self.server.lock:
            if status >= FAULT:
                self.server.faults.append(f"{status} {asked}")
            if path == "/sign-in" and not self.path.startswith("/sign-in"):
                self.server.turned_away.append(asked)
            self.server.faults += [f"{value} {asked}" for name, value in headers if is_loose_cookie(name, value)]

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in NOT_PASSED:
                self.send_header(name, value.replace("; Secure", "") if name.lower() == "set-cookie" else value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def is_loose_cookie(name: str, value: str) -> bool:
    """True for a cookie that scripts, other sites or a line without TLS get hold of.

    The gate looks itself, and takes the word Secure off: scanners speak to it without TLS and would drop the cookie.
    """
    words = {word.strip().lower() for word in value.split(";")}
    return name.lower() == "set-cookie" and not {"secure", "httponly", "samesite=lax"} <= words


@contextmanager
def gate_to(behind: int) -> Iterator[Gate]:
    """A gate in front of a port, open as long as the block lasts."""
    gate = Gate(behind)
    threading.Thread(target=gate.serve_forever, daemon=True).start()
    try:
        yield gate
    finally:
        gate.shutdown()
        gate.server_close()

"""Somebody at a browser without script: signs in by the form and keeps the cookie."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

HIDDEN = re.compile(r'name="(csrf_token|idempotency_key)"[^>]*value="([^"]+)"')


class Answer(NamedTuple):
    """What came back; an error is an answer too."""

    status: int
    url: str
    kind: str
    text: str


class Somebody:
    """A person with a cookie jar of their own; base: the address of the app."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Answer:
        """Look at a page."""
        return self._open(urllib.request.Request(self.base + path))  # noqa: S310 (our own address)

    def send(self, page: str, path: str, **fields: str) -> Answer:
        """Send the form of a page: its hidden fields and these."""
        body = urllib.parse.urlencode(dict(HIDDEN.findall(self.get(page).text)) | fields).encode()
        headers = {"Origin": self.base, "Referer": self.base + page}
        return self._open(urllib.request.Request(self.base + path, body, headers))  # noqa: S310 (our own address)

    def sign_in(self, email: str, password: str, *, purpose: str = "contact") -> "Somebody":
        """Sign in and say what for; raises AssertionError when nobody is let in."""
        answer = self.send("/sign-in", "/sign-in", email=email, password=password)
        assert answer.status == 200, answer
        assert not answer.url.endswith("/sign-in"), answer.url
        if purpose:
            self.send("/purpose", "/purpose", purpose=purpose)
        return self

    @property
    def cookie(self) -> str:
        """The value of the Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        kind = answer.headers.get("Content-Type", "")
        return Answer(answer.status, answer.geturl(), kind, answer.read().decode("utf-8", "replace"))

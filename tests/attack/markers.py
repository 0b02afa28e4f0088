"""Planted markers: words that occur nowhere else, and where they must not turn up."""

import base64
import binascii
import json
import re
import zlib
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from playwright.sync_api import BrowserContext, Page

FIRST, LAST, COMPANY = "Zqmarketu", 'Zqmarksuku"><img src=x onerror=alert(1)>', "Zqmarkyritys {{7*7}} Oy"
PHONE, EMAIL, STREET = "040 9876501", "zqmark@zqmark.example", "Zqmarkkatu 7"
TEXT, FILE, SERIAL = "Zqmarkteksti <script>alert(1)</script>", "zqmarkliite.png", "ZQMARK-0001"
MARK = re.compile(r"zqmark[\w-]*|987[ -]?65[ -]?01", re.IGNORECASE)
# Everything a page can keep in the browser, as text.
KEPT = """async () => {
  const answer = (asked) =>
    new Promise((done, fail) => { asked.onsuccess = () => done(asked.result); asked.onerror = fail; });
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const base = await answer(indexedDB.open(name));
    for (const store of base.objectStoreNames) {
      kept.push(name, JSON.stringify(await answer(base.transaction(store).objectStore(store).getAll())));
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) kept.push(asked.url, await (await cache.match(asked)).text());
  }
  return kept.join(" ");
}"""


def marks_in(text: str) -> set[str]:
    """The markers in a text, also in the writing of addresses."""
    return {found.lower() for found in MARK.findall(f"{text} {unquote_plus(text)}")}


def without_typed_search(address: str) -> str:
    """An address without what somebody typed into a search or a filter, the one thing that may stand in it.

    The issue asks for a search by GET, so that it can be sent on and gone back to; the address stays in the house: no
    other site learns it (Referrer-Policy), no line of the log holds it, and a phone number typed at /s is forgotten.
    """
    parts = urlsplit(address)
    rest = [(name, value) for name, value in parse_qsl(parts.query) if name != "q"]
    return parts._replace(query=urlencode(rest)).geturl()


class Watch:
    """Looks over a browser's shoulder: what it asks for, and what it keeps."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.asked: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))

    def addresses(self) -> set[str]:
        """The addresses asked for that hold a marker, typed searches apart."""
        return {address for address in self.asked if marks_in(without_typed_search(address))}

    def kept(self, page: Page) -> set[str]:
        """The markers in the browser's storages and cookies."""
        cookies = " ".join(cookie_text(cookie["value"]) for cookie in self.context.cookies())
        return marks_in(page.evaluate(KEPT)) | marks_in(cookies)


def cookie_text(value: str) -> str:
    """A cookie as whoever holds it can read it: Flask signs its session and does not seal it."""
    body, is_packed = value.removeprefix("."), value.startswith(".")
    try:
        read = base64.urlsafe_b64decode(body.split(".")[0] + "===")
        return json.dumps(json.loads(zlib.decompress(read) if is_packed else read), ensure_ascii=False)
    except (binascii.Error, zlib.error, ValueError):
        return value

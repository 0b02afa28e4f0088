"""The doors of an app: every address and every form that somebody signed in is led to, each kind once."""

import html
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from tests.attack.people import Somebody

OF_A_KIND, OK = 2, 200
NOTHING = re.compile(r"(?!)")
TOKENS = ("csrf_token", "idempotency_key")
CHOICES = {"checkbox", "radio"}
ONE_OF_MANY = {*CHOICES, "submit", "button"}
# Wapiti leaves out what looks like a picture or a document, unless a parameter follows.
FILES, FOLLOWING = (".pdf", ".png", ".jpg", ".zip"), "?any=1"


@dataclass(frozen=True)
class Door:
    """An address with its query, and what its form sends (POST); files: names of its file fields."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters one can attack, each once."""
        return tuple(sorted(({name for name, _ in self.query + self.fields} | set(self.files)) - set(TOKENS)))

    @property
    def target(self) -> str:
        """The address with its query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def with_token(self, token: str) -> "Door":
        """The door as it stands on a page of whoever has this CSRF token."""
        return replace(self, fields=tuple((name, token if name == TOKENS[0] else value) for name, value in self.fields))

    def spoiled(self) -> "Door":
        """The door with words that no form takes, for one that is shut once it was opened."""
        return replace(self, fields=tuple((name, value if name in TOKENS else "?") for name, value in self.fields))

    def as_html(self) -> str:
        """The door as a link or a form of a page."""
        if self.method == "GET":
            target = self.target + FOLLOWING if self.target.endswith(FILES) else self.target
            return f'<p><a href="{html.escape(target)}">x</a></p>\n'
        kind = ' enctype="multipart/form-data"' if self.files else ""
        inputs = "".join(f'<input name="{html.escape(n)}" value="{html.escape(value)}">' for n, value in self.fields)
        inputs += "".join(f'<input type="file" name="{html.escape(name)}">' for name in self.files)
        return f'<form method="post" action="{html.escape(self.target)}"{kind}>{inputs}<button>x</button></form>\n'


def by_numbers(path: str) -> str:
    """The kind of a path where nothing better is known: numbers are ids."""
    return re.sub(r"\d+", "#", path)


def doors_of(
    somebody: Somebody,
    *,
    kind_of: Callable[[str], str] = by_numbers,
    closed: re.Pattern[str] = NOTHING,
    also: Iterable[str] = (),
) -> list[Door]:
    """The doors that somebody finds from the first page on, in the order found.

    kind_of: the kind of a path; of each kind with the same names some pages are read and the first is kept.
    closed: "METHOD path" of what is left alone. also: addresses tried beside, since no link need lead there today.
    """
    waiting = deque([Door("GET", "/"), *(Door("GET", path) for path in also if is_open(somebody, path, closed))])
    read: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    found: dict[tuple[str, str, tuple[str, ...]], Door] = {}
    while waiting:
        door = waiting.popleft()
        key = (door.method, kind_of(door.path), door.names)
        if read[key] == OF_A_KIND or closed.fullmatch(f"{door.method} {door.path}"):
            continue
        read[key] += 1
        found.setdefault(key, door)
        if door.method == "GET":
            waiting.extend(doors_on(somebody, door.target))
    return list(found.values())


def is_open(somebody: Somebody, path: str, closed: re.Pattern[str]) -> bool:
    """True when there is something at this address for somebody."""
    return not closed.fullmatch(f"GET {path}") and somebody.get(path).status == OK


def covering(doors: Iterable[Door], kind_of: Callable[[str], str] = by_numbers) -> list[Door]:
    """As few addresses and forms as name each parameter of each kind of page."""
    kept, named = [], set()
    for door in sorted(doors, key=lambda door: -len(door.names)):
        mine = {(door.method, kind_of(door.path), name) for name in door.names or ("",)}
        if mine - named:
            kept.append(door)
            named |= mine
    return kept


def doors_on(somebody: Somebody, target: str) -> list[Door]:
    """The links and forms on a page that lead to the same app."""
    answer = somebody.get(target)
    if "text/html" not in answer.kind:
        return []
    reader = _Reader(answer.url)
    reader.feed(answer.text)
    return reader.doors()


class _Reader(HTMLParser):
    """Gathers links, forms and htmx addresses; of choices and buttons with one name the first counts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.by_id: dict[str, dict[str, Any]] = {}
        self.inside: dict[str, Any] | None = None
        self.choice: list[Any] | None = None

    def doors(self) -> list[Door]:
        whole = [("GET", urljoin(self.page, address), (), ()) for address in self.links]
        for form in self.forms:
            address = urljoin(self.page, form["action"])
            whole.append((form["method"], address, tuple(map(tuple, form["fields"])), tuple(form["files"])))
        here = urlsplit(self.page).netloc
        return [_door(*one) for one in whole if urlsplit(one[1]).netloc == here]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        elif tag == "form":
            self._begin_form(has)
        elif tag in {"input", "button", "select", "textarea"} and has.get("name"):
            self._add_control(tag, has)
        elif tag == "option" and self.choice is not None and ("selected" in has or not self.choice[1]):
            self.choice[1] = has.get("value", "")
        if tag != "form" and "data-hx-get" in has:
            self.links.append(has["data-hx-get"])
        if tag != "form" and "data-hx-post" in has:
            self.forms.append(self._brought_along(has) | {"method": "POST", "action": has["data-hx-post"]})

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag in {"select", "textarea"}:
            self.choice = None

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.choice is not None:
            self.choice[1] += data

    def _brought_along(self, has: dict[str, str]) -> dict[str, Any]:
        """The form whose fields htmx sends along: the one it names, else the one around it; fields may come yet."""
        named = has.get("data-hx-include", "")
        if named.startswith("#"):
            return self._form_of(named[1:])
        return self.inside or {"fields": [], "files": []}

    def _form_of(self, name: str) -> dict[str, Any]:
        return self.by_id.setdefault(name, {"fields": [], "files": [], "method": "GET", "action": self.page})

    def _begin_form(self, has: dict[str, str]) -> None:
        form = self._form_of(has["id"]) if "id" in has else {"fields": [], "files": []}
        form |= {"method": has.get("method", "get").upper(), "action": has.get("action", "") or self.page}
        self.forms.append(form)
        self.inside = form

    def _add_control(self, tag: str, has: dict[str, str]) -> None:
        form = self.inside
        if "form" in has:
            form = self._form_of(has["form"])
        if form is None:
            return
        kind = has.get("type", "text")
        if kind == "file":
            form["files"].append(has["name"])
            return
        pair = [has["name"], has.get("value", "on" if kind in CHOICES else "")]
        if (tag == "button" or kind in ONE_OF_MANY) and any(name == has["name"] for name, _ in form["fields"]):
            return
        form["fields"].append(pair)
        if tag in {"select", "textarea"}:
            self.choice = pair


def _door(method: str, address: str, fields: tuple[tuple[str, str], ...], files: tuple[str, ...]) -> Door:
    parts = urlsplit(address)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    if method == "GET":
        return Door(method, parts.path, (*query, *fields), (), files)
    return Door(method, parts.path, query, fields, files)

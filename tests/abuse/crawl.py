"""Every page, file and fragment that a role is led to, read as text."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import quote

import pypdfium2
from flask import Flask
from werkzeug.exceptions import HTTPException

from rockrobot.access import Role
from tests.abuse.fuzz import doors_of
from tests.access_table import addresses
from tests.conftest import Visitor

ROWS = (1, 2, 3)
LINK = re.compile(r'(?:href|data-hx-get)="(/[^"#]*)')
TARGET = re.compile(r'data-hx-target="#([^"]+)"')
# What differs on a page that is asked for twice: its padding, the tokens of its forms, keys that let them act once.
BY_CHANCE = re.compile(r'<!-- [0-9a-f]* -->|(?:content|value)="[\w.-]{20,}"')


class Seen(NamedTuple):
    """One answer: the address, which fragment was asked for ("" for the whole page), its status, headers and text."""

    path: str
    fragment: str
    status: int
    headers: dict[str, str]
    text: str


def text_of(answer: object) -> str:
    """What an answer says, PDF and workbook too."""
    kind, data = answer.mimetype, answer.data
    if kind == "application/pdf" and b"%%EOF" in data:
        pages = pypdfium2.PdfDocument(data)
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return data.decode("utf-8", "replace")


def crawl(app: Flask, visitor: Visitor, role: Role, *, also: Iterable[str] = (), of_a_kind: int = 3) -> Iterator[Seen]:
    """What this role gets to see: every door open to it with the first rows, and where their links lead.

    also: addresses that no link leads to. of_a_kind: how many addresses of a kind with the same question are read, and
    of each page every fragment that it asks for.
    """
    open_, _closed = doors_of(app, role)
    places = [places for number in ROWS for places in addresses(app, a_number=number).items()]
    waiting = [address for door, address in places if door in open_ and door[1] == "GET"] + list(also)
    routes, read = app.url_map.bind("inside"), Counter[tuple[str, ...]]()
    done = set[str]()
    while waiting:
        path = waiting.pop(0)
        if path in done or read[kind := kind_of(routes, path)] == of_a_kind or not kind[0]:
            continue
        done.add(path)
        read[kind] += 1
        for seen in look(visitor, path):
            yield seen
            waiting += [unescape(link) for link in LINK.findall(seen.text)]


def look(visitor: Visitor, path: str) -> Iterator[Seen]:
    """A page, and each fragment that it asks for."""
    answer = visitor.get(path)
    text = text_of(answer)
    yield Seen(path, "", answer.status_code, dict(answer.headers), text)
    for target in dict.fromkeys(TARGET.findall(text)) if answer.mimetype == "text/html" else ():
        part = visitor.get(path, headers={"HX-Request": "true", "HX-Target": target})
        yield Seen(path, target, part.status_code, dict(part.headers), text_of(part))


def kind_of(routes: object, path: str) -> tuple[str, ...]:
    """The rule of an address and the names of its question; empty for what is no page."""
    before, _, question = path.partition("?")
    try:
        rule, _values = routes.match(before, method="GET", return_rule=True)
    except HTTPException:
        return ("",)
    names = sorted(part.partition("=")[0] for part in question.split("&"))
    return ("" if rule.endpoint == "static" else rule.rule, *names)


def without_chance(page: str, *typed: str) -> str:
    """A page without what differs each time, and without what was typed into its address."""
    for text in typed:
        page = page.replace(text, "").replace(quote(text), "")
    return BY_CHANCE.sub("", page)

"""Tries every door with what its pages ask for, changed here and there, and notes each answer of 500 or more."""

import contextvars
import itertools
import re
import traceback
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus

from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.routing import Rule

from rockrobot.access import permission_of
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db, reading
from rockrobot.staff.actions import say_purpose, sign_in
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import row_of_key
from tests.abuse.odd_values import FILES, NAMES, ODD_HEADERS, SEGMENTS, TEXTS, Value
from tests.abuse.seen_pages import Door, Form, SeenPages
from tests.conftest import Visitor

Headers = tuple[tuple[str, str], ...]
PLACE = re.compile(r"<([^>]+)>")
REFUSED = {400, 403, 404, 405, 409, 413, 415, 429}
LIKELY = {
    "on": "tänään",
    "at": "12.00",
    "email": "aino@kivi.example",
    "serial": "000100",
    "quantity": "5",
    "text": "Kivi",
}
_keys = itertools.count()


@dataclass(frozen=True)
class Request:
    """One request as it is sent: raw address, fields and files, headers."""

    method: str
    path: str
    question: tuple[tuple[Value, Value], ...] = ()
    fields: tuple[tuple[Value, Value], ...] = ()
    files: tuple[tuple[str, tuple[str, bytes]], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> tuple[bytes, str]:
        """The body and its media type."""
        if not self.files:
            return encoded(self.fields), "application/x-www-form-urlencoded"
        parts = [(_part(raw(name)), raw(value)) for name, value in self.fields]
        parts += [(_part(raw(name), raw(file)), content) for name, (file, content) in self.files]
        lines = b"".join(b"--grenze\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
        return lines + b"--grenze--\r\n", "multipart/form-data; boundary=grenze"


def raw(value: Value) -> bytes:
    """The bytes of a value; what is no text stays as it is."""
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def encoded(pairs: Iterable[tuple[Value, Value]]) -> bytes:
    """Pairs as an address or a plain form carries them."""
    return "&".join(f"{quote_plus(raw(name))}={quote_plus(raw(value))}" for name, value in pairs).encode()


def _part(name: bytes, file: bytes | None = None) -> bytes:
    quoted = [value.replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"") for value in (name, file or b"")]
    told = b'; filename="' + quoted[1] + b'"' if file is not None else b""
    return b'Content-Disposition: form-data; name="' + quoted[0] + b'"' + told


@st.composite
def requests(draw: Any, door: Door, seen: SeenPages) -> Request:
    """A request at a door: the simplest is as a page would send it, others differ from it in a few places."""
    form = draw(st.sampled_from(seen.forms[door])) if seen.forms[door] else None
    fields = filled(form, draw) if form else []
    question = draw(st.lists(st.sampled_from(seen.questions[door]), max_size=3)) if seen.questions[door] else []
    files = [(name, draw(FILES)) for name in (form.files if form else [])]
    where = fields if door[1] == "POST" else question
    for how, place, value in draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), TEXTS), max_size=3)):
        change(where, how, place, value, draw)
    headers = draw(st.sampled_from(ODD_HEADERS)) if draw(st.integers(0, 4)) == 4 else {}
    path = draw(paths(door, seen))
    return Request(door[1], path, tuple(question), tuple(fields), tuple(files), tuple(headers.items()))


def filled(form: Form, draw: Any) -> list[tuple[Value, Value]]:
    """The fields of a form as somebody might send them: one choice of each, and something likely in what is empty."""
    fields: list[tuple[Value, Value]] = []
    for name, value in form.fields:
        if name == "idempotency_key":
            value = f"key-{next(_keys)}"
        fields.append((name, value or LIKELY.get(name.rpartition("_")[2], "Kivi")))
    return fields + [(name, draw(st.sampled_from(values))) for name, values in form.choices.items()]


def change(pairs: list[Any], how: int, place: int, value: Value, draw: Any) -> None:
    """Change one pair: another value (most often), none, twice, a strange name, nothing but one; or add one."""
    if not pairs or how == 5:
        pairs.append((draw(NAMES), value))
        return
    at = place % len(pairs)
    name = pairs[at][0]
    if how == 3:
        del pairs[at]
    elif how == 4:
        pairs.append((name, value))
    else:
        pairs[at] = (name, value)


def paths(door: Door, seen: SeenPages) -> st.SearchStrategy[str]:
    """Addresses of a door: those of pages, with small numbers, and with what is no number at all."""
    rule, known = door[0], seen.addresses[door]

    def with_segments(segments: list[str]) -> str:
        left = iter(segments)
        return PLACE.sub(lambda _place: next(left), rule)

    count = len(PLACE.findall(rule))
    if not count:
        return st.just(rule)
    some = [segment(place) for place in PLACE.findall(rule)]
    numbered = st.tuples(*some).map(list).map(with_segments)
    odd = st.tuples(*(st.one_of(one, SEGMENTS) for one in some)).map(list).map(with_segments)
    return st.one_of(*([st.sampled_from(known)] * 2 if known else []), numbered, odd)


def segment(place: str) -> st.SearchStrategy[str]:
    """What may stand at a place of a rule."""
    if place.startswith("any("):
        return st.sampled_from([word.strip(" \"'") for word in place[4 : place.index(")")].split(",")])
    return st.integers(1, 6).map(str) if place.startswith("int") else st.sampled_from(["fi", "product", "KI-0001", "x"])


@dataclass
class Fuzz:
    """People who try doors; faults tells what went wrong, answers how often each status came to each door."""

    app: Flask
    salt: int = 0
    seen: SeenPages = field(default_factory=SeenPages)
    faults: list[str] = field(default_factory=list)
    answers: Counter[tuple[Door, int]] = field(default_factory=Counter)
    tried: set[Door] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)

    def try_doors(self, visitor: Visitor, doors: Iterable[Door], *, examples: int = 1, **headers: str) -> None:
        """Send requests to each door, those that look first: their pages tell what the others ask for."""
        for door in sorted(doors, key=lambda door: door[1]):
            self._try_door(visitor, door, examples, tuple(headers.items()))

    def _try_door(self, visitor: Visitor, door: Door, examples: int, headers: Headers) -> None:
        """The same requests each time, unless the salt differs. The plainest is sent to pages alone, and once."""
        quiet = settings(
            max_examples=examples + 1,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        is_plain = True

        @seed(zlib.crc32(repr((door, visitor.name, self.salt)).encode()))
        @quiet
        @given(requests(door, self.seen))
        def try_once(request: Request) -> None:
            nonlocal is_plain
            if not is_plain or (request.method == "GET" and door not in self.tried):
                self.send(visitor, door, replace(request, headers=headers + request.headers))
            is_plain = False

        try_once()
        self.tried.add(door)
        self._read()  # not before: Hypothesis wants every example drawn from the same choices

    def _read(self) -> None:
        for path in sorted(self.unread.keys() - self.read):
            self.seen.read(self.app, path, self.unread[path])
        self.read |= self.unread.keys()
        self.unread.clear()

    def send(self, visitor: Visitor, door: Door, request: Request) -> None:
        """Send a request and note its answer."""
        before = newest_write()
        status = self._answer(visitor, request)
        self.answers[door, status] += 1
        if status in REFUSED and newest_write() != before:
            self.faults.append(f"{status}, but something was written: {request}")

    def _answer(self, visitor: Visitor, request: Request) -> int:
        body, media_type = request.body()
        headers = (
            {"Content-Type": media_type} | dict(request.headers) if request.method == "POST" else dict(request.headers)
        )
        try:
            answer = visitor.open(
                request.path,
                method=request.method,
                query_string=encoded(request.question).decode(),
                data=body if request.method == "POST" else None,
                headers=headers,
            )
        except Exception as error:  # the app under test hands its faults on
            self.faults.append(f"{place_of(error)}: {request}")
            db.session.rollback()
            return 500
        if answer.status_code >= 500:
            self.faults.append(f"answered {answer.status_code}: {request}")
        if answer.headers.get("Location", answer.headers.get("HX-Redirect", "")).startswith("/sign-in"):
            sign_in_again(visitor)
        if request.method == "GET" and answer.status_code == 200 and answer.mimetype == "text/html":
            self.unread[request.path] = answer.text
        return int(answer.status_code)


def sign_in_again(visitor: Visitor) -> None:
    """Sign a person in anew, whatever they did to themselves."""
    if hasattr(visitor, "member_id"):
        contextvars.copy_context().run(_sign_in, visitor)


def _sign_in(visitor: Visitor) -> None:
    member = db.session.get_one(StaffMember, visitor.member_id)
    member.is_active, member.role = True, visitor.role
    key = sign_in(member)
    say_purpose(row_of_key(key), "contact")
    db.session.commit()
    with visitor.session_transaction() as session:
        session["sign_in"] = key


def place_of(error: BaseException) -> str:
    """What went wrong and where in our code."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/rockrobot/" in frame.filename]
    where = f"{ours[-1].filename.rpartition('/rockrobot/')[2]}:{ours[-1].lineno}" if ours else "outside"
    return f"{type(error).__name__} at {where} ({str(error)[:160]!r})"


def newest_write() -> int | None:
    """The newest change that the ledger knows of; views are none, and that a door was closed is no change."""
    db.session.rollback()
    with reading():
        changes = select(LedgerEntry.id).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
        changes = changes.where(LedgerEntry.action != "view", ChangeSet.event != "access.denied")
        found = db.session.scalar(changes.order_by(LedgerEntry.id.desc()).limit(1))
        db.session.rollback()
    return found


def doors_of(app: Flask, role: Any) -> tuple[list[Door], list[Door]]:
    """The doors that are open to a role (None: to nobody in particular), and those that are closed."""
    open_, closed = [], []
    with app.app_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            permission = permission_of(rule.endpoint)
            may = permission is not None and (permission.roles is None or role in permission.roles)
            doors = [(rule.rule, method) for method in _methods(rule)]
            (open_ if may else closed).extend(doors)
    return open_, closed


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})

"""Every cookie that the house gives out is bound to it, to TLS and to no script, and small enough to be kept."""

import json
import re
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from sqlalchemy import func, select

from rockrobot.access import Role, allow
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Person
from rockrobot.db import Base, db
from rockrobot.web import commit_and_go
from tests import make
from tests.abuse.test_every_door import is_ours
from tests.access_table import OPEN, YES, addresses, kept_lines
from tests.conftest import Visitor
from tests.referrals.cases import importer
from tests.test_access_table import register

LARGEST_BYTES = 4096
SAFE = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}
BASE = "https://localhost"
FROM_OURS = {"Referer": f"{BASE}/sign-in", "Origin": BASE}


@pytest.fixture
def over_tls(app, stranger, monkeypatch):
    """A browser of customer care that came in over TLS."""
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_NAME", "__Host-rockrobot")
    monkeypatch.setitem(app.config, "BASE_URL", BASE)
    make.staff_member(Role.CUSTOMER_CARE, email="olga@rockrobot.example")
    return stranger


def given_by(answer) -> list[tuple[str, dict[str, object]]]:
    """The cookies of an answer: name, and what they are bound to; the value's length is looked at here."""
    found = []
    for header in answer.headers.getlist("Set-Cookie"):
        assert len(header.encode()) < LARGEST_BYTES, header[:80]
        found += [(name, {word: morsel[word] for word in SAFE}) for name, morsel in SimpleCookie(header).items()]
    return found


def test_every_cookie_of_a_crawl_is_safe_and_small(app, over_tls):
    """S6: signing in, half of the pages of the role, a form with a fault and one without, signing out."""
    register()
    form = {"email": "olga@rockrobot.example", "password": make.PASSWORD}
    doors = [(line["rule"], line["method"]) for line in kept_lines() if line["customer_care"] in {OPEN, YES}]
    places = addresses(app)
    pages = [places[door] for door in doors if door[1] == "GET" and is_ours(door) and door in places]

    answers = [over_tls.post("/sign-in", data=form, base_url=BASE, headers=FROM_OURS)]
    answers.append(over_tls.post("/purpose", data={"purpose": "contact"}, base_url=BASE, headers=FROM_OURS))
    answers += [over_tls.get(place, base_url=BASE) for place in pages]
    for fields in ({}, {"name": "Kivi Oy", "country": "FI"}):
        answers.append(over_tls.post("/companies/new", data=fields, base_url=BASE, headers=FROM_OURS))
    answers.append(over_tls.post("/sign-out", base_url=BASE, headers=FROM_OURS))

    given = [cookie for answer in answers for cookie in given_by(answer)]
    assert [answer.status_code for answer in (answers[0], answers[-2], answers[-1])] == [303, 303, 303]
    assert {name for name, _bound in given} == {"__Host-rockrobot"}
    assert [bound for _name, bound in given if bound != SAFE] == []


# ---------- what can be read in it ----------

MARK = "Zqvarkki"
PHONE = "040 917 2653"
SEEN = "1/1"
CALL = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": MARK}


def read(app: Flask, answer) -> str:
    """What whoever holds the cookies of an answer reads in them: they are signed, not sealed."""
    serializer = app.session_interface.get_signing_serializer(app)
    cookies = (SimpleCookie(header) for header in answer.headers.getlist("Set-Cookie"))
    values = [morsel.value for cookie in cookies for morsel in cookie.values() if morsel.value]
    return " ".join(json.dumps(serializer.loads(value), ensure_ascii=False, default=str) for value in values)


def last(table: str) -> int:
    """The newest row of a table, or the act that wrote it."""
    db.session.rollback()
    return db.session.scalar(select(func.max(Base.metadata.tables[table].c.id)))


def act_that_deleted(table: str) -> tuple[int, int]:
    db.session.rollback()
    gone = select(LedgerEntry).where(LedgerEntry.action == "delete", LedgerEntry.table_name == table)
    entry = db.session.scalars(gone.order_by(LedgerEntry.id.desc())).first()
    return entry.change_set_id, entry.row_id


def restored(office: Visitor, path: str, table: str):
    """A row is deleted by its button, and brought back from the trash."""
    yield office.post(path)
    act, row_id = act_that_deleted(table)
    yield office.post(f"/trash/{act}/{row_id}/restore")


def told_of_everything(office: Visitor):
    """The answers to most that is done to people, companies and enquiries, all of whose words carry the mark."""
    name = {"first_name": MARK, "last_name": MARK}
    yield office.post("/companies/new", data={"name": MARK, "country": "FI", "anyway": "y"})
    yield office.post("/people/new", data=name)
    person, company = last("people"), last("companies")
    yield office.post(f"/people/{person}/edit", data=name | {"title": MARK})
    yield office.post(f"/people/{person}/affiliations/new", data={"company": MARK, "title": MARK})
    point = {"kind": "direct", "raw": PHONE, "source": "other"}
    yield office.post(f"/people/{person}/contact-points/new", data=point)
    yield from restored(office, f"/contact-points/{last('contact_points')}/delete", "contact_points")
    place = {"kind": "postal", "street": MARK, "postcode": "32800", "city": MARK, "country": "FI", "source": "other"}
    yield office.post(f"/people/{person}/addresses/new", data=place)
    yield from restored(office, f"/addresses/{last('addresses')}/delete", "addresses")
    yield office.post(f"/people/{person}/events/new", data=CALL | {"people": person})
    yield from restored(office, f"/events/{last('events')}/delete", "events")
    yield office.post(f"/tags/people/{person}/new", data={"names": MARK})
    yield from told_of_enquiries(office, person)
    yield from restored(office, f"/companies/{company}/delete", "companies")
    yield from restored(office, f"/people/{person}/delete", "people")
    act = {"act": "delete", "step": "confirm", "seen": SEEN, "ids": [person]}
    yield office.post("/bulk/people", data=act)


def shown_on(office: Visitor, path: str) -> dict[str, str]:
    """The hidden field of the form that says what was shown."""
    found = re.search(r'name="shown"[^>]*value="([^"]*)"', office.get(path).text)
    return {"shown": found[1]} if found else {}


def told_of_enquiries(office: Visitor, person: int):
    said = {
        "came_on": "eilen",
        "channel": "email",
        "name": MARK,
        "country": "NO",
        "question": MARK,
        "email": "a@b.example",
    }
    for path in ("link", "refer"):
        yield office.post("/enquiries/new", data=said)
        here = f"/enquiries/{last('enquiries')}"
        number = db.session.scalar(select(Person.person_no).where(Person.id == person))
        yield office.post(f"{here}/{path}", data={"number": number} | shown_on(office, f"{here}/{path}"))
    yield office.post("/enquiries/new", data=said)
    yield from restored(office, f"/enquiries/{last('enquiries')}/delete", "enquiries")


def test_no_cookie_names_anybody_or_tells_of_the_register(app, office):
    """What was done is told on the next page, and a cookie carries it there."""
    importer(name=f"{MARK} Import")

    found = [(answer.status_code, answer.request.path, read(app, answer)) for answer in told_of_everything(office)]

    assert [line for line in found if line[0] != 303] == []
    assert [line for line in found if MARK in line[2] or PHONE in line[2]] == []
    assert sum("_flashes" in line[2] for line in found) > 20


def test_a_name_that_a_message_carries_is_read_in_the_cookie(app, office, monkeypatch):
    """The control."""
    told = f"Tehty: {make.person(MARK, 'Aho').name}."
    view = allow(Role.CUSTOMER_CARE, event="test.names")(lambda: commit_and_go("/", told))
    monkeypatch.setitem(app.view_functions, "parts.new", view)

    assert told in read(app, office.post("/parts/new"))

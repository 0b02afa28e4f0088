"""Every cookie that the house gives out is bound to it, to TLS and to no script, and small enough to be kept."""

from http.cookies import SimpleCookie

import pytest

from rockrobot.access import Role
from tests import make
from tests.abuse.test_every_door import is_ours
from tests.access_table import OPEN, YES, addresses, kept_lines
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

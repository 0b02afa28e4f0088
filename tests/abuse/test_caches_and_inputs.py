"""One cache between two people gives each their own pages, and long inputs are refused, not worked at."""

import pytest
from sqlalchemy import func, select

from rockrobot.contacts.models import Person
from rockrobot.db import db
from tests import make
from tests.conftest import ON_ONE_DATABASE, Visitor

pytestmark = ON_ONE_DATABASE  # no matter of the database
LONG = 100_000
LONG_INPUTS = {
    "mobile": "+" * LONG,
    "direct_phone": "0" * LONG,
    "email": "a@" + "a." * LONG,
    "first_name": "e\u0301" * LONG,
}


class Cache:
    """A cache on the way that keeps what it may: by address and by the headers that the answer names in Vary."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, dict[str, str], str]] = []

    def get(self, visitor: Visitor, path: str, cookie: str, **headers: str) -> str:
        asked = headers | {"Cookie": cookie}
        for kept_path, named, text in self.kept:
            if kept_path == path and all(asked.get(name) == value for name, value in named.items()):
                return text
        answer = visitor.get(path, headers=headers)
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            named = {name: asked.get(name, "") for name in answer.vary if name in asked}
            self.kept.append((path, named, answer.text))
        return answer.text


def test_a_cache_between_two_people_gives_each_their_own(office, workshop, stranger):
    """C20, X6 (GHSA-m2qf-hxjv-5gpq, CVE-2026-27205): as one, then as the other, pages and fragments, and signed out."""
    person = make.person("Aino", "Zqmarkinen")
    cache, places = Cache(), [f"/people/{person.id}", "/people/", "/search?q=zqmarkinen", "/", "/account/"]

    seen = "".join(cache.get(office, place, "a") for place in places)
    fragment = cache.get(office, "/people/", "a", **{"HX-Request": "true", "HX-Target": "people_rows"})
    others = [
        cache.get(visitor, place, cookie) for visitor, cookie in ((workshop, "b"), (stranger, "")) for place in places
    ]

    assert "Zqmarkinen" in seen
    assert "Zqmarkinen" in fragment
    assert [page for page in others if "Zqmarkinen" in page or "Olga Office" in page] == []
    assert "<html" in cache.get(office, "/people/", "a")
    assert cache.kept == []


@pytest.mark.parametrize("field", LONG_INPUTS)
def test_an_input_without_end_is_refused_beside_its_field(office, field):
    """C22 (CVE-2021-45115): a phone of 100 kB, an e-mail with a hundred thousand dots."""
    answer = office.post("/people/new", data={"last_name": "Aho", "language": "fi", field: LONG_INPUTS[field]})

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("text", ["+" * 50_000, "a " * 25_000, "ä" * 50_000])
def test_a_question_without_end_has_an_answer(office, text):
    """C22: the search, the caller's number and the filter of a list."""
    make.person("Aino", "Aho", direct_phone="040 588 2755")

    answers = [office.get(place, query_string={"q": text}) for place in ("/search", "/people/", "/devices/")]
    answers.append(office.post("/s", data={"q": text}))

    assert {answer.status_code for answer in answers} <= {200, 303, 422}


def test_a_password_without_end_is_refused(stranger):
    """C22: it reaches neither the database nor the hash."""
    answer = stranger.post("/sign-in", data={"email": "a@" + "a." * LONG, "password": "x" * 1_000_000})

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/sign-in", "/people/new", "/no-such-page"])
def test_a_body_that_does_not_say_how_long_it_is_is_refused(office, path):
    """C25: beside its chunks another length may have stood; nobody behind the server could tell."""
    answer = office.post(path, data={"last_name": "Aho", "language": "fi"}, headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0

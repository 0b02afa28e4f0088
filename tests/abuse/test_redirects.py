"""No address that a browser brings leads out of the house, wherever it is brought."""

from urllib.parse import unquote, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from tests import make
from tests.conftest import ON_ONE_DATABASE

pytestmark = ON_ONE_DATABASE  # no matter of the database
OUTSIDE = [
    "//e.t", "/\\e.t", "\\\\e.t", "https:e.t", "http:///e.t", "https://e.t/", "\t//e.t", "/%09/e.t", "/\t/e.t",
    "javascript:alert(1)", "/..//e.t", "/%2f/e.t", "///e.t", "/devices//../..//e.t", "@e.t", "e.t", "/ok\r\nX: y",
    "/" + "a" * 8192, "/sign-in\0", "//e.t/devices/", "/\u2028/e.t",
]  # fmt: skip
HOME = {"/", "/history", "/history/1", "/devices/"}


def leads(app, answer) -> str:
    """Where an answer leads, when a page of ours can be looked at there; a fault of the test otherwise."""
    parts = urlsplit(answer.location)
    assert (parts.scheme, parts.netloc) == ("", ""), answer.location
    assert len(answer.headers.getlist("Location")) == 1
    try:
        app.url_map.bind("inside").match(unquote(parts.path), method="GET")
    except HTTPException as error:
        pytest.fail(f"{answer.location} is no page: {error.code}")
    return parts.path


@pytest.mark.parametrize("outside", OUTSIDE)
def test_every_door_that_goes_on_somewhere_stays_inside(app, office, stranger, outside):
    """C11 (CVE-2023-49438, GHSA-3p3h-qghp-hvh2, CVE-2020-15300): signing in, proving oneself, purpose, theme, undo."""
    office.post("/parts/new", data={"part_no": "PT-9", "name": "Tiiviste"})

    answers = [
        office.post("/sign-in/confirm", data={"password": make.PASSWORD, "next": outside}),
        office.post("/purpose", data={"purpose": "contact", "next": outside}),
        office.post("/theme", data={"theme": "dark", "back": outside}),
        office.post("/history/1/undo", data={"back": outside}),
    ]

    assert [answer.status_code for answer in answers] == [303] * 4
    assert {leads(app, answer) for answer in answers} <= HOME


def test_of_two_addresses_neither_leads_out(app, office):
    """C11: next twice, one of them good."""
    for pair in (["/devices/", "//e.t"], ["//e.t", "/devices/"]):
        answer = office.post("/purpose", data={"purpose": "contact", "next": pair})

        assert leads(app, answer) in HOME

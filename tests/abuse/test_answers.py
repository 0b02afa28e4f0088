"""What every answer carries, whatever it answers: kept by no cache, the headers, and nothing of how we are made."""

import importlib.metadata

import pytest
from flask import abort

from tests import make
from tests.abuse.house import app_with_door
from tests.conftest import SECRET

SECRET_WORDS = "select * from people where path='/srv/rockrobot/secret.py'"
TELLING = ("Traceback", 'File "', ".py", "sqlalchemy", "SELECT", "select *", "Werkzeug", "Flask", "granian", SECRET)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FAULTS = (400, 403, 404, 405, 409, 413, 415, 429, 500, 503)


def carries(answer) -> dict[str, str]:
    return {name: answer.headers.get(name, "") for name in ALWAYS}


def test_no_page_picture_file_or_fragment_may_be_kept_or_mixed_up(app, office):
    """C20, X3, X6 (GHSA-m2qf-hxjv-5gpq, CVE-2026-27205): a cache on the way keeps nothing of anybody."""
    person = make.person("Aino", "Aho", company=make.company())
    places = ["/", "/people/", f"/people/{person.id}", "/search?q=aho", "/account/", "/exports/people", "/no-such-page"]

    answers = [office.get(place, headers=headers) for place in places for headers in ({}, {"HX-Request": "true"})]
    answers.append(office.get("/imports/template.xlsx"))
    answers.append(office.post("/people/new", data={}))

    assert [carries(answer) for answer in answers] == [ALWAYS] * len(answers)
    assert all({"HX-Request", "HX-Target", "Cookie"} <= set(answer.vary) for answer in answers)
    assert importlib.metadata.version("flask") >= "3.1.3"


@pytest.fixture(scope="module")
def breaking(tmp_path_factory):
    """The app as people have it, with doors that break in every way."""

    def breaks(code: int) -> str:
        if code == 500:
            raise RuntimeError(SECRET_WORDS)
        return abort(code, SECRET_WORDS)

    return app_with_door(tmp_path_factory.mktemp("breaking"), "/break/<int:code>", breaks)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("code", FAULTS)
def test_an_error_says_what_to_do_and_nothing_of_how_we_are_made(breaking, code, headers):
    """C21, L4, X3 (GHSA-pwwm-pwx2-2hw7): no text of ours, statement, path or version, in page or header."""
    answer = breaking.test_client().get(f"/break/{code}", headers=headers)

    said = answer.text + repr(answer.headers)
    assert answer.status_code == code
    assert carries(answer) == ALWAYS
    assert [word for word in TELLING if word in said] == []
    assert "<h1" in answer.text or headers

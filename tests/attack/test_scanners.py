"""Wapiti and sqlmap find what is planted in the twin, and then nothing in the app with the cookie of each role."""

import re
from urllib.parse import urlsplit

import pytest

from tests.attack.conftest import ORDER, enter_twin
from tests.attack.doors import TOKENS, Door, doors_of
from tests.attack.gate import Gate, gate_to
from tests.attack.house import Entered, entered
from tests.attack.scanners import Finding, sqlmap, wapiti

PLANTED_FOR_WAPITI = {
    ("SQL Injection", "GET /companies", "q"),
    ("SQL Injection", "POST /orders", "town"),
    ("Cross Site Scripting", "GET /hello", "name"),
    ("Cross Site Scripting", "POST /notes", "note"),
    ("Cross Site Request Forgery", "POST /settings", ""),
    ("Open Redirect", "GET /go", "next"),
    ("Path Traversal", "GET /files", "name"),
    ("Content Security Policy Configuration", "GET /", ""),
    ("HTTP Secure Headers", "GET /", ""),
}
PLANTED_FOR_SQLMAP = {("/companies", "q"), ("/orders", "town")}
# What a scanner says that is no fault: kind, words, and why.
ALLOWED = (
    (
        "HTTP Secure Headers",
        "X-XSS-Protection is not set",
        "The filter it steered is gone from browsers and was a fault of its own; the content policy does its work.",
    ),
    (
        "Secure Flag cookie",
        "Secure flag is not set in the cookie : __Host-rockrobot",
        "The gate takes the flag off, since the scanner comes without TLS, and looks itself that the app has set it.",
    ),
)
LONGEST_FIRST = ORDER[::-1]  # else the longest scan waits behind another at the end, beside an idle worker
HIDDEN_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def not_allowed(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if not any(one.kind == kind and words in one.words for kind, words, _ in ALLOWED)]


def measure(gate: Gate) -> str:
    """How much a scanner asked."""
    names = {(method, path, name) for method, path, name in gate.names if name and name not in TOKENS}
    paths = {(method, path) for method, path, _ in gate.names}
    return f"{gate.requests} requests to {len(paths)} addresses, {len(names)} parameters"


@pytest.fixture(scope="session")
def wapiti_proved(twin, tmp_path_factory) -> str:
    """What wapiti catches in the twin; whoever asks for this fails when it misses one."""
    with gate_to(twin) as gate:
        somebody = enter_twin(gate.base)
        gate.doors = doors_of(somebody)
        found = wapiti(gate.base, somebody.cookie, tmp_path_factory.mktemp("wapiti"))
    assert PLANTED_FOR_WAPITI - {(one.kind, one.where, one.parameter) for one in found} == set()
    return f"caught {len(PLANTED_FOR_WAPITI)} of {len(PLANTED_FOR_WAPITI)} planted; {measure(gate)}"


@pytest.fixture(scope="session")
def sqlmap_proved(twin, tmp_path_factory) -> str:
    """What sqlmap catches in the twin."""
    with gate_to(twin) as gate:
        somebody = enter_twin(gate.base)
        doors = doors_of(somebody)
        found, left = sqlmap(gate.base, somebody.cookie, doors, tmp_path_factory.mktemp("sqlmap"))
    assert left == []
    assert {(one.where, one.parameter) for one in found} == PLANTED_FOR_SQLMAP
    return f"caught {len(found)} of {len(PLANTED_FOR_SQLMAP)} planted; {measure(gate)}"


def test_wapiti_catches_every_fault_planted_in_the_twin(wapiti_proved, tell):
    tell(wapiti_proved)


def test_sqlmap_catches_every_injection_planted_in_the_twin(sqlmap_proved, tell):
    tell(sqlmap_proved)


@pytest.mark.parametrize("role", LONGEST_FIRST)
def test_wapiti_finds_nothing_in_the_app(wapiti_proved, furnished, shares, tmp_path, tell, role):
    with entered(furnished, tmp_path / "data", role) as house:
        house.gate.doors = with_their_token(house, shares[role])

        found = wapiti(house.gate.base, house.somebody.cookie, tmp_path)
        asked = {(method, path) for method, path, _ in house.gate.names}

        still_in = house.somebody.get("/account/")
    tell(measure(house.gate))
    assert (urlsplit(still_in.url).path, house.gate.turned_away) == ("/account/", [])
    assert {(door.method, door.path) for door in shares[role]} - asked == set()
    assert not_allowed(found) == []
    assert house.gate.faults == []


@pytest.mark.parametrize("role", LONGEST_FIRST)
def test_sqlmap_finds_nothing_in_the_app(sqlmap_proved, furnished, shares, tmp_path, tell, role):
    """Doors that an attack shut are attacked in a fresh house, until none is left out."""
    left, is_spoiled = shares[role], False
    while left:
        before, folder = left, tmp_path / f"{len(left)}-{is_spoiled}"
        with entered(furnished, folder / "data", role) as house:
            doors = with_their_token(house, [door.spoiled() for door in before] if is_spoiled else before)

            found, left = sqlmap(house.gate.base, house.somebody.cookie, doors, folder)

            still_in = house.somebody.get("/account/")
        tell(measure(house.gate))
        assert (urlsplit(still_in.url).path, house.gate.turned_away) == ("/account/", [])
        assert found == []
        assert house.gate.faults == []
        assert len(left) < len(before) or not is_spoiled, left
        is_spoiled = len(left) == len(before)


def with_their_token(house: Entered, doors: list[Door]) -> list[Door]:
    token = HIDDEN_TOKEN.search(house.somebody.get("/account/password").text).group(1)
    house.gate.token = token.encode()
    return [door.with_token(token) for door in doors]

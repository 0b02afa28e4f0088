"""The twin, the furnished house, who enters it, and a summary of what was attacked."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException

from rockrobot import create_app
from rockrobot.access import Role
from tests.access_table import OPEN, YES, addresses, kept_lines
from tests.attack.doors import Door, covering, doors_of
from tests.attack.house import CLOSED, entered, furnish
from tests.attack.people import Somebody
from tests.attack.twin import PASSWORD
from tests.chromium import chromium
from tests.conftest import settings
from tests.postgres import free_port
from tests.server import ROOT, wait_for

# A door is attacked by the first of these who finds it: those who find few doors come first, so that each has a share.
ORDER = (Role.ADMINISTRATOR, Role.WORKSHOP, Role.DATA_PROTECTION, Role.CUSTOMER_CARE)
TOLD = "attacked"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was attacked and what the scanners caught in the twin."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == TOLD and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]} ({report.duration:.0f} s): {value}")


@pytest.fixture
def tell(record_property) -> Callable[[str], None]:
    """Add a line to the summary."""
    return lambda line: record_property(TOLD, line)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def twin_log(tmp_path_factory) -> Path:
    """What the twin says."""
    return tmp_path_factory.mktemp("twin") / "twin.log"


@pytest.fixture(scope="session")
def twin(twin_log) -> Iterator[int]:
    """The port of the broken twin."""
    port = free_port()
    command = [sys.executable, "-m", "tests.attack.twin", str(port), str(twin_log.parent)]
    with twin_log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def enter_twin(base: str, who: str = "olga") -> Somebody:
    return Somebody(base).sign_in(f"{who}@twin.example", PASSWORD, purpose="")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory, _cheap_passwords) -> Path:
    """A data folder to be copied for each scan, so that none meets what another left."""
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture(scope="session")
def map_of_app(tmp_path_factory) -> Flask:
    """An app without data, to ask for its routes."""
    return create_app(settings(tmp_path_factory.mktemp("map"), "sqlite://"))


@pytest.fixture(scope="session")
def kind_of(map_of_app) -> Callable[[str], str]:
    """The route that a path of the app belongs to."""
    routes = map_of_app.url_map.bind("inside")

    def rule_of(path: str) -> str:
        for method in ("GET", "POST"):
            try:
                return routes.match(path, method=method, return_rule=True)[0].rule
            except HTTPException:
                continue
        return path

    return rule_of


@pytest.fixture(scope="session")
def addresses_to_try(map_of_app) -> list[str]:
    """An address for each page of the app, with the first two rows of each kind."""
    found = {address: None for n in (1, 2) for (_, method), address in addresses(map_of_app, a_number=n).items()
             if method == "GET"}  # fmt: skip
    return list(found)


@pytest.fixture(scope="session")
def led_to(furnished, kind_of, addresses_to_try, tmp_path_factory) -> dict[Role, list[Door]]:
    """The doors that each role is led to."""
    found = {}
    for role in ORDER:
        with entered(furnished, tmp_path_factory.mktemp("crawl") / role, role) as house:
            doors = doors_of(house.somebody, kind_of=kind_of, closed=CLOSED, also=addresses_to_try)
            found[role] = covering(doors, kind_of)
    return found


@pytest.fixture(scope="session")
def shares(led_to, kind_of) -> dict[Role, list[Door]]:
    """The doors that each role attacks: those it is led to and may open, and none before it was."""
    may = {(line["method"], line["rule"], role) for line in kept_lines() for role in Role if line[role] in {OPEN, YES}}
    taken, shares = set(), {}
    for role, found in led_to.items():
        doors = [door for door in found if (door.method, kind_of(door.path), role) in may]
        shares[role] = [door for door in doors if key_of(door, kind_of) not in taken]
        taken |= {key_of(door, kind_of) for door in doors}
    return shares


def key_of(door: Door, kind_of: Callable[[str], str]) -> tuple[str, str, tuple[str, ...]]:
    return door.method, kind_of(door.path), door.names

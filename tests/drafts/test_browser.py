"""In Chromium: the sign-in runs out in the middle of a form, and what was typed is back after signing in."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import chromium, watched_page
from tests.server import PASSWORD, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("drafts")


@pytest.fixture(scope="module")
def server(folder) -> Iterator[str]:
    running = Server(folder)
    running.furnish()
    try:
        running.start_web()
        yield running.base
    finally:
        running.stop()


def give_password(page: Page) -> None:
    page.get_by_label("Sähköposti").fill("asiakaspalvelu@demo.example")
    page.get_by_label("Salasana").fill(PASSWORD)
    page.get_by_role("button", name="Kirjaudu sisään").click()


def lunch(folder: Path) -> None:
    """Two hours pass without a request."""
    with sqlite3.connect(folder / "rockrobot.db") as database:
        database.execute("UPDATE sign_ins SET seen_at = '2020-01-01 12:00:00.000000'")


def test_what_was_typed_when_the_sign_in_ran_out_is_back_and_is_stored(server, folder):
    with chromium() as browser:
        page = watched_page(browser.new_context(base_url=server))
        page.goto("/sign-in")
        give_password(page)
        page.goto("/companies/new")
        page.get_by_label("Nimi").first.fill("Louhinta Lounastauko Oy")

        lunch(folder)
        page.get_by_role("main").get_by_role("button", name="Tallenna").first.click()
        expect(page.get_by_text("Kirjoittamasi on tallessa")).to_be_visible()
        give_password(page)
        expect(page.get_by_label("Nimi").first).to_have_value("Louhinta Lounastauko Oy")
        stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        page.get_by_role("main").get_by_role("button", name="Tallenna").first.click()

        expect(page.get_by_role("heading", name="Louhinta Lounastauko Oy")).to_be_visible()
        assert "Lounastauko" not in stored
        assert page.faults == []

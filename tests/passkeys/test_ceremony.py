"""The whole ceremony in Chromium with its virtual authenticator, on a server of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import chromium, watched_page
from tests.server import PASSWORD, Server

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    running = Server(tmp_path_factory.mktemp("passkeys"))
    base = running.environment["ROCKROBOT_BASE_URL"] = f"http://localhost:{running.port}"
    running.furnish()
    try:
        running.start_web()
        yield base
    finally:
        running.stop()


@pytest.fixture
def page(server) -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context(base_url=server)
        page = watched_page(context)
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        page.device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        page.devtools = devtools
        yield page


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Sähköposti").fill(f"{who}@demo.example")
    page.get_by_label("Salasana").fill(PASSWORD)
    page.get_by_role("button", name="Kirjaudu sisään").click()
    expect(page.get_by_role("link", name="Rockrobot")).to_be_visible()


def test_a_passkey_is_made_and_signs_in_without_a_password(page):
    sign_in(page, "paja")
    page.goto("/account/")
    page.get_by_role("link", name="Lisää pääsyavain").click()
    page.wait_for_load_state()  # the script is there
    page.get_by_label("Nimi").fill("työpuhelin")
    page.get_by_role("button", name="Lisää pääsyavain").click()
    expect(page.get_by_text("Pääsyavain on lisätty")).to_be_visible()
    page.context.clear_cookies()

    page.goto("/sign-in?next=/account/")
    page.get_by_role("button", name="Käytä pääsyavainta").click()

    expect(page.get_by_role("heading", name="Oma kirjautuminen")).to_be_visible()
    expect(page.get_by_text("työpuhelin")).to_be_visible()
    assert page.faults == []


def test_a_device_whose_owner_is_not_there_signs_nobody_in(page):
    sign_in(page, "tietosuoja")
    page.goto("/account/passkeys/new")
    page.wait_for_load_state()  # the script is there
    page.get_by_label("Nimi").fill("läppäri")
    page.get_by_role("button", name="Lisää pääsyavain").click()
    expect(page.get_by_text("Pääsyavain on lisätty")).to_be_visible()
    page.context.clear_cookies()
    page.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})

    page.goto("/sign-in")
    page.get_by_role("button", name="Käytä pääsyavainta").click()

    expect(page.get_by_text("Pääsyavainta ei saatu")).to_be_visible()
    expect(page).to_have_url(page.url)
    assert page.goto("/account/").url.endswith("/sign-in?next=/account/")

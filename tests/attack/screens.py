"""How a member of the furnished house signs in, in Chromium."""

from playwright.sync_api import Page

from rockrobot.access import Role
from tests.attack.house import email_of
from tests.make import PASSWORD


def sign_in(page: Page, role: Role) -> None:
    """Sign in and say what for."""
    page.goto("/sign-in")
    page.get_by_label("Sähköposti").fill(email_of(role))
    page.get_by_label("Salasana").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/purpose")
    with page.expect_navigation():
        page.get_by_role("button", name="Yhteydenotto").click()

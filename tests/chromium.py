"""Chromium as the tests drive it, and a page that remembers what went wrong on it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

expect.set_options(timeout=20_000)  # a busy machine is slow, and slow is not wrong
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What the content policy forbids is told as an error of the page, also where Chromium itself says nothing.
LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} forbids ${event.blockedURI}`));
"""


def is_fault(message: ConsoleMessage) -> bool:
    """True for an error of a page; that a file has no icon, which Chromium asks for by itself, is none."""
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, closed at the end."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def watched_page(context: BrowserContext) -> Page:
    """A new page whose faults are its errors, those of its scripts, and what its content policy forbade."""
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page

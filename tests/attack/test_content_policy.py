"""No page that a role is led to does what its content policy forbids, in Chromium; what listens is proved first."""

import pytest
from playwright.sync_api import Error

from tests.attack.conftest import ORDER, enter_twin
from tests.attack.house import opened
from tests.attack.screens import sign_in
from tests.chromium import watched_page

OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"


def test_a_page_of_the_twin_that_breaks_its_policy_is_seen(twin, browser, tell):
    base = f"http://127.0.0.1:{twin}"
    context = browser.new_context(base_url=base)
    name, _, value = enter_twin(base).cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": base}])
    page = watched_page(context)

    page.goto("/violates")

    seen = {what for what in ("script-src", "style-src", "img-src") if what in " ".join(page.faults)}
    tell(f"saw {sorted(seen)}")
    assert seen == {"script-src", "style-src", "img-src"}


@pytest.mark.parametrize("role", ORDER)
def test_no_page_of_the_app_breaks_its_policy_or_has_faults(furnished, led_to, browser, tmp_path, tell, role):
    wrong, seen, files = [], 0, 0
    with opened(furnished, tmp_path / "data") as server:
        page = watched_page(browser.new_context(base_url=server.base))
        sign_in(page, role)

        for door in (door for door in led_to[role] if door.method == "GET"):
            try:
                answer = page.goto(door.target)
                page.evaluate(OPEN_ALL)
            except Error:  # a file: Chromium keeps it and stays where it was
                answer = None
            if answer is None or "text/html" not in answer.headers["content-type"]:
                files += 1  # shown by readers of Chromium's own, which our policy rightly hinders
                page.faults.clear()
                continue
            seen += 1
            if answer.status != 200 or page.faults:
                wrong.append((door.target, answer.status, page.faults[:]))
            page.faults.clear()

    tell(f"{seen} pages and {files} files")
    assert wrong == []

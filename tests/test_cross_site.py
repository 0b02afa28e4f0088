"""Which requests come from a page of ours, as the browser tells it."""

import pytest

from rockrobot.cross_site import is_from_elsewhere

OURS = {"https://register.example", "http://localhost"}


@pytest.mark.parametrize(
    ("fetch_site", "origin"),
    [
        ("same-origin", "https://register.example"),
        ("same-origin", "null"),
        ("none", None),
        (" Same-Origin ", None),
        (None, None),
        (None, "https://register.example"),
        (None, "HTTP://LOCALHOST"),
    ],
)
def test_a_page_of_ours_or_a_browser_that_tells_nothing_is_let_in(fetch_site, origin):
    assert not is_from_elsewhere(fetch_site, origin, OURS)


@pytest.mark.parametrize(
    ("fetch_site", "origin"),
    [
        ("cross-site", None),
        ("cross-site", "https://register.example"),
        ("same-site", None),
        ("", None),
        ("same-origin, cross-site", None),
        (None, "https://evil.test"),
        (None, "null"),
        (None, ""),
        (None, "https://register.example.evil.test"),
        (None, "https://register.example:444"),
        (None, "http://register.example"),
    ],
)
def test_a_page_of_another_site_is_from_elsewhere_whatever_else_it_says(fetch_site, origin):
    assert is_from_elsewhere(fetch_site, origin, OURS)

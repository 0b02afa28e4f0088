"""What goes over the line to a phone, and what its browser keeps."""

import gzip
import re

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate"}
FILES = re.compile(r'<(?:link|script)[^>]*(?:href|src)="(/static/[^"]+)"')
FIRST_VIEW = 60_000  # bytes, of the figures to reach


@pytest.mark.parametrize("page", ["/sign-in", "/"])
def test_the_first_view_on_a_phone_is_light(office, stranger, page):
    visitor = stranger if page == "/sign-in" else office
    html = visitor.get(page).text

    sizes = {place: len(visitor.get(place, headers=GZIP).data) for place in [page, *FILES.findall(html)]}

    assert len(sizes) > 6
    assert sum(sizes.values()) <= FIRST_VIEW, sizes


def test_a_compressed_page_says_the_same(office):
    plain = office.get("/companies/new").text
    answer = office.get("/companies/new", headers=GZIP)

    told = gzip.decompress(answer.data).decode()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert re.findall(r"<h1>.*?</h1>", told) == re.findall(r"<h1>.*?</h1>", plain) != []


def test_the_size_of_a_page_tells_nothing_of_what_is_secret_in_it(office):
    sizes = {len(office.get("/companies/new", headers=GZIP).data) for _ in range(12)}

    assert len(sizes) > 3


def test_a_file_named_by_its_version_is_kept_and_another_is_asked_for_anew(office):
    named = next(place for place in FILES.findall(office.get("/").text) if "app.css" in place)
    bare = named.partition("?")[0]

    kept, other, old = office.get(named), office.get(bare), office.get(f"{bare}?v=000000000000")
    font = office.get("/static/vendor/fonts/hanken-grotesk.woff2")

    assert (kept.cache_control.max_age, kept.cache_control.public) == (31_536_000, True)
    assert [answer.cache_control.max_age for answer in (other, old)] == [None, None]
    assert font.cache_control.max_age == 2_592_000
    assert "Cookie" not in kept.vary


def test_a_file_that_has_not_changed_is_not_sent_again(office):
    first = office.get("/static/css/app.css", headers=GZIP)

    again = office.get("/static/css/app.css", headers=GZIP | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")

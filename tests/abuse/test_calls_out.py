"""Nothing that people type, import or print makes the house call anybody or read another file."""

import contextlib
import re
import socket

import pytest

from tests import make
from tests.abuse.crawl import without_chance
from tests.abuse.listener import Listener, listener
from tests.conftest import ON_ONE_DATABASE
from tests.contact_files.test_views import plan, upload
from tests.register import upload_of
from tests.test_paper import WIDE, one, page_texts
from tests.walk import work

LINKS = ('<img src="{}">', '<link rel="stylesheet" href="{}">', "@import url({});", '<image href="{}"/>', "<{}>")
FILES = ("url(file:///etc/passwd)", '<attachment src="file:///etc/passwd">', '#read("/etc/passwd")')
SCRIPTS = (
    ("social", "javascript:alert(1)"),
    ("messenger", "JaVaScRiPt:alert(1)"),
    ("social", "java\tscript:alert(1)"),
    ("social", "data:text/html,<script>1</script>"),
    ("direct", "javascript:040"),
    ("email", "javascript:alert(1)@kivi.example"),
)
LINKED, WAYS = re.compile(r'(?:href|src|action)="([^"]*)"'), ("/", "#", "?", "tel:+", "tel:0", "mailto:", "geo:0,0?q=")
SENTINEL = "\"><svg onload=alert(1)>'{{7*191}}"


@pytest.fixture
def heard():
    """Somebody who is never to be called."""
    with listener() as heard:
        yield heard


def texts_calling(heard: Listener) -> list[str]:
    """What makes a careless program fetch something."""
    return [link.format(url) for link in LINKS for url in heard.addresses()] + list(FILES)


def test_a_call_is_heard(heard):
    """The control: the listener counts."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", heard.port)) as line:
        line.recv(1)

    assert heard.hits == 1


def test_a_test_that_calls_out_fails():
    """N3, the control: all tests run behind a guard that knows loopback only."""
    with pytest.raises(AssertionError, match=r"203\.0\.113\.9"):
        socket.create_connection(("203.0.113.9", 80), timeout=1)
    with pytest.raises(AssertionError, match=r"evil\.example"):
        socket.getaddrinfo("evil.example", 80)


def test_a_letter_fetches_nothing_and_reads_no_file(heard):
    """C14 (CVE-2026-33534, CVE-2025-68616, GHSA-mpvw-25mg-59vx): every writing of an address in a letter's texts."""
    texts = texts_calling(heard)

    pdf = one(**{field: "\n".join(texts[n :: len(WIDE)]) for n, field in enumerate(WIDE)}, address_lines=texts[:4])

    printed = "".join(page_texts(pdf))
    assert heard.hits == 0
    assert "root:" not in printed
    assert f"127.0.0.1:{heard.port}" in printed


@ON_ONE_DATABASE
def test_no_screen_file_or_job_fetches_what_a_text_names(office, heard):
    """C14, C15, I1, I5, N3: names, notes and places with addresses in them; pages, paper and jobs."""
    link, image = f"http://127.0.0.1:{heard.port}/", f'<img src="http://localhost:{heard.port}/">'
    company = make.company(f"Kivi {image}", email="a@kivi.example")
    person = make.person(SENTINEL, image, company=company, title=link)
    site = make.worksite(company, name=image)
    call = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": f"{link} {SENTINEL}"}
    office.post(f"/people/{person.id}/events/new", data=call | {"people": person.id})
    for kind, raw in SCRIPTS:
        office.post(f"/people/{person.id}/contact-points/new", data={"kind": kind, "raw": raw, "source": "other"})
    work()
    cards = [f"/people/{person.id}", f"/companies/{company.id}", f"/worksites/{site.id}"]
    places = [*cards, f"{cards[0]}/events", f"{cards[0]}/history", "/history", "/search?q=kivi", "/people/"]

    pages = [office.get(place) for place in places]
    papers = [office.get(f"{cards[1]}/card.pdf"), office.get(f"{cards[2]}/sheet.pdf")]

    assert {answer.status_code for answer in pages + papers} == {200}
    assert heard.hits == 0
    shown = without_chance("".join(answer.text for answer in pages))
    assert SENTINEL not in shown
    assert "1337" not in shown
    assert "<img" not in shown
    assert "&lt;svg onload" in shown
    assert "javascript:alert" in shown
    assert [link for link in LINKED.findall(shown) if not link.startswith(WAYS)] == []


CARD = """BEGIN:VCARD\r
VERSION:3.0\r
N:{sentinel};Aino;;;\r
ORG:Kivi Oy\r
EMAIL:aino@kivi.example\r
PHOTO;VALUE=URI:{url}\r
LOGO;VALUE=uri;TYPE=PNG:{url}\r
KEY;VALUE=URL:{url}\r
SOUND:{url}\r
URL:javascript:alert(1)\r
NOTE:{sentinel} {url}\r
END:VCARD\r
"""


@ON_ONE_DATABASE
def test_a_card_calls_nobody_and_what_it_says_is_text(office, heard):
    """C16, I5: pictures by address, a web page that is a script, and a note with a sentinel."""
    card = CARD.format(sentinel=SENTINEL.replace(";", ""), url=f"http://127.0.0.1:{heard.port}/")

    page = upload(office, "kortti.vcf", card.encode())
    columns, tried = office.get(page).text, plan(office, page)
    office.post(upload_of(page) + "/apply")
    work()
    after = [office.get(place).text for place in (page, "/people/1", "/people/1/events")]
    shown = "".join([columns, tried, *after])

    assert heard.hits == 0
    assert "&lt;svg onload" in shown
    assert "<svg onload" not in shown
    assert 'href="javascript:' not in shown


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    "card",
    [
        "BEGIN:VCARD\r\n" + "NOTE:x\r\n" * 100_000 + "END:VCARD\r\n",
        "BEGIN:VCARD\r\nNOTE:x\r\n" + " y\r\n" * 100_000 + "END:VCARD\r\n",
        "BEGIN:VCARD\r\n" * 20_000,
        "BEGIN:VCARD\r\nNOTE;ENCODING=QUOTED-PRINTABLE:" + "=3D=\r\n" * 50_000 + "END:VCARD\r\n",
        "BEGIN:VCARD\r\nTEL" + ";TYPE=a" * 50_000 + ":040\r\nEND:VCARD\r\n",
    ],
    ids=["long", "folded", "nested", "quoted-printable", "kinds"],
)
def test_a_card_made_to_fill_the_machine_is_told_or_read(office, card):
    """C16: a hundred thousand lines, folded or not, cards in cards and kinds without end."""
    page = upload(office, "kortti.vcf", card.encode())

    answer = office.get(page)

    assert answer.status_code in {200, 303}
    assert len(answer.text) < 1_000_000


@ON_ONE_DATABASE
def test_more_empty_cards_than_memory_holds_are_refused(office):
    """C16: a card takes thirty cells, whatever it says."""
    page = upload(office, "kortit.vcf", b"BEGIN:VCARD\nEND:VCARD\n" * 152_000)

    assert "liikaa soluja" in office.get(page).text

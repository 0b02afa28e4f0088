"""The screens speak three languages: every text is translated, none stays as it was, and the choice goes along."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import get_babel, get_domain
from sqlalchemy import select

from rockrobot import languages, screen_words
from rockrobot.access import Role
from rockrobot.chain import ChangeSet
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.fields import CONTACT_TYPE_WORDS
from rockrobot.purposes.rules import SHIPPED
from rockrobot.referrals.forms import USUAL_REASON
from rockrobot.staff import actions
from rockrobot.staff.models import StaffMember
from tests.abuse.crawl import crawl
from tests.abuse.house import House, house
from tests.conftest import ON_ONE_DATABASE, visitor

__all__ = ["house"]
ROOT = Path(__file__).resolve().parents[1]
METHODS = [("rockrobot/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "to_translate": None, "ngettext": (1, 2)}
TRANSLATED = [code for code in languages.LANGUAGES if code != languages.SOURCE]
PLACE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")
BEGINS, ENDS = "⟦", "⟧"
# Texts that are data too: a phone of the house, a country, a reason of a referral, and purposes as they are stored.
DATA = {"Puhelin", "Peru", str(USUAL_REASON)} | {text for words in SHIPPED.values() for text in words.values()}


@cache
def texts() -> set[str | tuple[str, ...]]:
    """The texts of the screens as templates and code say them; a pair where there is a plural."""
    found = extract_from_dir(ROOT, method_map=METHODS, keywords=KEYWORDS, directory_filter=lambda _folder: True)
    return {text for path, _line, text, _comments, _context in found if path.startswith(("rockrobot/", "templates/"))}


def catalogue(language: str) -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale=language) if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_screens_is_translated_and_no_other(language):
    """Mended by `make words`, and by translating what it brings."""
    told = catalogue(language)

    assert told.keys() == texts()
    assert [text for text, said in told.items() if not all(forms(said))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_text(language):
    odd = [
        (text, said)
        for text, said in catalogue(language).items()
        for one, other in zip(forms(text), forms(said), strict=True)
        if sorted(PLACE.findall(one)) != sorted(PLACE.findall(other))
    ]

    assert odd == []


def test_every_contact_type_that_the_register_acts_on_has_a_word():
    assert set(CONTACT_TYPE_WORDS) == set(ContactType)


# ---------- the choice ----------


def language_of(page: str) -> str:
    return re.findall(r'<html lang="(\w+)"', page)[0]


def test_the_screens_are_finnish_until_somebody_chooses_before_or_after_signing_in(app, database):
    client = app.test_client()
    before = client.get("/sign-in").text

    answer = client.post("/language", data={"language": "sv", "back": "/sign-in"})

    after = client.get("/sign-in").text
    assert (language_of(before), language_of(after)) == ("fi", "sv")
    assert answer.location.endswith("/sign-in")
    assert "Kirjaudu sisään" in before
    assert "Logga in" in after


def test_the_choice_of_a_member_goes_along_to_each_of_their_browsers_and_stays_after_signing_out(app, office):
    other = app.test_client()
    member = db.session.get(StaffMember, office.member_id)
    key = actions.sign_in(member)
    db.session.commit()
    with other.session_transaction() as session:
        session["sign_in"] = key

    office.post("/language", data={"language": "en"})

    pages = [office.get("/account/").text, other.get("/account/").text]
    other.post("/sign-out")
    events = set(db.session.scalars(select(ChangeSet.event)))
    assert [language_of(page) for page in (*pages, other.get("/sign-in").text)] == ["en", "en", "en"]
    assert "Your sign-in" in pages[1]
    assert "staff.choose_language" in events


@pytest.mark.parametrize("asked", ["", "xx", "nb", "../sv", "SV"])
def test_a_language_that_there_is_not_changes_nothing(office, asked):
    office.post("/language", data={"language": "sv"})

    office.post("/language", data={"language": asked})

    db.session.expire_all()
    assert language_of(office.get("/").text) == "sv"
    assert db.session.get(StaffMember, office.member_id).language == "sv"


def test_a_browser_follows_who_signs_in_on_it(app, database):
    pekka = visitor(app, Role.WORKSHOP, "Pekka Paja")
    pekka.post("/language", data={"language": "sv"})
    pekka.post("/sign-out")
    key = actions.sign_in(db.session.get(StaffMember, visitor(app, Role.CUSTOMER_CARE, "Olga Office").member_id))
    db.session.commit()
    with pekka.session_transaction() as session:
        session["sign_in"] = key

    never_chose = language_of(pekka.get("/account/").text)

    assert never_chose == "sv"


# ---------- no text that stays ----------


@pytest.fixture
def marked(app, tmp_path) -> Iterator[set[str]]:
    """Swedish screens whose every text stands between marks; the texts."""
    made, found = Catalog("sv"), texts()
    for text in found:
        said = tuple(f"{BEGINS}{form}{ENDS}" for form in forms(text))
        made.add(text, said[0] if isinstance(text, str) else said)
    folder = tmp_path / "marked" / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, made)
    with app.app_context():
        babel = get_babel()
        real, babel.translation_directories = babel.translation_directories, [str(folder.parents[1])]
        forget()
        yield {form for text in found for form in forms(text)}
        babel.translation_directories = real
        forget()


def forget() -> None:
    """Read the catalogues anew."""
    screen_words.forget()
    get_domain().cache.clear()


def unmarked(html: str) -> Iterator[str]:
    """The texts of a page that stand outside the marks, those that only readers of screens hear too."""
    plain = re.sub(r"<!--.*?-->|<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    heard = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', plain)
    depth, kept = 0, []
    for sign in unescape(re.sub(r"<[^>]*>", "\n", plain)):
        depth += (sign == BEGINS) - (sign == ENDS)
        kept.append(sign if depth == 0 and sign != ENDS else "" if sign != "\n" else sign)
    yield from (" ".join(piece.split()) for piece in "".join(kept).split("\n"))
    yield from (unescape(text) for text in heard if BEGINS not in text)


@ON_ONE_DATABASE
def test_no_page_shows_a_text_in_another_language_than_its_own(app, house: House, marked: set[str]):
    """A text that is looked up too early, or kept from an earlier screen, would stay Finnish."""
    left = set()

    for role, browser in house.items():
        browser.get("/organisation/")  # shows what was to be told before
        browser.post("/language", data={"language": "sv"})
        for seen in crawl(app, browser, role, of_a_kind=1):
            if seen.headers.get("Content-Type", "").startswith("text/html") and seen.path != "/components":
                left |= {(text, seen.path) for text in unmarked(seen.text) if text in marked - DATA}

    assert left == set()

"""What one cell of a contact list says: names, phones, e-mail addresses, and what in it is doubtful: pure."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

from rockrobot.contact_columns.rules import MAIL, Field
from rockrobot.contacts.rules import HOME_REGION, AddressKind, PointKind, normal_point, split_numbers
from rockrobot.exchange.rules import ROUNDED, SPOILED

LONGEST = {
    "first_name": 100, "last_name": 100, "title": 120, "company": 200, "customer_no": 60, "person_no": 60,
    "business_id": 40, "street": 200, "postcode": 20, "city": 100, "phone": 200, "email": 254, "key": 200,
    "notes": 20_000,
}  # fmt: skip
PARTICLES = frozenset({"von", "af", "de", "da", "del", "der", "den", "van", "zu", "la", "le"})
LANGUAGES = {
    word: code
    for code, words in {
        "fi": "fi suomi finnish finska", "sv": "sv ruotsi swedish svenska", "en": "en englanti english engelska",
        "nb": "nb no nn norja norwegian norska norsk", "da": "da tanska danish danska dansk",
    }.items()
    for word in words.split()
}  # fmt: skip
PLACES = {"home": AddressKind.POSTAL, "work": AddressKind.VISITING, "other": AddressKind.POSTAL}
POINTS = {
    Field.WORK_PHONE: PointKind.DIRECT,
    Field.MOBILE: PointKind.MOBILE,
    Field.HOME_PHONE: PointKind.PHONE,
    Field.OTHER_PHONE: PointKind.PHONE,
    Field.SWITCHBOARD: PointKind.SWITCHBOARD,
}
LABELS = (
    (r"fax|faksi|pager|hakulai", None),
    (r"mobil|cell|matka|gsm|kännykkä", PointKind.MOBILE),
    (r"main|vaihde|växel", PointKind.SWITCHBOARD),
    (r"work|työ|arbete|business", PointKind.DIRECT),
)
LONGEST_NUMBER = 15
WITH_ZERO = frozenset({"", HOME_REGION, "SE", "DE", "GB"})
LOST_ZERO = re.compile(r"[1-9]\d{6,9}")


class Remark(NamedTuple):
    """Something to tell of a cell: the column in the file's own words, a code, and what it is about."""

    column: str
    code: str
    detail: str = ""


class PointSaid(NamedTuple):
    """A way to reach somebody as a file says it; is_spoiled: a spreadsheet has lost its digits."""

    kind: PointKind
    raw: str
    normal: str
    extension: str = ""
    is_spoiled: bool = False


class AddressSaid(NamedTuple):
    """An address as a file says it."""

    kind: AddressKind
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""

    def plain(self) -> str:
        """The address without its kind, so that it is the same in any letters and spacing."""
        return " ".join(plain(part) for part in (self.street, self.postcode.replace(" ", ""), self.city))


def plain(text: str) -> str:
    """A text as two are compared: without difference of letters' size, of spacing and of composition."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def digest(kind: str, value: str) -> str:
    """A short digest of a value of a kind, for telling whether a file still says what it said."""
    return hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=8).hexdigest()


def split_name(text: str) -> tuple[str, str]:
    """First and last name of a name in one cell.

    "Aho, Aino" names the last name first; else the last word is the last name, with the particles before it
    ("von", "af", "de"). One word alone is a last name. Source: our choice.
    """
    words = text.split()
    if "," in text:
        last, _, first = text.partition(",")
        if last.strip() and first.strip():
            return " ".join(first.split()), " ".join(last.split())
    if len(words) < 2:
        return "", text.strip()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def phone_doubt(raw: str, region: str = HOME_REGION) -> str | None:
    """Code of what is doubtful in a phone number as it stands in a file, or None.

    spoiled: a spreadsheet has lost digits ("4,05E+11", 16 digits or more ending in zeros). lost_zero: digits alone that
    begin with neither 0 nor + nor a country code, where numbers begin with 0 at home. merged: more digits than a number
    can have. region: the country whose numbers need no country code. Source: our choice.
    """
    text = raw.strip()
    digits = re.sub(r"\D", "", text)
    if SPOILED.fullmatch(text) or ROUNDED.fullmatch(text):
        return "spoiled"
    if len(digits) > LONGEST_NUMBER:
        return "merged"
    return "lost_zero" if region in WITH_ZERO and LOST_ZERO.fullmatch(text) else None


def phones_in(kind: PointKind, cell: str, region: str = HOME_REGION) -> tuple[list[PointSaid], list[tuple[str, str]]]:
    """The phone numbers of a cell, and what is doubtful: (code, text). Text without a digit is no number.

    A number that a spreadsheet has spoiled is kept as it stands; its normal form is that text.
    region: the country whose numbers need no country code.
    """
    found, doubts = list[PointSaid](), list[tuple[str, str]]()
    texts = [cell] if SPOILED.fullmatch(cell) else split_numbers(re.sub(r" ::: |\n", ";", cell))
    for raw in (" ".join(text.split()) for text in texts):
        doubt = phone_doubt(raw, region) if re.search(r"\d", raw) else "no_number"
        if doubt:
            doubts.append((doubt, raw[:60]))
        if doubt != "no_number":
            normal, extension = normal_point(kind, raw, region) if doubt != "spoiled" else (raw, "")
            found.append(PointSaid(kind, raw, normal, extension[:20], doubt == "spoiled"))
    return found, doubts


def mails_in(cell: str) -> list[PointSaid]:
    """The e-mail addresses of a cell, whatever stands around them."""
    raws = [text.removeprefix("mailto:").strip("\"'") for text in MAIL.findall(cell)]
    return [PointSaid(PointKind.EMAIL, raw, normal_point(PointKind.EMAIL, raw)[0]) for raw in raws]


def kind_of_label(label: str) -> PointKind | None:
    """The kind of phone that a label names ("Mobile", "* Work"); None for one that is not read (fax, pager)."""
    return next((kind for words, kind in LABELS if re.search(words, label.casefold())), PointKind.PHONE)


def place_of_label(label: str) -> str:
    """The place (home, work, other) that the label of an address names."""
    text = label.casefold()
    if re.search(r"home|koti|hem|priv", text):
        return "home"
    return "work" if re.search(r"work|työ|arbet|business|office", text) else "other"

"""Words of the contacts' trade, how a phone number or address is told, and which address a letter uses."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat


class AddressKind(StrEnum):
    """What an address is for; the order is the order in which a letter tries them."""

    POSTAL = "postal"
    VISITING = "visiting"
    WORKSITE = "worksite"
    DELIVERY = "delivery"


class Language(StrEnum):
    """Languages in which letters are written."""

    FI = "fi"
    SV = "sv"
    EN = "en"
    NB = "nb"
    DA = "da"


class ContactType(StrEnum):
    """The contact types that the register itself acts on; other words are kept as they are."""

    CUSTOMER = "asiakas"
    PROSPECT = "potentiaalinen"
    IMPORTER = "maahantuoja"
    SUPPLIER = "toimittaja"


class PointKind(StrEnum):
    """How somebody is reached; the order is the order in which a card shows them."""

    DIRECT = "direct"
    MOBILE = "mobile"
    SWITCHBOARD = "switchboard"
    PHONE = "phone"
    EMAIL = "email"
    SOCIAL = "social"
    MESSENGER = "messenger"


class Source(StrEnum):
    """Where a value came from (statement: Säännönmukaiset tietolähteet)."""

    MEETING = "meeting"
    PHONE = "phone"
    EMAIL = "email"
    SOCIAL = "social"
    OUTLOOK = "outlook"
    MESSENGER = "messenger"
    WEBSITE = "website"
    IMPORTER = "importer"
    FILE = "file"
    OTHER = "other"


PHONES = frozenset({PointKind.DIRECT, PointKind.MOBILE, PointKind.SWITCHBOARD, PointKind.PHONE})
HOME_REGION = "FI"
SHORTEST_NUMBER = 10_000
EXTENSION = re.compile(r"[\s,;]*\b(?:ext|x|alanumero|alanro|anknytning|ankn)[\s.:=]*(\d{1,7})$", re.IGNORECASE)
SHORT_END = re.compile(r"(\s*[/,]\s*)(\d{1,4})$")
SHORTEST_WHOLE = 7


class DatedPoint(Protocol):
    """What choosing a contact point needs to know of it."""

    id: int
    kind: PointKind
    is_primary: bool
    valid_from: date | None
    valid_to: date | None


AnyPoint = TypeVar("AnyPoint", bound=DatedPoint)


class DatedAddress(Protocol):
    """What choosing an address needs to know of it."""

    id: int
    kind: AddressKind
    valid_from: date | None
    valid_to: date | None


AnyAddress = TypeVar("AnyAddress", bound=DatedAddress)


def runs_on(day: date, begins: date | None, ends: date | None) -> bool:
    """True when a period runs on a day.

    begins counts, ends does not (the day of handing over belongs to the next); an empty end is open.
    Source: exchange format, owner on a day and valid_to of an address.
    """
    return (begins is None or begins <= day) and (ends is None or day < ends)


def address_order(addresses: Sequence[AnyAddress], day: date) -> list[AnyAddress]:
    """The addresses valid on a day, in the order in which a letter tries them.

    Postal first, then visiting, worksite, delivery; of one kind the newest valid_from first, then the newest row.
    Source: our choice, after the ladder of contact attempts.
    """
    kinds = list(AddressKind)
    valid = [a for a in addresses if runs_on(day, a.valid_from, a.valid_to)]
    return sorted(valid, key=lambda a: (kinds.index(a.kind), -(a.valid_from or date.min).toordinal(), -a.id))


def letter_language(word: str | None) -> Language:
    """The language in which a party is written to; an unknown or missing one is Finnish.

    word: a language code such as "nb"; "no" and "nn" are written to in nb. Source: exchange format ("else fi").
    """
    code = {"no": "nb", "nn": "nb"}.get((word or "").lower(), (word or "").lower())
    return Language(code) if code in set(Language) else Language.FI


LANGUAGES_SPOKEN = {
    "FI": Language.FI,
    "AX": Language.SV,
    "SE": Language.SV,
    "NO": Language.NB,
    "DK": Language.DA,
}


def language_of_country(country: str) -> Language:
    """The language to write in to somebody of whom only the country is known; English outside the Nordic countries.

    country: ISO code; empty means Finland. Source: our choice, after GPSR 36(2) (language of where it is available).
    """
    return LANGUAGES_SPOKEN.get(country.upper() or "FI", Language.EN)


# ---------- contact points ----------


def normal_point(kind: PointKind, raw: str, region: str = HOME_REGION) -> tuple[str, str]:
    """The normal form of a contact point and its extension, from what was typed.

    A phone is E.164 ("+358401234567") where the number is possible in the region (ISO code of the country whose numbers
    need no country code) and has at least five digits after the country's, else its digits; an e-mail is in small
    letters; others lose the scheme and a closing slash. Nothing is refused: what was typed is kept beside.
    The extension is called one ("alanro 12"), or is a short end after a slash or comma ("02 123 4567 / 15").
    Source: our choice.
    """
    text = " ".join(raw.split())
    if kind in PHONES:
        return _normal_phone(text, region or HOME_REGION)
    plain = text.lower()
    return (plain if kind is PointKind.EMAIL else re.sub(r"^https?://(www\.)?|/$", "", plain)), ""


def _normal_phone(text: str, region: str) -> tuple[str, str]:
    number_text, extension = _parted(text, region)
    number = _read_phone(number_text, region)
    if number is None:
        return re.sub(r"\D", "", number_text), extension
    return phonenumbers.format_number(number, PhoneNumberFormat.E164), extension


def _parted(text: str, region: str) -> tuple[str, str]:
    """A phone number and its extension; a slash within a number that is valid as a whole parts nothing."""
    if called := EXTENSION.search(text):
        return text[: called.start()], called[1]
    end = SHORT_END.search(text)
    if end is None or len(re.sub(r"\D", "", text[: end.start()])) < SHORTEST_WHOLE:
        return text, ""
    whole = _read_phone(text, region)
    is_one = end[1] == "/" and whole is not None and phonenumbers.is_valid_number(whole)
    return (text, "") if is_one else (text[: end.start()], end[2])


def _read_phone(text: str, region: str) -> PhoneNumber | None:
    if re.search(r"[^\W\d_]", text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    is_one = phonenumbers.is_possible_number(number) and (number.national_number or 0) >= SHORTEST_NUMBER
    return number if is_one else None


def split_numbers(text: str) -> list[str]:
    """Several numbers typed into one field ("09 123 / 040 456"), one by one. A slash or comma parts whole numbers only.

    A piece with fewer than five digits is the end of the number before it, not one of its own ("02 123 4567 / 15").
    Source: our choice.
    """
    found: list[str] = []
    for piece in re.split(r"\s*[/,;]\s*", text.strip()):
        if found and len(re.sub(r"\D", "", piece)) < 5:
            found[-1] = f"{found[-1]} / {piece}"
        elif piece:
            found.append(piece)
    return found


def main_point(points: Iterable[AnyPoint], kinds: Iterable[PointKind], day: date) -> AnyPoint | None:
    """The contact point to use on a day: of the first kind that has one, the primary, then the newest; else None.

    kinds: in the order in which they are tried. Ended points are not used. Source: our choice.
    """
    running = [point for point in points if runs_on(day, point.valid_from, point.valid_to)]
    for kind in kinds:
        of_kind = [point for point in running if point.kind is kind]
        if of_kind:
            return max(of_kind, key=lambda point: (point.is_primary, point.id))
    return None


def column_of_point(kind: PointKind, *, is_company: bool) -> str | None:
    """The column of the exchange format that a party's primary contact point of a kind stands in, or None."""
    if kind is PointKind.EMAIL:
        return "email"
    if is_company:
        return "switchboard" if kind is PointKind.SWITCHBOARD else None
    return "direct_phone" if kind is PointKind.DIRECT else None

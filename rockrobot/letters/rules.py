"""Postal addresses on letters: lines as the post wants them, and what is wrong with them. Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum

from babel import Locale

HOME = "FI"
MAX_LINES = 5
MIN_LINES = 3
FORBIDDEN_STARTS = tuple('@()=[]"\\/,<>~')
POSTCODES = {
    "FI": re.compile(r"\d{5} \S"),
    "AX": re.compile(r"\d{5} \S"),
    "SE": re.compile(r"\d{3} ?\d{2} \S"),
    "NO": re.compile(r"\d{4} \S"),
    "DK": re.compile(r"\d{4} \S"),
}
POSTCODE_LAST = frozenset({"GB", "IE", "US", "CA", "AU", "NZ", "IN", "SG", "ZA"})


def reference_in(typed: str) -> str:
    """The reference of a letter as it was typed, or as a reader of its code gives it, in capitals without spaces.

    The code on the slip holds an address of ours that ends in the reference. Source: our choice.
    """
    return "".join(typed.split()).rpartition("letter=")[2].upper()


class AddressFault(StrEnum):
    """Why a letter wants a plain envelope with a label, or a mended address."""

    EMPTY = "empty"
    TOO_FEW_LINES = "too_few_lines"
    TOO_MANY_LINES = "too_many_lines"
    BAD_POSTCODE = "bad_postcode"
    BAD_CHARACTER = "bad_character"
    OUTSIDE_WINDOW = "outside_window"


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,")


def country_line(country: str) -> str:
    """The last line of an address abroad: the country's English name in capitals; empty for an unknown code.

    English, since the country of posting and the destination both read it (Universal Postal Union; our choice of
    language).
    """
    return (Locale("en").territories.get(country.upper()) or "").upper()


def locality_line(postcode: str, city: str, country: str) -> str:
    """Postcode and LOCALITY in the destination's order; the locality in capitals. Source: Posti; Royal Mail."""
    code, place = _tidy(postcode), _tidy(city).upper()
    pair = (place, code) if country.upper() in POSTCODE_LAST else (code, place)
    return " ".join(part for part in pair if part)


def address_lines(names: Sequence[str], *, street: str, postcode: str, city: str, country: str) -> list[str]:
    """The lines of an address: addressee(s), street, postcode and LOCALITY, COUNTRY when it is not Finland.

    names: addressee, then unit or attention; empty ones are dropped, like every empty line. Lines of a street that was
    typed on several rows stay several. Source: Posti's addressing rules, SFS 2487.
    """
    streets = [_tidy(row) for row in street.splitlines()]
    abroad = country_line(country) if country and country.upper() not in {HOME, "AX"} else ""
    rows = [*(_tidy(name) for name in names), *streets, locality_line(postcode, city, country or HOME), abroad]
    return [row for row in rows if row]


def address_faults(lines: Sequence[str], *, country: str = HOME) -> list[AddressFault]:
    """What is wrong with an address; an empty list when a window envelope will do.

    A locality is needed everywhere; its postcode is checked for Finland, Sweden, Norway and Denmark. Too wide lines
    show on the rendered page only (OUTSIDE_WINDOW). Source: Posti; GOV.UK Notify's practice; our choice of limits.
    """
    if not lines:
        return [AddressFault.EMPTY]
    code = (country or HOME).upper()
    faults = []
    if len(lines) < MIN_LINES:
        faults.append(AddressFault.TOO_FEW_LINES)
    if len(lines) > MAX_LINES:
        faults.append(AddressFault.TOO_MANY_LINES)
    is_abroad = len(lines) > 1 and lines[-1] == country_line(code)
    locality = lines[-2] if is_abroad else lines[-1]
    pattern = POSTCODES.get(code)
    if pattern and not pattern.match(locality):
        faults.append(AddressFault.BAD_POSTCODE)
    if any(line.startswith(FORBIDDEN_STARTS) or not any(c.isalnum() for c in line) for line in lines):
        faults.append(AddressFault.BAD_CHARACTER)
    return faults

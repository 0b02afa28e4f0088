"""Which importer a new enquiry is proposed to: pure."""

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

DIGITS: Final = {"NO": 4, "SE": 5, "DK": 4}
"""How many digits a postcode has in each of the countries whose enquiries may be referred; there are no others."""


class AnyTerritory(Protocol):
    """What choosing an importer needs to know of a territory."""

    id: int
    country: str
    postcode_from: str
    postcode_to: str


Territory = TypeVar("Territory", bound=AnyTerritory)


class PostcodeError(ValueError):
    """What was typed is no postcode of the country; digits says how many it has there."""

    def __init__(self, digits: int) -> None:
        super().__init__(str(digits))
        self.digits = digits


def read_postcode(text: str, country: str) -> str:
    """The digits of a postcode of Norway, Sweden or Denmark as it was typed; empty for nothing.

    "SE-123 45" and "12345" are the same. Raises PostcodeError for what is none of the country, KeyError for another
    country. Source: the postal services' own rules, 4 digits in Norway and Denmark, 5 in Sweden.
    """
    plain = text.upper().replace(" ", "").replace("-", "").removeprefix(country)
    plain = plain.removeprefix(country[0])
    if plain and not (plain.isascii() and plain.isdigit() and len(plain) == DIGITS[country]):
        raise PostcodeError(DIGITS[country])
    return plain


def importer_for(
    country: str, postcode: str, territories: Iterable[Territory], *, is_customer: bool = False
) -> Territory | None:
    """The territory whose importer a new enquiry is proposed to, or None.

    country: code of where the enquiry comes from; for Finland, any other country and an unknown one there is none, even
    where a territory claims it. postcode: as it was said; one that can't be read is as good as none. is_customer: who
    asks is a customer of ours already: the statement allows new enquiries alone. A territory with a range of postcodes
    goes before one of the whole country, the narrower range before the wider, then the older row.
    Source: the statement, Säännönmukaiset luovutukset; nearest by postcode and not by road: our choice.
    """
    if is_customer or country not in DIGITS:
        return None
    try:
        code = read_postcode(postcode, country)
    except PostcodeError:
        code = ""
    fitting = [one for one in territories if one.country == country and _covers(one, code)]
    return min(fitting, key=lambda one: (_width(one), one.id), default=None)


def _covers(territory: AnyTerritory, code: str) -> bool:
    return not territory.postcode_from or territory.postcode_from <= code <= territory.postcode_to


def _width(territory: AnyTerritory) -> int:
    """How many postcodes a territory holds; the whole country more than any range."""
    if not territory.postcode_from:
        return 10 ** DIGITS[territory.country] + 1
    return int(territory.postcode_to) - int(territory.postcode_from)

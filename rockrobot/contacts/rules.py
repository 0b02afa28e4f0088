"""Words of the contacts' trade, and which address a letter uses."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar


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

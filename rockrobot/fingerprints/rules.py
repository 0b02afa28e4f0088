"""What a party is known by, in the one form in which it is hashed."""

import unicodedata
from collections.abc import Iterable

LEAST_DIGITS = 7


def marks(
    *, names: Iterable[str], postcodes: Iterable[str], emails: Iterable[str], phones: Iterable[str]
) -> frozenset[str]:
    """Everything that a party is known by: each e-mail address, each phone, the name with each postcode.

    emails, phones: in normal form (small letters; E.164, else digits). A phone of fewer than seven digits is an
    extension or a slip and tells nobody apart; neither does a name without a postcode. The words of a name count in any
    order and case, a postcode without its blanks. Source: our choice; a hash must be of exactly one writing.
    """
    found = {f"email {email}" for email in emails if email}
    found |= {f"phone {phone}" for phone in phones if sum(sign.isdigit() for sign in phone) >= LEAST_DIGITS}
    plain = [" ".join(sorted(_plain(name).split())) for name in names]
    places = {_plain(postcode).replace(" ", "") for postcode in postcodes} - {""}
    return frozenset(found | {f"name {name} {place}" for name in plain if name for place in places})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()

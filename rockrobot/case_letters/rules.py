"""How a letter says days, and why letters are refused. Pure."""

from datetime import date
from enum import StrEnum

from babel.dates import format_date

from rockrobot.contacts.rules import Language
from rockrobot.letters.rules import HOME, country_line

PATTERNS = {
    Language.FI: "d.M.yyyy",
    Language.SV: "d.M.yyyy",
    Language.EN: "d MMMM yyyy",
    Language.NB: "d.M.yyyy",
    Language.DA: "d.M.yyyy",
}
SAMPLE_SENDER = {
    "name": "Rockrobot Oy",
    "brand": "Stonepower",
    "street": "Esimerkkikatu 1",
    "postcode": "00100",
    "city": "Helsinki",
    "country": "FI",
    "phone": "",
    "email": "",
    "website": "",
    "business_id": "",
    "contact_person": "",
}


def return_country(sender_country: str, recipient_country: str) -> str:
    """The last line of the sender's address: FINLAND on a letter abroad, nothing on one at home.

    Both are country codes; Åland is at home with Finland, and no code means Finland. Source: Universal Postal Union, as
    for the recipient's own country line.
    """
    ours, theirs = (
        HOME if code.upper() in {"", "AX"} else code.upper() for code in (sender_country, recipient_country)
    )
    return "" if ours == theirs else country_line(ours)


class LettersFault(StrEnum):
    """Why the letters of a case are refused."""

    NO_SCOPE = "no_scope"
    NOT_APPROVED = "not_approved"
    MISSING_ELEMENTS = "missing_elements"
    NO_SENDER = "no_sender"
    NO_RECIPIENTS = "no_recipients"
    CLOSED = "closed"


def day_in_letter(day: date | None, language: Language) -> str:
    """A day as a letter writes it: 4.11.2026, in English 4 November 2026; empty for none. Source: SFS 2487."""
    return format_date(day, PATTERNS[language], locale=language.value) if day else ""

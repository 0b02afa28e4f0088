"""How a letter says days, and why letters are refused. Pure."""

from datetime import date
from enum import StrEnum

from babel.dates import format_date

from rockrobot.contacts.rules import Language

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
    "phone": "",
    "email": "",
    "website": "",
    "business_id": "",
    "contact_person": "",
}


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

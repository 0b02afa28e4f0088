"""What leaves the house with a referral, and in which words: pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rockrobot.contacts.rules import ContactType, Language
from rockrobot.enquiries.rules import Stage
from rockrobot.importers.rules import DIGITS
from rockrobot.mailing.rules import mail_address

FIELDS: Final = ("name", "company_name", "email", "phone", "country", "postcode", "city", "question")
"""The columns of an enquiry that an importer gets, in the order of the mail. Nothing else ever leaves."""


class Obstacle(StrEnum):
    """Why an enquiry is not referred."""

    STAGE = "stage"
    COUNTRY = "country"
    CUSTOMER = "customer"
    NOBODY = "nobody"
    ADDRESS = "address"


class NoticeReason(StrEnum):
    """Why an importer is told of data that it was given before (GDPR Art. 19)."""

    CORRECTION = "correction"
    ERASURE = "erasure"


@dataclass(frozen=True)
class Change:
    """A listed field that an importer knows otherwise than it is now."""

    name: str
    known: str
    now: str


def changes_between(known: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """The listed fields that an importer knows otherwise than they are now, in their order; what is gone is empty."""
    pairs = ((name, known.get(name, ""), now.get(name, "")) for name in FIELDS)
    return [Change(name, then, today) for name, then, today in pairs if then != today]


@dataclass(frozen=True)
class Wording:
    """The words of a referral in one language. labels: of the fields, by their names."""

    subject: str
    begins: str
    labels: Mapping[str, str]

    def listed(self, names: Iterable[str]) -> str:
        """These fields as a sentence lists them, in their order."""
        named = set(names)
        return ", ".join(self.labels[name].lower() for name in FIELDS if name in named)


def _wording(subject: str, begins: str, *labels: str) -> Wording:
    return Wording(subject, begins, dict(zip(FIELDS, labels, strict=True)))


WORDINGS: Final = {
    Language.FI: _wording(
        "Uusi yhteydenotto",
        "Ohjaamme teille tämän uuden yhteydenoton. Vastatkaa suoraan lähettäjälle.",
        *("Nimi", "Yritys", "Sähköposti", "Puhelin", "Maa", "Postinumero", "Paikkakunta", "Kysymys"),
    ),
    Language.SV: _wording(
        "Ny förfrågan",
        "Vi hänvisar denna nya förfrågan till er. Svara direkt till avsändaren.",
        *("Namn", "Företag", "E-post", "Telefon", "Land", "Postnummer", "Ort", "Fråga"),
    ),
    Language.EN: _wording(
        "New enquiry",
        "We refer this new enquiry to you. Please answer the sender directly.",
        *("Name", "Company", "E-mail", "Phone", "Country", "Postcode", "Town", "Question"),
    ),
    Language.NB: _wording(
        "Ny henvendelse",
        "Vi henviser denne nye henvendelsen til dere. Svar avsenderen direkte.",
        *("Navn", "Bedrift", "E-post", "Telefon", "Land", "Postnummer", "Sted", "Spørsmål"),
    ),
    Language.DA: _wording(
        "Ny henvendelse",
        "Vi henviser denne nye henvendelse til jer. Svar afsenderen direkte.",
        *("Navn", "Firma", "E-mail", "Telefon", "Land", "Postnummer", "By", "Spørgsmål"),
    ),
}
"""Not checked by speakers of the languages."""


def fields_of(enquiry: Any) -> dict[str, str]:
    """What an enquiry says in the listed fields; those that say nothing are left out."""
    said = {name: getattr(enquiry, name) for name in FIELDS}
    return {name: value for name, value in said.items() if value}


def mail_text(fields: Mapping[str, str], language: Language) -> str:
    """The words of a referral's mail: one line for each listed field that says something, what was asked last.

    Whatever else is given is left out. Source: our choice; the country as its ISO code.
    """
    words = WORDINGS[language]
    lines = [f"{words.labels[name]}: {fields[name]}" for name in FIELDS if fields.get(name)]
    return "\n".join((words.begins, "", *lines, ""))


TOLD: Final = {
    Language.FI: "Olemme luovuttaneet {day} maahantuojalle {recipient} tietojasi, jotta se vastaa sinulle: {fields}.",
    Language.SV: "Vi lämnade {day} ut dina uppgifter till importören {recipient}, som svarar dig: {fields}.",
    Language.EN: "On {day} we disclosed your data to the importer {recipient}, who answers you: {fields}.",
}
"""Of a disclosure, to whom it concerns (GDPR Art. 15(1)(c)): recipients by their names."""


def seen_as(fields: Mapping[str, str], *, company_id: int, to_address: str, language: Language) -> str:
    """A digest of what the page of a referral shows: sent back with it, it tells whether all of that still holds."""
    shown = [sorted(fields.items()), company_id, to_address, language.value]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def changes_as(changes: Sequence[Change], reason: NoticeReason) -> str:
    """A digest of what the page says an importer must be told, and why; it comes back with what was told."""
    shown = [reason.value, *([change.name, change.known, change.now] for change in changes)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def is_customer(contact_type: str) -> bool:
    """True for whom the register knows as more than a prospect: an enquiry of theirs is no new one.

    Source: the statement says new enquiries; that a prospect's is new still: our choice.
    """
    return contact_type not in {"", ContactType.PROSPECT}


def obstacle(stage: Stage, country: str, *, is_customer: bool, importers_email: str | None) -> Obstacle | None:
    """Why an enquiry is not referred, the weightiest reason first; None where it may be, once a person confirms.

    country: code of where it comes from. is_customer: somebody with its address or number is a customer already.
    importers_email: of the territory that holds it, None where none does; one that can't be written to is an obstacle.
    Source: the statement, Säännönmukaiset luovutukset.
    """
    if stage not in {Stage.OPEN, Stage.TAKEN}:
        return Obstacle.STAGE
    if country not in DIGITS:
        return Obstacle.COUNTRY
    if is_customer:
        return Obstacle.CUSTOMER
    if importers_email is None:
        return Obstacle.NOBODY
    return None if mail_address(importers_email) else Obstacle.ADDRESS

"""What a recall notice must say and must not say: word linter and completeness, GPSR (EU) 2023/988 Art. 36. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Element(StrEnum):
    """The elements of a notice, numbered as in the recall reference (C1-C14)."""

    HEADING = "C1"
    PRODUCT = "C2"
    PRODUCT_PICTURE = "C2_picture"
    UNITS = "C3"
    PLATE = "C3_plate"
    HAZARD = "C5"
    STOP_USE = "C6"
    INSTRUCTIONS = "C6_instructions"
    REMEDIES = "C7"
    CONTACT = "C9"
    PASS_ON = "C10"  # noqa: S105 (no password)
    WORDS = "C11"
    LANGUAGE = "C12"
    SUBJECT = "subject"


class Remedy(StrEnum):
    """Remedies of GPSR Art. 37(2)."""

    REPAIR = "repair"
    REPLACEMENT = "replacement"
    REFUND = "refund"


@dataclass(frozen=True)
class Hit:
    """A word that plays the risk down: where it stands in the text, and as it was written."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Notice:
    """A notice in one language, as far as completeness is concerned."""

    language: str
    heading: str = ""
    subject: str = ""
    product_name: str = ""
    brand: str = ""
    has_product_picture: bool = False
    has_plate: bool = False
    has_units: bool = False
    hazard: str = ""
    stop_use: str = ""
    instructions: str = ""
    remedies_text: str = ""
    remedies: Sequence[str] = ()
    recipients_are_consumers: bool = False
    one_remedy_reason: str = ""
    phone: str = ""
    online: str = ""
    pass_on: str = ""
    linter_override: str = ""


# Stems end in *; the lists come from the recall reference, section 3.
_STEMS = {
    "en": "voluntar*|precaution*|discretion*|rare|rarely|in specific situations|no * reported",
    "fi": "vapaaehtoi*|varmuuden vuoksi|varotoimen*|varotoimi*|ennaltaehkäise*|ennalta ehkäise*|harkinnanvarai*"
    "|harvinai*|harvoin|harvoissa|tietyissä tilanteissa|erityisissä tilanteissa|ei ole ilmoitettu *|ei ole raportoitu *"
    "|ei ole tullut tietoon *|ei ole sattunut *",
    "sv": "frivillig*|försiktighetsåtgärd*|för säkerhets skull|förebyggande|gottfinnande|sällsynt*|sällan"
    "|i särskilda situationer|inga * rapporterats|inga * har rapporterats",
    "nb": "frivillig*|føre var|for sikkerhets skyld|forebyggende|skjønn|skjønnsmessig*|sjeld*|i spesielle situasjoner"
    "|ingen * meldt|ingen * rapportert",
    "da": "frivillig*|for en sikkerheds skyld|forsigtighed*|skøn|skønsmæssig*|sjæld*|i særlige situationer"
    "|i specifikke situationer|ingen * indberettet|forebyggende",
}
_BARE_HAZARDS = {
    "en": {"safety defect", "a safety defect", "safety issue", "safety problem", "defect"},
    "fi": {"turvallisuuspuute", "turvallisuusvirhe", "turvallisuusongelma", "vika", "puute", "tuote on vaarallinen"},
    "sv": {"säkerhetsbrist", "säkerhetsfel", "fel", "brist", "produkten är farlig"},
    "nb": {"sikkerhetsfeil", "sikkerhetsmangel", "feil", "mangel"},
    "da": {"sikkerhedsfejl", "sikkerhedsmangel", "fejl", "mangel"},
}
_STOP_WORDS = {
    "en": ("stop", "do not use", "don't use", "must not be used", "cease"),
    "fi": ("lopeta", "pysäytä", "älä käytä", "keskeytä", "ei saa käyttää", "älkää käyttäkö", "lopettakaa"),
    "sv": ("sluta", "använd inte", "stoppa", "får inte användas", "avbryt", "ta ur bruk"),
    "nb": ("slutt", "stopp", "stans", "ikke bruk", "bruk ikke", "må ikke brukes"),
    "da": ("stop", "brug ikke", "må ikke bruges", "hold op", "stands"),
}
MIN_HAZARD_WORDS = 5


def _pattern(stem: str) -> str:
    words = []
    for word in stem.split():
        if word == "*":
            words.append(r"(?:\w+\W+){0,6}?\w*")
        else:
            words.append(re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else ""))
    return r"\b" + r"\s+".join(words) + r"\b"


_LINTERS = {
    language: re.compile("|".join(_pattern(stem) for stem in stems.split("|")), re.IGNORECASE)
    for language, stems in _STEMS.items()
}


def forbidden_words(language: str, text: str) -> list[Hit]:
    """Words that play the risk down, in order.

    language: fi, sv, en, nb or da; another language is not linted. Stems at the beginning of a word only, any case, so
    that "harvennus" is no hit. Source: GPSR Art. 36(2)(c); lists of sv, nb, da and fi are our translation.
    """
    linter = _LINTERS.get(language)
    if linter is None:
        return []
    return [Hit(found.start(), found.end(), found.group()) for found in linter.finditer(text)]


def is_concrete_hazard(language: str, text: str) -> bool:
    """True when a hazard says what can happen and why, not merely "safety defect". Source: GPSR 36(2)(c); Tukes."""
    plain = " ".join(text.lower().split()).strip(" .!")
    return plain not in _BARE_HAZARDS.get(language, set()) and len(plain.split()) >= MIN_HAZARD_WORDS


def says_stop(language: str, text: str) -> bool:
    """True when the text tells to stop using the product. Source: GPSR 36(2)(d)."""
    plain = " ".join(text.lower().split())
    return any(word in plain for word in _STOP_WORDS.get(language, ())) if language in _STOP_WORDS else bool(plain)


def offers_enough_remedies(remedies: Sequence[str], *, are_consumers: bool, one_remedy_reason: str) -> bool:
    """True when a consumer may choose between at least two remedies, or a reason says why there is one.

    Others than consumers need one remedy. Source: GPSR Art. 37(1)-(2).
    """
    chosen = {remedy for remedy in remedies if remedy in set(Remedy)}
    if not are_consumers or one_remedy_reason.strip():
        return bool(chosen)
    return len(chosen) >= 2


def linted_text(notice: Notice) -> str:
    """The parts of a notice that the linter reads."""
    parts = (notice.subject, notice.hazard, notice.stop_use, notice.instructions, notice.remedies_text, notice.pass_on)
    return "\n".join(parts)


def missing_elements(notice: Notice) -> list[Element]:
    """What a notice lacks before it may be approved, in the order of the elements.

    C4 (where and when sold) is left out where unknown; C8 (self-repair) and C13 (apology, link) are optional; C14 is
    held by the template. Source: GPSR Art. 36(2), 37.
    """
    remedies = offers_enough_remedies(
        notice.remedies, are_consumers=notice.recipients_are_consumers, one_remedy_reason=notice.one_remedy_reason
    )
    is_clean = not forbidden_words(notice.language, linted_text(notice)) or bool(notice.linter_override.strip())
    checks = (
        (Element.LANGUAGE, notice.language in _STEMS),
        (Element.HEADING, bool(notice.heading.strip())),
        (Element.SUBJECT, bool(notice.subject.strip())),
        (Element.PRODUCT, bool(notice.product_name.strip() and notice.brand.strip())),
        (Element.PRODUCT_PICTURE, notice.has_product_picture),
        (Element.UNITS, notice.has_units),
        (Element.PLATE, notice.has_plate),
        (Element.HAZARD, is_concrete_hazard(notice.language, notice.hazard)),
        (Element.STOP_USE, says_stop(notice.language, notice.stop_use)),
        (Element.INSTRUCTIONS, bool(notice.instructions.strip())),
        (Element.REMEDIES, remedies and bool(notice.remedies_text.strip())),
        (Element.CONTACT, bool(notice.phone.strip() or notice.online.strip())),
        (Element.PASS_ON, bool(notice.pass_on.strip())),
        (Element.WORDS, is_clean),
    )
    return [element for element, holds in checks if not holds]


@dataclass(frozen=True)
class ShippedHeading:
    """A heading as it ships: its words, source, and by whom and when it was checked (nobody: unchecked)."""

    language: str
    words: str
    source: str
    checked_by: str = ""
    checked_on: date | None = None


SHIPPED_HEADINGS = (
    ShippedHeading("en", "Product safety recall", "Regulation (EU) 2023/988 Art. 36(2)(a)"),
    ShippedHeading("fi", "Tuoteturvallisuuteen liittyvä takaisinveto", "Ehdotus; tarkista EUR-Lex 32023R0988 art. 36"),
    ShippedHeading("sv", "Återkallelse av säkerhetsskäl", "Ehdotus; tarkista EUR-Lex 32023R0988 art. 36"),
    ShippedHeading("nb", "Tilbakekalling grunnet produktsikkerhet", "Ehdotus; europalov.no"),
    ShippedHeading("da", "Sikkerhedsbegrundet tilbagekaldelse af produkter", "Ehdotus; tarkista EUR-Lex 32023R0988"),
)

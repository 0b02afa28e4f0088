"""What an answer to a privacy request says, in three languages; the paragraphs of the law are locked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rockrobot.contacts.rules import Language
from rockrobot.privacy_requests.rules import ARTICLES, Outcome, Right

LANGUAGES: Final = (Language.FI, Language.SV, Language.EN)


class SentHow(StrEnum):
    """How an answer went out."""

    POST = "post"
    REGISTERED = "registered"
    EMAIL = "email"
    HANDED = "handed"


@dataclass(frozen=True)
class Wording:
    """The words of one language; {…} is filled in. titles: of the five parts of an answer, in order."""

    heading: str
    titles: tuple[str, str, str, str, str]
    asked: str
    rights: dict[Right, str]
    outcomes: dict[Outcome, str]
    complaint: str
    court: str
    free: str


_OFFICE = "PL 800, 00531 Helsinki, tietosuoja@om.fi, 029 566 6700, tietosuoja.fi"
WORDINGS: Final = {
    Language.FI: Wording(
        heading="Vastaus tietosuojapyyntöösi",
        titles=("Pyyntösi", "Päätös", "Oikeus valittaa", "Tuomioistuin", "Kysymykset"),
        asked="Saimme {day} pyynnön, jossa {right} (EU:n yleinen tietosuoja-asetus, {article} artikla).",
        rights={
            Right.ACCESS: "pyysit saada nähdä omat tietosi",
            Right.RECTIFICATION: "pyysit korjaamaan tietojasi",
            Right.ERASURE: "pyysit poistamaan tietosi",
            Right.RESTRICTION: "pyysit rajoittamaan tietojesi käsittelyä",
            Right.RECIPIENTS: "kysyit, kenelle tietojasi on annettu",
            Right.PORTABILITY: "pyysit tietosi siirrettävässä muodossa",
            Right.OBJECTION: "vastustit tietojesi käsittelyä",
            Right.WITHDRAWAL: "peruit suostumuksesi",
        },
        outcomes={
            Outcome.DONE: "Olemme tehneet, mitä pyysit.",
            Outcome.REFUSED: "Emme tee, mitä pyysit. Tässä on syy:",
            Outcome.ERASED: "Olemme poistaneet tietosi rekisteristämme.",
        },
        complaint="Jos katsot, että henkilötietojesi käsittelyssä rikotaan lakia, voit tehdä valituksen tietosuoja"
        "valtuutetulle (77 artikla): Tietosuojavaltuutetun toimisto, " + _OFFICE + ".",
        court="Voit myös viedä asian tuomioistuimeen (79 artikla). Tietosuojavaltuutetun päätökseen voit hakea "
        "muutosta hallinto-oikeudelta.",
        free="Pyynnön käsittely on maksutonta. Kysymyksiin vastaa {contact}.",
    ),
    Language.SV: Wording(
        heading="Svar på din begäran om dataskydd",
        titles=("Din begäran", "Beslut", "Rätt att klaga", "Domstol", "Frågor"),
        asked="Vi fick {day} en begäran där {right} (EU:s allmänna dataskyddsförordning, artikel {article}).",
        rights={
            Right.ACCESS: "du bad att få se dina uppgifter",
            Right.RECTIFICATION: "du bad oss rätta dina uppgifter",
            Right.ERASURE: "du bad oss radera dina uppgifter",
            Right.RESTRICTION: "du bad oss begränsa behandlingen av dina uppgifter",
            Right.RECIPIENTS: "du frågade till vem dina uppgifter har lämnats",
            Right.PORTABILITY: "du bad att få dina uppgifter i ett format som kan överföras",
            Right.OBJECTION: "du invände mot behandlingen av dina uppgifter",
            Right.WITHDRAWAL: "du återkallade ditt samtycke",
        },
        outcomes={
            Outcome.DONE: "Vi har gjort det du bad om.",
            Outcome.REFUSED: "Vi gör inte det du bad om. Skälet är detta:",
            Outcome.ERASED: "Vi har raderat dina uppgifter ur vårt register.",
        },
        complaint="Om du anser att behandlingen av dina personuppgifter strider mot lagen kan du klaga hos dataombuds"
        "mannen (artikel 77): Dataombudsmannens byrå, " + _OFFICE + ".",
        court="Du kan också föra saken till domstol (artikel 79). Dataombudsmannens beslut kan överklagas hos "
        "förvaltningsdomstolen.",
        free="Behandlingen av begäran är avgiftsfri. Frågor besvaras av {contact}.",
    ),
    Language.EN: Wording(
        heading="Answer to your data protection request",
        titles=("Your request", "Decision", "Right to complain", "Court", "Questions"),
        asked="On {day} we received a request in which {right} (Article {article} of the General Data Protection "
        "Regulation).",
        rights={
            Right.ACCESS: "you asked to see your own data",
            Right.RECTIFICATION: "you asked us to correct your data",
            Right.ERASURE: "you asked us to erase your data",
            Right.RESTRICTION: "you asked us to restrict the processing of your data",
            Right.RECIPIENTS: "you asked to whom your data has been given",
            Right.PORTABILITY: "you asked for your data in a portable form",
            Right.OBJECTION: "you objected to the processing of your data",
            Right.WITHDRAWAL: "you withdrew your consent",
        },
        outcomes={
            Outcome.DONE: "We have done what you asked for.",
            Outcome.REFUSED: "We will not do what you asked for. This is the reason:",
            Outcome.ERASED: "We have erased your data from our register.",
        },
        complaint="If you consider that the processing of your personal data breaks the law, you can complain to the "
        "Data Protection Ombudsman (Article 77): Office of the Data Protection Ombudsman, " + _OFFICE + ".",
        court="You can also bring the matter before a court (Article 79). A decision of the Ombudsman can be appealed "
        "to the administrative court (hallinto-oikeus).",
        free="Handling the request is free of charge. Questions are answered by {contact}.",
    ),
}


def answer_language(language: Language) -> Language:
    """The language of an answer to somebody who is written to in this one: English where it is not shipped."""
    return language if language in LANGUAGES else Language.EN


def sections_of(
    language: Language, *, right: Right, day: str, outcome: Outcome, told: Sequence[str], contact: str
) -> list[dict[str, Any]]:
    """The parts of an answer: heading and paragraphs each. What was asked, what was decided and why, how to go on.

    day: the day of receipt as the letter writes it. told: paragraphs on the decision, the only ones that a person
    writes. contact: who answers questions. The law wants the reasons, the right to complain and that to go to court in
    every refusal (GDPR Art. 12(4)); that they stand in every answer: our choice. The Swedish and English words were not
    checked by a lawyer.
    """
    words = WORDINGS[language]
    asked = words.asked.format(day=day, right=words.rights[right], article=ARTICLES[right])
    decided = [words.outcomes[outcome], *told]
    bodies = [[asked], decided, [words.complaint], [words.court], [words.free.format(contact=contact)]]
    return [
        {"heading": title, "paragraphs": paragraphs} for title, paragraphs in zip(words.titles, bodies, strict=True)
    ]


def contact_line(sender: dict[str, str]) -> str:
    """Who answers questions: the contact person or else the controller, with phone and e-mail where there are any."""
    told = (sender.get("contact_person") or sender["name"], sender.get("phone", ""), sender.get("email", ""))
    return ", ".join(filter(None, told))

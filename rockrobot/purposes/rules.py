"""The purposes that the register itself knows, and the words and grounds with which they are shipped."""

from enum import StrEnum
from typing import Final


class PurposeCode(StrEnum):
    """What personal data is used for; the code is fixed, its words and ground stand in the register of purposes."""

    MARKETING = "marketing"
    RELATIONS = "relations"
    CONTRACT = "contract"
    RECALL = "recall"
    RIGHTS = "rights"
    BREACH = "breach"


OBJECTABLE: Final = frozenset({PurposeCode.MARKETING, PurposeCode.RELATIONS})
"""Purposes to which one may object: those that rest on legitimate interest or consent (GDPR Art. 21, 7(3))."""

SHIPPED: Final[dict[PurposeCode, dict[str, str]]] = {
    PurposeCode.MARKETING: {
        "name": "Suoramarkkinointi",
        "description": "Tarjoukset ja tuoteuutiset asiakkaille ja mahdollisille asiakkaille.",
        "basis": "6(1)(f), sähköinen 6(1)(a)",
        "source": "GDPR 6 ja 21(2)-(3) artikla; laki sähköisen viestinnän palveluista 917/2014, 200-203 §",
    },
    PurposeCode.RELATIONS: {
        "name": "Asiakassuhteen hoito",
        "description": "Suhteiden ylläpito ja kehittäminen mahdollisiin ja nykyisiin asiakkaisiin.",
        "basis": "6(1)(f)",
        "source": "Tietosuojaselosteen käsittelyn tarkoitus; GDPR 6(1)(f) ja 21(1) artikla",
    },
    PurposeCode.CONTRACT: {
        "name": "Sopimus, tilaus ja lasku",
        "description": "Tilausten, toimitusten, huoltojen ja laskujen hoitaminen sekä kirjanpito.",
        "basis": "6(1)(b), kirjanpito 6(1)(c)",
        "source": "GDPR 6(1)(b)-(c) artikla; kirjanpitolaki 2:10",
    },
    PurposeCode.RECALL: {
        "name": "Takaisinveto ja turvallisuus",
        "description": "Valmius kerätä valmistetut ja myydyt tuotteet tarkastettavaksi tai korjattavaksi.",
        "basis": "6(1)(c), ammattikoneet 6(1)(f)",
        "source": "Yleinen tuoteturvallisuusasetus (EU) 2023/988, 35 artikla; konelainsäädäntö ja tuotevastuu",
    },
    PurposeCode.RIGHTS: {
        "name": "Tietosuojapyyntöön vastaaminen",
        "description": "Pyynnön käsittely ja siitä kertominen pyytäjälle.",
        "basis": "6(1)(c)",
        "source": "GDPR 12(3) artikla",
    },
    PurposeCode.BREACH: {
        "name": "Tietoturvaloukkauksesta ilmoittaminen",
        "description": "Ilmoitus niille, joille loukkaus aiheuttaa korkean riskin.",
        "basis": "6(1)(c)",
        "source": "GDPR 34 artikla",
    },
}
"""As shipped nobody has checked the grounds for this company: checked_by and checked_on are empty until then."""

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


def to_translate(text: str) -> str:
    """The text as it is; those who translate the screens find it by this word."""
    return text


SHIPPED: Final[dict[PurposeCode, dict[str, str]]] = {
    PurposeCode.MARKETING: {
        "name": to_translate("Suoramarkkinointi"),
        "description": to_translate("Tarjoukset ja tuoteuutiset asiakkaille ja mahdollisille asiakkaille."),
        "basis": to_translate("6(1)(f), sähköinen 6(1)(a)"),
        "source": to_translate(
            "GDPR 6 ja 21(2)-(3) artikla; laki sähköisen viestinnän palveluista 917/2014, 200-203 §"
        ),
    },
    PurposeCode.RELATIONS: {
        "name": to_translate("Asiakassuhteen hoito"),
        "description": to_translate("Suhteiden ylläpito ja kehittäminen mahdollisiin ja nykyisiin asiakkaisiin."),
        "basis": to_translate("6(1)(f)"),
        "source": to_translate("Tietosuojaselosteen käsittelyn tarkoitus; GDPR 6(1)(f) ja 21(1) artikla"),
    },
    PurposeCode.CONTRACT: {
        "name": to_translate("Sopimus, tilaus ja lasku"),
        "description": to_translate("Tilausten, toimitusten, huoltojen ja laskujen hoitaminen sekä kirjanpito."),
        "basis": to_translate("6(1)(b), kirjanpito 6(1)(c)"),
        "source": to_translate("GDPR 6(1)(b)-(c) artikla; kirjanpitolaki 2:10"),
    },
    PurposeCode.RECALL: {
        "name": to_translate("Takaisinveto ja turvallisuus"),
        "description": to_translate(
            "Valmius kerätä valmistetut ja myydyt tuotteet tarkastettavaksi tai korjattavaksi."
        ),
        "basis": to_translate("6(1)(c), ammattikoneet 6(1)(f)"),
        "source": to_translate(
            "Yleinen tuoteturvallisuusasetus (EU) 2023/988, 35 artikla; konelainsäädäntö ja tuotevastuu"
        ),
    },
    PurposeCode.RIGHTS: {
        "name": to_translate("Tietosuojapyyntöön vastaaminen"),
        "description": to_translate("Pyynnön käsittely ja siitä kertominen pyytäjälle."),
        "basis": to_translate("6(1)(c)"),
        "source": to_translate("GDPR 12(3) artikla"),
    },
    PurposeCode.BREACH: {
        "name": to_translate("Tietoturvaloukkauksesta ilmoittaminen"),
        "description": to_translate("Ilmoitus niille, joille loukkaus aiheuttaa korkean riskin."),
        "basis": to_translate("6(1)(c)"),
        "source": to_translate("GDPR 34 artikla"),
    },
}
"""As shipped nobody has checked the grounds for this company: checked_by and checked_on are empty until then."""

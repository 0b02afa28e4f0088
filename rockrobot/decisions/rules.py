"""On what grounds a request may be refused, and what a letter says of that and of what stays after an erasure. Pure."""

from datetime import date
from enum import StrEnum
from typing import Final

from rockrobot.contacts.rules import Language
from rockrobot.erasures.rules import Ground
from rockrobot.privacy_requests.rules import Right

REFUSAL: Final = "refusal"
ERASURE: Final = "erasure"


class RefusalGround(StrEnum):
    """Why a request is refused, in the order in which a form offers it."""

    NOT_IDENTIFIABLE = "not_identifiable"
    EXCESSIVE = "excessive"
    RIGHTS_OF_OTHERS = "rights_of_others"
    CORRECT_ALREADY = "correct_already"
    STILL_NEEDED = "still_needed"
    LEGAL_DUTY = "legal_duty"
    CLAIMS = "claims"
    COMPELLING = "compelling"
    NOT_PORTABLE = "not_portable"
    NO_CONDITION = "no_condition"


_ANY: Final = (RefusalGround.NOT_IDENTIFIABLE, RefusalGround.EXCESSIVE)
GROUNDS: Final = {
    Right.ACCESS: (*_ANY, RefusalGround.RIGHTS_OF_OTHERS),
    Right.RECTIFICATION: (*_ANY, RefusalGround.CORRECT_ALREADY),
    Right.ERASURE: (*_ANY, RefusalGround.STILL_NEEDED, RefusalGround.LEGAL_DUTY, RefusalGround.CLAIMS),
    Right.RESTRICTION: (*_ANY, RefusalGround.NO_CONDITION),
    Right.RECIPIENTS: _ANY,
    Right.PORTABILITY: (*_ANY, RefusalGround.RIGHTS_OF_OTHERS, RefusalGround.NOT_PORTABLE),
    Right.OBJECTION: (*_ANY, RefusalGround.COMPELLING, RefusalGround.CLAIMS),
    Right.WITHDRAWAL: (),
}
"""The grounds that the law knows for each right; the withdrawal of a consent can't be refused (GDPR Art. 7(3))."""

GROUND_TEXTS: Final = {
    Language.FI: {
        RefusalGround.NOT_IDENTIFIABLE: "Emme tunnista sinua, vaikka pyysimme lisätietoja (12 artiklan 2 kohta).",
        RefusalGround.EXCESSIVE: "Pyyntö on ilmeisen perusteeton tai kohtuuton (12 artiklan 5 kohta).",
        RefusalGround.RIGHTS_OF_OTHERS: "Pyyntö loukkaisi toisten oikeuksia (15 ja 20 artiklan 4 kohta).",
        RefusalGround.CORRECT_ALREADY: "Tieto on tarkastuksemme mukaan oikein (16 artikla).",
        RefusalGround.STILL_NEEDED: "Tietoja tarvitaan yhä siihen, mihin ne kerättiin (17 artiklan 1 kohta).",
        RefusalGround.LEGAL_DUTY: "Laki velvoittaa meidät säilyttämään tiedot (17 artiklan 3 kohdan b alakohta).",
        RefusalGround.CLAIMS: "Tietoja tarvitaan oikeusvaateeseen (17 artiklan 3 kohdan e alakohta, 21 artikla).",
        RefusalGround.COMPELLING: "Käsittelyyn on huomattavan tärkeä syy (21 artiklan 1 kohta).",
        RefusalGround.NOT_PORTABLE: "Tiedot eivät perustu suostumukseen tai sopimukseen (20 artiklan 1 kohta).",
        RefusalGround.NO_CONDITION: "Mikään rajoittamisen edellytys ei täyty (18 artiklan 1 kohta).",
    },
    Language.SV: {
        RefusalGround.NOT_IDENTIFIABLE: "Vi kan inte identifiera dig fast vi bad om mer uppgifter (artikel 12.2).",
        RefusalGround.EXCESSIVE: "Begäran är uppenbart ogrundad eller orimlig (artikel 12.5).",
        RefusalGround.RIGHTS_OF_OTHERS: "Begäran skulle kränka andras rättigheter (artikel 15.4 och 20.4).",
        RefusalGround.CORRECT_ALREADY: "Uppgiften är enligt vår granskning riktig (artikel 16).",
        RefusalGround.STILL_NEEDED: "Uppgifterna behövs fortfarande för det som de samlades in för (artikel 17.1).",
        RefusalGround.LEGAL_DUTY: "Lagen ålägger oss att bevara uppgifterna (artikel 17.3 b).",
        RefusalGround.CLAIMS: "Uppgifterna behövs för ett rättsligt anspråk (artikel 17.3 e och 21).",
        RefusalGround.COMPELLING: "Det finns ett avgörande berättigat skäl för behandlingen (artikel 21.1).",
        RefusalGround.NOT_PORTABLE: "Uppgifterna grundar sig inte på samtycke eller avtal (artikel 20.1).",
        RefusalGround.NO_CONDITION: "Inget villkor för begränsning är uppfyllt (artikel 18.1).",
    },
    Language.EN: {
        RefusalGround.NOT_IDENTIFIABLE: "We cannot identify you although we asked for more (Article 12(2)).",
        RefusalGround.EXCESSIVE: "The request is manifestly unfounded or excessive (Article 12(5)).",
        RefusalGround.RIGHTS_OF_OTHERS: "The request would harm the rights of others (Articles 15(4) and 20(4)).",
        RefusalGround.CORRECT_ALREADY: "We have checked the data and found it correct (Article 16).",
        RefusalGround.STILL_NEEDED: "The data is still needed for what it was collected for (Article 17(1)).",
        RefusalGround.LEGAL_DUTY: "The law obliges us to keep the data (Article 17(3)(b)).",
        RefusalGround.CLAIMS: "The data is needed for a legal claim (Articles 17(3)(e) and 21).",
        RefusalGround.COMPELLING: "There are compelling legitimate grounds for the processing (Article 21(1)).",
        RefusalGround.NOT_PORTABLE: "The data does not rest on consent or contract (Article 20(1)).",
        RefusalGround.NO_CONDITION: "No condition for restriction is met (Article 18(1)).",
    },
}
KEPT_TEXTS: Final = {
    Language.FI: {
        Ground.READINESS: "Nimesi ja osoitteesi jäävät vain takaisinvetoja varten, koska sinulla on laitteemme.",
        Ground.RECALL: "Sinulle lähetetyt takaisinvetokirjeet ja vastauksesi niihin säilyvät todisteena.",
        Ground.PROOF: "Tämä pyyntö ja vastaus säilyvät kolme vuotta todisteena siitä, että pyyntöön vastattiin.",
    },
    Language.SV: {
        Ground.READINESS: "Ditt namn och din adress stannar enbart för återkallelser, eftersom du har vår maskin.",
        Ground.RECALL: "Återkallelsebrev till dig och dina svar på dem bevaras som bevis.",
        Ground.PROOF: "Denna begäran och detta svar bevaras i tre år som bevis på att begäran besvarades.",
    },
    Language.EN: {
        Ground.READINESS: "Your name and address stay for recalls only, because you have a machine that we made.",
        Ground.RECALL: "Recall letters to you and your replies to them are kept as proof.",
        Ground.PROOF: "This request and this answer are kept for three years as proof that it was answered.",
    },
}
UNTIL: Final = {
    Language.FI: ("Viimeistään {day} tarve arvioidaan uudelleen.", "Ne poistetaan, kun laite on romutettu."),
    Language.SV: ("Behovet bedöms på nytt senast {day}.", "De raderas när maskinen har skrotats."),
    Language.EN: ("The need is reviewed by {day} at the latest.", "They are erased once the machine is scrapped."),
}


def kept_told(language: Language, grounds: set[Ground], until: date | None, day: str) -> list[str]:
    """What a letter says of what stays after an erasure, and until when; day: until as the letter writes it."""
    told = [text for ground, text in KEPT_TEXTS[language].items() if ground in grounds]
    if Ground.READINESS in grounds:
        told.insert(1, UNTIL[language][0].format(day=day) if until else UNTIL[language][1])
    return told

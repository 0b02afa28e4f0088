"""Who may approve a case, and the texts that a drill ships with. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from rockrobot.contacts.rules import Language
from rockrobot.dual_control.rules import Fault, signature_fault


class ApprovalFault(StrEnum):
    """Why a case can't be approved."""

    NO_SCOPE = "no_scope"
    CHANGED_SINCE = "changed_since"
    APPROVED_ALREADY = "approved_already"
    EMPTY_SCOPE = "empty_scope"
    MISSING_ELEMENTS = "missing_elements"
    HEADING_UNCONFIRMED = "heading_unconfirmed"
    SECOND_PERSON = "second_person"
    WRITER = "writer"
    OWN_REASON = "own_reason"


class Signatories(NamedTuple):
    """Who does what: the approver, who opened the case or froze its scope, and who wrote what the letters say."""

    approver: str
    opened_by: str
    frozen_by: str
    writers: Collection[str] = ()

    @property
    def has_scoped(self) -> bool:
        """True when the approver opened the case or froze its scope."""
        return self.approver in {self.opened_by, self.frozen_by}

    @property
    def is_own(self) -> bool:
        """True when the approver opened the case, froze its scope or wrote what the letters say."""
        return self.has_scoped or self.approver in self.writers


def signing_fault(who: Signatories, *, may_approve_own: bool, own_reason: str) -> ApprovalFault | None:
    """Why this person may not approve, or None.

    A second person approves: not who opened the case, who froze the scope, nor who wrote what the letters say. A firm
    of one may allow its own approval by a setting; then a written reason is needed, which every report shows. Source:
    reference 6; our choice.
    """
    fault = signature_fault(is_own=who.is_own, may_sign_own=may_approve_own, own_reason=own_reason)
    if fault is Fault.SECOND_PERSON and not who.has_scoped:
        return ApprovalFault.WRITER
    return ApprovalFault(fault.value) if fault else None


class SampleText(NamedTuple):
    """A text that a drill uses where a case has none of its own."""

    subject: str
    hazard: str
    stop_use: str
    instructions: str
    remedies: str
    service_hours: str
    pass_on: str
    plate_text: str


SAMPLE_PRODUCT, SAMPLE_BRAND, SAMPLE_PHONE = "Kivirobotti", "Stonepower", "+358 800 000 000"
SAMPLE_REMEDIES = ("repair", "replacement")
SAMPLE_TEXTS = {
    Language.FI: SampleText(
        "Koneesi osa voi pettää: lopeta käyttö heti",
        "Koneeseen asennettu osa voi pettää kuormassa valmistusvirheen takia. Irtoava osa tai kuuma öljysuihku voi "
        "aiheuttaa vakavan vamman.",
        "Lopeta koneen käyttö heti. Älä käytä konetta ennen kuin osa on tarkastettu ja vaihdettu.",
        "Pysäytä kone ja laske puomi maahan.\nTarkista arvokilvestä, onko koneesi tässä kirjeessä lueteltu.\n"
        "Täytä vastauslomake ja palauta se, tai soita meille. Sovimme ajan osan vaihdolle.",
        "Vaihdamme viallisen osan maksutta, tai annamme tilalle samanarvoisen koneen, jos korjaus ei onnistu "
        "kohtuullisessa ajassa.",
        "Arkisin klo 8–16.",
        "Jos kone on myyty, vuokrattu tai toisen käytössä, anna tämä kirje heti sille, jolla kone nyt on, ja kerro "
        "meille.",
        "Arvokilpi on rungon oikealla kyljellä. Sarjanumero on kilven ylimmällä rivillä.",
    ),
    Language.SV: SampleText(
        "En del i din maskin kan brista: sluta genast använda den",
        "En del som monterats i maskinen kan brista under belastning på grund av ett tillverkningsfel. En del som "
        "lossnar eller en stråle av het olja kan orsaka allvarlig skada.",
        "Sluta genast använda maskinen. Använd inte maskinen innan delen har kontrollerats och bytts.",
        "Stoppa maskinen och sänk bommen till marken.\nKontrollera på typskylten om din maskin finns i detta brev.\n"
        "Fyll i svarsblanketten och returnera den, eller ring oss. Vi kommer överens om en tid för bytet.",
        "Vi byter den felaktiga delen kostnadsfritt, eller ger en likvärdig maskin i stället om reparationen inte "
        "kan göras inom skälig tid.",
        "Vardagar kl. 8–16.",
        "Om maskinen är såld, uthyrd eller används av någon annan, ge genast detta brev till den som nu har "
        "maskinen och meddela oss.",
        "Typskylten sitter på ramens högra sida. Serienumret står på skyltens översta rad.",
    ),
    Language.EN: SampleText(
        "A part of your machine can fail: stop using it immediately",
        "A part fitted in the machine can fail under load because of a manufacturing fault. A part that comes loose or "
        "a jet of hot oil can cause serious injury.",
        "Stop using the machine immediately. Do not use it until the part has been inspected and replaced.",
        "Stop the machine and lower the boom to the ground.\nCheck on the rating plate whether your machine is listed "
        "in this letter.\nFill in the reply slip and return it, or call us. We agree on a time for replacing the "
        "part.",
        "We replace the faulty part free of charge, or give a machine of the same value if it can't be repaired in "
        "reasonable time.",
        "Weekdays 8–16 (Finnish time).",
        "If the machine has been sold, hired out or is used by somebody else, give this letter at once to whoever "
        "has the machine now, and tell us.",
        "The rating plate is on the right side of the frame. The serial number is on its top line.",
    ),
    Language.NB: SampleText(
        "En del i maskinen din kan svikte: slutt å bruke den straks",
        "En del som er montert i maskinen kan svikte under belastning på grunn av en produksjonsfeil. En del som "
        "løsner "
        "eller en stråle av varm olje kan føre til alvorlig skade.",
        "Slutt å bruke maskinen straks. Ikke bruk maskinen før delen er kontrollert og byttet.",
        "Stans maskinen og senk bommen til bakken.\nSjekk på typeskiltet om maskinen din står i dette brevet.\n"
        "Fyll ut svarskjemaet og send det tilbake, eller ring oss. Vi avtaler en tid for å bytte delen.",
        "Vi bytter den defekte delen gratis, eller gir en maskin av samme verdi hvis reparasjonen ikke kan gjøres "
        "innen rimelig tid.",
        "Hverdager kl. 8–16 (finsk tid).",
        "Hvis maskinen er solgt, leid ut eller brukes av andre, gi straks dette brevet til den som har maskinen "
        "nå, og gi oss beskjed.",
        "Typeskiltet sitter på høyre side av rammen. Serienummeret står på øverste linje.",
    ),
    Language.DA: SampleText(
        "En del i din maskine kan svigte: stop straks brugen",
        "En del, der er monteret i maskinen, kan svigte under belastning på grund af en fabrikationsfejl. En del, der "
        "løsner sig, eller en stråle af varm olie kan medføre alvorlig personskade.",
        "Stop straks brugen af maskinen. Brug ikke maskinen, før delen er kontrolleret og udskiftet.",
        "Stop maskinen, og sænk bommen til jorden.\nSe på typeskiltet, om din maskine er nævnt i dette brev.\n"
        "Udfyld svarblanketten, og send den tilbage, eller ring til os. Vi aftaler en tid til udskiftning af delen.",
        "Vi udskifter den defekte del gratis eller giver en maskine af samme værdi, hvis reparationen ikke kan ske "
        "inden for rimelig tid.",
        "Hverdage kl. 8–16 (finsk tid).",
        "Hvis maskinen er solgt, udlejet eller bruges af andre, så giv straks dette brev til den, der har maskinen "
        "nu, og giv os besked.",
        "Typeskiltet sidder på rammens højre side. Serienummeret står på øverste linje.",
    ),
}

"""What tells a person or company from others, and what does not: pure; texts folded, numbers in normal form.

Names, streets and domains are folded (search_words.fold: small letters, no accents), phones and e-mail addresses in
normal form (contacts.rules.normal_point).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from rockrobot.contacts.rules import PHONES, PointKind
from rockrobot.names.rules import CompanyName, words_of

FEWEST_DIGITS = 7
ROLES = frozenset(
    """
    info infos posti post mail email toimisto office kontor konttori myynti sales salg forsaljning asiakaspalvelu
    asiakas customer support tuki huolto service varaosat parts tilaus tilaukset order orders lasku laskut laskutus
    invoice invoices faktura regnskap kirjanpito accounting talous hallinto admin contact kontakt yhteys tyomaa varasto
    """.split()  # noqa: SIM905
)
FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.fi hotmail.se hotmail.no outlook.com live.com live.fi msn.com yahoo.com
    icloud.com me.com mac.com proton.me protonmail.com luukku.com suomi24.fi kolumbus.fi elisanet.fi saunalahti.fi
    pp.inet.fi inet.fi welho.com netti.fi mail.com gmx.de gmx.com web.de telia.com online.no broadpark.no frisurf.no
    spray.se bredband.net comhem.se yahoo.se yahoo.no ofir.dk mail.dk jubii.dk phnet.fi dnainternet.net dlc.fi
    """.split()  # noqa: SIM905
)
_HOUSE = re.compile(r"\D*\d+")


class Place(NamedTuple):
    """Where somebody is: the postcode without blanks, and the street with the number of the house, folded."""

    postcode: str
    street: str


@dataclass(frozen=True)
class PersonTraits:
    """What tells a person from others.

    companies: whom they represent or did, as CompanyName.core tells. domains: of all their mail, that of roles too.
    """

    first_name: str
    last_name: str
    companies: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    mobiles: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class CompanyTraits:
    """What tells a company from others. business_id: its digits; country: ISO code; each empty where not known."""

    name: CompanyName
    business_id: str = ""
    country: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()


@dataclass
class Points:
    """The ways to reach somebody that tell them from others."""

    phones: set[str] = field(default_factory=set)
    mobiles: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)


def telling_points(points: Iterable[tuple[PointKind, str]], shared: Collection[str]) -> Points:
    """The contact points (kind, normal form) that tell a person from others.

    shared: numbers and addresses that a company or a worksite has. These, a switchboard and the mailbox of a role
    (info@) are no evidence about a person. Source: our choice, after the issue.
    """
    own = ((kind, normal) for kind, normal in points if normal not in shared and kind is not PointKind.SWITCHBOARD)
    found = all_points(own)
    found.emails = {email for email in found.emails if not is_of_a_role(email)}
    return found


def all_points(points: Iterable[tuple[PointKind, str]]) -> Points:
    """Contact points (kind, normal form) by what they are; a number of fewer than seven digits tells nobody apart."""
    found = Points()
    for kind, normal in points:
        if kind in PHONES and len(digits_of(normal)) >= FEWEST_DIGITS:
            (found.mobiles if kind is PointKind.MOBILE else found.phones).add(normal)
        elif kind is PointKind.EMAIL:
            found.emails.add(normal)
    return found


def is_of_a_role(email: str) -> bool:
    """True for a mailbox of a role, such as info@ or myynti@, which several people read."""
    return bool(set(words_of(email.partition("@")[0])) & ROLES)


def names_house(domain: str) -> str:
    """The word by which a domain names its company, as CompanyName.core tells it: "oulun-pora.fi" is oulunpora."""
    return "".join(words_of(domain.rpartition(".")[0].rpartition(".")[2] or domain))


def domains(emails: Iterable[str]) -> frozenset[str]:
    """The domains of e-mail addresses that belong to one house: not those of free mail, which anybody uses."""
    return frozenset(email.rpartition("@")[2] for email in emails if "@" in email) - FREE_MAIL


def place_of(postcode: str, street: str) -> Place:
    """A place from a folded postcode and street; a flat's letter or number after the house's is left out."""
    house = _HOUSE.match(street)
    return Place(postcode.replace(" ", ""), " ".join(words_of(house[0] if house else street)))


def business_id_of(text: str) -> str:
    """The digits of a business id in any writing ("FI25831337", "737546-2", "NO 923 609 016 MVA").

    Old Finnish ones lack a zero in front, so that none has fewer than eight.
    """
    digits = digits_of(text)
    return digits.zfill(8) if digits else ""


def digits_of(number: str) -> str:
    """The digits of a number in any writing."""
    return "".join(sign for sign in number if sign.isdigit())


def postcodes_of(places: Iterable[Place]) -> set[str]:
    """The postcodes of places, without the unknown one."""
    return {place.postcode for place in places} - {""}

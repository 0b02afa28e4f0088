"""How likely two people or two companies are one: what is known of each in, a score with its reasons out.

Names, streets and domains are folded (search_words.fold), phones and e-mail addresses in normal form
(contacts.rules.normal_point). The weights are our choice, tuned on the first batch of labelled pairs in
tests/likeness; the second batch only measures. A score says which pair to look at first, it is no probability.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rockrobot.names.rules import CompanyAlike, PersonAlike, company_alike, person_alike
from rockrobot.traits.rules import CompanyTraits, PersonTraits, Place, domains, names_house, postcodes_of


class Reason(StrEnum):
    """Why two records may be one; the order is the order in which a screen tells them."""

    BUSINESS_ID = "business_id"
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    NAME_SWAPPED = "name_swapped"
    NAME_NEAR = "name_near"
    NAME_SHORT = "name_short"
    NAME_ROUGHLY = "name_roughly"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    COMPANY = "company"
    STREET = "street"
    POSTCODE = "postcode"
    DOMAIN = "domain"
    NOTHING_AGAINST = "nothing_against"


class Against(StrEnum):
    """What speaks against it."""

    COLLEAGUES = "colleagues"  # each has an own e-mail address at one company
    OTHER_COMPANY = "other_company"
    OTHER_PLACE = "other_place"
    OTHER_PHONE = "other_phone"
    OTHER_COUNTRY = "other_country"


LIKELY, SUREST = 60, 100


@dataclass(frozen=True)
class Likeness:
    """How likely two records are one (0 to 100), and why."""

    score: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_likely(self) -> bool:
        """True when a person should have a look."""
        return self.score >= LIKELY


UNLIKE = Likeness(0)
POINTS: dict[Reason, int] = {
    Reason.MOBILE: 45, Reason.PHONE: 45, Reason.EMAIL: 50, Reason.COMPANY: 25, Reason.STREET: 25, Reason.POSTCODE: 15,
    Reason.DOMAIN: 20, Reason.NOTHING_AGAINST: 10, Reason.NAME: 50, Reason.NAME_SWAPPED: 50, Reason.NAME_NEAR: 35,
    Reason.NAME_SHORT: 35, Reason.NAME_ROUGHLY: 20, Reason.LAST_NAME: 20, Reason.FIRST_NAME: 15,
}  # fmt: skip
WEAK_NAMES = frozenset({PersonAlike.NEAR_FIRST, PersonAlike.NO_FIRST, PersonAlike.FIRST_ONLY})
PERSON_NAMES: dict[PersonAlike, Reason] = {
    PersonAlike.SAME: Reason.NAME, PersonAlike.SWAPPED: Reason.NAME_SWAPPED, PersonAlike.NEAR: Reason.NAME_NEAR,
    PersonAlike.SHORT: Reason.NAME_SHORT, PersonAlike.NEAR_FIRST: Reason.NAME_ROUGHLY,
    PersonAlike.NO_FIRST: Reason.LAST_NAME, PersonAlike.FIRST_ONLY: Reason.FIRST_NAME,
}  # fmt: skip
COMPANY_NAMES: dict[CompanyAlike, tuple[Reason, int]] = {
    CompanyAlike.SAME: (Reason.NAME, 60),
    CompanyAlike.OTHER_FORM: (Reason.NAME, 35),
    CompanyAlike.REORDERED: (Reason.NAME_SWAPPED, 45),
    CompanyAlike.NEAR: (Reason.NAME_NEAR, 45),
    CompanyAlike.LONGER: (Reason.NAME_SHORT, 30),
}
OF_COMPANIES: dict[Reason, int] = {
    Reason.PHONE: 20, Reason.EMAIL: 25, Reason.DOMAIN: 20, Reason.STREET: 20, Reason.POSTCODE: 10,
    Reason.NOTHING_AGAINST: 15,
}  # fmt: skip
PENALTIES: dict[Against, int] = {
    Against.COLLEAGUES: 30, Against.OTHER_COMPANY: 15, Against.OTHER_PLACE: 10, Against.OTHER_PHONE: 5,
    Against.OTHER_COUNTRY: 30,
}  # fmt: skip


# ---------- people ----------


def person_likeness(one: PersonTraits, other: PersonTraits) -> Likeness:
    """How likely two people are one.

    The name decides what else it takes: the same name needs one thing in common (company, place, domain) or nothing
    that could differ; a near, short or swapped one too; a weaker one (no first name, another last name, a first name
    that is near but short) a phone number or e-mail address of their own. Other names are other people, whatever they
    share: families and colleagues share phones and mailboxes.
    """
    alike = person_alike((one.first_name, one.last_name), (other.first_name, other.last_name))
    if alike is PersonAlike.OTHER:
        return UNLIKE
    sure = [*_same_points(one, other)]
    if alike in WEAK_NAMES and not sure:
        return UNLIKE
    reasons = [PERSON_NAMES[alike], *sure]
    if alike not in WEAK_NAMES:
        reasons += [*_same_house(one, other), *_same_place(one.places, other.places)]
        if not sure and not _is_anything_comparable(one, other):
            reasons.append(Reason.NOTHING_AGAINST)
    against = [] if sure else [*_against_people(one, other)]
    return _likeness({reason: POINTS[reason] for reason in reasons}, against)


def _likeness(points: dict[Reason, int], against: Iterable[Against]) -> Likeness:
    score = sum(points.values()) - sum(PENALTIES[one] for one in against)
    order = list(Reason)
    return Likeness(max(0, min(score, SUREST)), tuple(sorted(points, key=order.index)))


def _same_points(one: PersonTraits, other: PersonTraits) -> Iterator[Reason]:
    numbers = (one.phones | one.mobiles) & (other.phones | other.mobiles)
    if numbers:
        yield Reason.MOBILE if numbers & (one.mobiles | other.mobiles) else Reason.PHONE
    if one.emails & other.emails:
        yield Reason.EMAIL


def _same_house(one: PersonTraits, other: PersonTraits) -> Iterator[Reason]:
    if one.companies & other.companies:
        yield Reason.COMPANY
    elif one.domains & other.domains or _works_at(one, other) or _works_at(other, one):
        yield Reason.DOMAIN


def _works_at(one: PersonTraits, other: PersonTraits) -> bool:
    """True when one's e-mail address is at the domain that is called like a company of the other."""
    return not other.companies.isdisjoint(map(names_house, one.domains))


def _same_place(mine: frozenset[Place], theirs: frozenset[Place]) -> Iterator[Reason]:
    if any(place.street for place in mine & theirs):
        yield Reason.STREET
    elif postcodes_of(mine) & postcodes_of(theirs):
        yield Reason.POSTCODE


def _is_anything_comparable(one: PersonTraits, other: PersonTraits) -> bool:
    """True when both say something of one kind, so that it could differ."""
    reached = [bool(traits.phones or traits.mobiles or traits.emails) for traits in (one, other)]
    return all(reached) or bool(one.companies and other.companies) or bool(one.places and other.places)


def _against_people(one: PersonTraits, other: PersonTraits) -> Iterator[Against]:
    if domains(one.emails) & domains(other.emails):
        yield Against.COLLEAGUES
    if one.companies and other.companies and not one.companies & other.companies:
        yield Against.OTHER_COMPANY
    if (
        postcodes_of(one.places)
        and postcodes_of(other.places)
        and not postcodes_of(one.places) & postcodes_of(other.places)
    ):
        yield Against.OTHER_PLACE
    if (one.phones or one.mobiles) and (other.phones or other.mobiles):
        yield Against.OTHER_PHONE


# ---------- companies ----------


def company_likeness(one: CompanyTraits, other: CompanyTraits) -> Likeness:
    """How likely two companies are one.

    Business ids decide where both are known. Else the name must be alike; the same name and legal form is enough, as
    trade names are registered; others need a phone number, domain or place in common. Those alone are no evidence:
    companies of one house or one group share them.
    """
    if one.business_id and other.business_id and (one.country or "FI") == (other.country or "FI"):
        return Likeness(SUREST, (Reason.BUSINESS_ID,)) if one.business_id == other.business_id else UNLIKE
    alike = company_alike(one.name, other.name)
    if alike is CompanyAlike.OTHER:
        return UNLIKE
    reasons = [*_same_reach(one, other), *_same_place(one.places, other.places)]
    if not reasons and alike in {CompanyAlike.NEAR, CompanyAlike.REORDERED} and not _could_differ(one, other):
        reasons.append(Reason.NOTHING_AGAINST)
    name, points = COMPANY_NAMES[alike]
    return _likeness(
        {name: points} | {reason: OF_COMPANIES[reason] for reason in reasons},
        _against_companies(one, other, is_sure=bool(reasons) or bool(one.name.forms & other.name.forms)),
    )


def _same_reach(one: CompanyTraits, other: CompanyTraits) -> Iterator[Reason]:
    if one.phones & other.phones:
        yield Reason.PHONE
    if one.emails & other.emails:
        yield Reason.EMAIL
    elif domains(one.emails) & domains(other.emails):
        yield Reason.DOMAIN


def _could_differ(one: CompanyTraits, other: CompanyTraits) -> bool:
    pairs = ((one.phones, other.phones), (one.emails, other.emails), (one.places, other.places))
    return any(mine and theirs for mine, theirs in pairs)


def _against_companies(one: CompanyTraits, other: CompanyTraits, *, is_sure: bool) -> Iterator[Against]:
    """What speaks against it; two places do not, where the name is registered or something else agrees."""
    if one.country and other.country and one.country != other.country:
        yield Against.OTHER_COUNTRY
    if not is_sure and postcodes_of(one.places) and postcodes_of(other.places):
        yield Against.OTHER_PLACE

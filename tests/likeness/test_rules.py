"""What is enough and what is not, one thing at a time."""

import pytest

from rockrobot.contacts.rules import PointKind
from rockrobot.likeness.rules import UNLIKE, Reason, company_likeness, person_likeness
from rockrobot.traits.queries import company_traits, person_traits

MOBILE, EMAIL = PointKind.MOBILE, PointKind.EMAIL
NUMBER = (MOBILE, "+358405882755")


def test_the_same_mobile_number_and_name_are_told_with_their_reasons():
    found = person_likeness(
        person_traits(("Matti", "Virtanen"), points=[NUMBER]), person_traits(("Matti", "Virtanen"), points=[NUMBER])
    )

    assert found.is_likely
    assert found.reasons == (Reason.MOBILE, Reason.NAME)


def test_a_mobile_number_that_a_company_has_too_is_no_evidence():
    traits = [person_traits(("Matti", "Virtanen"), points=[NUMBER], shared={NUMBER[1]}, companies=[n]) for n in "ab"]

    assert not person_likeness(*traits).is_likely


@pytest.mark.parametrize("other", [("Mikko", "Virtanen"), ("Ville", "Salo"), ("", "")])
def test_people_of_other_names_are_two_whatever_they_share(other):
    shared = {"points": [NUMBER, (EMAIL, "a@b.example")], "places": [("32800", "Kivitie 1")], "companies": ["Kivi Oy"]}

    assert person_likeness(person_traits(("Matti", "Virtanen"), **shared), person_traits(other, **shared)) == UNLIKE


def test_the_same_name_in_two_companies_is_two_people():
    found = person_likeness(
        person_traits(("Matti", "Virtanen"), companies=["Kivi Oy"]),
        person_traits(("Matti", "Virtanen"), companies=["Sora Oy"]),
    )

    assert not found.is_likely


def test_the_same_name_is_enough_while_nothing_of_the_two_can_be_compared():
    bare, full = person_traits(("Aino", "Aho")), person_traits(("Aino", "Aho"), companies=["Kivi Oy"], points=[NUMBER])

    found = person_likeness(bare, full)

    assert found.is_likely
    assert found.reasons == (Reason.NAME, Reason.NOTHING_AGAINST)


def test_each_with_an_own_address_at_one_company_are_colleagues():
    traits = [
        person_traits(("Anu", "Virtanen"), companies=["Kivi Oy"], points=[(EMAIL, f"{name}@kivi.example")])
        for name in ("anu.virtanen", "anu.virtanen2")
    ]

    assert not person_likeness(*traits).is_likely


def test_more_in_common_makes_a_higher_score():
    base = {"companies": ["Kivi Oy"]}
    name = ("Matti", "Virtanen")
    by_company = person_likeness(person_traits(name, **base), person_traits(name, **base))
    by_phone = person_likeness(person_traits(name, points=[NUMBER]), person_traits(name, points=[NUMBER]))
    by_both = person_likeness(*[person_traits(name, points=[NUMBER], **base)] * 2)

    assert 60 <= by_company.score < by_phone.score < by_both.score == 100


def test_business_ids_decide_of_companies_whatever_they_are_called():
    same = company_likeness(
        company_traits("Kivi Oy", business_id="737546-2"), company_traits("X", business_id="FI07375462")
    )
    other = company_likeness(*[company_traits("Kivi Oy", business_id=one) for one in ("0737546-2", "2583133-7")])

    assert (same.score, same.reasons) == (100, (Reason.BUSINESS_ID,))
    assert other == UNLIKE


def test_two_companies_with_one_switchboard_are_two():
    points = [(PointKind.SWITCHBOARD, "+35821234567"), (EMAIL, "info@talo.example")]

    assert (
        company_likeness(company_traits("Kaivuu Oy", points=points), company_traits("Toimisto Oy", points=points))
        == UNLIKE
    )

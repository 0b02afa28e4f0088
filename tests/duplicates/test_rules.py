"""Which pairs are compared, and that none is missed that way."""

from rockrobot.contacts.rules import PointKind
from rockrobot.duplicates.rules import (
    MOST_WITH_A_KEY,
    keys_of_company,
    keys_of_person,
    likely_companies,
    likely_people,
    sharing,
)
from rockrobot.likeness.rules import Reason
from rockrobot.traits.queries import company_traits, person_traits
from tests.likeness import pairs

PHONE = [(PointKind.MOBILE, "+358405882755")]


def test_every_labelled_pair_that_is_likely_shares_a_key():
    likely = [pair for batch in pairs.BATCHES for pair in pairs.read(batch) if pair.likeness().is_likely]

    missed = []
    for pair in likely:
        keys_of = keys_of_person if pair.is_of_people else keys_of_company
        if not keys_of(pair.traits[0]) & keys_of(pair.traits[1]):
            missed.append(pair.written)

    assert len(likely) > 100
    assert missed == []


def test_likely_people_are_paired_once_with_the_lower_id_first():
    traits = {
        9: person_traits(("Matti", "Virtanen"), points=PHONE),
        4: person_traits(("Virtanen", "Matti"), points=PHONE),
        5: person_traits(("Matti", "Hakala"), companies=["Kivi Oy"]),
    }

    found = likely_people(traits)

    assert [(pair.first_id, pair.second_id) for pair in found] == [(4, 9)]
    assert found[0].reasons == (Reason.MOBILE, Reason.NAME_SWAPPED)


def test_likely_companies_are_paired():
    traits = {1: company_traits("Kivi Oy"), 2: company_traits("Oy Kivi Ab"), 3: company_traits("Sora Oy")}

    assert [pair[:2] for pair in likely_companies(traits)] == [(1, 2)]


def test_a_key_that_very_many_share_is_passed_over():
    few = [(id_, {"key"}) for id_ in range(MOST_WITH_A_KEY)]

    assert [len(ids) for ids in sharing(few)] == [MOST_WITH_A_KEY]
    assert list(sharing([*few, (MOST_WITH_A_KEY, {"key"})])) == []


def test_nobody_is_compared_without_a_key():
    assert likely_people({1: person_traits(("", "")), 2: person_traits(("", ""))}) == []
    assert likely_companies({1: company_traits(""), 2: company_traits("")}) == []

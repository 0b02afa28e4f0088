"""Names taken apart and compared."""

import pytest

from rockrobot.names.rules import CompanyAlike, PersonAlike, company_alike, company_name, person_alike
from rockrobot.search_words import fold


def people(one: str, other: str) -> PersonAlike:
    pairs = [tuple(fold(part) for part in name.split("/")) for name in (one, other)]
    return person_alike(pairs[0], pairs[1])


def companies(one: str, other: str) -> CompanyAlike:
    return company_alike(company_name(fold(one)), company_name(fold(other)))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Matti/Virtanen", "matti/VIRTANEN", "same"),
        ("Anna-Liisa/Mäkelä", "Anna Liisa/Makela", "same"),
        ("Søren/Kjær", "Soren/Kjaer", "same"),
        ("Matti/Virtanen", "Virtanen/Matti", "swapped"),
        ("Matti/Virtanen", "Virtannen/Matti", "near"),
        ("Matti/Virtanen", "Matti/Vitranen", "near"),
        ("Marjatta/Koskela", "Marjata/Koskela", "near"),
        ("Niklas/Öhman", "Nicklas/Öhman", "near"),
        ("M./Kallio", "Markku/Kallio", "short"),
        ("Risto Juhani/Manninen", "Risto/Manninen", "short"),
        ("Leena/Virta-Salonen", "Leena/Virta", "short"),
        ("Timo/Peltonen", "Tmio/Peltonen", "near_first"),
        ("/Saarinen", "Ville/Saarinen", "no_first"),
        ("Hanna/Lehto", "Hanna/Lahtinen", "first_only"),
        ("Jari/Virtanen", "Jani/Virtanen", "other"),
        ("Kristian/Berg", "Kristina/Berg", "other"),
        ("Matti/Hakala", "Mikko/Hakala", "other"),
        ("Matti/Salo", "Matti/Salmi", "first_only"),
        ("/", "/", "other"),
    ],
)
def test_names_of_people(one, other, alike):
    assert people(one, other) == people(other, one) == alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Oy Louhinta Ab", "Louhinta Oy", "same"),
        ("Tampereen Betoni Oy", "Tampereen Betoni", "same"),
        ("Fjord Granitt AS", "Fjord Granitt A/S", "same"),
        ("T:mi Kalle Koski", "Kalle Koski tmi", "same"),
        ("Avoin yhtiö Sora ja Kivi", "Sora & Kivi Ay", "same"),
        ("Kivi-Robotti Oy", "Kivirobotti Oy", "same"),
        ("Virtasen Louhinta Oy", "Virtasen Louhinta Ky", "other_form"),
        ("Stone Tools AS", "Stone Tools AB", "other_form"),
        ("Louhinta Virtanen Oy", "Virtanen Louhinta Oy", "reordered"),
        ("Hämeenlinnan Louhinta Oy", "Hämeenlinan Louhinta Oy", "near"),
        ("Kokemäen Kivi ja Louhinta Oy", "Kokemäen Kivi Oy", "longer"),
        ("Konecranes Finland Oy", "Konecranes Oyj", "other"),
        ("Kiinteistö Oy Rantala 1", "Kiinteistö Oy Rantala 2", "other"),
        ("Oulun Kivi Oy", "Oulun Kone Oy", "other"),
        ("", "", "other"),
    ],
)
def test_names_of_companies(one, other, alike):
    assert companies(one, other) == companies(other, one) == alike

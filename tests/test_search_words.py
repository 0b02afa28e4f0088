"""Words, numbers and codes of the search, without a database."""

import pytest

from rockrobot import search_words as words


@pytest.mark.parametrize(
    ("one", "other"),
    [("Häkkinen", "hakkinen"), ("Sørensen", "sorensen"), ("Ærø", "aero"), ("Ångström", "angstrom"), ("Groß", "gross")],
)
def test_both_spellings_fold_alike(one, other):
    assert words.fold(one) == words.fold(other) == other


def test_folding_drops_what_hides_in_text():
    assert words.fold(" Kivi\0\u00a0 OY\n") == "kivi oy"


@pytest.mark.parametrize(("typed", "meant"), [("SPS-O147", "SP5-0147"), ("1B7Q", "I870"), ("2L", "Z1"), ("Q", "O")])
def test_signs_that_look_alike_are_one(typed, meant):
    seen = [words.look(words.squeeze(words.fold(text))) for text in (typed, meant)]

    assert seen[0] == seen[1]


def test_what_looks_different_stays_different():
    assert words.look("sp3") != words.look("sp4")


@pytest.mark.parametrize(
    ("number", "terms"),
    [
        ("+358405882755", ["358405882755", "0405882755"]),
        ("040 588 2755", ["358405882755", "0405882755"]),
        ("+46 70 123 45 67", ["46701234567", "0701234567"]),
        ("+45 20 12 34 56", ["4520123456"]),
        ("0045 20123456", ["4520123456"]),
        ("Matti", []),
        ("12", []),
    ],
)
def test_a_phone_is_kept_with_country_code_and_as_dialled_at_home(number, terms):
    assert words.phone_terms(number) == terms


def test_one_error_is_every_insertion_deletion_replacement_and_swap():
    made = words.one_error_away("aho")

    assert {"ho", "ao", "ah", "hao", "aoh", "kaho", "ahoo", "aha", "xho"} <= set(made)
    assert "aho" not in made
    assert len(made) == len(set(made))


def test_a_code_is_mistyped_with_digits_too():
    assert "sp5-0147" in words.one_error_away("sp5-0174")
    assert "1234" in words.one_error_away("123")


def test_a_long_text_gives_few_terms():
    terms = words.terms_of([" ".join(f"sana{n}" for n in range(5000)), "x" * 500])

    assert len(terms) == words.MOST_TERMS
    assert max(map(len, terms)) <= words.LONGEST_TERM

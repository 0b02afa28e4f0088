from datetime import date

import pytest

from rockrobot.fields import business_id_fault, international, read_day, stripped
from rockrobot.words_field import words_between_commas

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22.11.2026", date(2026, 11, 22)),
        ("1.2.2026", date(2026, 2, 1)),
        ("01.02.2026", date(2026, 2, 1)),
        ("22.11.", date(2026, 11, 22)),
        ("22.11", date(2026, 11, 22)),
        ("22. 11. 2026", date(2026, 11, 22)),
        ("2026-11-22", date(2026, 11, 22)),
        ("tänään", TODAY),
        (" Eilen ", date(2026, 11, 22)),
        ("toissapäivänä", date(2026, 11, 21)),
        ("i går", date(2026, 11, 22)),
        ("Imorgon", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 24)),
        ("", None),
        ("   ", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, day):
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize("typed", ["31.2.2026", "2026-13-01", "huhtikuussa", "22/11/2026", "0.0.", "1.2.26", "22"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(ValueError, match=r".*"):
        read_day(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("2583133-7", None),
        ("25831337", None),
        ("2583133-1", "check_digit"),
        ("abc", "form"),
        ("0000001-1", "check_digit"),
    ],
)
def test_a_business_id_is_checked_by_its_last_digit(typed, fault):
    assert business_id_fault(typed) == fault


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("040 588 2755", "+358 40 5882755"), ("+46 8 123 456 78", "+46 8 123 456 78"), ("0", None), ("soita", None)],
)
def test_a_phone_is_shown_in_international_form(typed, shown):
    assert international(typed) == shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" SP-\x1d0147\x08 ", "SP-0147"), ("a\u0308iti\tja\x0bisä", "äiti ja isä"), ("\0\x7f\x9f", ""), (None, "")],
)
def test_what_nobody_can_see_does_not_stay_in_a_typed_text(typed, kept):
    assert stripped(typed) == kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vip", ["vip"]),
        ("VIP, messut  2026", ["VIP", "messut 2026"]),
        ("vip, VIP ,  vip", ["vip"]),
        (" , ,", []),
    ],
)
def test_words_are_split_at_commas_and_each_is_taken_once(text, words):
    assert words_between_commas(text) == words

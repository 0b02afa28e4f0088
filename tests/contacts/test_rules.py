"""How a number or address is told, and which one is used."""

from dataclasses import dataclass
from datetime import date

import pytest

from rockrobot.contacts.rules import (
    PHONES,
    PointKind,
    column_of_point,
    main_point,
    normal_point,
    split_numbers,
)

SPELLINGS = (
    "+358 40 588 2755",
    "+358 (0)40 588 2755",
    "00358405882755",
    "040-588 2755",
    "0405882755",
    "040 5882755",
    "358405882755",
    "40 588 2755",
    "(040) 5882755",
)
DAY = date(2026, 11, 25)


@dataclass
class Point:
    id: int
    kind: PointKind
    is_primary: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_phone_has_one_normal_form(typed):
    assert normal_point(PointKind.MOBILE, typed) == ("+358405882755", "")


def test_a_number_without_country_code_is_read_as_its_owners_country_writes_it():
    assert normal_point(PointKind.SWITCHBOARD, "08-123 456 78", "SE") == ("+46812345678", "")
    assert normal_point(PointKind.SWITCHBOARD, "22 12 34 56", "NO") == ("+4722123456", "")


def test_an_extension_is_kept_apart():
    for typed in (
        "+358 2 123 4567;ext=12",
        "02 123 4567, alanro 12",
        "02 1234567 ext. 12",
        "02 123 4567 / 12",
        "02 1234567/12",
    ):
        assert normal_point(PointKind.SWITCHBOARD, typed) == ("+35821234567", "12")


def test_a_slash_within_one_valid_number_parts_nothing():
    assert normal_point(PointKind.PHONE, "0400-123/456") == ("+358400123456", "")
    assert normal_point(PointKind.PHONE, "040/5882755") == ("+358405882755", "")


@pytest.mark.parametrize(
    ("typed", "digits"), [("040 12", "04012"), ("soita Matille", ""), ("040-ABC", "040"), ("", "")]
)
def test_what_is_no_number_is_kept_as_its_digits(typed, digits):
    assert normal_point(PointKind.PHONE, typed) == (digits, "")


def test_mail_is_in_small_letters_and_a_page_has_no_scheme():
    assert normal_point(PointKind.EMAIL, " Aino.Aho@Kivi.FI ") == ("aino.aho@kivi.fi", "")
    assert normal_point(PointKind.SOCIAL, "https://www.Example.com/kivi/") == ("example.com/kivi", "")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("09 123 456 / 040 588 2755", ["09 123 456", "040 588 2755"]),
        ("040 588 2755, 050 123 4567; 09 12345", ["040 588 2755", "050 123 4567", "09 12345"]),
        ("02 123 4567 / 15", ["02 123 4567 / 15"]),
        ("040 588 2755", ["040 588 2755"]),
        ("", []),
    ],
)
def test_several_numbers_in_one_field_are_parted(typed, numbers):
    assert split_numbers(typed) == numbers


def test_the_point_to_use_is_of_the_first_kind_that_runs_then_the_primary_then_the_newest():
    points = [
        Point(1, PointKind.DIRECT, valid_to=DAY),
        Point(2, PointKind.MOBILE),
        Point(3, PointKind.MOBILE, is_primary=True),
        Point(4, PointKind.MOBILE),
        Point(5, PointKind.PHONE, is_primary=True),
    ]

    chosen = main_point(points, (PointKind.DIRECT, PointKind.MOBILE, PointKind.PHONE), DAY)

    assert chosen is points[2]
    assert main_point([points[1], points[3]], (PointKind.MOBILE,), DAY) is points[3]
    assert main_point(points[:1], tuple(PHONES), DAY) is None


def test_the_columns_of_the_format_hold_the_switchboard_the_direct_number_and_the_mail():
    told = {(kind, side): column_of_point(kind, is_company=side) for kind in PointKind for side in (True, False)}

    assert {pair: column for pair, column in told.items() if column} == {
        (PointKind.SWITCHBOARD, True): "switchboard",
        (PointKind.DIRECT, False): "direct_phone",
        (PointKind.EMAIL, True): "email",
        (PointKind.EMAIL, False): "email",
    }

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rockrobot.serials.rules import Why, read_units
from rockrobot.wordings.rules import serials_between
from tests.conftest import SHARED

LABELLED = SHARED / "data" / "real" / "recalls" / "affected_unit_expressions.json"


def read(text):
    found = read_units(text)
    return found.singles, found.ranges, [piece.why for piece in found.unread]


@pytest.mark.parametrize(
    ("text", "singles", "ranges"),
    [
        ("1200-1345, 1400 and SP-0147…SP-0160", ["1400"], [("1200", "1345"), ("SP-0147", "SP-0160")]),
        ("1200 - 1345", [], [("1200", "1345")]),
        ("1200–1345 ja 1400 sekä 1402", ["1400", "1402"], [("1200", "1345")]),
        ("sarjanumerot 1200:sta 1345:een", [], [("1200", "1345")]),
        ("alkaen 1200 saakka 1345", [], [("1200", "1345")]),
        ("Serienummer 1200 till 1345 och 1400", ["1400"], [("1200", "1345")]),
        ("SP-0147-SP-0160", [], [("SP-0147", "SP-0160")]),
        ("RR-200/0127, RR-200/0130 – RR-200/0140", ["RR-200/0127"], [("RR-200/0130", "RR-200/0140")]),
        ("000100\n000101\n000105", ["000100", "000101", "000105"], []),
        ("1260-1, 1260-2", ["1260-1", "1260-2"], []),
        ("between A2001 and A2310", [], [("A2001", "A2310")]),
        ("välillä 1200 ja 1345", [], [("1200", "1345")]),
        ("ä193; ä276", ["ä193", "ä276"], []),
        ("", [], []),
    ],
)
def test_the_ways_people_write_are_read(text, singles, ranges):
    assert read(text) == (singles, ranges, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1345-1200 – 1100", Why.RANGE_ENDS_DIFFER),
        ("1345 – 1200", Why.RANGE_BACKWARDS),
        ("A100 – B", Why.RANGE_OPEN),
        ("SP-100 – 200", Why.RANGE_ENDS_DIFFER),
        ("SP-*", Why.WILDCARD),
        ("kaikki paitsi 1200", Why.RULE_IN_WORDS),
        ("all serials beginning with SP1", Why.RULE_IN_WORDS),
        ("1345 saakka", Why.RANGE_OPEN),
        ("1 200 - 1 345", Why.AMBIGUOUS),
        ("1.2.2023", Why.DATE),
        ("punainen", Why.NO_DIGITS),
        ("2024-0001, 2024-2031", Why.AMBIGUOUS),
    ],
)
def test_what_cannot_be_read_is_said_so(text, why):
    assert why in read(text)[2]


def test_an_unread_piece_names_its_place():
    piece = read_units("1200, SP-*, 1300").unread[0]

    assert (piece.text, piece.start, piece.end) == ("SP-*", 6, 10)


def test_labelled_notices_are_read_right_or_said_to_be_unread():
    if not LABELLED.exists():
        pytest.skip("the labelled notices are not here")
    right, wrong = [], []

    for item in json.loads(LABELLED.read_text(encoding="utf-8"))["items"]:
        found = read_units(item["text"])
        expected = ([*item["expected"]["singles"]], [tuple(r) for r in item["expected"]["ranges"]])
        if (found.singles, found.ranges) == expected and not item["prefix_or_wildcard"]:
            right.append(item["id"])
        elif not found.unread:
            wrong.append((item["id"], found))

    assert wrong == []
    assert len(right) >= 26


@pytest.mark.parametrize(
    ("first", "last", "known", "inside"),
    [
        (
            "SP-0147",
            "SP-0150",
            ["SP-0146", "SP-0147", "SP-0149", "SP-0150B", "SP-149", "RR-0148"],
            ["SP-0147", "SP-0149"],
        ),
        ("98", "103", ["97", "99", "100", "099", "104"], ["99", "100"]),
        ("098", "103", ["99", "099", "100"], ["099", "100"]),
        ("24061381FA", "24453189FA", ["24100000FA", "24100000FB"], ["24100000FA"]),
    ],
)
def test_serials_between_keeps_widths_and_text(first, last, known, inside):
    assert list(serials_between(first, last, known)) == inside


@given(st.text(max_size=200))
def test_reading_never_fails_and_places_are_true(text):
    found = read_units(text)

    assert all(text[piece.start : piece.end] == piece.text for piece in found.unread)


serial = st.from_regex(r"[A-Z]{1,3}-?[0-9]{3,6}", fullmatch=True)


@given(st.lists(serial, min_size=1, max_size=12, unique=True))
def test_a_plain_list_of_serials_comes_back_as_it_was(serials):
    assert read(", ".join(serials)) == (serials, [], [])


@given(st.integers(100, 99_999), st.integers(0, 9_999), st.sampled_from([" – ", "–", "…", " - ", " to ", " saakka "]))
def test_a_range_comes_back_as_it_was(low, size, mark):
    first, last = f"SN-{low:06}", f"SN-{low + size:06}"

    assert read(first + mark + last) == ([], [(first, last)], [])

import pytest

from rockrobot.bulk.queries import PLANNERS
from rockrobot.bulk.rules import ACTS, FILES, Act, asks_for_number, is_number


@pytest.mark.parametrize(("count", "asks"), [(0, False), (100, False), (101, True), (5000, True)])
def test_above_a_hundred_rows_the_number_is_asked_for(count, asks):
    assert asks_for_number(count) is asks


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("1480", True),
        ("1 480", True),
        (" 1480 ", True),
        ("148", False),
        ("", False),
        ("tuhat", False),
        ("-1480", False),
    ],
)
def test_only_the_number_itself_is_taken(typed, is_right):
    assert is_number(typed, 1480) is is_right


def test_every_offered_act_makes_a_file_or_has_a_plan():
    offered = {act for acts in ACTS.values() for act in acts}

    assert offered == set(Act) == FILES | PLANNERS.keys()

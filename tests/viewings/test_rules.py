from datetime import date, datetime, timedelta

import pytest

from rockrobot.clock import HOME
from rockrobot.viewings.rules import (
    Amount,
    is_at_night,
    is_purpose,
    is_unusual,
    monday_of,
    sunday_of,
    usual_of,
    week_text,
)

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W48", date(2026, 11, 23)),
        ("2026-W01", date(2025, 12, 29)),
        ("2020-W53", date(2020, 12, 28)),
        ("2026-W53", date(2026, 12, 28) - timedelta(weeks=6)),
        ("2026-W49", date(2026, 11, 16)),
        ("", date(2026, 11, 16)),
        ("viikko", date(2026, 11, 16)),
        ("2026-W99", date(2026, 11, 16)),
        ("99999999999-W01", date(2026, 11, 16)),
    ],
)
def test_a_week_is_read_and_anything_else_is_the_week_that_is_over(text, monday):
    assert monday_of(text, TODAY) == monday


@pytest.mark.parametrize("monday", [date(2026, 11, 23), date(2025, 12, 29), date(2020, 12, 28)])
def test_a_week_is_written_as_it_is_read(monday):
    assert monday_of(week_text(monday), TODAY) == monday
    assert sunday_of(monday).isoweekday() == 7


@pytest.mark.parametrize(
    ("people", "earlier", "unusual"),
    [
        (199, [], False),
        (200, [], True),
        (49, [1, 1, 1], False),
        (50, [1, 1, 1], True),
        (90, [30, 30, 30], False),
        (91, [30, 30, 30], True),
        (91, [30, 31], False),
        (400, [200, 10, 150], False),
    ],
)
def test_many_people_are_measured_against_the_weeks_before(people, earlier, unusual):
    assert is_unusual(Amount(10, people), [Amount(10, seen) for seen in earlier], []) is unusual


@pytest.mark.parametrize(
    ("acts", "earlier", "unusual"),
    [
        (149, [], False),
        (150, [], True),
        (194, [], True),
        (99, [1, 1, 1], False),
        (100, [1, 1, 1], True),
        (194, [65, 65], False),
        (196, [65, 65], True),
    ],
)
def test_who_looks_at_the_same_few_over_and_over_is_seen_too(acts, earlier, unusual):
    assert is_unusual(Amount(acts, 11), [Amount(seen, 11) for seen in earlier], []) is unusual


@pytest.mark.parametrize(
    ("own", "of_role", "unusual"),
    [
        ([], [20, 20, 20], True),
        ([], [40, 40, 40], False),
        ([], [20, 20], False),
        ([60], [20, 20], False),
        ([60], [20, 20, 20], True),
        ([20], [60, 60, 60], True),
    ],
)
def test_the_others_of_the_role_are_a_measure_once_there_are_three_weeks_of_them(own, of_role, unusual):
    def weeks(seen):
        return [Amount(one, 5) for one in seen]

    assert is_unusual(Amount(110, 5), weeks(own), weeks(of_role)) is unusual


def test_a_middling_week_is_rounded_down_and_there_is_none_without_weeks():
    assert usual_of([Amount(3, 1), Amount(4, 2)]) == Amount(3, 1)
    assert usual_of([]) is None


NIGHTS = [(5, 59, True), (6, 0, False), (12, 0, False), (21, 59, False), (22, 0, True), (0, 0, True)]


@pytest.mark.parametrize(("hour", "minute", "night"), NIGHTS)
def test_the_night_is_from_ten_to_six(hour, minute, night):
    assert is_at_night(datetime(2026, 11, 26, hour, minute, tzinfo=HOME)) is night


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("contact", True),
        ("case 2026-001", True),
        ("case 2026-002", False),
        ("case", False),
        ("case ", False),
        ("", False),
        ("Contact", False),
        ("uteliaisuus", False),
    ],
)
def test_a_purpose_is_one_of_the_list_or_an_open_recall(text, taken):
    assert is_purpose(text, {"2026-001"}) is taken

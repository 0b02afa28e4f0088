from datetime import UTC, datetime

from rockrobot.reports.rules import flat, minutes_between


def test_every_figure_gets_its_path():
    report = {"a": 1, "b": {"c": [2, {"d": None}]}, "e": "f"}

    assert list(flat(report)) == [("a", 1), ("b.c.1", 2), ("b.c.2.d", None), ("e", "f")]


def test_minutes_are_counted_between_moments_that_have_come():
    begin = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    assert minutes_between(begin, begin.replace(minute=2, second=33)) == 2.5
    assert minutes_between(begin, None) is None

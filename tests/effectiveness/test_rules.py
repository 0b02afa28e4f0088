from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rockrobot.effectiveness import rules
from rockrobot.effectiveness.rules import AgeBucket, CloseFault, UnitFacts
from rockrobot.recalls.rules import UnitState
from rockrobot.traces.rules import TraceClass

FIRST = date(2026, 9, 21)


def unit(state: UnitState = UnitState.IDENTIFIED, **rest: date | None) -> UnitFacts:
    facts = {"added_on": FIRST, "notified_on": None, "responded_on": None, "ended_on": None} | rest
    return UnitFacts(1, state, TraceClass.FITTED_NOW, state is UnitState.RELEASED, **facts)


def test_a_percentage_is_rounded_down_so_that_almost_all_is_not_all():
    assert rules.percent(9996, 10000) == Decimal("99.9")
    assert rules.percent(2, 3) == Decimal("66.6")
    assert rules.percent(3, 3) == Decimal(100)


def test_a_percentage_of_nothing_is_nothing():
    assert rules.percent(0, 0) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_percentage_never_says_more_than_there_is(part, rest):
    share = rules.percent(part, part + rest)

    assert share is None or (share <= Decimal(100) * part / (part + rest) < share + Decimal("0.1"))
    assert share != 100 or rest == 0


def test_more_than_the_whole_is_a_fault():
    with pytest.raises(ValueError, match="4 of 3"):
        rules.percent(4, 3)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-1, "0-14"), (0, "0-14"), (14, "0-14"), (15, "15-30"), (30, "15-30"), (31, "31-60"), (60, "31-60"),
     (61, "61-90"), (90, "61-90"), (91, "over-90"), (4000, "over-90")],
)  # fmt: skip
def test_each_age_falls_into_its_bucket(days, bucket):
    assert rules.age_bucket(days) == bucket


def test_open_units_age_from_their_notice_and_the_unnotified_from_their_scope():
    today = FIRST + timedelta(days=40)
    units = [unit(), unit(UnitState.NOTIFIED, notified_on=today), unit(UnitState.CORRECTED), unit(UnitState.RELEASED)]

    counts = rules.ages(units, today)

    assert counts[AgeBucket.TO_60] == {UnitState.IDENTIFIED: 1}
    assert counts[AgeBucket.TO_14] == {UnitState.NOTIFIED: 1}
    assert sum(sum(c.values()) for c in counts.values()) == 2


def test_a_curve_steps_up_on_the_days_when_units_got_there():
    days = [FIRST, FIRST + timedelta(days=2), FIRST + timedelta(days=2), None]

    assert rules.curve(days, FIRST, FIRST + timedelta(days=9), 4) == [(0, 25.0), (2, 75.0)]


def test_a_curve_of_an_empty_scope_stays_at_zero():
    assert rules.curve([], FIRST, FIRST, 0) == [(0, 0.0)]


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-01-01", "2026-03-31"), ("2026-09-30", "2026-09-30"), ("2026-12-01", "2026-12-31")],
)  # fmt: skip
def test_a_quarter_ends_on_its_last_day(day, end):
    assert rules.quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


def test_the_series_has_six_quarters_at_most_and_ends_today():
    units = [unit(UnitState.CORRECTED, notified_on=FIRST, ended_on=FIRST + timedelta(days=30)), unit()]

    series = rules.quarters(units, FIRST, date(2026, 11, 22))

    assert [(q.last_day, q.notified, q.corrected) for q in series] == [
        (date(2026, 9, 30), 1, 0),
        (date(2026, 11, 22), 1, 1),
    ]
    assert len(rules.quarters(units, FIRST, date(2036, 1, 1))) == 6


def test_the_expected_finish_follows_the_last_quarter():
    units = [unit(UnitState.CORRECTED, ended_on=date(2026, 10, 30)), unit()]
    series = rules.quarters(units, FIRST, date(2026, 11, 22))

    assert rules.expected_finish(series, 1) == date(2026, 11, 22) + timedelta(days=53)
    assert rules.expected_finish(series, 0) is None


@given(st.dictionaries(st.sampled_from(list(UnitState)), st.integers(0, 50)))
def test_units_add_up_whenever_the_scope_is_counted_without_the_released(by_state):
    affected = sum(n for state, n in by_state.items() if state is not UnitState.RELEASED)

    counts = rules.UnitSum(affected, by_state)

    assert counts.adds_up
    assert counts.affected >= counts.reachable >= counts.corrected


def test_both_denominators_differ_by_those_out_of_reach():
    counts = rules.UnitSum(
        4, {UnitState.CORRECTED: 1, UnitState.REFUSED: 1, UnitState.STOLEN: 2, UnitState.RELEASED: 9}
    )

    assert (rules.percent(counts.corrected, counts.affected), rules.percent(counts.corrected, counts.reachable)) == (
        25,
        50,
    )


def test_a_case_closes_only_when_nothing_stands_in_its_way():
    everything = rules.may_close(open_units=1, unexplained_batches=1, open_tasks=1, authority_answer=" ")

    assert everything == list(CloseFault)
    assert rules.may_close(open_units=0, unexplained_batches=0, open_tasks=0, authority_answer="Tukes: riittää") == []


def test_an_explanation_serves_only_the_difference_that_was_signed():
    assert rules.is_explained(0, [])
    assert rules.is_explained(3, [2, 3])
    assert not rules.is_explained(4, [2, 3])
    assert rules.is_explained(None, [2])
    assert not rules.is_explained(None, [])

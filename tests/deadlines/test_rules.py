"""The clock of a privacy request: the vectors of the reference, and what holds on every day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rockrobot.deadlines.rules import (
    LateExtensionError,
    Suspension,
    days_suspended,
    deadline,
    easter_sunday,
    holidays,
    is_working_day,
    months_after,
)

DAYS = [date(2027, 1, 1) + timedelta(days=days) for days in range(2_192)]
DUE = """
2026-11-06 2026-12-07 · 2026-11-22 2026-12-22 · 2026-11-24 2026-12-24 · 2026-11-25 2026-12-28 · 2026-12-01 2027-01-04
2026-12-06 2027-01-07 · 2027-01-31 2027-03-01 · 2027-02-01 2027-03-01 · 2027-02-26 2027-03-30 · 2027-02-28 2027-03-30
2027-03-31 2027-04-30 · 2027-04-06 2027-05-07 · 2027-05-25 2027-06-25 · 2027-05-26 2027-06-28 · 2027-08-31 2027-09-30
2028-01-30 2028-02-29
"""
EXTENDED = "2026-11-06 2027-02-08 · 2027-01-31 2027-04-30 · 2028-01-30 2028-05-02"
LONG_AGO = date(2026, 1, 1)


def vectors(text):
    words = [date.fromisoformat(word) for word in text.replace("·", " ").split()]
    return list(zip(words[::2], words[1::2], strict=True))


def due(received_on, **rest):
    return deadline(received_on, LONG_AGO, **rest).due_on


@pytest.mark.parametrize(("received_on", "due_on"), vectors(DUE))
def test_a_request_is_answered_within_a_calendar_month(received_on, due_on):
    assert due(received_on) == due_on


@pytest.mark.parametrize(("received_on", "due_on"), vectors(EXTENDED))
def test_an_extension_counts_three_months_from_receipt(received_on, due_on):
    assert due(received_on, extension_sent_on=received_on) == due_on


def test_no_day_of_six_years_is_answered_late_or_on_a_day_off():
    lengths = set()

    for received_on in DAYS:
        found = deadline(received_on, LONG_AGO)
        assert found.raw_on == months_after(received_on, 1)
        assert found.raw_on <= found.due_on <= found.raw_on + timedelta(days=4)
        assert is_working_day(found.due_on)
        assert not any(
            is_working_day(found.raw_on + timedelta(days=n)) for n in range((found.due_on - found.raw_on).days)
        )
        lengths.add((found.due_on - received_on).days)

    assert len(DAYS) == 2_192
    assert (min(lengths), max(lengths)) == (28, 35)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2027, date(2027, 3, 28)), (2038, date(2038, 4, 25))],
)
def test_easter_is_on_its_sunday(year, day):
    assert easter_sunday(year) == day


def test_the_holidays_of_a_year_are_those_of_the_calendar_without_the_eves():
    found = sorted(holidays(2027))

    assert [f"{day.day}.{day.month}." for day in found] == [
        *("1.1.", "6.1.", "26.3.", "28.3.", "29.3.", "1.5.", "6.5.", "16.5."),
        *("26.6.", "6.11.", "6.12.", "25.12.", "26.12."),
    ]


def test_a_notice_of_extension_counts_on_the_last_day_and_not_after_it():
    last = date(2026, 12, 7)

    found = deadline(date(2026, 11, 6), LONG_AGO, extension_sent_on=last)
    with pytest.raises(LateExtensionError) as late:
        deadline(date(2026, 11, 6), LONG_AGO, extension_sent_on=last + timedelta(days=1))

    assert found.due_on == date(2027, 2, 8)
    assert found.extension_notice_by == last
    assert late.value.due_on == last


def test_waiting_for_proof_of_identity_adds_its_days_and_shows_the_day_without_them():
    asked = Suspension(date(2026, 11, 8), date(2026, 11, 13))

    found = deadline(date(2026, 11, 6), LONG_AGO, suspensions=[asked])

    assert found.raw_on == date(2026, 12, 11)
    assert found.due_on == date(2026, 12, 11)
    assert found.unsuspended_on == date(2026, 12, 7)
    assert found.target_on == date(2026, 12, 1)


def test_days_of_two_questions_at_once_count_once_and_an_open_one_counts_up_to_today():
    one, other = Suspension(date(2026, 11, 8), date(2026, 11, 13)), Suspension(date(2026, 11, 10))

    days = days_suspended([one, other], date(2026, 11, 15))

    assert days == 7


waits = st.builds(
    lambda start, length: Suspension(
        date(2027, 1, 1) + timedelta(days=start), date(2027, 1, 1) + timedelta(days=start + length)
    ),
    st.integers(0, 60),
    st.integers(0, 30),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dates(DAYS[0], DAYS[-1]), st.lists(waits, max_size=4), st.booleans())
def test_a_wait_never_makes_the_day_earlier_nor_adds_more_than_its_length(received_on, found, is_extended):
    rest = {"extension_sent_on": received_on} if is_extended else {}

    plain = deadline(received_on, LONG_AGO, **rest)
    waited = deadline(received_on, LONG_AGO, suspensions=found, **rest)

    assert plain.due_on == waited.unsuspended_on
    assert plain.due_on <= waited.due_on
    assert (waited.raw_on - plain.raw_on).days <= sum((one.answered_on - one.asked_on).days for one in found)
    assert is_working_day(waited.due_on)
    assert waited.target_on == waited.raw_on - timedelta(days=10)

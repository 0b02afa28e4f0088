"""When a device is in order."""

from datetime import date, timedelta

import pytest

from rockrobot.staff_devices.rules import (
    PROTECTIONS,
    Finding,
    Found,
    Standing,
    is_check_due,
    latest_findings,
    standing,
)

TODAY = date(2026, 11, 26)
GOOD = dict.fromkeys(PROTECTIONS, Finding.YES)


@pytest.mark.parametrize(("age", "is_due"), [(0, False), (179, False), (180, True), (900, True)])
def test_a_check_is_due_after_180_days(age, is_due):
    assert is_check_due(TODAY - timedelta(days=age), TODAY) is is_due
    assert is_check_due(None, TODAY)


def test_what_a_check_did_not_look_at_stays_as_it_was_found_before():
    earlier, later = date(2026, 3, 1), date(2026, 9, 1)

    found = latest_findings([(later, GOOD | {"firewall": Finding.UNKNOWN}), (earlier, GOOD | {"firewall": Finding.NO})])

    assert found["firewall"] == Found(Finding.NO, earlier)
    assert found["screen_lock"] == Found(Finding.YES, later)


def test_of_two_checks_on_one_day_the_later_counts():
    found = latest_findings([(TODAY, GOOD | {"firewall": Finding.NO}), (TODAY, GOOD)])

    assert found["firewall"].finding is Finding.YES


def test_nobody_has_looked_means_unknown():
    assert latest_findings([]) == dict.fromkeys(PROTECTIONS, Found(Finding.UNKNOWN, None))


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({}, Standing.IN_ORDER),
        ({"firewall": Found(Finding.NO, TODAY)}, Standing.BROKEN),
        ({"firewall": Found(Finding.YES, TODAY - timedelta(days=180))}, Standing.DUE),
        ({"firewall": Found(Finding.UNKNOWN, None)}, Standing.DUE),
        ({"firewall": Found(Finding.NO, TODAY - timedelta(days=500))}, Standing.BROKEN),
    ],
)
def test_one_protection_decides_how_a_device_stands(change, stands):
    found = latest_findings([(TODAY, GOOD)]) | change

    assert standing(found, TODAY) is stands
    assert standing(found, TODAY, retired_on=TODAY) is Standing.RETIRED
    assert standing(found, TODAY, lost_on=TODAY, retired_on=TODAY) is Standing.LOST

from datetime import UTC, datetime, timedelta

from rockrobot.throttles.rules import is_forgotten, network_of, seconds_left, wait_after

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_tries_are_free_and_then_wait_longer_each_time_up_to_a_quarter_of_an_hour():
    minutes = [wait_after(tries, free=5).total_seconds() / 60 for tries in (0, 4, 5, 6, 7, 8, 9, 500)]

    assert minutes == [0, 0, 1, 2, 4, 8, 15, 15]


def test_the_wait_is_told_in_whole_seconds_rounded_up():
    assert seconds_left(5, NOON, NOON + timedelta(seconds=10.5), free=5) == 50
    assert seconds_left(5, NOON, NOON + timedelta(seconds=60), free=5) == 0
    assert seconds_left(4, NOON, NOON, free=5) == 0
    assert seconds_left(4, NOON + timedelta(milliseconds=1), NOON, free=5) == 0


def test_half_an_hour_without_a_try_forgets():
    assert not is_forgotten(NOON, NOON + timedelta(minutes=30))
    assert is_forgotten(NOON, NOON + timedelta(minutes=30, seconds=1))


def test_a_house_counts_as_one_address():
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::1")
    assert network_of("2001:db8:1:2::7") != network_of("2001:db8:1:3::7")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7")
    assert network_of("not an address") == "not an address"

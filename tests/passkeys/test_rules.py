from datetime import UTC, datetime, timedelta

import pytest

from rockrobot.passkeys.rules import House, house_of, is_in_time

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("https://rekisteri.kivi.example", House("rekisteri.kivi.example", "https://rekisteri.kivi.example")),
        ("https://kivi.example:8443", House("kivi.example", "https://kivi.example:8443")),
        ("http://localhost:8000", House("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("http://rekisteri.kivi.example", None),
        ("", None),
    ],
)
def test_passkeys_are_bound_to_a_name_reached_safely(address, house):
    assert house_of(address) == house


def test_a_question_is_answered_within_five_minutes():
    assert is_in_time(NOON, NOON + timedelta(minutes=4, seconds=59))
    assert not is_in_time(NOON, NOON + timedelta(minutes=5))
    assert not is_in_time(NOON + timedelta(seconds=1), NOON)

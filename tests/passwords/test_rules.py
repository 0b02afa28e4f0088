from datetime import UTC, datetime, timedelta

from rockrobot.passwords.rules import works

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
LINK = {"made_at": NOON, "ends_at": NOON + timedelta(hours=1), "used_at": None, "password_set_at": None}


def test_a_link_works_until_its_time_is_over():
    assert works(**LINK, now=NOON + timedelta(minutes=59))
    assert not works(**LINK, now=NOON + timedelta(hours=1))


def test_a_used_link_works_no_more():
    assert not works(**LINK | {"used_at": NOON}, now=NOON)


def test_a_link_counts_only_for_the_password_before_it():
    assert works(**LINK | {"password_set_at": NOON - timedelta(days=1)}, now=NOON)
    assert not works(**LINK | {"password_set_at": NOON}, now=NOON)

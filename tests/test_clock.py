from datetime import datetime

import pytest

from rockrobot import clock
from rockrobot.clock import HOME, UTC


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of October 2026 by the clocks of Finland, which go back in the night of the 25th."""
    return datetime(2026, 10, day, hour, minute, tzinfo=HOME).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (at(24, 12), at(24, 2)),
        (at(24, 2), at(24, 2)),
        (at(24, 1, 59), at(23, 2)),
        (at(25, 12), at(25, 2)),
        (at(26, 1), at(25, 2)),
        (at(1, 0), datetime(2026, 9, 29, 23, tzinfo=UTC)),
    ],
)
def test_last_night_is_two_in_the_morning_in_finland(monkeypatch, now, night):
    monkeypatch.setattr(clock, "now", lambda: now)

    assert clock.last_night() == night

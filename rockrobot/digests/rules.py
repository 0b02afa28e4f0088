"""When the mail of the morning leaves: pure."""

from datetime import datetime, time
from typing import Final

LEAVES_AT: Final = time(7)
WEEKEND: Final = 5


def is_time(now: datetime) -> bool:
    """True on a working day from seven on. now: a moment by the clocks of Finland. Source: our choice."""
    return now.weekday() < WEEKEND and now.time() >= LEAVES_AT

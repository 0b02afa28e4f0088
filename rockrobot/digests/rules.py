"""When the mail of the morning leaves: pure."""

from datetime import datetime, time
from typing import Final

LEAVES_AT, ENDS_AT = time(7), time(9)
WEEKEND: Final = 5


def is_time(now: datetime) -> bool:
    """True on a working day from seven to nine: what is written later waits for the next morning.

    now: a moment by the clocks of Finland. Source: our choice.
    """
    return now.weekday() < WEEKEND and LEAVES_AT <= now.time() < ENDS_AT

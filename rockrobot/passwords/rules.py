"""How long a one-time link works: pure, no database."""

from datetime import datetime, timedelta
from enum import StrEnum


class LinkKind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a word, not a secret)


WORKS_FOR = {LinkKind.INVITATION: timedelta(days=7), LinkKind.NEW_PASSWORD: timedelta(hours=1)}


def works(
    *, made_at: datetime, ends_at: datetime, used_at: datetime | None, password_set_at: datetime | None, now: datetime
) -> bool:
    """True while a link may set a password.

    Moments in UTC. Once used it is worth nothing, nor when its time is over, nor after the password was set by any
    other way since. Source: our choice, after ASVS 5.0 6.4.1 (a reset works for an hour, an invitation for a week).
    """
    if used_at is not None or now >= ends_at:
        return False
    return password_set_at is None or password_set_at < made_at

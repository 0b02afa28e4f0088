"""How long what was deleted is offered for bringing back: pure."""

from datetime import datetime, timedelta

KEPT = timedelta(days=90)


def offered_since(now: datetime) -> datetime:
    """The moment since which deleted things are offered; now: a moment in UTC. Source: our choice, 90 days."""
    return now - KEPT

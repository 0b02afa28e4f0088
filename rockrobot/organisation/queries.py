"""The controller's own data."""

from rockrobot.db import db
from rockrobot.organisation.models import Organisation

ONLY = 1


def organisation() -> Organisation | None:
    """The controller, or None before it was set up."""
    return db.session.get(Organisation, ONLY)

"""Sets the controller up."""

from typing import Any

from rockrobot.db import db
from rockrobot.organisation.models import Organisation
from rockrobot.organisation.queries import ONLY, organisation
from rockrobot.organisation.rules import FIRST_ORGANISATION


def ensure_organisation() -> Organisation:
    """The controller; made from the privacy statement's data when it is not there yet."""
    found = organisation()
    if found is None:
        found = Organisation(id=ONLY, **FIRST_ORGANISATION)
        db.session.add(found)
        db.session.flush()
    return found


def change_organisation(**values: Any) -> Organisation:
    """Set these fields of the controller, which is made first when it is not there yet."""
    found = ensure_organisation()
    for name, value in values.items():
        setattr(found, name, value)
    db.session.flush()
    return found

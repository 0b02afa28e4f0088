"""Says what an importer serves."""

from typing import Any

from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.importers.models import Territory


def add_territory(company: Company, **values: Any) -> Territory:
    """What a company serves. values: country, postcode_from, postcode_to (both empty: all of it), email."""
    territory = Territory(company_id=company.id, **values)
    db.session.add(territory)
    db.session.flush()
    return territory


def change_territory(territory: Territory, **values: Any) -> None:
    """Set these fields of a territory."""
    for name, value in values.items():
        setattr(territory, name, value)
    db.session.flush()


def delete_territory(territory: Territory) -> None:
    """The company does not serve it any more; undo brings it back."""
    db.session.delete(territory)
    db.session.flush()

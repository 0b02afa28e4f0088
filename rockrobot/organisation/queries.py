"""The controller's own data."""

from rockrobot.db import db
from rockrobot.organisation.models import Organisation

ONLY = 1
SENDER = ("name", "brand", "country", "phone", "email", "website", "business_id", "contact_person")


def organisation() -> Organisation | None:
    """The controller, or None before it was set up."""
    return db.session.get(Organisation, ONLY)


def letter_sender() -> dict[str, str]:
    """Who writes, as letters print it: the controller at its postal, else its visiting address; empty before set up."""
    house = organisation()
    if house is None or not house.name:
        return {}
    place = "postal" if house.postal_street or house.postal_city else "visiting"
    address = {name: getattr(house, f"{place}_{name}") for name in ("street", "postcode", "city")}
    return address | {name: getattr(house, name) for name in SENDER}

"""Which columns of a party's sheet are kept beside the party, and as what."""

from rockrobot.contacts.rules import PointKind

POINTS: dict[str, dict[str, PointKind]] = {
    "companies": {"switchboard": PointKind.SWITCHBOARD, "email": PointKind.EMAIL},
    "people": {"direct_phone": PointKind.DIRECT, "email": PointKind.EMAIL},
}
OWNER_KEY = {"companies": "company_id", "people": "person_id"}
AFFILIATION = ("customer_no", "title")
FACTS: dict[str, frozenset[str]] = {
    "companies": frozenset(POINTS["companies"]),
    "people": frozenset({*POINTS["people"], *AFFILIATION}),
}


def facts_of(sheet: str) -> frozenset[str]:
    """The columns of a sheet that are kept in rows of their own beside the sheet's table."""
    return FACTS.get(sheet, frozenset())

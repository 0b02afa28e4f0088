"""What of the history tells of nobody, so that those may read it too who may not read of people. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

BLANK: Final[tuple[Any, ...]] = (None, "", [])
ACTOR = re.compile(r"(staff|calendar):\d+|cli:[\w.-]+|system|anonymous")
HOUSE: Final = {
    "organisations": (
        "name brand business_id visiting_street visiting_postcode visiting_city postal_street postal_postcode"
        " postal_city country contact_person phone email website recall_note"
    ),
    "staff_members": "name email theme language",
    "staff_devices": "name serial",
    "passkeys": "name",
    "sign_in_facts": "address door",
    "known_networks": "name cidr",
    "purposes": "name description basis source checked_by",
    "notice_headings": "words source checked_by",
    "chain_checks": "head fault",
}
"""What the house says of itself and of its staff, which the administrator writes or answers for."""
THINGS: Final = {
    "device_models": "model_code name plate_place",
    "devices": "serial",
    "parts": "part_no name",
    "batches": "supplier batch_no supplier_batch_no",
    "fittings": "supplier",
    "companies": "customer_no name business_id country language contact_type",
    "recall_cases": "number title product_name brand service_phone service_online service_email remedies",
    "case_units": "part_no supplier batch_no",
    "unit_steps": "evidence",
    "authority_entries": "authority country reference",
}
"""Machines, parts, firms and cases: numbers, names and codes, no field in which somebody explains something."""
TELL_OF_NOBODY: Final[Mapping[str, frozenset[str]]] = {
    table: frozenset(names.split()) for table, names in (HOUSE | THINGS).items()
}
"""By table the text columns that tell of nobody in the register. A column that is not here is hidden."""


def who_acted(name: str, value: Any) -> bool:
    """True when a column that says who acted holds an actor of ours, or nobody yet."""
    return (name == "by" or name.endswith("_by")) and (value in BLANK or bool(ACTOR.fullmatch(str(value))))

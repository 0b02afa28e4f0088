"""Which registers carry tags, and when two tags are one: pure."""

from enum import StrEnum
from typing import Final

LONGEST: Final = 60


class Register(StrEnum):
    """A register whose rows are listed and tagged; its word is that of its table and of its address."""

    PEOPLE = "people"
    COMPANIES = "companies"
    DEVICES = "devices"
    WORKSITES = "worksites"


KEYS: Final = {
    Register.PEOPLE: "person_id",
    Register.COMPANIES: "company_id",
    Register.DEVICES: "device_id",
    Register.WORKSITES: "worksite_id",
}
"""The column that names a row of each register, and what addresses call it."""


def folded(name: str) -> str:
    """What two writings of one tag share: case and spaces around and between words do not count. Source: our choice."""
    return " ".join(name.casefold().split())

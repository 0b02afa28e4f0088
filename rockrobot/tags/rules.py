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


def split_names(text: str) -> list[str]:
    """The tags that were typed with commas between them, each once, as first written; empty ones are left out."""
    found: dict[str, str] = {}
    for name in text.split(","):
        plain = " ".join(name.split())
        if plain:
            found.setdefault(folded(plain), plain)
    return list(found.values())

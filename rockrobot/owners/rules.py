"""What a list needs to know of a machine and its owner: pure."""

from typing import NamedTuple

from rockrobot.devices.rules import Fate

Party = tuple[int | None, int | None]


class Machine(NamedTuple):
    """A machine and who has it on a day; party = (company id, person id), None where nobody is known or it is ours."""

    model_code: str
    serial: str
    fate: Fate | None
    is_ours: bool
    party: Party | None


class Owner(NamedTuple):
    """Who owns a machine on a day, or took a loose delivery: one company or one person."""

    company_id: int | None
    person_id: int | None
    number: str
    name: str
    country: str
    language: str
    address_id: int | None


NOBODY = Owner(None, None, "", "", "", "fi", None)

"""Every door of the house, hundreds of times, with requests that differ from day to day."""

import os
import random

import pytest

from tests.abuse.fuzz import Fuzz, doors_of, sign_in_again
from tests.abuse.house import House, house
from tests.test_access_table import digest

__all__ = ["house"]
EXAMPLES = int(os.environ.get("ROCKROBOT_SOAK_EXAMPLES", "6"))
SALT = int(os.environ.get("ROCKROBOT_SOAK_SALT", "0")) or random.randrange(1, 2**31)


@pytest.mark.parametrize("turn", range(int(os.environ.get("ROCKROBOT_SOAK_TURNS", "5"))))
def test_no_door_has_a_fault_however_often_it_is_tried(app, house: House, turn: int):
    """Each turn begins with a new register; a fault tells the salt with which the same requests come again."""
    fuzz = Fuzz(app, salt=SALT + turn)

    for role, visitor in house.items():
        fuzz.try_doors(visitor, doors_of(app, role)[0], examples=EXAMPLES)
    for visitor in house.values():
        sign_in_again(visitor)  # so that nobody does while the closed doors are tried
    before = digest()
    for role, visitor in house.items():
        fuzz.try_doors(visitor, doors_of(app, role)[1], **{"HX-Request": "true"})

    assert not fuzz.faults, "\n".join([f"ROCKROBOT_SOAK_SALT={SALT}", *fuzz.faults])
    assert {name for name, rows in digest().items() if rows != before[name]} <= {"drafts"}

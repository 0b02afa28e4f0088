"""Which acts many rows of a list take at once, and when a number has to be typed: pure."""

from enum import StrEnum
from typing import Final

from rockrobot.tags.rules import Register

ASKS_FOR_NUMBER_ABOVE: Final = 100
IN_A_JOB_ABOVE: Final = 500
ROWS_AT_ONCE: Final = 250
UNDO_OFFERED_HOURS: Final = 24


class Act(StrEnum):
    """What is done to the chosen rows; the order is the order in which a list offers them."""

    TAG = "tag"
    UNTAG = "untag"
    ASSIGN = "assign"
    TYPE = "type"
    EXPORT = "export"
    STICKERS = "stickers"
    LETTER = "letter"
    DELETE = "delete"


FILES: Final = frozenset({Act.EXPORT, Act.STICKERS})
"""Acts that only make a file: the exports' own page asks for the purpose and says who is left out."""
ACTS: Final[dict[Register, tuple[Act, ...]]] = {
    Register.PEOPLE: tuple(Act),
    Register.COMPANIES: tuple(Act),
    Register.DEVICES: (Act.TAG, Act.UNTAG),
    Register.WORKSITES: (Act.TAG, Act.UNTAG, Act.DELETE),
}


class LeftOut(StrEnum):
    """Why a chosen row is left as it is; a letter has the reasons of objections too."""

    TAGGED = "tagged"
    NOT_TAGGED = "not_tagged"
    ASSIGNED = "assigned"
    TYPED = "typed"
    IN_THE_WAY = "in_the_way"


def asks_for_number(count: int) -> bool:
    """True for so many rows that their number has to be typed before they change. Source: our choice, above 100."""
    return count > ASKS_FOR_NUMBER_ABOVE


def is_number(typed: str, count: int) -> bool:
    """True when what was typed is this number; spaces between its digits do not count."""
    return "".join(typed.split()) == str(count)

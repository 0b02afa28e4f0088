"""What a seal of the chain says on paper, how it is read back, and what a chain that no longer bears it means."""

import re
from typing import NamedTuple

MARK = "ROCKROBOT-1"
FEWEST_DIGITS = 16
GROUP = 4
_HEX = re.compile(r"[0-9a-f]+")


class SealError(ValueError):
    """A text is no seal."""


class Seal(NamedTuple):
    """The head of the chain at a check: its last entry's id, how many entries there were, that entry's hash (hex)."""

    entry_id: int
    entries: int
    head: str


def seal_text(seal: Seal) -> str:
    """The seal as its code holds it and as it may be typed: mark, entry, count, hash."""
    return f"{MARK} {seal.entry_id} {seal.entries} {seal.head}"


def in_groups(head: str) -> str:
    """A hash in groups of four, so that people can read it from paper."""
    return " ".join(head[start : start + GROUP] for start in range(0, len(head), GROUP))


def read_seal(text: str) -> Seal:
    """The seal that a person typed or a reader read from its code.

    The mark may be missing, the hash may stand in groups and may be cut short after 16 digits (64 bits: nobody finds a
    second chain that fits). Raises SealError when it is no seal. Source: our choice.
    """
    words = text.lower().removeprefix(MARK.lower()).split()
    if len(words) < 3 or not (words[0].isdecimal() and words[1].isdecimal()):
        raise SealError(text)
    head = "".join(words[2:])
    if not (FEWEST_DIGITS <= len(head) <= 64 and _HEX.fullmatch(head)):
        raise SealError(text)
    return Seal(int(words[0]), int(words[1]), head)


def fault_against(seal: Seal, hash_there: str | None, entries_up_to: int) -> str | None:
    """Code of what is wrong with a chain that should bear a seal, or None: cut, rewritten, missing.

    hash_there: the hash of the sealed entry now, None where it is gone. entries_up_to: entries up to it now.
    The chain's own links show a changed or missing entry in the middle; only a seal kept elsewhere shows a tail that
    was cut off or a chain that was written anew from some entry on. Source: our choice.
    """
    if hash_there is None:
        return "cut"
    if not hash_there.startswith(seal.head):
        return "rewritten"
    return "missing" if entries_up_to != seal.entries else None

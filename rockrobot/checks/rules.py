"""Which units an effectiveness check draws: pure, and the same again from the same seed."""

import hashlib
from collections.abc import Collection
from enum import StrEnum


class CheckSubject(StrEnum):
    """What is checked: whether ended units ended as said, or why owners are silent."""

    ENDED = "ended"
    SILENT = "silent"


class CheckLevel(StrEnum):
    """How large a share is checked, after 21 CFR 7.42 (levels A to E)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


SHARES = {CheckLevel.A: 100, CheckLevel.B: 50, CheckLevel.C: 10, CheckLevel.D: 2, CheckLevel.E: 0}
USUAL = {CheckSubject.ENDED: CheckLevel.C, CheckSubject.SILENT: CheckLevel.A}


def sample_size(population: int, level: CheckLevel) -> int:
    """How many of a population are drawn, rounded up, so that a small population is not left unchecked.

    Source: 21 CFR 7.42 (A 100 %, C 10 %, D 2 %, E none); B lies between 10 and 100, 50 is our choice.
    """
    return -(-population * SHARES[level] // 100)


def drawn(unit_ids: Collection[int], level: CheckLevel, seed: str) -> list[int]:
    """The units drawn, in order of id; the same ids, level and seed always draw the same ones.

    seed: kept with the check, so that anybody can draw again. Order by SHA-256 of seed and id (our choice).
    """

    def lot(unit_id: int) -> bytes:
        return hashlib.sha256(f"{seed}:{unit_id}".encode()).digest()

    return sorted(sorted(set(unit_ids), key=lot)[: sample_size(len(set(unit_ids)), level)])

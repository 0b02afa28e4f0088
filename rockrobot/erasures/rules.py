"""What stays of an erased person, on what ground and until when. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

from rockrobot.deadlines.rules import months_after

READINESS_MONTHS: Final = 120
RESIDUE: Final = frozenset({"first_name", "last_name", "language"})


class Ground(StrEnum):
    """Why something stays, in the order in which a plan lists it."""

    READINESS = "readiness"
    RECALL = "recall"
    PROOF = "proof"


ELSEWHERE: Final = frozenset({"search_entries", "full_exports"})
"""Personal tables that name nobody by a key and are emptied all the same."""
KEPT: Final = {
    "ownerships": Ground.READINESS,
    "worksite_stays": Ground.READINESS,
    "letters": Ground.RECALL,
    "outbox_messages": Ground.RECALL,
    "attempts": Ground.RECALL,
    "replies": Ground.RECALL,
    "privacy_requests": Ground.PROOF,
    "privacy_answers": Ground.PROOF,
    "proposals": Ground.PROOF,
    "requested_acts": Ground.PROOF,
    "erasures": Ground.PROOF,
    "disclosures": Ground.PROOF,
    "disclosure_notices": Ground.PROOF,
}
"""Tables whose rows an erasure leaves, with the ground. A personal table neither here nor erased turns a test red."""


def stays_until(built: Iterable[date | None]) -> date | None:
    """The last day for which holders of machines are kept; None while it can't be told yet.

    built: for each model that the person holds, the day its newest machine was built, None where unknown. Ten years
    after the newest of them; a model whose days nobody knows keeps it open until the machine is scrapped.
    Source: GDPR Art. 17(3)(b) and (e) with product safety and liability law; ten years from the last unit: our choice.
    """
    days = list(built)
    known = [day for day in days if day is not None]
    return months_after(max(known), READINESS_MONTHS) if known and len(known) == len(days) else None

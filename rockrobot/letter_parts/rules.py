"""The parts of what a letter shows, and whose hand is the last in them. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

SENDER: Final = "sender"
FACTS: Final = "facts"
OWN_PICTURES: Final = "case"
MODEL_PICTURES: Final = "model:"
PLATE_PLACE: Final = "plate:"
WRITING: Final = "approvals.text"
"""The event of the acts in which somebody writes a text, or answers for it by saving it as it is."""


class Act(NamedTuple):
    """Something was changed in an act: its id (later ones are higher), who, when (UTC), and which act it undid."""

    id: int
    actor: str
    at: datetime
    undoes_id: int | None


def digest(shown: Any) -> str:
    """What a part shows, in 16 letters; other ones after any change."""
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def standing(acts: Iterable[Act]) -> list[Act]:
    """The last act whose change stands, and the undoings that let it stand again, the newest first."""
    undone, found = set[int](), list[Act]()
    for act in sorted(acts, reverse=True):
        if act.id in undone:
            continue
        found.append(act)
        if act.undoes_id is None:
            break
        undone.add(act.undoes_id)
    return found


def hands(text: Sequence[Act], shared: Iterable[Sequence[Act]]) -> set[str]:
    """Who wrote the letter of one language as it stands.

    text: the acts that wrote its text; shared: those that changed each other part that it shows. Whoever wrote the text
    last is one; so is whoever changed another part last, until somebody else writes the text, since they see the letter
    then. Source: our choice.
    """
    others = [act for acts in shared for act in standing(acts)]
    unseen = {act.actor for act in others if not any(w.id > act.id and w.actor != act.actor for w in text)}
    return unseen | {act.actor for act in standing(text)}

"""Which columns the history of a row tells: digests, keys, bytes and what else serves the machine stay untold."""

from typing import Final

UNTOLD: Final = frozenset(
    (
        *("hand_changed", "due_engine", "name_key", "said", "ordinal", "sha256", "body", "media_type", "at", "content"),
        *("units", "text_versions", "details", "address_faults", "password_hash", "lease_until", "attempts"),
        "thumbnail",
    )
)
TOLD_IDS: Final = frozenset(("responsible_id", "tag_id"))
TOLD_MOMENTS: Final = frozenset(("read_at", "lifted_at", "closed_at", "confirmed_at", "happened_at"))


def is_told(name: str) -> bool:
    """True when the history of a row tells how this column of it changed."""
    if name in UNTOLD or name.endswith("digest"):
        return False
    if name.endswith("_id"):
        return name in TOLD_IDS
    return not name.endswith("_at") or name in TOLD_MOMENTS

"""What of a sent form is kept, and for how long: pure, no database."""

from collections.abc import Collection, Iterable
from datetime import timedelta

KEPT_FOR = timedelta(hours=24)
KEPT_EACH = 10
LONGEST = 200_000
MACHINERY = frozenset({"idempotency_key", "seen_values", "next", "back"})
NEVER = frozenset({"csrf_token", "draft_id"})

Fields = list[tuple[str, str]]


def kept_fields(sent: Iterable[tuple[str, str]], secret: Collection[str]) -> Fields | None:
    """The fields of a form that are kept, in order; None where it is too long to keep.

    secret: names of fields (passwords, codes) that are never kept; the token of the form is neither. Source: our
    choice, after ASVS 5.0 14.3.3.
    """
    kept = [(name, value) for name, value in sent if name not in {*NEVER, *secret}]
    return kept if sum(len(name) + len(value) for name, value in kept) <= LONGEST else None


def typed_fields(kept: Iterable[tuple[str, str]]) -> Fields:
    """Those fields that a person typed or chose, for showing what is kept."""
    return [(name, value) for name, value in kept if value.strip() and name not in MACHINERY]

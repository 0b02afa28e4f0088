"""A report as flat lines, and how long things took: pure, no database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure of a report with its path: units.by_state.corrected, batches.1.pieces.fitted (counted from 1)."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name}.{number}")
    else:
        yield name, value


def minutes_between(begin: datetime | None, end: datetime | None) -> float | None:
    """Minutes from one moment to another with one decimal; None while one of them has not come."""
    if begin is None or end is None:
        return None
    return round((end - begin).total_seconds() / 60, 1)

"""Keep filters by name."""

from rockrobot.db import db
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.saved_filters.rules import kept_words
from rockrobot.selections.rules import Selection


def keep(selection: Selection, owner_id: int, *, name: str, is_shared: bool) -> SavedFilter:
    """Keep what narrows and sorts a list, but not the text that was typed."""
    row = SavedFilter(
        register=selection.register,
        name=name,
        words=kept_words(selection.register, selection.words),
        sort=selection.sort,
        owner_id=owner_id,
        is_shared=is_shared,
    )
    db.session.add(row)
    db.session.flush()
    return row


def change(row: SavedFilter, *, name: str, is_shared: bool) -> None:
    """Give a kept filter another name, share it or take it back."""
    row.name, row.is_shared = name, is_shared
    db.session.flush()


def delete(row: SavedFilter) -> None:
    """Keep a filter no more."""
    db.session.delete(row)
    db.session.flush()

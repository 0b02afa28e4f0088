"""Keep the official headings: ship them, change them, note who checked them."""

from datetime import date

from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.notices import queries
from rockrobot.notices.models import NoticeHeading


def ensure_headings() -> dict[Language, NoticeHeading]:
    """The heading of every language as a row of the register; those that ship are made where missing."""
    stored = queries.stored_headings()
    found = queries.headings()
    db.session.add_all(row for language, row in found.items() if language not in stored)
    db.session.flush()
    return found


def change_heading(heading: NoticeHeading, *, words: str, source: str) -> None:
    """Other words or another source; words that changed are unchecked until somebody checks them."""
    if words != heading.words:
        heading.checked_by, heading.checked_on = "", None
    heading.words, heading.source = words, source


def check_heading(heading: NoticeHeading, *, name: str, on: date) -> None:
    """A person says by name that they checked the words against the source."""
    heading.checked_by, heading.checked_on = name.strip(), on

"""The official headings of notices."""

from collections.abc import Collection

from sqlalchemy import select

from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.notices.models import NoticeHeading
from rockrobot.notices.rules import SHIPPED_HEADINGS


def stored_headings() -> dict[Language, NoticeHeading]:
    """Headings kept in the register, by language."""
    return {row.language: row for row in db.session.scalars(select(NoticeHeading))}


def headings() -> dict[Language, NoticeHeading]:
    """The heading of every language, in the order of the languages: the kept one, else the one that ships."""
    stored = stored_headings()
    shipped = {Language(row.language): row for row in SHIPPED_HEADINGS}
    return {
        language: stored.get(language)
        or NoticeHeading(
            language=language,
            words=shipped[language].words,
            source=shipped[language].source,
            checked_by=shipped[language].checked_by,
            checked_on=shipped[language].checked_on,
        )
        for language in Language
    }


def unchecked(languages: Collection[Language]) -> list[NoticeHeading]:
    """Headings of these languages that nobody has checked yet."""
    return [row for language, row in headings().items() if language in languages and row.checked_on is None]

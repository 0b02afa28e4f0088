"""The language of the screens: Finnish, unless somebody chose another.

The choice stands in the browser's cookie, so that no page needs the database for it, and with the member, whose choice
goes along to every browser they sign in on.
"""

from collections.abc import Mapping
from typing import Final

from babel import Locale
from flask import has_request_context, session
from flask_babel import refresh

LANGUAGES: Final = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
"""The languages of the screens, each by its own name; the first is the one that texts are written in."""

SOURCE: Final = next(iter(LANGUAGES))
_NAME = "language"


def chosen() -> str:
    """The language that this browser chose; empty without one."""
    language = str(session.get(_NAME, "")) if has_request_context() else ""
    return language if language in LANGUAGES else ""


def current() -> str:
    """The language of this screen; outside a request the one that texts are written in."""
    return chosen() or SOURCE


def choose(language: str) -> None:
    """Show this browser its screens in a language from now on; one that there is not changes nothing."""
    if language in LANGUAGES and language != chosen():
        session[_NAME] = language
        refresh()


def countries() -> Mapping[str, str]:
    """Names of countries by their ISO codes, in the language of the screen."""
    return Locale(current()).territories

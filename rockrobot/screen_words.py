"""Texts of templates in the language of the screen, each looked up once: one card asks for a thousand of them."""

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask, current_app
from flask_babel import get_locale, get_translations
from markupsafe import Markup

TEXTS_KEPT = 16_384


def text_of(text: str, /, **values: Any) -> Markup:
    """The text, its %(places)s filled with values, which are escaped; as Jinja's own, %% stands for %."""
    found = _translated(text, get_locale())
    return found % values if values or "%" in found else found


def words_of(template: str) -> Any:
    """The words and macros of a template in the language of the screen.

    Jinja's own get_template_attribute answers in the language of whoever asked first.
    """
    return current_app.jinja_env.get_template(template).make_module()


def stored_text(text: str) -> str:
    """A text that is stored and may be changed, in the language of the screen where it stands as we wrote it.

    It is a value as any other: no markup, no places to fill; a catalogue answers no text at all with its own heading.
    """
    return str(get_translations().ugettext(text)) if text else ""


@lru_cache(TEXTS_KEPT)
def _translated(text: str, _locale: Locale | None) -> Markup:
    return Markup(get_translations().ugettext(text))  # noqa: S704 (a template of ours or its translator)


def forget() -> None:
    """Look every text up anew: the catalogues were changed."""
    _translated.cache_clear()


def init_app(app: Flask) -> None:
    """Let templates ask here (after Babel has been set up)."""
    app.jinja_env.globals.update({"_": text_of, "gettext": text_of, "stored_text": stored_text})

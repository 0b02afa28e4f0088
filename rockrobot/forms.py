"""The form that all forms of pages are: what was kept of one is shown again as it was typed."""

from collections.abc import Iterable
from typing import Any

from flask import g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from rockrobot.access import LOOKING


def show_again(fields: Iterable[tuple[str, str]]) -> None:
    """Have the form of the page that is being looked at filled with these fields."""
    g.kept_fields = MultiDict(fields)


def kept_field(name: str) -> str | None:
    """A field of what was kept, on a page that shows it again."""
    value: str | None = g.kept_fields.get(name) if "kept_fields" in g else None
    return value


def was_shown_again() -> bool:
    """True when a form of this page took what was kept."""
    return bool(g.get("is_shown_again"))


class PageForm(FlaskForm):
    """A form of a page: filled by what was sent, else by what was kept when it could not be taken."""

    has_kept = False

    class Meta(FlaskForm.Meta):
        """As Flask-WTF's, but for what was kept."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What fills the form."""
            sent = super().wrap_formdata(form, formdata)
            if sent is not None or request.method not in LOOKING or "kept_fields" not in g:
                return sent
            if not any(field.name in g.kept_fields for field in form):
                return None
            form.has_kept = g.is_shown_again = True
            return g.kept_fields

    def is_filled(self) -> bool:
        """True when the form holds what somebody typed: nothing is proposed in its place."""
        return self.has_kept or self.is_submitted()

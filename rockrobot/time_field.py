"""A form field of a time of day, as people type it."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import gettext as _
from wtforms import Field
from wtforms.widgets import TextInput

_TIME = re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?")


def read_time(text: str) -> time:
    """The time of day that a person typed: 14.05, 14:05, 1405, 14. Raises ValueError when it is none."""
    found = _TIME.fullmatch(text.strip().lower().removeprefix("klo").strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2] or 0))


class TimeField(Field):
    """A time of day in Finland as people type it; keeps the text for showing it again."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.text: str | None = None

    def _value(self) -> str:
        if self.text is not None:
            return self.text
        return f"{self.data.hour}.{self.data.minute:02}" if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed. Raises ValueError with the text for the person."""
        self.text = valuelist[0] if valuelist else ""
        self.data = None
        try:
            self.data = read_time(self.text) if self.text.strip() else None
        except ValueError:
            raise ValueError(
                _("Kellonaikaa «%(text)s» ei ymmärretty. Kirjoita esimerkiksi 14.05.", text=self.text)
            ) from None

"""A form field of rows to tick, by their ids."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField


class TicksField(SelectMultipleField):
    """Rows to tick, by id; when what was sent is no id, nothing is ticked and the field says so."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, coerce=int, **options)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the ids. Raises ValueError with the text for the person."""
        self.data: list[int] = []
        super().process_formdata(valuelist)

"""What stands in addresses and hidden fields: the id of a row, or a text."""

from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

LARGEST_ID = 2**31 - 1


def as_id(text: str | None) -> int:
    """The id that a text names in plain digits; 0, which no row has, for what is none."""
    is_number = text and text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    id_ = int(text or 0) if is_number else 0
    return id_ if id_ <= LARGEST_ID else 0


class RowIdConverter(IntegerConverter):
    """The id of a row; one that no column holds leads nowhere (404)."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


class TextConverter(UnicodeConverter):
    """A text; one with a NUL, which no column of PostgreSQL holds, leads nowhere (404)."""

    def to_python(self, value: str) -> str:
        """The text as it came. Raises ValidationError, which werkzeug answers with 404."""
        if "\0" in value:
            raise ValidationError
        return super().to_python(value)

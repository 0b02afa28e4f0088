"""Texts that a spreadsheet would take for a formula: marked on the way out, unmarked on the way in. Pure."""

import unicodedata
from typing import Any

SIGNS = frozenset("=+-@")
MARK = "'"


def harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula: an apostrophe in front where one might; unmarked takes it off.

    What counts is the first sign after blanks, invisible signs and apostrophes, in any width (＝ is =). A text that
    begins with an apostrophe and would lose it on the way in gets one more. Source: OWASP, CSV injection.
    """
    return MARK + value if isinstance(value, str) and _is_risky(value) else value


def unmarked(value: Any) -> Any:
    """What harmless was given."""
    if isinstance(value, str) and value.startswith(MARK) and _is_risky(value):
        return value.removeprefix(MARK)
    return value


def _is_risky(text: str) -> bool:
    first = next((sign for sign in text if sign != MARK and not _is_blank(sign)), "")
    return unicodedata.normalize("NFKC", first)[:1] in SIGNS


def _is_blank(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def kept(value: Any) -> Any:
    """A text of a file that is read back by us alone: as it is, save for an apostrophe that would be taken off."""
    return harmless(value) if isinstance(value, str) and value.startswith(MARK) else value

"""Which characters the shipped fonts can print, and text made printable.

PDF/UA and PDF/A forbid a character without a glyph: one such character would refuse a whole batch. Scripts that no
shipped font has (Chinese, Thai, ...) print as a question mark in a diamond, and whoever draws a letter is told.
"""

import functools
import re
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parents[2] / "paper" / "fonts"
MAIN_FONT = "HankenGrotesk"
UNKNOWN = "\ufffd"
JOINERS = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}
SPACES = {"Zs", "Zl", "Zp", "Cc"}
NEVER = {"Cc", "Co", "Cs", "Cn"}


def printable(value: Any) -> Any:
    """The value with every text in it made printable: composed, controls as spaces, unknown characters as �.

    value: text, numbers, lists and dictionaries of them (keys stay).
    """
    if isinstance(value, str):
        return value if not _strange().search(value) else "".join(_clean(unicodedata.normalize("NFC", value)))
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def is_printable(text: str) -> bool:
    """False when a character of the text can only be printed as �."""
    return UNKNOWN not in printable(text.replace(UNKNOWN, ""))


def _clean(text: str) -> Iterator[str]:
    for cluster in _clusters(text.replace("\r\n", "\n")):
        kept = "".join(character for character in cluster if not _is_dropped(character))
        if kept == "\n" or (kept and _fits(kept)):
            yield kept
        elif kept and (unicodedata.category(kept[0]) in SPACES):
            yield " "
        elif kept:
            yield kept[0] if _fits(kept[0]) else UNKNOWN


def _is_dropped(character: str) -> bool:
    """Marks of direction and other unseen signs are left out; those that join letters or emoji stay."""
    return unicodedata.category(character) == "Cf" and character not in JOINERS


def _clusters(text: str) -> Iterator[str]:
    """A character with the marks and joiners on it; one font must have all of them."""
    cluster = ""
    for character in text:
        belongs = character in JOINERS or unicodedata.combining(character) or cluster.endswith("\u200d")
        if cluster and not belongs:
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _fits(cluster: str) -> bool:
    needed = {ord(character) for character in cluster if character not in JOINERS}
    if any(unicodedata.category(chr(code)) in NEVER for code in needed):
        return False
    return any(needed <= font for font in _fonts().values())


@functools.cache
def _fonts() -> dict[str, set[int]]:
    """Characters by font family: those that every weight of it has."""
    families: dict[str, set[int]] = {}
    for path in sorted(FONTS.glob("*.ttf")):
        family, found = path.stem.partition("-")[0], characters_of(path.read_bytes())
        families[family] = families.get(family, found) & found
    return families


@functools.cache
def _strange() -> re.Pattern[str]:
    """Finds the first character that needs a second look: not in the main font, or a mark on another."""
    letters = [chr(code) for code in sorted(_fonts()[MAIN_FONT])]
    plain = [c for c in letters if not unicodedata.combining(c) and unicodedata.category(c) not in {"Cf", *NEVER}]
    return re.compile("[^\n" + re.escape("".join(plain)) + "]")


# ---------- the character map of a font file ----------


def characters_of(font: bytes) -> set[int]:
    """The characters of a TrueType font, by its Unicode character map (formats 4 and 12). Source: OpenType, cmap."""
    start = next(
        struct.unpack_from(">L", font, record + 8)[0]
        for record in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
        if font[record : record + 4] == b"cmap"
    )
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * number)
        kind = struct.unpack_from(">H", font, start + offset)[0]
        if platform in {0, 3} and kind in {4, 12}:
            found |= (_segments if kind == 4 else _groups)(font, start + offset)
    return found - {0xFFFF}


def _segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)}


def _groups(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">L", font, at + 12)[0]
    groups = [struct.unpack_from(">LLL", font, at + 16 + 12 * number) for number in range(count)]
    return {code for first, last, _ in groups for code in range(first, last + 1)}

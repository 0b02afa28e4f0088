"""Where a worksite lies, as people type or paste it: pure."""

import re

DEGREE = 1_000_000
_PAIR = re.compile(
    r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:°\s*)?([NSns])?\s*[;, ]\s*([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:°\s*)?([EWew])?"
)


def read_position(text: str) -> tuple[int, int] | None:
    """Latitude and longitude in millionths of a degree, from what was typed or pasted off a map; None for nothing.

    Understands "61.2567, 22.1234", "61,2567; 22,1234", "61.2567 N 22.1234 E". Raises ValueError when it is no place on
    earth. Source: our choice (WGS 84, as phones and maps give it).
    """
    plain = " ".join(text.split())
    if not plain:
        return None
    found = _PAIR.fullmatch(plain)
    if found is None:
        raise ValueError(text)
    latitude = _signed(found[1], found[2] or "", "sS")
    longitude = _signed(found[3], found[4] or "", "wW")
    if abs(latitude) > 90 * DEGREE or abs(longitude) > 180 * DEGREE:
        raise ValueError(text)
    return latitude, longitude


def _signed(number: str, side: str, negative: str) -> int:
    value = round(float(number.replace(",", ".")) * DEGREE)
    return -value if side and side in negative else value


def position_text(latitude: int | None, longitude: int | None) -> str:
    """A place as it is shown and can be typed again: "61.256700, 22.123400"; empty when it is not known."""
    if latitude is None or longitude is None:
        return ""
    return f"{latitude / DEGREE:.6f}, {longitude / DEGREE:.6f}"

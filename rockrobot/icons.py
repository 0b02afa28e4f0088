"""The icons of the screens: lucide's, drawn inline."""

import functools
from pathlib import Path

from markupsafe import Markup

ICONS = Path(__file__).resolve().parents[1] / "static" / "vendor" / "lucide"


@functools.cache
def icon(name: str) -> Markup:
    """A lucide icon as inline SVG, hidden from screen readers; raises FileNotFoundError for a name not vendored."""
    if not name.replace("-", "").isalnum():
        raise FileNotFoundError(name)
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{inner.strip()}</svg>')  # noqa: S704 (our own vendored files)

"""The rendered page: pictures of pages, and what shows in the window of an envelope."""

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2

# The window of C5 and E65 envelopes at any slide of the folded sheet, in mm (recall reference, letter layout).
SAFE_BOX = (20.0, 40.0, 94.0, 59.0)
EMPTY_ZONE = (0.0, 27.0, 113.0, 75.0)
PAGE = (210.0, 297.0)
FIRST_BASELINE, PITCH = 43.4, 3.7
PREVIEW_DOTS_PER_MM = 3.2
DOTS_PER_MM = 4
POINTS_PER_MM = 72 / 25.4
PALE, PALE_IN_DRILL = 245, 200


@dataclass(frozen=True)
class WindowFault:
    """Ink where the window needs none, or no ink where the address belongs; x, y in mm from the top left."""

    code: str
    x: float
    y: float


class Window(NamedTuple):
    """The window of a letter: its page in the file (from 0), the rows of its address, and whether it is a drill."""

    page: int
    rows: int
    is_drill: bool


def page_pictures(pdf: bytes, *, dots_per_mm: float = DOTS_PER_MM, limit: int | None = None) -> list[Any]:
    """The pages as grey Pillow images."""
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document) if limit is None else min(limit, len(document))
        return [document[i].render(scale=dots_per_mm / POINTS_PER_MM, grayscale=True).to_pil() for i in range(count)]


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def page_png(pdf: bytes, number: int, *, dots_per_mm: float = DOTS_PER_MM) -> bytes:
    """One page (from 1) as PNG, for previews."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[number - 1].render(scale=dots_per_mm / POINTS_PER_MM).to_pil()
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def page_addresses(pdf: bytes) -> list[str]:
    """The pages as data addresses of PNG pictures, for a preview on a screen."""
    numbers = range(1, page_count(pdf) + 1)
    pictures = (page_png(pdf, number, dots_per_mm=PREVIEW_DOTS_PER_MM) for number in numbers)
    return ["data:image/png;base64," + base64.b64encode(picture).decode() for picture in pictures]


def _window_zone(page: Any) -> Any:
    """What a window could show of a page, as a grey image with ink on white."""
    left, top, right, bottom = EMPTY_ZONE
    crop = tuple(side * POINTS_PER_MM for side in (left, PAGE[1] - bottom, PAGE[0] - right, top))
    return page.render(scale=DOTS_PER_MM / POINTS_PER_MM, crop=crop, grayscale=True).to_pil()


def window_faults(pdf: bytes, *, rows: int = 5, is_drill: bool = False) -> list[WindowFault]:
    """What is wrong with the window of the first page: address ink outside the safe box of both C5 and E65.

    The whole zone that a window could show, x 0-113 and y 27-75 mm, must be empty but for the safe box, and in that for
    the rows that the address has: one too wide for its column wraps, and may then fit the box. A drill's pale watermark
    does not count. Judged on the rendered page. Source: recall reference, letter layout (our choice).
    """
    return next(faults_of_windows(pdf, [Window(0, rows, is_drill)]))


def faults_of_windows(pdf: bytes, windows: Iterable[Window]) -> Iterator[list[WindowFault]]:
    """What window_faults tells, of each of these pages of one file, which is opened once."""
    with pypdfium2.PdfDocument(pdf) as document:
        for window in windows:
            yield _faults(_window_zone(document[window.page]), window)


def _faults(zone: Any, window: Window) -> list[WindowFault]:
    darkest = PALE_IN_DRILL if window.is_drill else PALE
    ink = zone.point(lambda value: 255 if value < darkest else 0)
    left, top = EMPTY_ZONE[:2]
    offsets = (left, top, left, top)
    bottom = min(SAFE_BOX[3], FIRST_BASELINE + PITCH * (window.rows - 0.5))
    sides = (*SAFE_BOX[:3], bottom)
    safe = tuple(int((side - start) * DOTS_PER_MM) for side, start in zip(sides, offsets, strict=True))
    address = ink.crop(safe).getbbox()
    ink.paste(0, safe)
    outside = ink.getbbox()
    if outside is not None:
        return [WindowFault("outside_window", outside[0] / DOTS_PER_MM + left, outside[1] / DOTS_PER_MM + top)]
    return [] if address else [WindowFault("no_address", SAFE_BOX[0], SAFE_BOX[1])]

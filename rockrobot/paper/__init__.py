"""Documents on paper: data in, PDF bytes out (Typst); QR codes; what shows in an envelope's window.

What a person typed reaches Typst as data, never as markup. Fonts and templates come with the project.
"""

from rockrobot.paper.codes import qr_picture, qr_png, qr_svg
from rockrobot.paper.glyphs import is_printable, printable
from rockrobot.paper.pages import WindowFault, page_addresses, page_count, page_pictures, page_png, window_faults
from rockrobot.paper.pool import Drawn, DrawnLetter, draw, draw_batches, render_batches
from rockrobot.paper.press import (
    MAX_BATCH,
    PAPER,
    USUAL_BATCH,
    PaperError,
    keep_picture,
    render,
    render_answer,
    render_batch,
    render_code_stickers,
    render_letter,
    render_report,
    render_stickers,
    sha256_of,
)

__all__ = [
    "MAX_BATCH",
    "PAPER",
    "USUAL_BATCH",
    "Drawn",
    "DrawnLetter",
    "PaperError",
    "WindowFault",
    "draw",
    "draw_batches",
    "is_printable",
    "keep_picture",
    "page_addresses",
    "page_count",
    "page_pictures",
    "page_png",
    "printable",
    "qr_picture",
    "qr_png",
    "qr_svg",
    "render",
    "render_answer",
    "render_batch",
    "render_batches",
    "render_code_stickers",
    "render_letter",
    "render_report",
    "render_stickers",
    "sha256_of",
    "window_faults",
]

"""Documents on paper: data in, PDF bytes out (Typst); QR codes; what shows in an envelope's window.

What a person typed reaches Typst as data, never as markup. Fonts and templates come with the project.
"""

import atexit
import functools
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import typst
import zxingcpp
from PIL import Image

PAPER = Path(__file__).resolve().parents[1] / "paper"
TEMPLATES = ("letter.typ", "report.typ", "labels.json")
STANDARDS = ["a-2a", "ua-1"]
FIXED_MOMENT = 946_684_800
MAX_BATCH = 500
SHORT = 2  # pages of a letter that fits one page, with its reply slip
PICTURE_SUFFIXES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}

# The window of C5 and E65 envelopes at any slide of the folded sheet, in mm (recall reference, letter layout).
SAFE_BOX = (20.0, 40.0, 94.0, 59.5)
EMPTY_ZONE = (0.0, 27.0, 113.0, 75.0)
PAGE = (210.0, 297.0)
DOTS_PER_MM = 4


class PaperError(RuntimeError):
    """A document can't be made; the text is for the log, it names the template and no data."""


@dataclass(frozen=True)
class WindowFault:
    """Ink where the window needs none, or address ink outside the safe box; x, y in mm from the top left."""

    code: str
    x: float
    y: float


@functools.cache
def _workshop() -> tuple[Path, Any]:
    """A folder of this process with templates and pictures, and a compiler that may read there only."""
    root = Path(tempfile.mkdtemp(prefix="rockrobot-paper-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    (root / "pictures").mkdir()
    for name in TEMPLATES:
        if (PAPER / name).exists():
            shutil.copy(PAPER / name, root / name)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(PAPER / "fonts")])
    return root, typst.Compiler(root=str(root), font_paths=fonts, ignore_system_fonts=True)


def keep_picture(body: bytes) -> str:
    """Put a picture (PNG or JPEG) where documents of this process can show it; the name to use in their data."""
    suffix = next((s for magic, s in PICTURE_SUFFIXES.items() if body.startswith(magic)), None)
    if suffix is None:
        raise PaperError("a picture that is neither PNG nor JPEG")
    name = hashlib.sha256(body).hexdigest() + suffix
    path = _workshop()[0] / "pictures" / name
    if not path.exists():
        path.write_bytes(body)
    return name


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1, PDF/A-2a) of a template with this data; the same data gives the same bytes."""
    root, compiler = _workshop()
    try:
        pdf: bytes = compiler.compile(
            input=str(root / template),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=FIXED_MOMENT,
        )
    except typst.TypstError as error:
        raise PaperError(f"{template}: {error.message}") from error
    return pdf


def render_letter(content: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """One letter as it is kept and e-mailed. content: as letter.typ reads it; pictures: name -> bytes."""
    return render_batch([content], pictures)


def render_batch(
    contents: Sequence[Mapping[str, Any]],
    pictures: Mapping[str, bytes],
    *,
    is_duplex: bool = False,
    page_counts: Sequence[int] | None = None,
) -> bytes:
    """A print batch: up to 500 letters in one language as one tagged PDF; duplex begins each on a new sheet.

    page_counts: pages of each letter where the caller knows them; else every letter is taken to have two, and the
    batch is drawn once more when that was wrong.
    """
    languages = {content["language"] for content in contents}
    if len(languages) != 1 or not 0 < len(contents) <= MAX_BATCH:
        raise PaperError("a batch holds 1 to 500 letters in one language")
    for body in pictures.values():
        keep_picture(body)
    counts = list(page_counts or [SHORT] * len(contents))
    pdf = render("letter.typ", _batch_data(contents, counts, is_duplex=is_duplex))
    if page_counts is not None or page_count(pdf) == SHORT * len(contents):
        return pdf
    counts = [page_count(pdf)] if len(contents) == 1 else [page_count(render_letter(c, {})) for c in contents]
    return render("letter.typ", _batch_data(contents, counts, is_duplex=is_duplex))


def _batch_data(contents: Sequence[Mapping[str, Any]], counts: Sequence[int], *, is_duplex: bool) -> dict[str, Any]:
    first = contents[0]
    title = first["reference"] if len(contents) == 1 else f"{first['reference']} – {contents[-1]['reference']}"
    return {
        "language": first["language"],
        "title": f"{first['heading']}: {title}",
        "author": first["sender"]["name"],
        "duplex": is_duplex,
        "letters": [
            {**content, "qr_png": list(qr_png(content["qr_url"])), "pages": count}
            for content, count in zip(contents, counts, strict=True)
        ],
    }


def render_report(report: Mapping[str, Any]) -> bytes:
    """A report: title, language, is_drill, facts [(label, value)], sections [{heading, paragraphs, columns, rows}]."""
    return render("report.typ", report)


def sha256_of(body: bytes) -> str:
    """The digest by which a document is known (hexadecimal)."""
    return hashlib.sha256(body).hexdigest()


# ---------- codes ----------


def _qr(text: str) -> Any:
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)


def qr_svg(text: str) -> str:
    """A QR code as SVG, with its quiet zone."""
    return str(zxingcpp.write_barcode_to_svg(_qr(text), add_quiet_zones=True))


def qr_png(text: str) -> bytes:
    """A QR code as PNG of one dot a module, with its quiet zone; to be enlarged without smoothing."""
    dots = memoryview(zxingcpp.write_barcode_to_image(_qr(text), scale=1, add_quiet_zones=True))
    stream = io.BytesIO()
    Image.frombuffer("L", (dots.shape[1], dots.shape[0]), dots.tobytes()).convert("1").save(stream, "PNG")
    return stream.getvalue()


# ---------- the rendered page ----------


def page_pictures(pdf: bytes, *, dots_per_mm: float = DOTS_PER_MM, limit: int | None = None) -> list[Any]:
    """The pages as grey Pillow images."""
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document) if limit is None else min(limit, len(document))
        return [document[i].render(scale=dots_per_mm * 25.4 / 72, grayscale=True).to_pil() for i in range(count)]


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def page_png(pdf: bytes, number: int, *, dots_per_mm: float = DOTS_PER_MM) -> bytes:
    """One page (from 1) as PNG, for previews."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[number - 1].render(scale=dots_per_mm * 25.4 / 72).to_pil()
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def window_faults(pdf: bytes, *, is_drill: bool = False) -> list[WindowFault]:
    """What is wrong with the window of the first page: address ink outside the safe box of both C5 and E65.

    The whole zone that a window could show, x 0-113 and y 27-75 mm, must be empty but for the safe box. A drill's pale
    watermark does not count. Judged on the rendered page. Source: recall reference, letter layout (our choice).
    """
    page = page_pictures(pdf, limit=1)[0]
    darkest = 200 if is_drill else 245
    left, top, right, bottom = (int(side * DOTS_PER_MM) for side in EMPTY_ZONE)
    safe = [side * DOTS_PER_MM for side in SAFE_BOX]
    zone = page.crop((left, top, right, bottom)).point(lambda value: 255 if value < darkest else 0)
    zone.paste(0, tuple(int(side) for side in (safe[0] - left, safe[1] - top, safe[2] - left, safe[3] - top)))
    box = zone.getbbox()
    if box is not None:
        return [WindowFault("outside_window", (box[0] + left) / DOTS_PER_MM, (box[1] + top) / DOTS_PER_MM)]
    inside = page.crop(tuple(int(side) for side in safe)).point(lambda value: 255 if value < darkest else 0)
    return [] if inside.getbbox() else [WindowFault("no_address", SAFE_BOX[0], SAFE_BOX[1])]

"""The press: a template and data make a tagged PDF."""

import atexit
import functools
import hashlib
import io
import json
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from rockrobot.paper.codes import qr_png
from rockrobot.paper.cutter import Cutter
from rockrobot.paper.glyphs import FONTS, printable
from rockrobot.paper.pages import page_count

PAPER = FONTS.parent
TEMPLATES = ("sheet.typ", "letter.typ", "answer.typ", "report.typ", "stickers.typ", "labels.json")
STANDARDS = ["a-2a", "ua-1"]
FIXED_MOMENT = 946_684_800
MAX_BATCH = 500
USUAL_BATCH = 125  # drawing takes some 2 MB a letter: less than 400 MB a process
SHORT = 2
_at_the_press = threading.Lock()  # a compiler refuses a second thread while it draws
PICTURE_SIZE = (980, 380)
JPEG_QUALITY = 88


class PaperError(RuntimeError):
    """A document can't be made; the text is for the log, it names the template and no data."""


@functools.cache
def _workshop() -> tuple[Path, Any]:
    """A folder of this process with templates and pictures, and a compiler that may read there only."""
    root = Path(tempfile.mkdtemp(prefix="rockrobot-paper-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    (root / "pictures").mkdir()
    for name in TEMPLATES:
        shutil.copy(PAPER / name, root / name)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return root, typst.Compiler(root=str(root), font_paths=fonts, ignore_system_fonts=True)


def close() -> None:
    """Put this process's folder away; a process that ends without its exit handlers calls it."""
    shutil.rmtree(_workshop()[0], ignore_errors=True)
    _workshop.cache_clear()


def keep_picture(body: bytes) -> str:
    """Put a picture (PNG or JPEG) where documents of this process can show it; the name to use in their data.

    It is kept as JPEG on white, at 400 dots an inch of its place on the page (62 x 24 mm): a PDF takes a JPEG as it
    is, and packs a PNG anew for every letter.
    """
    name = hashlib.sha256(body).hexdigest() + ".jpg"
    path = _workshop()[0] / "pictures" / name
    if not path.exists():
        path.write_bytes(_for_print(body))
    return name


def _for_print(body: bytes) -> bytes:
    try:
        picture: Image.Image = Image.open(io.BytesIO(body), formats=("PNG", "JPEG"))
        is_ready = picture.format == "JPEG" and picture.mode in {"L", "RGB"}
        if is_ready and picture.width <= PICTURE_SIZE[0] and picture.height <= PICTURE_SIZE[1]:
            return body
        picture.draft("RGB", PICTURE_SIZE)
        picture = picture.convert("RGBA")
    except (OSError, Image.DecompressionBombError):
        raise PaperError("a picture that is neither PNG nor JPEG") from None
    picture.thumbnail(PICTURE_SIZE)
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture)
    stream = io.BytesIO()
    page.save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1, PDF/A-2a) of a template with this data; the same data gives the same bytes."""
    told = json.dumps(printable(data), ensure_ascii=False)
    try:
        with _at_the_press:
            root, compiler = _workshop()
            pdf: bytes = compiler.compile(
                input=str(root / template),
                format="pdf",
                sys_inputs={"data": told},
                pdf_standards=STANDARDS,
                timestamp=FIXED_MOMENT,
            )
    except typst.TypstError as error:
        raise PaperError(f"{template}: {error.message}") from error
    return pdf


def render_letter(content: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """One letter as it is kept and e-mailed. content: what letter.typ reads; pictures: name -> bytes."""
    return render_batch([content], pictures)


def render_batch(
    contents: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes], *, is_duplex: bool = False
) -> bytes:
    """A print batch: up to 500 letters in one language as one tagged PDF; duplex begins each on a new sheet."""
    return draw_batch(contents, pictures, is_duplex=is_duplex)[0]


def draw_batch(
    contents: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes], *, is_duplex: bool = False
) -> tuple[bytes, list[int]]:
    """A print batch, and how many pages each of its letters has.

    Every letter is taken to have two (the letter and its reply slip); where that was wrong, the batch is drawn once
    more with the counts that the first drawing shows.
    """
    languages = {content["language"] for content in contents}
    if len(languages) != 1 or not 0 < len(contents) <= MAX_BATCH:
        raise PaperError("a batch holds 1 to 500 letters in one language")
    for body in pictures.values():
        keep_picture(body)
    counts = [SHORT] * len(contents)
    pdf = render("letter.typ", _batch_data(contents, counts, is_duplex=is_duplex))
    total = page_count(pdf)
    if total != sum(counts):
        firsts = first_pages(Cutter(pdf))
        counts = [end - first for first, end in zip(firsts, [*firsts[1:], total], strict=True)]
        pdf = render("letter.typ", _batch_data(contents, counts, is_duplex=is_duplex))
    return pdf, counts


def first_pages(batch: Cutter) -> list[int]:
    """The first page of each letter of a batch, from 0: letter and reply slip are a chapter each."""
    return [chapter.page for chapter in batch.chapters[::2]]


def title_of(contents: Sequence[Mapping[str, Any]]) -> str:
    """The title of a file with these letters: the heading, and the first and last reference."""
    first, last = contents[0], contents[-1]
    references = dict.fromkeys((first["reference"], last["reference"]))
    return f"{first['heading']}: {' – '.join(references)}"


def _batch_data(contents: Sequence[Mapping[str, Any]], counts: Sequence[int], *, is_duplex: bool) -> dict[str, Any]:
    return {
        "language": contents[0]["language"],
        "title": title_of(contents),
        "author": contents[0]["sender"]["name"],
        "duplex": is_duplex,
        "letters": [
            {**content, "qr_png": list(qr_png(content["qr_url"])), "pages": count}
            for content, count in zip(contents, counts, strict=True)
        ],
    }


def render_answer(answer: Mapping[str, Any]) -> bytes:
    """The answer to a privacy request: language, heading, reference, date, sender, address_lines, sections."""
    return render("answer.typ", {"is_drill": False, "title": f"{answer['heading']}: {answer['reference']}", **answer})


def render_report(report: Mapping[str, Any]) -> bytes:
    """A report or card: title, author, language, is_drill, facts [(label, value)], sections (see report.typ).

    qr, where given, is the text of a code in the corner.
    """
    code = {"qr_png": list(qr_png(report["qr"]))} if report.get("qr") else {}
    return render("report.typ", {name: value for name, value in report.items() if name != "qr"} | code)


def render_stickers(title: str, stickers: Sequence[Sequence[str]]) -> bytes:
    """Address labels, 24 to a sheet (three by eight of 70 x 37 mm on A4); each is its lines of text."""
    return _stickers(title, [{"lines": list(lines)} for lines in stickers])


def render_code_stickers(title: str, stickers: Sequence[tuple[Sequence[str], str]]) -> bytes:
    """Labels as address labels are, each with its lines of text and the text of its QR code."""
    return _stickers(title, [{"lines": list(lines), "qr_png": list(qr_png(code))} for lines, code in stickers])


def _stickers(title: str, stickers: Sequence[Mapping[str, Any]]) -> bytes:
    return render("stickers.typ", {"title": title, "language": "fi", "stickers": list(stickers)})


def sha256_of(body: bytes) -> str:
    """The digest by which a document is known (hexadecimal)."""
    return hashlib.sha256(body).hexdigest()

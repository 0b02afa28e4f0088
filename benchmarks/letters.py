"""What a recall letter costs in CPU time: ours, a bare PDF writer, ReportLab and WeasyPrint on the same content.

python benchmarks/letters.py [--letters 900] [--chunk 125]; prints one line. A letter is two pages (letter and reply
slip) with pictures, a table and a QR code; ours are tagged. Each batch is made by a process of its own, as the worker
does it: first the batch alone, then all that is kept of it (batch, each letter cut out, window looked at). The bare
writer does its batches in turn with ours. The peers are measured on fewer letters, and only where the bench extra is
installed.
"""

import argparse
import importlib.util
import io
import json
import os
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image, ImageFont

from rockrobot import paper

FONT = paper.PAPER / "fonts" / "HankenGrotesk-Regular.ttf"
WORDS = json.loads((paper.PAPER / "labels.json").read_text(encoding="utf-8"))["fi"]
PICTURES = {name: (paper.PAPER / "samples" / f"{name}.png").read_bytes() for name in ("product", "plate")}
MM = 72 / 25.4
Letter = dict[str, Any]


def letters(count: int) -> list[Letter]:
    """Letters that differ as real ones do: reference, address, one to five machines."""
    names = {name: paper.keep_picture(body) for name, body in PICTURES.items()}
    return [letter(number, names) for number in range(1, count + 1)]


def letter(number: int, names: dict[str, str]) -> Letter:
    reference = f"TV-2026-001-{number:04}"
    unit = {"model": "RR-200", "part": "PT-7", "batch": "E003", "fitted": "1.2.2023", "sold": "1.5.2023"}
    return {
        "reference": reference,
        "language": "fi",
        "kind": "first",
        "is_drill": False,
        "date": "23.11.2026",
        "sender": {
            "name": "Kivirobotti Oy",
            "brand": "",
            "street": "Vesimyllynkatu 2",
            "postcode": "33310",
            "city": "Tampere",
            "phone": "+358 20 555 0100",
            "email": "turvallisuus@kivirobotti.example",
            "website": "kivirobotti.example",
            "business_id": "1234567-1",
            "contact_person": "Petri Lehtinen",
        },
        "address_lines": [
            f"Louhinta {number} Oy",
            "Aino Aho",
            f"Louhostie {number}",
            f"{number % 90000 + 10000} KOKEMÄKI",
        ],
        "heading": "Tuoteturvallisuuteen liittyvä takaisinveto",
        "subject": "Kivirobotti 200: painetiiviste voi revetä",
        "product_name": "Kivirobotti 200",
        "brand": "Kivirobotti",
        "product_picture": names["product"],
        "plate_picture": names["plate"],
        "plate_text": "Arvokilpi on rungon oikealla sivulla, huoltoluukun alla.",
        "units": [unit | {"serial": f"SP-{number * 5 + i:05}"} for i in range(number % 5 + 1)],
        "hazard": "Painetiiviste voi revetä, jolloin kuumaa hydrauliöljyä suihkuaa paineella. "
        "Öljysuihku voi aiheuttaa vakavia palovammoja ja silmävammoja.",
        "stop_use": "Pysäytä laite ja tee se paineettomaksi. Älä käytä laitetta ennen kuin tiiviste on vaihdettu.",
        "instructions": "1. Tarkista sarjanumero arvokilvestä.\n2. Merkitse laite käyttökieltoon.\n"
        "3. Palauta vastauslomake.",
        "remedies": "Vaihdamme tiivisteen maksutta tai palautamme kauppahinnan, kumman itse valitset.",
        "self_repair": "",
        "service_phone": "0800 123 456",
        "service_online": "kivirobotti.example/turvallisuus",
        "service_email": "turvallisuus@kivirobotti.example",
        "service_hours": "Arkisin 8–16.",
        "pass_on": "",
        "apology": "Pahoittelemme tästä aiheutuvaa vaivaa.",
        "qr_url": f"https://rekisteri.example/replies/{reference}",
    }


# ---------- the same words for the peers ----------


def sections(content: Letter) -> list[tuple[str, list[str]]]:
    """Side headings and their rows, in the order of the letter."""
    service = f"{WORDS['phone']}: {content['service_phone']}  {WORDS['online']}: {content['service_online']}"
    return [
        (WORDS["todo"], content["instructions"].split("\n")),
        (WORDS["remedies"], [content["remedies"]]),
        (WORDS["service"], [f"{WORDS['service_intro']} {content['service_hours']}", service]),
        (WORDS["pass_on"], [WORDS["pass_on_text"]]),
        ("", [content["apology"], WORDS["greeting"], content["sender"]["name"]]),
    ]


def sender_rows(content: Letter) -> list[str]:
    sender = content["sender"]
    return [
        sender["street"],
        f"{sender['postcode']} {sender['city']}",
        *(sender[k] for k in ("phone", "email", "website", "business_id")),
    ]


def table_rows(content: Letter) -> list[list[str]]:
    keys = ("model", "serial", "part", "batch", "fitted", "sold")
    return [[WORDS[key] for key in keys], *([unit[key] for key in keys] for unit in content["units"])]


# ---------- the page, for writers that place things themselves ----------


class Writer(Protocol):
    """A page to write on; x and y in mm from the top left, y is the line the letters stand on."""

    def text(self, x: float, y: float, words: str, size: float = 10) -> None: ...
    def flow(self, x: float, y: float, width: float, words: str) -> float: ...
    def table(self, y: float, rows: Sequence[Sequence[str]]) -> float: ...
    def picture(self, name: str, x: float, y: float) -> None: ...
    def code(self, url: str, x: float, y: float) -> None: ...
    def box(self, x: float, y: float) -> None: ...
    def next_page(self) -> None: ...


def place(content: Letter, on: Writer) -> None:
    """The two pages of a letter."""
    place_head(content, on, f"{content['date']}  1 (2)", content["address_lines"])
    for i, row in enumerate(sender_rows(content)):
        on.text(118, 43 + 4 * i, row, 9.5)
    on.text(20, 99, content["heading"], 19)
    on.text(20, 105, content["subject"], 12.5)
    y = place_section(on, 114, WORDS["stop"], [content["stop_use"]])
    y = place_section(on, y, WORDS["hazard"], [content["hazard"]])
    for x, name, caption in ((66, "product", content["product_name"]), (133, "plate", WORDS["plate"])):
        on.picture(name, x, y + 24)
        on.text(x, y + 29, caption, 9)
    on.text(20, y + 36, WORDS["units"])
    y = on.table(y + 42, table_rows(content))
    for title, rows in sections(content):
        y = place_section(on, y, title, rows)
    on.next_page()
    place_head(content, on, "2 (2)", [content["sender"]["name"], *sender_rows(content)[:2]])
    place_slip(content, on)
    on.next_page()


def place_head(content: Letter, on: Writer, number: str, address: Sequence[str]) -> None:
    on.text(20, 15, content["sender"]["name"], 15)
    on.text(118, 15, number)
    on.text(118, 19, content["reference"])
    for i, row in enumerate(address):
        on.text(20, 43.3 + 3.7 * i, row, 10.5)


def place_section(on: Writer, y: float, title: str, rows: Sequence[str]) -> float:
    on.text(20, y, title)
    for row in rows:
        y = on.flow(66, y, 129, row)
    return y + 3


def place_slip(content: Letter, on: Writer) -> None:
    on.code(content["qr_url"], 168, 48)
    on.text(20, 99, WORDS["reply_title"], 15)
    y = on.flow(20, 106, 175, WORDS["reply_hint"]) + 6
    for i, words in enumerate([unit["serial"] for unit in content["units"]] + WORDS["replies"]):
        x, row = 20 + 90 * (i % 2), y + 6 * (i // 2)
        on.box(x, row)
        on.text(x + 6, row, words)
    for i, key in enumerate(("new_owner", "owner_name", "owner_address", "owner_phone", "signature")):
        on.text(20, y + 60 + 10 * i, WORDS[key])


def by(make: Callable[[], Any], contents: Sequence[Letter]) -> bytes:
    writer = make()
    for content in contents:
        place(content, writer)
    return bytes(writer.finish())


class Bare:
    """PDF by hand: one font, lines of text, rules, pictures. No tags, no styles: the floor."""

    def __init__(self) -> None:
        self.objects: list[bytes] = [b"", b""]
        self.pages: list[int] = []
        self.parts: list[bytes] = []
        self.codes = ""
        font = ImageFont.truetype(str(FONT), 1000, layout_engine=ImageFont.Layout.BASIC)
        characters = [bytes([code]).decode("cp1252", "replace") for code in range(32, 256)]
        self.widths = {c: font.getlength(c) / 1000 for c in characters}
        self.font = self.font_of([self.widths[c] for c in characters])
        shown = {n: self.image(Image.open(io.BytesIO(body)).convert("RGB")) for n, body in PICTURES.items()}
        self.pictures = "".join(f"/{name} {number} 0 R" for name, number in shown.items())

    def add(self, head: str, stream: bytes | None = None) -> int:
        body = f"<<{head}>>".encode("cp1252")
        if stream is not None:
            packed = zlib.compress(stream)
            start = f"<<{head}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode("cp1252")
            body = start + packed + b"\nendstream"
        self.objects.append(body)
        return len(self.objects)

    def font_of(self, widths: Sequence[float]) -> int:
        descriptor = self.add(
            f"/Type/FontDescriptor/FontName/Hanken/Flags 32/FontBBox[-200 -300 1200 1000]/ItalicAngle 0/Ascent 1000"
            f"/Descent -300/CapHeight 700/StemV 80/FontFile2 {self.add('', FONT.read_bytes())} 0 R"
        )
        return self.add(
            f"/Type/Font/Subtype/TrueType/BaseFont/Hanken/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255"
            f"/Widths[{' '.join(f'{width * 1000:.0f}' for width in widths)}]/FontDescriptor {descriptor} 0 R"
        )

    def image(self, picture: Image.Image) -> int:
        space = "DeviceRGB" if picture.mode == "RGB" else "DeviceGray"
        size = f"/Width {picture.width}/Height {picture.height}/BitsPerComponent 8/ColorSpace/{space}"
        return self.add(f"/Type/XObject/Subtype/Image{size}", picture.tobytes())

    def text(self, x: float, y: float, words: str, size: float = 10) -> None:
        safe = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
        self.parts.append(f"BT /F {size} Tf {x * MM:.2f} {842 - y * MM:.2f} Td (".encode() + safe + b") Tj ET")

    def flow(self, x: float, y: float, width: float, words: str) -> float:
        room, used, row = width * MM / 10, 0.0, ""
        for word in words.split(" "):
            length = sum(self.widths.get(c, 0.5) for c in word) + self.widths[" "]
            if used + length > room and row:
                self.text(x, y, row)
                y, used, row = y + 4.6, 0.0, ""
            row += word + " "
            used += length
        self.text(x, y, row)
        return y + 4.6

    def table(self, y: float, rows: Sequence[Sequence[str]]) -> float:
        for row in rows:
            for x, cell in zip((20, 66, 90, 105, 120, 140), row, strict=True):
                self.text(x, y, cell)
            under = 842 - (y + 1.4) * MM
            self.parts.append(f"{20 * MM:.1f} {under:.1f} m {195 * MM:.1f} {under:.1f} l S".encode())
            y += 4.9
        return y + 3

    def show(self, name: str, x: float, y: float, width: float, height: float) -> None:
        at = f"{width * MM:.1f} 0 0 {height * MM:.1f} {x * MM:.1f} {842 - y * MM:.1f}"
        self.parts.append(f"q {at} cm /{name} Do Q".encode())

    def picture(self, name: str, x: float, y: float) -> None:
        self.show(name, x, y, 62, 24)

    def code(self, url: str, x: float, y: float) -> None:
        self.codes = f"/Q {self.image(Image.open(io.BytesIO(paper.qr_png(url))).convert('L'))} 0 R"
        self.show("Q", x, y, 27, 27)

    def box(self, x: float, y: float) -> None:
        self.parts.append(f"{x * MM:.1f} {842 - y * MM:.1f} 9.6 9.6 re S".encode())

    def next_page(self) -> None:
        stream = self.add("", b"\n".join(self.parts))
        self.pages.append(
            self.add(
                f"/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {stream} 0 R"
                f"/Resources<</Font<</F {self.font} 0 R>>/XObject<<{self.pictures}{self.codes}>>>>"
            )
        )
        self.parts, self.codes = [], ""

    def finish(self) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        self.objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
        self.objects[1] = f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>".encode()
        out, places = io.BytesIO(b"%PDF-1.7\n"), []
        out.seek(0, io.SEEK_END)
        for number, body in enumerate(self.objects, 1):
            places.append(out.tell())
            out.write(f"{number} 0 obj".encode() + body + b"\nendobj\n")
        start = out.tell()
        out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
        out.write("".join(f"{at:010} 00000 n \n" for at in places).encode())
        out.write(f"trailer<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode())
        return out.getvalue()


class ByReportLab:
    """ReportLab as it is used: words placed on a canvas, paragraphs and the table flowed."""

    def __init__(self) -> None:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.pdfgen.canvas import Canvas
        from reportlab.platypus import Paragraph, Table

        pdfmetrics.registerFont(TTFont("Hanken", str(FONT)))
        self.style = ParagraphStyle("text", fontName="Hanken", fontSize=10, leading=13)
        self.paragraph, self.table_of, self.reader = Paragraph, Table, ImageReader
        self.stream = io.BytesIO()
        self.canvas = Canvas(self.stream, pagesize=(595, 842))
        self.pictures = {name: ImageReader(io.BytesIO(body)) for name, body in PICTURES.items()}

    def text(self, x: float, y: float, words: str, size: float = 10) -> None:
        self.canvas.setFont("Hanken", size)
        self.canvas.drawString(x * MM, 842 - y * MM, words)

    def draw(self, item: Any, x: float, y: float, width: float) -> float:
        height = item.wrap(width * MM, 842)[1]
        item.drawOn(self.canvas, x * MM, 842 - (y - 4) * MM - height)
        return float(y + height / MM)

    def flow(self, x: float, y: float, width: float, words: str) -> float:
        return self.draw(self.paragraph(words, self.style), x, y, width)

    def table(self, y: float, rows: Sequence[Sequence[str]]) -> float:
        lines = [("FONT", (0, 0), (-1, -1), "Hanken", 10), ("LINEBELOW", (0, 0), (-1, -1), 0.5, "#9aa3ab")]
        return self.draw(self.table_of(rows, style=lines), 20, y, 175) + 3

    def picture(self, name: str, x: float, y: float) -> None:
        self.canvas.drawImage(self.pictures[name], x * MM, 842 - y * MM, 62 * MM, 24 * MM)

    def code(self, url: str, x: float, y: float) -> None:
        reader = self.reader(io.BytesIO(paper.qr_png(url)))
        self.canvas.drawImage(reader, x * MM, 842 - y * MM, 27 * MM, 27 * MM)

    def box(self, x: float, y: float) -> None:
        self.canvas.rect(x * MM, 842 - y * MM, 9.6, 9.6)

    def next_page(self) -> None:
        self.canvas.showPage()

    def finish(self) -> bytes:
        self.canvas.save()
        return self.stream.getvalue()


# ---------- WeasyPrint ----------

CSS = """@page { size: A4; margin: 10mm 15mm 13mm 20mm } * { font: 10pt Hanken Grotesk, sans-serif; margin: 0 }
article { break-before: page } .to, .from { height: 55mm; padding-top: 30mm } .to { float: left; width: 98mm }
h1 { font-size: 19pt; clear: both } h2 { float: left; width: 42mm } section { margin-top: 3mm }
section div { margin-left: 46mm }
table { width: 175mm; border-collapse: collapse } td, th { border-bottom: 0.5pt solid #9aa3ab } img { width: 62mm }
.boxes { display: grid; grid-template-columns: 1fr 1fr } .boxes p::before { content: "☐ " }"""


def by_weasyprint(contents: Sequence[Letter]) -> bytes:
    import base64
    from html import escape

    import weasyprint

    def inline(body: bytes) -> str:
        return "data:image/png;base64," + base64.b64encode(body).decode()

    def rows(values: Sequence[str]) -> str:
        return "".join(f"<p>{escape(value)}</p>" for value in values)

    shown = "".join(f'<img alt="" src="{inline(body)}">' for body in PICTURES.values())

    def section(title: str, values: Sequence[str]) -> str:
        return f"<section><h2>{escape(title)}</h2><div>{rows(values)}</div></section>"

    def article(content: Letter) -> str:
        table = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table_rows(content)
        )
        boxes = [unit["serial"] for unit in content["units"]] + WORDS["replies"]
        ends = [WORDS[key] for key in ("new_owner", "owner_name", "owner_address", "owner_phone", "signature")]
        return (
            f"<article><div class=to>{rows(content['address_lines'])}</div><div class=from>{rows(sender_rows(content))}"
            f"{content['date']} {content['reference']} 1 (2)</div>"
            f"<h1>{content['heading']}</h1><p>{content['subject']}</p>{section(WORDS['stop'], [content['stop_use']])}"
            f"{section(WORDS['hazard'], [content['hazard']])}{shown}<table>{table}</table>"
            f"{''.join(section(*pair) for pair in sections(content))}</article>"
            f"<article><p>{content['sender']['name']} {content['reference']} 2 (2)</p>"
            f'<img alt="" src="{inline(paper.qr_png(content["qr_url"]))}"><h1>{WORDS["reply_title"]}</h1>'
            f"<p>{WORDS['reply_hint']}</p><div class=boxes>{rows(boxes)}</div>{rows(ends)}</article>"
        )

    html = f"<html lang=fi><title>x</title><style>{CSS}</style>{''.join(map(article, contents))}</html>"
    return bytes(weasyprint.HTML(string=html).write_pdf(pdf_tags=True))


# ---------- the line ----------


class Cost(NamedTuple):
    """What a batch took: CPU seconds a letter, and the most memory of its process in MB."""

    seconds: float
    megabytes: int


def cost(work: Callable[[Sequence[Letter]], Any], contents: Sequence[Letter]) -> Cost:
    """What the work costs in a process of its own, all threads, its start and its first letter left out."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        work(contents[:1])
        begin = time.process_time()
        work(contents)
        os.write(write, str((time.process_time() - begin) / len(contents)).encode())
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit("a batch was not made")
    return Cost(float(os.read(read, 100)), used.ru_maxrss // 1024)


def costs(
    works: dict[str, Callable[[Sequence[Letter]], Any]], contents: Sequence[Letter], chunk: int
) -> dict[str, Cost]:
    """The median seconds and the most memory of each work over the batches, done in turns."""
    batches = [contents[first : first + chunk] for first in range(0, len(contents), chunk)]
    taken = {name: [] for name in works}  # type: dict[str, list[Cost]]
    for batch in batches:
        for name, work in works.items():
            taken[name].append(cost(work, batch))
    return {
        name: Cost(statistics.median(one.seconds for one in all_), max(one.megabytes for one in all_))
        for name, all_ in taken.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=900)
    parser.add_argument("--chunk", type=int, default=paper.USUAL_BATCH)
    given = parser.parse_args()
    contents = letters(given.letters)
    works: dict[str, Callable[[Sequence[Letter]], Any]] = {
        "ours": lambda some: paper.render_batch(some, PICTURES),
        "kept": lambda some: paper.draw(some, PICTURES),
        "bare": partial(by, Bare),
    }
    found = costs(works, contents, given.chunk)
    ours, kept, bare = (found[name].seconds for name in works)
    parts = [f"{1000 * ours:.2f} ms", f"bare writer {1000 * bare:.2f} ms: {ours / bare:.1f} x"]
    for name, work, count in (("reportlab", partial(by, ByReportLab), 200), ("weasyprint", by_weasyprint, 40)):
        if importlib.util.find_spec(name):
            theirs = cost(work, contents[:count]).seconds
            parts.append(f"{name} {1000 * theirs:.2f} ms: {theirs / ours:.1f} x as much")
    print(
        f"letters: {given.letters} of two tagged pages, CPU a letter {', '.join(parts)}; "
        f"with each letter cut out and looked at {1000 * kept:.2f} ms; "
        f"{found['kept'].megabytes} MB a process at {given.chunk} a batch"
    )


if __name__ == "__main__":
    main()

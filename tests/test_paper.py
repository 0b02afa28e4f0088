"""What comes out of the printer: PDFs read back by other readers than the product's own (poppler, zxing, pikepdf)."""

import io
import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product
from typing import Any, NamedTuple

import pikepdf
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rockrobot import paper
from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.case_letters.rules import return_country
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.letters import queries
from rockrobot.letters.actions import LetterDraft, make_letters
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.letters.rules import address_lines
from rockrobot.notices.rules import SHIPPED_HEADINGS
from tests import make
from tests.recalls import cases

PICTURES = {name: (paper.PAPER / "samples" / f"{name}.png").read_bytes() for name in ("product", "plate")}
LABELS = json.loads((paper.PAPER / "labels.json").read_text(encoding="utf-8"))
HEADINGS = {heading.language: heading.words for heading in SHIPPED_HEADINGS}
LANGUAGES = tuple(language.value for language in Language)
FI = LABELS["fi"]
ADDRESS = ["Ålgårdsjøen Gjæring AS", "c/o Ægir Þórsson", "Øvre Gågate 12 B", "9008 TROMSØ", "NORWAY"]
UA, PDFA = "{http://www.aiim.org/pdfua/ns/id/}", "{http://www.aiim.org/pdfa/ns/id/}"
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\\s]")
POINTS_PER_MM = 72 / 25.4
DOTS_PER_MM = 6
A4_WIDTH, A5_HEIGHT, THIRD_HEIGHT = 210, 148.5, 99


class Box(NamedTuple):
    """A part of a page in mm from its top left."""

    left: float
    top: float
    right: float
    bottom: float


class Word(NamedTuple):
    text: str
    box: Box


def windows(width: float, height: float, window: tuple[float, float], folded: float) -> list[Box]:
    """What the window (18 mm from the left, 40 from the top) shows with the sheet in each corner of its envelope."""
    slides = product((0, width - A4_WIDTH), (0, height - folded))
    return [Box(18 - x, 40 - y, 18 - x + window[0], 40 - y + window[1]) for x, y in slides]


WINDOWS = windows(229, 162, (95, 35), A5_HEIGHT) + windows(220, 110, (90, 30), THIRD_HEIGHT)
ANY_WINDOW = Box(0, min(w.top for w in WINDOWS), max(w.right for w in WINDOWS), max(w.bottom for w in WINDOWS))


# ---------- letters ----------


def unit(number: int = 1, **changes: Any) -> dict[str, Any]:
    values = {"model": "RR-200", "serial": f"SP-{number:05}", "part": "PT-7", "batch": "E003", "pieces": None}
    return values | {"fitted": "1.2.2023", "sold": "1.5.2023, Kivirobotti Oy", "case_unit_id": number} | changes


def sender(**changes: str) -> dict[str, str]:
    place = {"street": "Vesimyllynkatu 2", "postcode": "33310", "city": "Tampere", "phone": "+358 20 555 0100"}
    rest = {"email": "info@kivirobotti.example", "website": "kivirobotti.example", "business_id": "1234567-1"}
    return {"name": "Kivirobotti Oy", "brand": "Kivi", "contact_person": "Petri Lehtinen"} | place | rest | changes


def letter(language: str = "fi", number: int = 1, **changes: Any) -> dict[str, Any]:
    """The content of a letter, with the texts that ship for its language."""
    facts = {
        "language": language,
        "kind": "first",
        "is_drill": False,
        "reference": f"TV-2026-001-{number:04}",
        "qr_url": f"https://rekisteri.example/recalls/units/{number}?letter=TV-2026-001-{number:04}",
        "date": "23.11.2026",
        "heading": HEADINGS[language],
        "sender": sender(),
        "address_lines": ["Louhinta Oy", "Louhostie 1", "32800 KOKEMÄKI"],
        "units": [unit()],
        "product_name": "Kivirobotti 200",
        "brand": "Stonepower",
        "service_phone": "0800 123 456",
        "service_online": "kivirobotti.example/turva",
        "service_email": "turva@kivirobotti.example",
        "self_repair": "",
        "apology": "",
    }
    names = {f"{name}_picture": paper.keep_picture(body) for name, body in PICTURES.items()}
    return facts | names | SAMPLE_TEXTS[Language(language)]._asdict() | changes


def one(**changes: Any) -> bytes:
    return paper.render_letter(letter(**changes), PICTURES)


def batch(*letters: dict[str, Any], is_duplex: bool = False) -> bytes:
    return paper.render_batch(letters, PICTURES, is_duplex=is_duplex)


def units(count: int) -> list[dict[str, Any]]:
    return [unit(number) for number in range(1, count + 1)]


# ---------- other readers ----------


def run(tool: str, *words: str, pdf: bytes) -> bytes:
    return subprocess.run(
        [tool, *words], input=pdf, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    ).stdout


def page_texts(pdf: bytes) -> list[str]:
    return run("pdftotext", "-raw", "-enc", "UTF-8", "-", "-", pdf=pdf).decode().split("\f")[:-1]


def squeezed(text: str) -> str:
    """Text without spaces, line breaks and the marks of direction that the reader puts in."""
    return MARKS.sub("", text)


def words_on(pdf: bytes, page: int = 1) -> list[Word]:
    html = run("pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-", pdf=pdf).decode()
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', html)
    return [Word(text, Box(*(float(side) / POINTS_PER_MM for side in sides))) for *sides, text in found]


def pictures(pdf: bytes, dots_per_mm: float = DOTS_PER_MM) -> list[Image.Image]:
    stream = run("pdftoppm", "-gray", "-r", str(dots_per_mm * 25.4), "-", pdf=pdf)
    size = len(stream) // paper.page_count(pdf)
    return [Image.open(io.BytesIO(stream[start : start + size])) for start in range(0, len(stream), size)]


def ink(page: Image.Image, box: Box) -> tuple[int, int, int, int] | None:
    """Where on the page there is ink within a box, in dots; None where it is empty."""
    left, top, right, bottom = (round(side * DOTS_PER_MM) for side in box)
    left = max(left, 0)
    found = page.crop((left, top, right, bottom)).point(lambda value: 255 if value < 245 else 0).getbbox()
    return found and (found[0] + left, found[1] + top, found[2] + left, found[3] + top)


def codes_on(page: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page)]


def rows_in(box: Box, pdf: bytes, page: int) -> list[str]:
    """The rows of text in a box, as they stand."""
    begins = [(word, word.box.left, word.box.top) for word in words_on(pdf, page)]
    inside = [word for word, x, y in begins if box.left <= x <= box.right and box.top <= y <= box.bottom]
    tops = sorted({word.box.top for word in inside})
    return [" ".join(word.text for word in inside if word.box.top == top) for top in tops]


def overprinted(words: list[Word]) -> list[tuple[str, str]]:
    """Pairs of words of which one is printed over the other; where rows only touch does not count."""
    return [(a.text, b.text) for a, b in combinations(words, 2) if _cover(a.box, b.box)]


def _cover(a: Box, b: Box) -> bool:
    quarter = (a.bottom - a.top) / 4
    across = min(a.right, b.right) - max(a.left, b.left)
    return across > 0.3 and min(a.bottom, b.bottom) - max(a.top, b.top) > 2 * quarter


def off_the_page(words: list[Word]) -> list[str]:
    return [w.text for w in words if w.box.left < 19 or w.box.right > 196 or w.box.top < 5 or w.box.bottom > 290]


def pale_share(page: Image.Image) -> float:
    """How much of a page is as pale as a watermark."""
    return sum(page.histogram()[215:240]) / (page.width * page.height)


def tree(pdf: pikepdf.Pdf) -> list[Any]:
    """Every element of the structure tree."""
    found, waiting = [], [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting += list(element)
        elif isinstance(element, pikepdf.Dictionary):
            found += [element] if "/S" in element else []
            waiting += [element.K] if "/K" in element else []
    return found


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


# ---------- the code on the reply slip ----------


def a_printed_letter() -> tuple[Letter, bytes]:
    """The one letter of a drill, about a machine whose owner is a person abroad."""
    recalled = make.batch()
    machine = make.device(make.device_model())
    make.fitting(machine, recalled)
    owner = make.person("Aino", "Ahö", language="nb")
    make.address(owner, street="Storgata 5", postcode="9008", city="Tromsø", country="NO")
    make.ownership(machine, owner)
    case = cases.opened(recalled, is_drill=True)
    prepare_drill(case)
    notify(case)
    found = db.session.scalars(db.select(Letter)).one()
    return found, queries.body_of(found.id).body


def test_the_code_on_the_slip_leads_to_the_page_of_the_unit_and_says_nothing_else(app, office):
    written, body = a_printed_letter()

    found = [codes_on(page) for page in pictures(body)]

    path = f"/recalls/units/{written.units[0]['case_unit_id']}?letter={written.reference}"
    assert found == [[], [app.config["BASE_URL"] + path]]
    answer = office.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert written.units[0]["serial"] in answer.text


def test_every_letter_of_a_batch_has_its_own_code_on_its_slip():
    letters = [letter(number=number, units=units(count)) for number, count in ((1, 1), (2, 30), (3, 2))]

    found = [codes_on(page) for page in pictures(batch(*letters))]

    assert [codes for codes in found if codes] == [[content["qr_url"]] for content in letters]


# ---------- the window of the envelope ----------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_window_at_every_position_shows_the_whole_address_and_nothing_else(language):
    kinds = [letter(language, kind=kind.value, address_lines=ADDRESS) for kind in LetterKind]
    pdf = batch(*kinds, letter(language, is_drill=True, address_lines=ADDRESS))

    shown = pictures(pdf)

    could_show = [ink(page, ANY_WINDOW) for page in shown]
    assert len(shown) == 2 * (len(LetterKind) + 1)
    assert None not in could_show
    for window in WINDOWS:
        assert [ink(page, window) for page in shown] == could_show


def test_the_windows_show_the_recipient_on_the_letter_and_the_sender_on_the_slip():
    pdf = one(address_lines=ADDRESS)

    shown = [rows_in(ANY_WINDOW, pdf, page) for page in (1, 2)]

    assert shown == [ADDRESS, ["Kivirobotti Oy", "Vesimyllynkatu 2", "33310 TAMPERE"]]


def test_a_long_name_of_the_sender_keeps_out_of_the_window():
    name = "Kokemäen Louhinta ja Maansiirto Veljekset Virtanen, Mäkinen ja Kumppanit Osakeyhtiö Ab Ltd"
    pdf = one(sender=sender(name=name, brand="Stonepower Rock Breaking Robots"), address_lines=ADDRESS)

    pages = pictures(pdf)

    for window in WINDOWS:
        assert [ink(page, window) for page in pages] == [ink(page, ANY_WINDOW) for page in pages]
    assert overprinted(words_on(pdf, 1)) == overprinted(words_on(pdf, 2)) == []


@pytest.mark.parametrize(
    "rows",
    [
        ["Kokemäen Louhinta ja Maansiirto Veljekset Oy", "Louhostie 1", "32800 KOKEMÄKI"],
        ["Kokemäen Louhinta ja Maansiirto Veljekset Virtanen, Mäkinen ja Pojat Oy", "Louhostie 1", "32800 KOKEMÄKI"],
        ["Louhinta" * 20, "Louhostie 1", "32800 KOKEMÄKI"],
        ["Louhintakonevuokraamokeskuksen Varsinaissuomenmaansiirtokunta", "Louhostie 1", "32800 KOKEMÄKI"],
        ["Kivi Oy", "Osasto 1", "c/o Aino Aho", "Louhostie 1", "32800 KOKEMÄKI", "FINLAND"],
    ],
    ids=["wider than the window", "wider than the column", "a word without end", "two long words", "six rows"],
)
def test_an_address_too_long_is_flagged_and_printed_whole_in_the_same_size(rows):
    fitting = words_on(one())

    drawn = paper.draw([letter(address_lines=rows)], PICTURES).letters[0]

    printed = words_on(drawn.body)
    heights = {round(word.box.bottom - word.box.top, 2) for word in printed if ANY_WINDOW.top < word.box.top < 60}
    address = [word for word in printed if word.box.left < 113]
    assert drawn.faults == ["outside_window"]
    assert squeezed("".join(rows)) in squeezed("".join(word.text for word in address))
    assert heights == {round(w.box.bottom - w.box.top, 2) for w in fitting if ANY_WINDOW.top < w.box.top < 60}
    assert overprinted(printed) == []


def test_an_address_that_fits_is_not_flagged():
    drawn = paper.draw([letter(address_lines=ADDRESS)], PICTURES)

    assert drawn.letters[0].faults == []


def test_a_letter_without_an_address_is_flagged():
    drawn = paper.draw([letter(address_lines=[])], PICTURES)

    assert drawn.letters[0].faults == ["no_address"]


def test_a_letter_abroad_ends_its_address_with_the_country_in_capitals(app, database):
    _, body = a_printed_letter()

    shown = rows_in(ANY_WINDOW, body, 1)

    assert shown == ["Aino Ahö", "Storgata 5", "9008 TROMSØ", "NORWAY"]


def test_a_letter_abroad_names_the_country_it_comes_from_on_the_letter_and_on_the_slip(app, database):
    _, body = a_printed_letter()

    slip, head = rows_in(ANY_WINDOW, body, 2), rows_in(Box(113, 27, 200, 75), body, 1)

    assert slip == ["Rockrobot Oy", "Esimerkkikatu 1", "00100 HELSINKI", "FINLAND"]
    assert head == ["Esimerkkikatu 1", "00100 Helsinki", "FINLAND"]


@pytest.mark.parametrize(
    ("ours", "theirs", "line"),
    [
        ("FI", "FI", ""),
        ("FI", "AX", ""),
        ("FI", "", ""),
        ("FI", "no", "FINLAND"),
        ("SE", "FI", "SWEDEN"),
        ("", "DK", "FINLAND"),
    ],
)
def test_the_sender_names_its_country_only_abroad(ours, theirs, line):
    assert return_country(ours, theirs) == line


def test_a_letter_at_home_names_no_country():
    rows = address_lines(["Kivi Oy"], street="Kivitie 1", postcode="32800", city="Kokemäki", country="FI")

    shown = rows_in(ANY_WINDOW, one(address_lines=rows), 1)

    assert shown == ["Kivi Oy", "Kivitie 1", "32800 KOKEMÄKI"]


# ---------- a PDF that can be read aloud ----------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3])
def test_a_letter_and_a_batch_are_tagged_and_say_their_language_and_title(language, count):
    letters = [letter(language, number=number) for number in range(1, count + 1)]

    with opened(batch(*letters)) as pdf:
        title = str(pdf.docinfo.Title)

        elements = tree(pdf)
        kinds = [str(element.S) for element in elements]
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == language
        assert {str(element.Lang) for element in elements if "/Lang" in element} <= {language}
        assert title.startswith(f"{HEADINGS[language]}: TV-2026-001-0001")
        assert title.endswith(f"TV-2026-001-{count:04}")
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert kinds.count("/H1") == 2 * count
        assert kinds.count("/Table") == count
        assert kinds.count("/Figure") == 3 * count
        assert all(str(element.Alt) for element in elements if element.S == "/Figure")
        assert all("/StructParents" in page for page in pdf.pages)


def report() -> bytes:
    facts = {"title": "Raportti", "author": "Kivirobotti Oy", "language": "fi", "is_drill": False}
    table = {"heading": "Laitteet", "columns": ["Malli", "Määrä"], "rows": [["RR-200", 3]]}
    return paper.render_report(facts | {"facts": [["Tapaus", "TV-2026-001"]], "sections": [table]})


@pytest.mark.parametrize("make_pdf", [one, lambda: batch(letter(), letter(number=2)), report])
def test_a_document_says_that_it_keeps_pdf_ua_and_pdf_a(make_pdf):
    with opened(make_pdf()) as pdf:
        about = pdf.open_metadata()

        assert about[UA + "part"] == "1"
        assert (about[PDFA + "part"], about[PDFA + "conformance"]) == ("2", "A")
        assert about["dc:title"]


def test_every_font_is_embedded_in_whatever_script_a_name_is_written():
    names = ["Mäkinen Øy", "Ελένη Иван", "שלום", "سلام", "😀", "Nguyễn"]

    with opened(one(units=[unit(model=name) for name in names], address_lines=names)) as pdf:
        fonts = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/FontDescriptor" in thing]
        names_used = {str(font.FontDescriptor.FontName).partition("+")[2] for font in fonts}
        embedded = [any(f"/FontFile{kind}" in font.FontDescriptor for kind in ("", "2", "3")) for font in fonts]

    assert len(fonts) >= 6
    assert all(embedded)
    assert names_used <= {path.stem for path in (paper.PAPER / "fonts").glob("*.ttf")}


def test_a_file_holds_letters_of_one_language_only():
    with pytest.raises(paper.PaperError):
        batch(letter("fi"), letter("sv", number=2))


# ---------- pages ----------


def page_numbers(pdf: bytes) -> list[str]:
    """The page words, such as 1 (2); none for an empty page."""
    return ["".join(re.findall(r"\b\d+ \(\d+\)(?=\n|$)", text)) for text in page_texts(pdf)]


@pytest.mark.parametrize("count", [1, 10, 80])
def test_every_page_says_which_of_how_many_it_is(count):
    pdf = one(units=units(count))

    shown = page_numbers(pdf)

    total = paper.page_count(pdf)
    assert shown == [f"{number} ({total})" for number in range(1, total + 1)]
    assert total >= {1: 2, 10: 2, 80: 4}[count]


@pytest.mark.parametrize("count", [1, 10, 80])
def test_a_letter_lists_every_unit_once_and_once_more_on_the_slip_that_comes_last(count):
    pages = page_texts(one(units=units(count)))

    begins = next(index for index, text in enumerate(pages) if FI["reply_title"] in text.split("\n"))
    letter_text, slip_text = "\n".join(pages[:begins]), "\n".join(pages[begins:])
    serials = [entry["serial"] for entry in units(count)]
    assert sorted(re.findall(r"SP-\d{5}", letter_text)) == serials
    assert sorted(re.findall(r"SP-\d{5}", slip_text)) == serials
    assert FI["greeting"] in letter_text
    assert FI["signature"] in slip_text


def test_a_table_that_goes_over_pages_repeats_its_header_on_each():
    pages = page_texts(one(units=units(80)))

    of_table = [text for text in pages if "1.5.2023" in text]
    head = " ".join(FI[key] for key in ("model", "serial", "part", "batch", "fitted", "sold"))
    assert len(of_table) >= 3
    assert [text.count(head) for text in of_table] == [1] * len(of_table)


def test_page_numbers_begin_anew_with_every_letter_of_a_batch():
    letters = [letter(number=number, units=units(count)) for number, count in ((1, 1), (2, 40), (3, 2))]

    shown = page_numbers(batch(*letters))

    expected = [paper.page_count(paper.render_letter(content, PICTURES)) for content in letters]
    assert expected[1] > 2
    assert shown == [f"{number} ({total})" for total in expected for number in range(1, total + 1)]


def test_printed_on_both_sides_every_letter_begins_on_a_new_sheet():
    lengths = (1, 10, 10, 2, 80, 1)
    letters = [letter(number=number, units=units(count)) for number, count in enumerate(lengths, 1)]

    shown = page_numbers(batch(*letters, is_duplex=True))

    beginnings = [index for index, number in enumerate(shown) if number.startswith("1 (")]
    assert len(beginnings) == len(letters)
    assert [index % 2 for index in beginnings] == [0] * len(letters)
    assert shown.count("") == 3


def test_printed_on_one_side_no_page_is_empty():
    letters = [letter(number=number, units=units(count)) for number, count in ((1, 10), (2, 10))]

    assert "" not in page_numbers(batch(*letters))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_letter_about_two_machines_is_one_page_and_a_slip(language):
    letters = [letter(language, kind=kind.value, units=units(2)) for kind in LetterKind]

    shown = page_numbers(batch(*letters))

    assert shown == ["1 (2)", "2 (2)"] * len(LetterKind)


# ---------- languages ----------


def test_every_language_has_every_label():
    kinds = {language: {key: type(value) for key, value in LABELS[language].items()} for language in LANGUAGES}

    assert set(LABELS) == set(LANGUAGES)
    assert all(kinds[language] == kinds["fi"] for language in LANGUAGES)
    assert {len(LABELS[language]["replies"]) for language in LANGUAGES} == {10}
    assert all(value for language in LANGUAGES for value in LABELS[language].values())


def test_no_language_borrows_a_sentence_of_another():
    sentences = {key for key, value in FI.items() if isinstance(value, str) and len(value) > 16} | {"stop", "todo"}

    shared = [key for key in sentences - {"owner_phone", "signature", "importer"} if len(_in_all(key)) < len(LANGUAGES)]

    assert len(sentences) > 15
    assert shared == []


def _in_all(label: str) -> set[str]:
    return {LABELS[language][label] for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_speaks_one_language_in_heading_labels_and_replies(language):
    keys = ("stop", "hazard", "units", "plate", "todo", "remedies", "service", "pass_on", "greeting", "reply_title")
    labels = LABELS[language]

    text = squeezed("".join(page_texts(one(language=language))))

    own = {labels[key] for key in (*keys, "which")}
    foreign = {words[key] for words in LABELS.values() for key in (*keys, "which")} - own
    distinct = {word for word in foreign if len(word) > 12}
    assert squeezed(HEADINGS[language]) in text
    assert [key for key in keys if squeezed(labels[key]) not in text] == []
    assert [reply for reply in labels["replies"] if squeezed(reply) not in text] == []
    assert [word for word in distinct if squeezed(word) in text] == []


KINDS = {
    "first": "",
    "holder_copy": "copy_for_holder",
    "new_owner": "new_owner_note",
    "next_address": "",
    "reminder": "reminder",
    "importer": "importer_text",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_of_what_kind_it_is_and_nothing_of_the_other_kinds(language):
    words = {kind: squeezed(LABELS[language][label]) for kind, label in KINDS.items() if label}

    pages = page_texts(batch(*(letter(language, kind=kind.value) for kind in LetterKind)))[::2]

    said = [[kind for kind, text in words.items() if text in squeezed(page)] for page in pages]
    assert said == [[kind.value] if kind.value in words else [] for kind in LetterKind]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_official_heading_stands_first_and_nothing_touches_it(language, kind):
    pdf = one(language=language, kind=kind.value)

    words = words_on(pdf)

    below_the_window = [word for word in words if word.box.bottom > ANY_WINDOW.bottom]
    heading = HEADINGS[language].split()
    lowest = max(word.box.bottom for word in below_the_window[: len(heading)])
    others = below_the_window[len(heading) :]
    assert [word.text for word in below_the_window[: len(heading)]] == heading
    assert min(word.box.top for word in others) > lowest - 1
    assert overprinted(words) == []


# ---------- drills ----------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_drill_bears_the_watermark(language):
    letters = [letter(language, is_drill=True), letter(language, number=2, is_drill=True, units=units(30))]

    pages = pictures(batch(*letters), dots_per_mm=2)

    real = [content | {"is_drill": False} for content in letters]
    without = map(pale_share, pictures(batch(*real), dots_per_mm=2))
    assert len(pages) >= 5
    assert min(with_mark - plain for with_mark, plain in zip(map(pale_share, pages), without, strict=True)) > 0.005


def test_no_picture_hides_the_watermark():
    stream = io.BytesIO()
    Image.new("RGB", (620, 240), "white").save(stream, "PNG")
    name = paper.keep_picture(stream.getvalue())

    page = pictures(one(is_drill=True, product_picture=name, plate_picture=name), dots_per_mm=2)[0]

    place_of_pictures = page.crop((66 * 2, 138 * 2, 195 * 2, 160 * 2))
    assert pale_share(place_of_pictures) > 0.1


def test_the_watermark_leaves_the_tags_of_a_table_over_pages_as_they_are():
    real, drill = one(units=units(80)), one(units=units(80), is_drill=True)

    tags = []
    for document in (real, drill):
        with opened(document) as pdf:
            tags.append(sorted(str(element.S) for element in tree(pdf)))

    assert tags[0] == tags[1]
    assert tags[0].count("/TR") == 81


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_letter_bears_no_watermark_and_no_word_of_a_drill(language):
    pdf = one(language=language)

    pages = pictures(pdf, dots_per_mm=2)

    assert max(map(pale_share, pages)) < 0.02
    assert LABELS[language]["drill"].lower() not in "".join(page_texts(pdf)).lower()


# ---------- a letter cut out of its batch ----------


def cut_out(*letters: dict[str, Any], is_duplex: bool = False) -> list[bytes]:
    return [one.body for one in paper.draw(letters, PICTURES, is_duplex=is_duplex).letters]


def headers_of_cells(pdf: bytes) -> tuple[set[str], set[str]]:
    """The headers that cells of tables name, and the names that the file knows."""
    with opened(pdf) as file:
        cells = [element for element in tree(file) if element.S == "/TD"]
        wanted = {str(name) for cell in cells for look in cell.A for name in look.get("/Headers", ())}
        return wanted, {str(name) for name in list(file.Root.StructTreeRoot.IDTree.Names)[::2]}


def outline_of_tags(pdf: bytes) -> list[tuple[Any, ...]]:
    """The tags in their order: kind, what is read aloud, and on which page from 0."""
    with opened(pdf) as file:
        places = {page.objgen: place for place, page in enumerate(file.pages)}
        texts = ("/S", "/Alt", "/T")
        return [
            (*(str(element.get(name, "")) for name in texts), places[element.Pg.objgen] if "/Pg" in element else None)
            for element in tree(file)
        ]


HARD_WORDS = (
    "Kivi (12 0 R) ja ((1 0 R)) \\\\ osat",
    "Jyrsin ) 3 0 R (",
    "/Next 7 0 R /Prev 8 0 R",
    "Hydrauliöljy <&> 5 0 R",
)


@pytest.mark.parametrize("subject", HARD_WORDS)
def test_a_letter_cut_out_is_the_pages_of_the_batch_with_the_tags_of_a_letter_drawn_alone(subject):
    letters = [letter(number=1, subject=subject), letter(number=2, heading=subject, units=units(3))]
    whole = page_texts(batch(*letters))

    found = cut_out(*letters)

    alone = [paper.render_letter(content, PICTURES) for content in letters]
    assert [text for pdf in found for text in page_texts(pdf)] == whole
    assert [outline_of_tags(pdf) for pdf in found] == [outline_of_tags(pdf) for pdf in alone]
    for pdf, drawn, content in zip(found, alone, letters, strict=True):
        with opened(pdf) as file, opened(drawn) as like:
            about = file.open_metadata()
            wanted, known = headers_of_cells(pdf)
            assert wanted
            assert wanted <= known
            assert file.check_pdf_syntax() == []
            assert str(file.docinfo.Title) == about["dc:title"] == f"{content['heading']}: {content['reference']}"
            assert (about[UA + "part"], about[PDFA + "part"], about[PDFA + "conformance"]) == ("1", "2", "A")
            with file.open_outline() as chapters, like.open_outline() as expected:
                assert [c.title for c in chapters.root] == [c.title for c in expected.root]
                assert all(c.destination[0].objgen in {p.objgen for p in file.pages} for c in chapters.root)


def test_a_letter_cut_out_looks_as_it_was_printed():
    letters = [letter(number=number, units=units(number)) for number in (1, 2)]
    printed = pictures(batch(*letters), dots_per_mm=3)

    shown = [page for pdf in cut_out(*letters) for page in pictures(pdf, dots_per_mm=3)]

    assert [page.tobytes() for page in shown] == [page.tobytes() for page in printed]


def test_a_letter_cut_out_holds_nothing_of_the_others():
    names = ["Louhinta", "Murskaamo", "Sahaamo"]
    letters = [letter(number=n, address_lines=[name, "Tie 1", "32800 KOKEMÄKI"]) for n, name in enumerate(names, 1)]

    found = cut_out(*letters)

    for number, pdf in enumerate(found, 1):
        with opened(pdf) as file:
            kept = [str(thing) for thing in file.objects if isinstance(thing, pikepdf.Dictionary)]
            references = {word for text in kept for word in re.findall(r"TV-2026-001-\d{4}", text)}
        assert references == {f"TV-2026-001-{number:04}"}
        assert [name in page_texts(pdf)[0] for name in names] == [n == number for n in range(1, 4)]


def test_letters_of_any_length_printed_on_both_sides_are_cut_out_whole_and_without_empty_pages():
    letters = [letter(number=number, units=units(count)) for number, count in enumerate((1, 10, 40, 2), 1)]

    found = cut_out(*letters, is_duplex=True)

    for pdf, content in zip(found, letters, strict=True):
        total = paper.page_count(pdf)
        assert page_numbers(pdf) == [f"{number} ({total})" for number in range(1, total + 1)]
        assert len(set(re.findall(r"SP-\d{5}", "".join(page_texts(pdf))))) == len(content["units"])


# ---------- the same bytes again ----------


def test_the_same_letters_drawn_by_another_process_are_the_same_bytes():
    letters = [letter(number=1), letter(number=2, units=units(10), is_drill=True)]
    ours = paper.draw(letters, PICTURES, is_duplex=True)

    theirs = list(paper.draw_batches([letters], PICTURES, is_duplex=True, workers=1))

    assert theirs == [ours]


def test_a_letter_drawn_again_is_the_same_bytes_and_another_letter_is_not():
    first = one()
    other = one(number=2)

    again = one()

    assert again == first != other


# ---------- what people type ----------

WIDE = ("subject", "hazard", "stop_use", "instructions", "remedies", "self_repair", "pass_on", "apology")
HOSTILE = [
    '#panic("x")',
    "#{ while true {} }",
    '#read("/etc/passwd") #sys.inputs #import "letter.typ"',
    "$ x^2 $ and $",
    "*bold* _thin_ `raw` ```typ #1```",
    "\\ \\n \\u{1F600} \\#",
    "\"double\" 'single' “curly” ’s",
    "= Heading == two",
    "+ plus",
    "/ term: meaning",
    "<label> @reference // comment /* open",
    "[content] {code} (group) ]} )",
    "~ -- --- ... %(name)s {0} {{ x }}",
    "https://evil.example/#a",
    "&amp; <b>bold</b>",
    "Łódź Ðorđe Nguyễn Ελένη Иван",
    "zebra\u0301 a\u0308ä",
    "😀 🚜",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_typed_stands_in_the_letter_as_it_was_typed(text):
    fields = {key: f"{text} {key}" for key in WIDE}
    cells = {key: f"{text} {key}" for key in ("model", "serial", "part", "batch", "sold")}

    pdf = one(**fields, units=[unit(**cells)], address_lines=["Kivi Oy", text, "32800 KOKEMÄKI"])

    text_of = squeezed("".join(page_texts(pdf)))
    typed = [paper.printable(value) for value in (*fields.values(), text)]
    assert [value for value in typed if squeezed(value) not in text_of] == []
    for page in range(1, paper.page_count(pdf) + 1):
        assert off_the_page(words_on(pdf, page)) == []


def test_what_a_person_typed_stands_literally_in_the_title():
    typed = '#panic("x") $y$ *z* \\ <a>'

    with opened(one(heading=typed, sender=sender(name=typed))) as pdf:
        assert str(pdf.docinfo.Title) == f"{typed}: TV-2026-001-0001"
        assert str(pdf.docinfo.Author) == typed


def test_words_written_from_right_to_left_stand_in_the_text_and_turn_nothing_else_round():
    typed = "שלום \u202eKivi\u202c سلام \u2067ABC\u2069 loppu"

    text = page_texts(one(hazard=typed, address_lines=[typed, "Louhostie 1", "32800 KOKEMÄKI"]))[0]

    assert [text.count(word) for word in ("שלום", "سلام", "Kivi ", "ABC", "loppu")] >= [2] * 5
    assert "32800 KOKEMÄKI" in text


def test_new_lines_make_rows_and_numbered_rows_a_list():
    typed = "Ensin #a\n\n  toiseksi $b$  \r\n1. Pysäytä\n2) Merkitse\n- Soita"

    with opened(one(instructions=typed)) as pdf:
        kinds = [str(element.S) for element in tree(pdf)]
    rows = page_texts(one(instructions=typed))[0].split("\n")

    assert [row for row in ("toiseksi $b$", "1. Pysäytä", "2. Merkitse", "• Soita") if row not in rows] == []
    assert kinds.count("/LI") == 3


@pytest.mark.parametrize(
    "changes",
    [
        dict.fromkeys((*WIDE, "product_name", "brand", "plate_text", "service_hours"), "Ylipitkäyhdyssanahirviö" * 10),
        {"service_online": "https://kivirobotti.example/" + "a" * 170, "service_email": "e" * 200 + "@kivi.example"},
        {"units": [unit(n, **dict.fromkeys(("model", "serial", "part", "batch"), "WQ" * 30)) for n in (1, 2)]},
        {"units": [unit(n, serial=f"KIVI{n:024}") for n in range(1, 15)]},
        {"units": [unit(n, model=f"KIVIROBOTTIMURSKAIN{n:012}") for n in (1, 2)]},
        {"units": [unit(n, serial="", model="Painetiivisteen vaihtosarja " * 6, pieces=12) for n in (1, 2)]},
    ],
    ids=["texts", "service", "numbers", "serials on the slip", "models", "part names"],
)
def test_words_without_end_break_and_stay_on_the_page_and_off_each_other(changes):
    pdf = one(**changes)

    pages = [words_on(pdf, page) for page in range(1, paper.page_count(pdf) + 1)]

    text = squeezed("".join(word.text for words in pages for word in words))
    typed = [value for value in changes.values() if isinstance(value, str)]
    assert [value for value in typed if squeezed(value) not in text] == []
    assert [off_the_page(words) for words in pages] == [[]] * len(pages)
    assert [overprinted(words) for words in pages] == [[]] * len(pages)


@given(st.text(st.characters(codec=None), max_size=120))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_no_text_whatever_stops_the_press(text):
    pdf = one(subject=text, hazard=text, units=[unit(serial=text, model=text)], address_lines=[text, "x", "y"])

    shown = page_texts(pdf)

    assert HEADINGS["fi"] in shown[0]
    assert FI["signature"] in "".join(shown)


def test_characters_that_no_font_has_are_told_and_the_rest_of_the_batch_is_printed():
    letters = [letter(address_lines=["株式会社", "Louhostie 1", "32800 KOKEMÄKI"]), letter(number=2)]

    drawn = paper.draw(letters, PICTURES)

    assert [one.faults for one in drawn.letters] == [["bad_character"], []]
    assert paper.page_count(drawn.batch) == 4


# ---------- batches ----------


def drafts(language: Language, count: int) -> list[LetterDraft]:
    entry = {"case_unit_id": 1}
    rows = ["Kivi Oy", "Louhostie 1", "32800 KOKEMÄKI"]
    draft = LetterDraft(LetterKind.FIRST, language, None, None, None, "Kivi Oy", rows, [], [entry], {}, 1)
    return [draft] * count


def test_more_letters_of_a_language_than_a_batch_holds_are_several_batches(app, database):
    waiting = drafts(Language.FI, paper.USUAL_BATCH + 1) + drafts(Language.SV, 2)
    ids = make_letters("TV-2026-001", waiting, is_drill=True, reply_url="{unit}{reference}")

    chunks = queries.waiting_chunks("TV-2026-001")

    assert [(chunk.language, len(chunk.letter_ids)) for chunk in chunks] == [("fi", 125), ("fi", 1), ("sv", 2)]
    assert [id_ for chunk in chunks for id_ in chunk.letter_ids] == ids


@pytest.mark.parametrize("count", [0, 501])
def test_the_press_refuses_an_empty_batch_and_one_of_more_than_five_hundred(count):
    with pytest.raises(paper.PaperError):
        paper.render_batch([letter()] * count, PICTURES)


def test_those_who_print_at_once_get_each_their_own():
    alone = [one(number=number) for number in range(6)]

    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda number: one(number=number), range(6)))

    assert together == alone

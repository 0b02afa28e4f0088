"""Files made to read others, to call somebody, to write elsewhere or to fill the machine are data or are refused."""

import io
import re
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from rockrobot.db import db
from rockrobot.events.models import AttachmentBody
from rockrobot.workbooks import FileError, read_tables
from tests import make
from tests.abuse.listener import listener
from tests.picture_bombs import bombs
from tests.walk import ok, work

REFUSED = {
    "moving": "Kuva liikkuu",
    "too_many_pixels": "Kuvassa on liikaa pisteitä",
    "unknown_format": "Tiedosto ei ole sitä, mitä sen pääte lupaa",
    "unreadable": "Kuvaa ei voitu lukea",
}
SECRET = "zq-secret-of-another-file"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STRINGS, SHARED = "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>Aino</t></si></sst>'
# Excel keeps texts in a part of their own, openpyxl in their cells.
LIKE_EXCEL = {
    't="inlineStr"><is><t>Aino</t></is>': 't="s"><v>0</v>',
    "</Relationships>": f'<Relationship Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml" Id="r9"/>'
    "</Relationships>",
    "</Types>": f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHEETS}.sharedStrings+xml"/></Types>',
}
# By part of a workbook: what of its text becomes the entity.
PLACES = {
    "[Content_Types].xml": "application/xml",
    "_rels/.rels": "xl/workbook.xml",
    "docProps/core.xml": "openpyxl",
    "xl/workbook.xml": "Osataulu",
    "xl/styles.xml": "Calibri",
    "xl/sharedStrings.xml": "Aino",
    "xl/worksheets/sheet1.xml": "1+1",
}
DECLARED = re.compile(r"^(<\?xml[^>]*>)?\s*")


def test_pictures_made_to_fill_the_machine_are_refused_beside_their_field(office):
    """C2: bombs of points, frames and pieces, a photo cut short and a program (CVE-2026-55073), each under its name."""
    person, kept_in, odd = make.person("Aino", "Aho"), select(func.count()).select_from(AttachmentBody), []

    for name, (body, code) in bombs().items():
        event = {"channel": "phone", "on": "tänään", "text": "Soitti.", "files": (io.BytesIO(body), name)}
        answer = office.post(f"/people/{person.id}/events/new", data=event, content_type="multipart/form-data")
        if answer.status_code != 422 or f"{name}: {REFUSED[code]}" not in answer.text:
            odd.append((name, answer.status_code))

    db.session.rollback()
    assert odd == []
    assert db.session.scalar(kept_in) == 0


def workbook(folder: Path, **parts: str) -> Path:
    """A workbook with text apart, a formula and a number, so that both readers of workbooks look into each part.

    parts: bodies in place of those of its parts.
    """
    good = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.title = "Osataulu"
    for row in (["nimi", "määrä", "varalla"], ["Aino", "=1+1", 7]):
        book.active.append(row)
    book.save(good)
    path = folder / "osat.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name, body in ({name: old.read(name).decode() for name in old.namelist()} | {STRINGS: SHARED}).items():
            for plain, shared in LIKE_EXCEL.items():
                body = body.replace(plain, shared)
            new.writestr(name, parts.get(name) or body)
    return path


def with_entity(path: Path, part: str, document_type: str) -> Path:
    """The workbook with an entity e in one of its parts."""
    with zipfile.ZipFile(path) as good:
        text = good.read(part).decode()
    assert PLACES[part] in text
    text = text.replace(PLACES[part], "&e;")
    return workbook(path.parent, **{part: DECLARED.sub(f'<?xml version="1.0"?>{document_type}', text, count=1)})


def told(path: Path) -> str:
    """What is read of a file, by the second reader of a workbook too, or the code of why it isn't."""
    try:
        sheets = read_tables(path)
    except FileError as error:
        return error.code
    return repr([(sheet.rows, sheet.formats and sheet.formats.cells) for sheet in sheets])


@pytest.mark.parametrize("part", PLACES)
@pytest.mark.parametrize("kind", ["file", "http", "parameter", "laughs"])
def test_a_workbook_reads_no_other_file_and_calls_nobody(tmp_path, part, kind):
    """C3 (GHSA-chqf-hx79-gxc6): external entities and a billion laughs in each part of a workbook."""
    (tmp_path / "secret").write_text(SECRET)
    with listener() as heard:
        url = heard.addresses()[0]
        types = {
            "file": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>',
            "http": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]>',
            "parameter": f'<!DOCTYPE x SYSTEM "{url}" [<!ENTITY % p SYSTEM "{url}">%p;<!ENTITY e "">]>',
            "laughs": f'<!DOCTYPE x [<!ENTITY l0 "zqha">{LAUGHS}<!ENTITY e "&l9;">]>',
        }

        said = told(with_entity(workbook(tmp_path), part, types[kind]))

    assert heard.hits == 0
    assert SECRET not in said
    assert len(said) < 100_000


def test_a_workbook_without_entities_is_read_by_both_readers(tmp_path):
    """The control of the test above: each part is one that is looked into."""
    said = told(workbook(tmp_path))

    assert "Aino" in said
    assert "#FORMULA!" in said
    assert "(2, 3): (7, 'General')" in said


def zipped(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in entries:
            archive.writestr(entry, body)
    return path


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry, target.encode()


def test_an_archive_writes_nothing_beside_itself_and_follows_no_link(tmp_path):
    """C4: entries that lead out of the folder, and one that is a link to another file."""
    (tmp_path / "secret").write_text(f"nimi\n{SECRET}\n")
    folder = tmp_path / "in"
    folder.mkdir()
    names = ("../../osat.csv", "/osat.csv", "C:\\osat.csv", "..\\osat.csv", "osat.csv")
    paths = [zipped(folder / f"{n}.zip", (name, b"nimi\nAino\n")) for n, name in enumerate(names)]
    paths.append(zipped(folder / "link.zip", link("osat.csv", str(tmp_path / "secret"))))
    before = sorted(tmp_path.rglob("*"))

    said = [told(path) for path in paths]

    assert SECRET not in "".join(said)
    assert sorted(tmp_path.rglob("*")) == before


def list_of_contents(count: int) -> bytes:
    """A ZIP that is nothing but a list of so many files."""
    line = b"PK\x01\x02" + bytes(24) + b"\1" + bytes(17) + b"x"
    return b"PK\x03\x04" + line * count + b"PK\x05\x06" + struct.pack("<8xIIH", len(line) * count, 4, 0)


def test_a_list_of_a_million_files_is_not_even_read(tmp_path):
    """C4: a line of the list costs ten times its length once it is read."""
    path = tmp_path / "r.zip"
    path.write_bytes(list_of_contents(1_000_000))
    tracemalloc.start()

    said, peak = told(path), tracemalloc.get_traced_memory()[1]

    tracemalloc.stop()
    assert said == "bomb"
    assert peak < 2 * path.stat().st_size
    assert len(zipfile.ZipFile(io.BytesIO(list_of_contents(9))).infolist()) == 9


@pytest.mark.parametrize("room", ["imports", "contact-files"])
def test_a_file_that_is_not_opened_is_told_and_not_kept(office, app, room):
    """C4: on the page of the file, since a job reads it; nothing of it stays."""
    sent = {"file": (io.BytesIO(list_of_contents(3_000)), "lista.zip")}
    folder = Path(app.config["DATA_DIR"]) / "uploads"
    before = set(folder.rglob("*"))

    answer = ok(office.post(f"/{room}/", data=sent, content_type="multipart/form-data"))
    work()

    assert "purkautuisi kohtuuttoman suureksi" in office.get(answer.location).text
    assert set(folder.rglob("*")) <= before | {folder}


@pytest.mark.parametrize("name", ["r.csv", "r.zip"])
def test_a_list_of_empty_cells_does_not_take_the_memory(tmp_path, name):
    """C4: read, they take many times their length; a few kilobytes of a ZIP are millions of them."""
    path, lines = tmp_path / name, b"nimi\n" + (b"," * 99 + b"\n") * 30_000
    if name == "r.csv":
        path.write_bytes(lines * 2)
    else:
        zipped(path, ("osat.csv", lines), ("mallit.csv", lines))

    assert told(path) == "too_many_cells"


@pytest.mark.parametrize("size", [100, 4_000_000_000])
@pytest.mark.parametrize("place", ["first", "both"])
def test_a_workbook_that_lies_of_its_sizes_does_no_harm(tmp_path, size, place):
    """C4: a sheet of eight megabytes that says to be nothing, or small and says to be huge; in one list or in both."""
    blank = b" " * (8 << 20 if size == 100 else 10)
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"<worksheet>" + blank + b"</worksheet>")
    body = bytearray(path.read_bytes())
    marks = [(b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)]
    for mark, size_at, name_at in marks[: 1 if place == "first" else 2]:
        at = body.rindex(b"xl/worksheets/sheet2.xml", 0, body.rindex(mark, 0, len(body)) + 100) - name_at
        assert body[at : at + 4] == mark
        body[at + size_at : at + size_at + 4] = size.to_bytes(4, "little")
    path.write_bytes(bytes(body))

    said = told(path)

    assert said == "bomb" if size > 100 else len(said) < 1_000


def test_a_workbook_that_unpacks_to_gigabytes_is_not_opened(tmp_path):
    """C4: 4 MB that say to be 400 times as much."""
    path = workbook(tmp_path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/s2.xml", "w") as sheet,
    ):
        for _ in range(64):
            sheet.write(b" " * (1 << 20))

    assert told(path) == "bomb"

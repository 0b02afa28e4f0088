"""Files made to read others, to call somebody, to write elsewhere or to fill the machine are data or are refused."""

import io
import stat
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

REFUSED = {
    "moving": "Kuva liikkuu",
    "too_many_pixels": "Kuvassa on liikaa pisteitä",
    "unknown_format": "Tiedosto ei ole sitä, mitä sen pääte lupaa",
    "unreadable": "Kuvaa ei voitu lukea",
}
SECRET = "zq-secret-of-another-file"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
TEXT = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
ROWS = "".join(f'<row r="{n}">{TEXT.format(n, text)}</row>' for n, text in ((1, "nimi"), (2, "&e;")))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


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


def workbook(folder: Path, part: str, body: str) -> Path:
    """A workbook, one part of which is this."""
    good = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["nimi"])
    book.active.append(["Aino"])
    book.save(good)
    path = folder / "osat.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, body if name == part else old.read(name))
    return path


def told(path: Path) -> str:
    """What is read of a file, or the code of why it isn't."""
    try:
        return repr([sheet.rows for sheet in read_tables(path)])
    except FileError as error:
        return error.code


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("kind", ["file", "http", "parameter", "laughs"])
def test_a_workbook_reads_no_other_file_and_calls_nobody(tmp_path, part, kind):
    """C3 (GHSA-chqf-hx79-gxc6): external entities and a billion laughs in each part of a workbook."""
    (tmp_path / "secret").write_text(SECRET)
    with listener() as heard:
        url = heard.addresses()[0]
        heads = {
            "file": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>',
            "http": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]>',
            "parameter": f'<!DOCTYPE x SYSTEM "{url}" [<!ENTITY % p SYSTEM "{url}">%p;<!ENTITY e "">]>',
            "laughs": f'<!DOCTYPE x [<!ENTITY l0 "zqha">{LAUGHS}<!ENTITY e "&l9;">]>',
        }
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{ROWS}</sheetData></worksheet>'
        path = workbook(tmp_path, part, f'<?xml version="1.0"?>{heads[kind]}{sheet}')

        said = told(path)

    assert heard.hits == 0
    assert SECRET not in said
    assert len(said) < 100_000


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


@pytest.mark.parametrize("count", [2_001, 20_000])
def test_an_archive_of_too_many_files_is_not_opened(tmp_path, count):
    """C4: more files than any list of ours has."""
    path = zipped(tmp_path / "r.zip", *((f"{n}.csv", b"") for n in range(count)))

    assert told(path) == "bomb"


def test_a_workbook_that_unpacks_to_gigabytes_is_not_opened(tmp_path):
    """C4: 4 MB that say to be 400 times as much."""
    path = workbook(tmp_path, "xl/worksheets/sheet1.xml", "")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/s2.xml", "w") as sheet,
    ):
        for _ in range(64):
            sheet.write(b" " * (1 << 20))

    assert told(path) == "bomb"

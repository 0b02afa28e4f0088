import pytest

from rockrobot.admission import UploadError, checked_kind
from rockrobot.file_kinds import ATTACHED, kind_named
from rockrobot.workbooks import write_workbook, write_zip

SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
XML = '<?xml version="1.0"?>' + SVG
PAGE = "<!doctype html><script>alert(1)</script>"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Aino Aho\r\nEND:VCARD\r\n"
MAIL = "Received: from a by b\r\nSubject: Tarjous\r\n\r\n<b>Hei</b>"
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "__properties_version1.0".encode("utf-16-le")
OLD_WORD = OUTLOOK[:600] + "WordDocument".encode("utf-16-le")
BOOK = write_workbook([("Sivu", ["a"], [["1"]])])
DOCUMENT = write_zip([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("kilpi.JPG", b"\xff\xd8\xff\xe0", "JPEG, PNG, WebP, HEIC"),
        ("kilpi.heic", b"\0\0\0\x18ftypheic", "JPEG, PNG, WebP, HEIC"),
        ("verkosta.jpg", b"RIFF\0\0\0\0WEBP", "JPEG, PNG, WebP, HEIC"),
        ("tarjous.v2.pdf", b"%PDF-1.7", "PDF"),
        ("kirje.docx", DOCUMENT, "Word (DOCX)"),
        ("luettelo.xlsx", BOOK, "Excel (XLSX)"),
        ("lista.csv", "nimi;puh\nÄijälä;1\n".encode("cp1252"), "CSV"),
        ("lista.csv", "nimi;puh\nÄijälä;1\n".encode("utf-16"), "CSV"),
        ("lista.csv", "nimi;puh\nÄijälä;1\n".encode("utf-16-le"), "CSV"),
        ("muistio.txt", b"", "TXT"),
        ("aino.vcf", CARD.encode("utf-8-sig"), "vCard (VCF)"),
        ("viesti.eml", MAIL.encode(), "EML"),
        ("viesti.msg", OUTLOOK, "MSG"),
    ],
)
def test_a_file_is_the_kind_that_its_name_and_its_bytes_say(name, body, kind):
    found = checked_kind(name, body, ATTACHED)

    assert found.name == kind


@pytest.mark.parametrize(
    "name", ["x.svg", "x.png.svg", "sivu.html", "x.xml", "x.exe", "x.zip", "x.docm", "x.doc", "x", ".png/", ""]
)
def test_an_ending_that_is_not_listed_is_refused(name):
    kind = kind_named(name, ATTACHED)

    assert kind is None


@pytest.mark.parametrize("ending", ["png", "svg.png", "jpg", "heic", "pdf", "csv", "txt", "vcf", "xlsx", "eml", "msg"])
@pytest.mark.parametrize("text", [SVG, XML, PAGE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_pages_and_drawings_are_refused_under_any_ending(ending, text, encoding):
    bodies = [text.encode(encoding), ("\r\n " + text).encode(encoding)]

    for body in bodies:
        with pytest.raises(UploadError) as refused:
            checked_kind(f"x.{ending}", body, ATTACHED)
        assert refused.value.code == "other_kind"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("kuva.pdf", b"\x89PNG\r\n\x1a\n"),
        ("kuva.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("tarjous.txt", b"%PDF-1.7"),
        ("tarjous.jpg", b"%PDF-1.7"),
        ("piirros.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("anim.png", b"GIF89a"),
        ("luettelo.xlsx", write_zip([("a.csv", b"a")])),
        ("luettelo.xlsx", DOCUMENT),
        ("kirje.docx", BOOK),
        (
            "makrot.xlsx",
            write_zip([("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")]),
        ),
        ("viesti.msg", OLD_WORD),
        ("viesti.eml", b"Hei vaan"),
        ("aino.vcf", b"Aino Aho"),
    ],
)
def test_bytes_of_another_kind_than_the_ending_are_refused(name, body):
    with pytest.raises(UploadError) as refused:
        checked_kind(name, body, ATTACHED)

    assert refused.value.code == "other_kind"

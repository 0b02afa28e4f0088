"""Which kinds of files people may add: the one list, each kind told by its ending and by its bytes alike.

What a browser says of a file's kind is never asked: it is made up from the ending, or by whoever attacks.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rockrobot.pictures import looks_like_picture

OUTLOOK_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK_PART = "__properties_version1.0".encode("utf-16-le")
UTF_16_STARTS = (b"\xff\xfe", b"\xfe\xff")
_MAIL_HEADER = re.compile(r"(From |[!-9;-~]+:)")


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its name as people say it, its endings without the dot, and whether bytes are of it."""

    name: str
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]


def text_in(body: bytes) -> str:
    """The text of a file, to look at its signs: UTF-8, or UTF-16 with its mark or seen by its zeros.

    Bytes that are no text give zeros or replacement signs; nothing raises. Empty bytes are an empty text.
    """
    if body.startswith(UTF_16_STARTS):
        return body.decode("utf-16", "replace")
    if b"\0" in body[:2]:
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace")
    return body.decode("utf-8-sig", "replace")


def is_plain_text(body: bytes) -> bool:
    """True for text that no program takes for a page, a drawing or a PDF. Source: our choice (SVG is XML, and runs)."""
    text = text_in(body)
    return "\0" not in text and not text.lstrip("\ufeff \t\r\n\f\v").startswith(("<", "%PDF-"))


def _is_office(body: bytes, part: bytes) -> bool:
    """Names of a ZIP's entries stand in it unpacked, so that nothing hostile has to be unpacked; macros are refused."""
    return _is_zip(body) and b"[Content_Types].xml" in body and part in body and b"vbaProject.bin" not in body


def _is_zip(body: bytes) -> bool:
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _is_mail(body: bytes) -> bool:
    return is_plain_text(body) and bool(_MAIL_HEADER.match(text_in(body)))


def _is_card(body: bytes) -> bool:
    return is_plain_text(body) and "BEGIN:VCARD" in text_in(body).upper()


# A photo is re-made and named anew after what it is, so that one kind of photo may stand under another's ending.
PHOTO = FileKind("JPEG, PNG, WebP, HEIC", ("jpg", "jpeg", "jfif", "png", "webp", "heic", "heif"), looks_like_picture)
PDF = FileKind("PDF", ("pdf",), lambda body: body.startswith(b"%PDF-"))
WORD = FileKind("Word (DOCX)", ("docx",), lambda body: _is_office(body, b"word/document.xml"))
WORKBOOK = FileKind("Excel (XLSX)", ("xlsx",), lambda body: _is_office(body, b"xl/workbook.xml"))
LIST = FileKind("CSV", ("csv",), is_plain_text)
TEXT = FileKind("TXT", ("txt", "tsv"), is_plain_text)
CARD = FileKind("vCard (VCF)", ("vcf", "vcard"), _is_card)
MAIL = FileKind("EML", ("eml",), _is_mail)
OUTLOOK = FileKind("MSG", ("msg",), lambda body: body.startswith(OUTLOOK_START) and OUTLOOK_PART in body)
ZIP = FileKind("ZIP", ("zip",), _is_zip)

ATTACHED = (PHOTO, PDF, WORD, WORKBOOK, LIST, TEXT, CARD, MAIL, OUTLOOK)
CONTACT_LISTS = (LIST, TEXT, WORKBOOK, ZIP, CARD)
REGISTER_TABLES = (WORKBOOK, ZIP, LIST)


def kind_named(name: str, kinds: Iterable[FileKind]) -> FileKind | None:
    """The kind that a file's name promises by its last ending; None where none of these kinds has it."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return next((kind for kind in kinds if ending in kind.endings), None)


def names_of(kinds: Iterable[FileKind]) -> str:
    """These kinds as people say them, with commas."""
    return ", ".join(kind.name for kind in kinds)


def endings_of(kinds: Iterable[FileKind]) -> str:
    """What a browser offers to choose: the endings with their dots and commas."""
    return ",".join(f".{ending}" for kind in kinds for ending in kind.endings)

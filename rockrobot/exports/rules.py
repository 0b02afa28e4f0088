"""What an export holds, how a vCard is written, and what the ledger keeps of an export: pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from rockrobot.letters.rules import address_lines
from rockrobot.objections.rules import Channel, Reason, Verdict
from rockrobot.purposes.rules import PurposeCode

Row = Mapping[str, str]


class Subject(StrEnum):
    """Whose data goes out."""

    PEOPLE = "people"
    COMPANIES = "companies"


Parties = Mapping[Subject, Collection[int]]
"""The ids of the people and of the companies of whom a file tells."""


class FileFormat(StrEnum):
    """As what it goes out."""

    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcf"
    CALLING_LIST = "soittolista.pdf"
    STICKERS = "tarrat.pdf"


_ADDRESS: Final = {
    "street": "Katuosoite",
    "postcode": "Postinumero",
    "city": "Postitoimipaikka",
}
COLUMNS: Final[dict[Subject, dict[str, str]]] = {
    Subject.PEOPLE: {
        "person_no": "Henkilönumero",
        "first_name": "Etunimi",
        "last_name": "Sukunimi",
        "customer_no": "Asiakasnumero",
        "company": "Yritys",
        "title": "Titteli",
        "direct_phone": "Suora puhelin",
        "mobile": "Matkapuhelin",
        "email": "Sähköposti",
        **_ADDRESS,
        "country": "Maa",
        "language": "Kieli",
        "tags": "Avainsanat",
    },
    Subject.COMPANIES: {
        "customer_no": "Asiakasnumero",
        "company": "Yritys",
        "business_id": "Y-tunnus",
        "switchboard": "Vaihde",
        "email": "Sähköposti",
        **_ADDRESS,
        "country": "Maa",
        "language": "Kieli",
        "contact_type": "Kontaktityyppi",
        "tags": "Avainsanat",
    },
}
"""Columns by field: their words are those that both imports know, so that what went out comes in unchanged."""
NAMES: Final = {Subject.PEOPLE: "henkilöt", Subject.COMPANIES: "yritykset"}
"""The name of the file and of its sheet: the register import knows a list by it."""
PHONE_FIELDS: Final = frozenset({"direct_phone", "mobile", "switchboard"})
PLACE_COUNTRY: Final = "place_country"
"""The country of the address; the column of a company is where the company is at home."""
PAPER: Final = frozenset({FileFormat.CALLING_LIST, FileFormat.STICKERS})
ON_PAPER: Final = (PLACE_COUNTRY, "switchboard")
"""What paper needs beside the columns of a file."""
LINE_BYTES: Final = 75
NEEDS_SECOND_ABOVE: Final = 500
COUNTED_FOR: Final = timedelta(hours=24)
"""For how long what one person took out counts together with what they take next. Source: our choice."""


@dataclass(frozen=True)
class Export:
    """What goes out and what stays: ids that may be used for the purpose, and how many are left out by reason."""

    ids: list[int]
    left_out: dict[Reason, int]

    @property
    def left_out_count(self) -> int:
        """How many are left out in all."""
        return sum(self.left_out.values())


def choose(verdicts: Mapping[int, Verdict]) -> Export:
    """Who goes out and who is left out, in the order of the verdicts."""
    reasons = Counter(verdict.reason for verdict in verdicts.values() if not verdict.is_allowed)
    ids = [id_ for id_, verdict in verdicts.items() if verdict.is_allowed]
    return Export(ids, {reason: reasons[reason] for reason in Reason if reason in reasons})


def needs_second_person(*, is_whole: bool, ids: Collection[int], taken: Collection[int] = ()) -> bool:
    """True for an export that one person asks for and a second approves.

    is_whole: a whole list of the register is asked for, however short it is; ids: who goes out; taken: whom the same
    person took out alone in the 24 hours before, so that parts of a list do not pass where the list would not; who is
    in both counts once. Such a file is made in a job. Source: our choice; 500 is what one works through by hand in a
    campaign, more is a copy of the register.
    """
    return is_whole or len({*ids, *taken}) > NEEDS_SECOND_ABOVE


def ledger_words(
    purpose: PurposeCode,
    channel: Channel,
    file_format: FileFormat,
    export: Export,
    filter_hash: str,
    rows: int | None = None,
) -> str:
    """What the ledger keeps of an export: purpose, channel, format, how many went out and stayed, and the filter.

    rows: how many lines the file has, where they are not those whose data is in it.
    A filter is what somebody typed and may be a name, and the ledger can't forget. So it is kept as its keyed hash: the
    same filter is known again, and somebody who knows the app's secret can check a guess. "-" means no filter.
    """
    counts = f"rows {len(export.ids) if rows is None else rows}; left out {export.left_out_count}"
    return f"{purpose}; {channel}; {file_format}; {counts}; filter {filter_hash or '-'}"


# ---------- on paper ----------


def calling_cells(row: Row) -> tuple[str, str, str, str]:
    """A line of a calling list: who, of which company, the number to call, and a gap for what came of it."""
    name = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    phones = (row.get(field, "") for field in ("direct_phone", "mobile", "switchboard"))
    return name or row["company"], row["company"] if name else "", next(filter(None, phones), ""), ""


def sticker_lines(row: Row) -> list[str]:
    """The lines of an address label; none for whom no address is known. Source: as on letters, country last."""
    if not row["street"] and not row["city"]:
        return []
    name = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    names = [row["company"], name] if row["company"] and name else [name or row["company"]]
    place = {field: row[field] for field in ("street", "postcode", "city")}
    return address_lines(names, **place, country=row[PLACE_COUNTRY])


def is_reached(row: Row, kind: FileFormat) -> bool:
    """True when a row has what its line on paper is for: a label an address, a call a number."""
    return bool(sticker_lines(row) if kind is FileFormat.STICKERS else calling_cells(row)[2])


# ---------- vCard ----------


def card_of(row: Row) -> str:
    """One vCard 3.0 of a row, with folded lines that end in CR LF. Source: RFC 2426, RFC 2425 5.8.1 (folding).

    Nothing in a value can begin a line of its own: line breaks are written as backslash n, other controls left out.
    """
    is_person = "last_name" in row
    lines = ["BEGIN:VCARD", "VERSION:3.0", *(_person(row) if is_person else _company(row)), *_shared(row), "END:VCARD"]
    return folded(lines)


def _person(row: Row) -> Iterable[str]:
    name = f"{row['first_name']} {row['last_name']}".strip()
    yield f"N:{_structured(row['last_name'], row['first_name'], '', '', '')}"
    yield f"FN:{escaped(name or row['person_no'])}"
    yield f"UID:{escaped(row['person_no'])}"
    yield from _filled("ORG:", row["company"])
    yield from _filled("TITLE:", row["title"])
    yield from _filled("TEL;TYPE=WORK,VOICE:", row["direct_phone"])
    yield from _filled("TEL;TYPE=CELL:", row["mobile"])


def _company(row: Row) -> Iterable[str]:
    yield "N:;;;;"
    yield f"FN:{escaped(row['company'])}"
    yield f"ORG:{escaped(row['company'])}"
    yield "X-ABSHOWAS:COMPANY"
    yield f"UID:{escaped(row['customer_no'])}"
    yield from _filled("TEL;TYPE=WORK,VOICE:", row["switchboard"])


def _shared(row: Row) -> Iterable[str]:
    yield from _filled("EMAIL;TYPE=INTERNET:", row["email"])
    if row["street"] or row["city"]:
        parts = (row["street"], row["city"], "", row["postcode"], row["country"])
        yield f"ADR;TYPE=WORK:;;{_structured(*parts)}"


def _filled(start: str, value: str) -> Iterable[str]:
    if value:
        yield start + escaped(value)


def _structured(*parts: str) -> str:
    return ";".join(map(escaped, parts))


def escaped(text: str) -> str:
    """A value in which nothing begins a line of its own: breaks are written as backslash n, other controls left out.

    Source: RFC 2426 and, the same, RFC 5545 3.3.11 (calendars).
    """
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, written)
    return "".join(sign for sign in text if sign.isprintable() or sign == "\u00ad")


def folded(lines: Iterable[str]) -> str:
    """The lines with CR LF, each in pieces of at most 75 bytes, no letter cut in two. Source: RFC 2425 5.8.1."""
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    return "\r\n".join([*pieces, piece])

"""Sheets and columns of the exchange format, their labels, and how a cell is read: pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from rockrobot.contacts.rules import AddressKind
from rockrobot.devices.rules import Fate, FittingReason, OwnershipKind

EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(18_264, 73_051)  # 1950 to 2099: a smaller number is a year or a slip, not a day
EXACT_DIGITS = 15
SPOILED = re.compile(r"[+-]?\d([.,]\d+E[+-]?|E\+)\d{1,3}|#(N/A|[A-Z]+(/0)?[!?])( .*)?", re.IGNORECASE)
ROUNDED = re.compile(r"[1-9]\d{14}0{2,}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
FINNISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    COUNTRY = "country"


@dataclass(frozen=True)
class Column:
    """A column: its English name, what it holds, whether it must be filled, which words it knows, its longest text."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    words: frozenset[str] | None = None
    longest: int = 200
    least: int = 0


@dataclass(frozen=True)
class Sheet:
    """A sheet: its columns, which of them are the key, and whether equal keys are told apart by their order."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    has_ordinal: bool = False

    def required_in_key(self) -> list[str]:
        """Columns without which no row can be told."""
        return [column.name for column in self.columns if column.required and column.name in self.key]

    def required_when_new(self) -> list[str]:
        """Columns that a row must have when it comes in for the first time."""
        return [column.name for column in self.columns if column.required and column.name not in self.key]


class CellError(ValueError):
    """A cell can't be read; code names the fault."""

    def __init__(self, code: str, value: Any = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = str(value)[:60]


def _texts(names: str, *, required: str = "", longest: int = 200) -> tuple[Column, ...]:
    return tuple(Column(n, required=n in required.split(), longest=longest) for n in names.split())


def _days(names: str, *, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(n, Kind.DAY, required=required) for n in names.split())


def _counts(names: str, *, required: bool = False, least: int = 0) -> tuple[Column, ...]:
    return tuple(Column(n, Kind.COUNT, required=required, least=least) for n in names.split())


def _word(name: str, words: type[StrEnum], *, required: bool = True) -> Column:
    return Column(name, required=required, words=frozenset(words))


MODEL = Column("model_code", required=True, longest=60)
SERIAL = Column("serial", required=True, longest=80)
PART = Column("part_no", required=True, longest=60)
SUPPLIER = Column("supplier")
BATCH = Column("batch_no", required=True, longest=60)
CUSTOMER = Column("customer_no", longest=60)
PERSON = Column("person_no", longest=60)
COUNTRY = Column("country", Kind.COUNTRY)
LANGUAGE = Column("language", longest=10)
EMAIL = Column("email", longest=254)

SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("models", (MODEL, Column("name")), ("model_code",)),
        Sheet("parts", (PART, Column("name")), ("part_no",)),
        Sheet(
            "batches",
            (PART, SUPPLIER, BATCH, Column("supplier_batch_no", longest=60), *_days("received_on used_up_on"),
             *_counts("quantity")),
            ("part_no", "supplier", "batch_no"),
        ),
        Sheet(
            "batch_contents",
            (PART, SUPPLIER, BATCH, Column("contains_part_no", required=True, longest=60), Column("contains_supplier"),
             Column("contains_batch_no", required=True, longest=60), *_counts("pieces", least=1)),
            ("part_no", "supplier", "batch_no", "contains_part_no", "contains_supplier", "contains_batch_no"),
        ),
        Sheet(
            "batch_stock",
            (PART, SUPPLIER, BATCH, *_days("counted_on", required=True),
             *_counts("in_stock quarantined scrapped returned")),
            ("part_no", "supplier", "batch_no", "counted_on"),
        ),
        Sheet(
            "companies",
            (Column("customer_no", required=True, longest=60), Column("name"),
             Column("business_id", longest=40), COUNTRY, LANGUAGE, Column("switchboard", longest=60), EMAIL,
             Column("contact_type", longest=60)),
            ("customer_no",),
        ),
        Sheet(
            "people",
            (Column("person_no", required=True, longest=60), *_texts("first_name last_name", longest=100), CUSTOMER,
             Column("title", longest=120), Column("direct_phone", longest=60), EMAIL, LANGUAGE),
            ("person_no",),
        ),
        Sheet(
            "addresses",
            (CUSTOMER, PERSON, _word("kind", AddressKind), Column("street"), Column("postcode", longest=20),
             Column("city", longest=100), COUNTRY, *_days("valid_from valid_to")),
            ("customer_no", "person_no", "kind", "street", "postcode", "valid_from"),
        ),
        Sheet(
            "devices",
            (MODEL, SERIAL, *_counts("year"), *_days("built_on")),
            ("model_code", "serial"),
        ),
        Sheet(
            "fittings",
            (MODEL, SERIAL, PART, SUPPLIER, Column("batch_no", longest=60), *_days("fitted_on removed_on"),
             _word("reason", FittingReason, required=False), *_counts("pieces", least=1)),
            ("model_code", "serial", "part_no", "supplier", "batch_no", "fitted_on"),
            has_ordinal=True,
        ),
        Sheet(
            "ownerships",
            (MODEL, SERIAL, CUSTOMER, PERSON, *_days("from to"), _word("kind", OwnershipKind)),
            ("model_code", "serial", "customer_no", "person_no", "from", "kind"),
        ),
        Sheet("device_fates", (MODEL, SERIAL, _word("fate", Fate), *_days("on")), ("model_code", "serial")),
        Sheet(
            "loose_deliveries",
            (PART, SUPPLIER, BATCH, Column("customer_no", required=True, longest=60),
             *_counts("quantity", required=True, least=1), *_days("delivered_on")),
            ("part_no", "supplier", "batch_no", "customer_no", "delivered_on"),
            has_ordinal=True,
        ),
    )
}  # fmt: skip

_LABELS = """
models mallit modeller|devices laitteet maskiner|parts osat delar|batches erät partier
batch_contents erien_sisältö partiinnehåll|batch_stock erien_varasto partilager|fittings asennukset monteringar
companies yritykset företag|people henkilöt personer|addresses osoitteet adresser|ownerships omistukset ägande
device_fates laitteiden_kohtalot maskinöden|loose_deliveries irtotoimitukset lösleveranser
model_code mallikoodi modellkod|name nimi namn|serial sarjanumero serienummer|year valmistusvuosi tillverkningsår
built_on valmistettu tillverkad|part_no osanumero delnummer|supplier toimittaja leverantör
batch_no eränumero partinummer|supplier_batch_no toimittajan_eränumero leverantörens_partinummer
received_on saapunut mottagen|used_up_on käytetty_loppuun slutförbrukad|quantity määrä antal
contains_part_no sisältää_osanumero innehåller_delnummer|contains_supplier sisältää_toimittaja innehåller_leverantör
contains_batch_no sisältää_eränumero innehåller_partinummer|pieces kappaletta stycken|counted_on laskettu räknad
in_stock varastossa i_lager|quarantined karanteenissa i_karantän|scrapped romutettu skrotad
returned palautettu returnerad|fitted_on asennettu monterad|removed_on irrotettu demonterad|reason syy orsak
customer_no asiakasnumero kundnummer|business_id y-tunnus fo-nummer|country maa land|language kieli språk
switchboard vaihde växel|email sähköposti e-post|contact_type kontaktityyppi kontakttyp
person_no henkilönumero personnummer_hos_oss|first_name etunimi förnamn|last_name sukunimi efternamn
title titteli titel|direct_phone suora_puhelin direktnummer|kind laji slag|street katuosoite gatuadress
postcode postinumero postnummer|city postitoimipaikka postort|valid_from voimassa_alkaen giltig_från
valid_to voimassa_asti giltig_till|from alkaen från|to asti till|fate kohtalo öde|on päivä dag
delivered_on toimitettu levererad
"""
_ROWS = [row.split() for line in _LABELS.strip().splitlines() for row in line.split("|")]
LABELS = {"en": {r[0]: r[0] for r in _ROWS}, "fi": {r[0]: r[1] for r in _ROWS}, "sv": {r[0]: r[2] for r in _ROWS}}
_NAMES = {label: row[0] for row in _ROWS for label in row} | {"yritys": "name"}


def english_name(label: Any) -> str | None:
    """The English name that a sheet's or column's label stands for, in any of the three languages; None if unknown."""
    text = unicodedata.normalize("NFC", str(label if label is not None else "")).strip().lower()
    return _NAMES.get(re.sub(r"\s+", "_", text))


def _cleaned(value: Any) -> str:
    text = str(value)
    return (text if text.isascii() else unicodedata.normalize("NFC", text).replace("\u00a0", " ")).strip()


def is_empty(value: Any) -> bool:
    """True for a cell that says nothing."""
    return value is None or (isinstance(value, str) and not _cleaned(value))


def shown_number(value: float, number_format: str) -> str:
    """A number cell as the workbook shows it, where that is certain: whole numbers, with leading zeros by the format.

    Raises CellError("format_as_text") for any other format, fractions, and numbers over 15 digits (a spreadsheet has
    lost the rest). Source: exchange format.
    """
    digits = str(abs(int(value))) if value == int(value) else ""
    fits_general = number_format in {"General", "@"} and len(digits) <= 11
    if not digits or value < 0 or len(digits) > EXACT_DIGITS or not (fits_general or re.fullmatch("0+", number_format)):
        raise CellError("format_as_text", value)
    return digits if number_format in {"General", "@"} else digits.zfill(len(number_format))


def read_text(value: Any, column: Column) -> str:
    """A text cell; refuses what the file has spoiled, unprintable characters and too long texts (CellError)."""
    if not isinstance(value, str):
        raise CellError("format_as_text", value)
    text = _cleaned(value)
    if SPOILED.fullmatch(text) or ROUNDED.fullmatch(text):
        raise CellError("spoiled", text)
    if CONTROL.search(text):
        raise CellError("control_character", "")
    if len(text) > column.longest:
        raise CellError("too_long", column.longest)
    if column.words is not None:
        if text.lower() not in column.words:
            raise CellError("unknown_word", text)
        return text.lower()
    return text


def read_day(value: Any) -> date:
    """A day: an Excel date, ISO, or 22.11.2026. Raises CellError("bad_day")."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(value))
    text = _cleaned(value)
    iso, finnish = ISO_DAY.fullmatch(text), FINNISH_DAY.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if finnish:
            return date(int(finnish[3]), int(finnish[2]), int(finnish[1]))
    except ValueError as error:
        raise CellError("bad_day", text) from error
    raise CellError("bad_day", text)


def read_count(value: Any, column: Column) -> int:
    """A whole number that is not below the column's least. Raises CellError("bad_count")."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        number = int(value)
    else:
        text = _cleaned(value).replace(" ", "")
        if not (text.isascii() and text.isdigit()) or len(text) > EXACT_DIGITS:
            raise CellError("bad_count", value)
        number = int(text)
    if not column.least <= number < 2**31:
        raise CellError("bad_count", value)
    return number


def read_cell(value: Any, column: Column, countries: dict[str, str]) -> str | int | date | None:
    """What a cell says; None where it is empty. countries: lower-case names and codes -> ISO code. Raises CellError."""
    if is_empty(value):
        return None
    if column.kind is Kind.DAY:
        return read_day(value)
    if column.kind is Kind.COUNT:
        return read_count(value, column)
    text = read_text(value, column)
    if column.kind is Kind.COUNTRY:
        if text.lower() not in countries:
            raise CellError("unknown_country", text)
        return countries[text.lower()]
    return text


def key_of(sheet: Sheet, values: dict[str, Any]) -> tuple[Any, ...]:
    """The key of a row: the values of the key columns, empty ones as None."""
    return tuple(values.get(name) for name in sheet.key)


def header_of(sheet: Sheet, language: str) -> Sequence[str]:
    """The header of a sheet in a language (en, fi, sv)."""
    return [LABELS[language][column.name] for column in sheet.columns]

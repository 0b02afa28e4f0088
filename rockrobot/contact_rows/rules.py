"""What one row of a contact list says, and what in it is doubtful: pure; texts and fields in, a contact out."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rockrobot.contact_cells.rules import (
    LANGUAGES,
    LONGEST,
    PLACES,
    POINTS,
    AddressSaid,
    PointSaid,
    Remark,
    digest,
    kind_of_label,
    mails_in,
    phones_in,
    place_of_label,
    plain,
    split_name,
)
from rockrobot.contact_columns.rules import Field, Target
from rockrobot.contacts.rules import HOME_REGION, PointKind
from rockrobot.exchange.rules import CONTROL

TEXTS = {Field.TITLE, Field.COMPANY, Field.CUSTOMER_NO, Field.BUSINESS_ID, Field.PERSON_NO, Field.KEY}


@dataclass
class Contact:
    """What one row says; texts: title, company, customer_no, business_id, person_no, key. fault: why it is refused."""

    number: int
    cells: Sequence[str] = ()
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    points: list[PointSaid] = field(default_factory=list)
    switchboards: list[PointSaid] = field(default_factory=list)
    addresses: list[AddressSaid] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fault: Remark | None = None
    doubts: list[Remark] = field(default_factory=list)

    @property
    def is_company(self) -> bool:
        """True where the row names a company and nobody there."""
        return not (self.first_name or self.last_name)

    @property
    def name(self) -> str:
        """Who the row is about."""
        return f"{self.first_name} {self.last_name}".strip() or self.text("company")

    def text(self, name: str) -> str:
        """One of the texts; empty where the row does not say it."""
        return self.texts.get(name, "")

    def refuse(self, column: str, code: str, detail: str = "") -> None:
        """Refuse the row, once."""
        self.fault = self.fault or Remark(column, code, detail)


def identity(contact: Contact) -> str:
    """A short digest of who a row is about: name, company, e-mail addresses and phones."""
    points = sorted({point.normal for point in contact.points})
    return digest("row", "|".join([plain(contact.name), plain(contact.text("company")), *points]))


# ---------- a row ----------


def read_contact(
    number: int, cells: Sequence[str], fields: Sequence[Target], titles: Sequence[str], countries: Mapping[str, str]
) -> Contact:
    """The contact that a row of texts says.

    fields: what each column says. titles: the columns in the file's words. countries: small-letter names and codes ->
    ISO code. An empty cell says nothing. A cell that can't be kept refuses the row; a doubtful one is told.
    """
    reader = _Reader(Contact(number, cells), countries)
    for place, target in enumerate(fields):
        cell = _cleaned(cells[place]) if place < len(cells) else ""
        if target is None or not cell:
            continue
        if CONTROL.search(cell):
            reader.contact.refuse(titles[place], "control_character")
        else:
            reader.read(target, cell, titles[place])
    return reader.finish()


def _cleaned(cell: str) -> str:
    text = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return unicodedata.normalize("NFC", text).replace("\u200b", "").strip()


class _Reader:
    """Collects what the cells of one row say."""

    def __init__(self, contact: Contact, countries: Mapping[str, str]) -> None:
        self.contact = contact
        self.countries = countries
        self.names: dict[Field, str] = {}
        self.phone_label = self.address_label = ""
        self.places: dict[str, dict[str, str]] = {}
        self.phones: list[tuple[PointKind, str, str]] = []

    def read(self, target: Field, cell: str, title: str) -> None:
        """Take one filled cell."""
        if target in POINTS:
            self.phones.append((POINTS[target], cell, title))
        elif target is Field.EMAIL:
            self._mails(cell, title)
        elif target in {Field.PHONE_LABEL, Field.ADDRESS_LABEL}:
            setattr(self, target.value, cell)
        elif target is Field.NOTES:
            self._note(cell, title)
        elif target is Field.LABELLED_PHONE:
            self._labelled_phones(cell, title)
        elif target.rpartition("_")[2] in {"street", "postcode", "city", "country"}:
            self._address(target, cell, title)
        else:
            self._text(target, " ".join(cell.split()), title)

    def _text(self, target: Field, cell: str, title: str) -> None:
        if target is Field.LANGUAGE:
            self.contact.language = LANGUAGES.get(cell.casefold().split("-")[0], "")
            if not self.contact.language:
                self.contact.doubts.append(Remark(title, "unknown_language", cell))
        elif target in TEXTS:
            if self._fits(target.value, cell, title):
                self.contact.texts.setdefault(target.value, cell)
        else:
            self.names.setdefault(target, cell)

    def _note(self, cell: str, title: str) -> None:
        if self._fits("notes", cell, title) and all(plain(cell) != plain(note) for note in self.contact.notes):
            self.contact.notes.append(cell)

    def _fits(self, what: str, text: str, title: str) -> bool:
        if len(text) > LONGEST[what]:
            self.contact.refuse(title, "too_long", str(LONGEST[what]))
        return len(text) <= LONGEST[what]

    def _labelled_phones(self, cell: str, title: str) -> None:
        kind = kind_of_label(self.phone_label)
        if kind is not None:
            self.phones.append((kind, cell, title))

    def _phones(self, kind: PointKind, cell: str, title: str) -> None:
        """Take a cell of phone numbers, those without country code as numbers of the country of the row's address."""
        region = next((said["country"] for said in self.places.values() if said.get("country")), HOME_REGION)
        points, doubts = phones_in(kind, cell, region)
        self.contact.doubts += [Remark(title, code, text) for code, text in doubts]
        for point in points:
            if self._fits("phone", point.raw, title):
                self._add(point)

    def _mails(self, cell: str, title: str) -> None:
        points = mails_in(cell)
        if not points:
            self.contact.doubts.append(Remark(title, "not_mail", cell[:60]))
        for point in points:
            if self._fits("email", point.raw, title):
                self._add(point)

    def _add(self, point: PointSaid) -> None:
        kept = self.contact.switchboards if point.kind is PointKind.SWITCHBOARD else self.contact.points
        if all(point.normal != other.normal for other in kept):
            kept.append(point)

    def _address(self, target: Field, cell: str, title: str) -> None:
        place, _, part = target.value.rpartition("_")
        if place == "labelled":
            place = place_of_label(self.address_label)
        text = ", ".join(line.strip() for line in cell.replace(" ::: ", "\n").split("\n") if line.strip())
        if part == "country":
            code = self.countries.get(text.casefold().replace(".", ""), "")
            if not code:
                self.contact.doubts.append(Remark(title, "unknown_country", text[:60]))
            text = code
        said = self.places.setdefault(place, {})
        said[part] = f"{said[part]}, {text}" if part == "street" and part in said else text
        if part != "country":
            self._fits(part, said[part], title)

    def finish(self) -> Contact:
        """The contact, with its names and addresses put together."""
        contact = self.contact
        for phone in self.phones:
            self._phones(*phone)
        first = " ".join(self.names[f] for f in (Field.FIRST_NAME, Field.MIDDLE_NAME) if f in self.names)
        last = self.names.get(Field.LAST_NAME, "")
        whole = self.names.get(Field.FULL_NAME, "")
        if not first and not last and whole and plain(whole) != plain(contact.text("company")):
            first, last = split_name(whole)
        if first and not last:
            first, last = "", first
        contact.first_name, contact.last_name = first, last
        for name, text in (("first_name", first), ("last_name", last)):
            self._fits(name, text, name)
        for place, said in self.places.items():
            if said.keys() - {"country"}:
                contact.addresses.append(AddressSaid(PLACES[place], **said))
        if contact.is_company:
            self._turn_to_company()
        return contact

    def _turn_to_company(self) -> None:
        """A row that names nobody tells of the company: its work numbers are the switchboard's."""
        contact = self.contact
        if not (contact.text("company") or contact.text("customer_no") or contact.text("person_no")):
            contact.refuse("", "no_name")
        points = [*contact.switchboards, *contact.points]
        contact.switchboards, contact.points = [], []
        for point in points:
            is_work = point.kind is PointKind.DIRECT
            contact.points.append(point._replace(kind=PointKind.SWITCHBOARD) if is_work else point)


def what_is_said(contact: Contact) -> dict[str, list[str]]:
    """Digests of all that a row says, by what it says: kept with its import key, for the next time the file comes."""
    said: dict[str, list[str]] = {}
    texts: Iterable[tuple[str, str]] = (
        ("first_name", contact.first_name), ("last_name", contact.last_name), ("language", contact.language),
        *((name, contact.text(name)) for name in ("title", "company", "business_id")),
    )  # fmt: skip
    for name, text in texts:
        if text:
            said[name] = [digest(name, text)]
    for point in (*contact.points, *contact.switchboards):
        said.setdefault(point.kind.value, []).append(digest(point.kind.value, point.normal))
    for address in contact.addresses:
        said.setdefault(address.kind.value, []).append(digest(address.kind.value, address.plain()))
    if contact.notes:
        said["notes"] = [digest("notes", plain(note)) for note in contact.notes]
    return said

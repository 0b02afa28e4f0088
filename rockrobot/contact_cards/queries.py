"""vCards as a table: one card a row, under headers that the column rules know."""

from rockrobot.contact_cells.rules import place_of_label
from rockrobot.vcards import Card, Property, read_cards, unescaped

PHONES = ("Work phone", "Mobile", "Home phone", "Other phone", "Company main phone")
PLACES = ("Work", "Home", "Other")
PARTS = ("street", "postcode", "city", "country")
LEFT_OUT = {"BDAY": "Birthday", "URL": "Web page", "TEL": "Fax"}
HEADER = (
    "UID", "Name", "First name", "Middle name", "Last name", "Company", "Job title", "Language", "E-mail", "Notes",
    *PHONES,
    *(f"{place} {part}" for place in PLACES for part in PARTS), *LEFT_OUT.values(),
)  # fmt: skip
FAX = frozenset({"FAX", "PAGER", "PCS"})


def card_rows(text: str) -> list[tuple[int, list[str], str | None]]:
    """(line on which a card begins, its cells under HEADER, code of why it can't be read or None)."""
    rows = []
    for card in read_cards(text):
        said = _said(card)
        rows.append((card.line, [said.get(title, "") for title in HEADER], card.fault))
    return rows


def _said(card: Card) -> dict[str, str]:
    said = _names(card) | _phones(card) | _addresses(card)
    said["E-mail"] = "; ".join(one.text().removeprefix("mailto:") for one in card.all("EMAIL"))
    said["Notes"] = "\n\n".join(one.text() for one in card.all("NOTE"))
    for name, title in LEFT_OUT.items():
        if name != "TEL":
            said[title] = _text(card.first(name))
    return said


def _text(found: Property | None) -> str:
    return found.text() if found else ""


def _names(card: Card) -> dict[str, str]:
    """Names, company and title; a card that shows its company has no person's name."""
    organisations = card.first("ORG")
    company = organisations.parts()[0] if organisations else ""
    parts = found.parts() if (found := card.first("N")) else []
    last, first, middle = [part.replace("\n", " ") for part in [*parts, "", "", ""][:3]]
    whole = _text(card.first("FN"))
    kind = _text(card.first("KIND")).lower()
    if kind in {"org", "organization"} or _text(card.first("X-ABSHOWAS")).upper() == "COMPANY":
        company, whole, first, middle, last = company or whole, "", "", "", ""
    return {
        "UID": _text(card.first("UID")),
        "Name": whole,
        "First name": first,
        "Middle name": middle,
        "Last name": last,
        "Company": company,
        "Job title": _text(card.first("TITLE") or card.first("ROLE")),
        "Language": _text(card.first("LANG")),
    }


def _phones(card: Card) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in card.all("TEL"):
        number = unescaped(one.value.removeprefix("tel:").replace(";ext=", " ext. "))
        found.setdefault(_phone_title(one), []).append(number)
    return {title: "; ".join(numbers) for title, numbers in found.items()}


def _phone_title(one: Property) -> str:
    if one.kinds & FAX:
        return LEFT_OUT["TEL"]
    if one.kinds & {"CELL", "IPHONE"}:
        return "Mobile"
    if "MAIN" in one.kinds:
        return "Company main phone"
    if "WORK" in one.kinds:
        return "Work phone"
    return "Home phone" if "HOME" in one.kinds else "Other phone"


def _addresses(card: Card) -> dict[str, str]:
    """One address a place; a second one of a place stands as another address, where that is free."""
    said: dict[str, str] = {}
    for one in card.all("ADR"):
        place = place_of_label(" ".join(sorted(one.kinds))).capitalize()
        if f"{place} street" in said:
            place = PLACES[-1]
        box, extra, street, city, _, postcode, country = [*one.parts(), *[""] * 7][:7]
        lines = [line for line in (street, extra, box) if line]
        if f"{place} street" not in said:
            values = ("\n".join(lines), postcode, city, country)
            said |= {f"{place} {part}": value for part, value in zip(PARTS, values, strict=True)}
    return said

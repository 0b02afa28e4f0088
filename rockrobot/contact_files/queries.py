"""What an import of contacts would do, told: counts, rows in words, the file of rows that were not taken."""

from collections.abc import Callable, Sequence
from itertools import islice
from textwrap import shorten
from typing import Any

from rockrobot import clock
from rockrobot.contact_cells.rules import Remark
from rockrobot.contact_changes.rules import WRITTEN, Alike, Outcome, PlannedContact
from rockrobot.contact_columns.rules import REASON, WHICH_PERSON, Field, Ignored, Target, field_of, ignored_because
from rockrobot.contact_files.rules import ContactPlan, plan_contacts
from rockrobot.contact_likeness.queries import note_alike
from rockrobot.contact_matches.queries import stored_for
from rockrobot.contact_rows.queries import ContactTable, read_contacts
from rockrobot.duplicates.queries import why
from rockrobot.duplicates.rules import Kind

SAMPLES, TOLD_ROWS, SHOWN_SIGNS = 3, 1_000, 300
REMARKS: dict[str, Callable[[str], str]] = {
    "no_name": lambda _: "nimi ja yritys puuttuvat: kirjoita toinen niistä",
    "unknown_customer": lambda v: f"asiakasnumeroa {v} ei ole: kirjoita myös yrityksen nimi",
    "ambiguous_company": lambda v: f"samannimisiä yrityksiä on useita ({v}): kirjoita asiakasnumero",
    "ambiguous_person": lambda v: f"rivi sopii moneen henkilöön ({v}): kirjoita henkilönumero",
    "unknown_person": lambda v: f"henkilönumeroa {v} ei ole: korjaa se, tai kirjoita uusi",
    "same_person": lambda v: f"sama henkilö tai yritys kuin rivillä {v}, mutta eri tiedot: yhdistä rivit",
    "control_character": lambda _: "näkymätön ohjausmerkki: kirjoita arvo uudelleen",
    "too_long": lambda v: f"liian pitkä, enintään {v} merkkiä",
    "not_ended": lambda _: "kortti jää kesken (END:VCARD puuttuu)",
    "not_a_line": lambda _: "kortissa on rivi, jota ei voi lukea",
    "too_many_lines": lambda _: "kortissa on liikaa rivejä",
    "spoiled": lambda v: f"taulukko-ohjelma on pilannut numeron {v}: se pidetään tekstinä, tarkista",
    "merged": lambda v: f"liian monta numeroa peräkkäin, ehkä kaksi puhelinnumeroa: {v}",
    "lost_zero": lambda v: f"alusta puuttuu ehkä nolla tai maatunnus: {v}",
    "no_number": lambda v: f"ei puhelinnumero, jätetään pois: {v}",
    "not_mail": lambda v: f"ei sähköpostiosoite, jätetään pois: {v}",
    "unknown_country": lambda v: f"tuntematon maa, jätetään pois: {v}",
    "unknown_language": lambda v: f"tuntematon kieli, jätetään pois: {v}",
}
IGNORED = {
    Ignored.OBJECTION: "kielto tai suostumus kirjataan henkilön kortille, ei tuoda tiedostosta",
    Ignored.OTHER: "",
}
NOTES_HINT = "kukin tulee tapahtumaksi aikajanalle: valitse «ei lueta», jos niissä on muuta kuin asiakkuutta"


def plan_of(table: ContactTable, fields: Sequence[Target], *, takes_duplicates: bool = False) -> ContactPlan:
    """What taking this table would do, each column saying what fields name."""
    contacts = read_contacts(table, fields)
    stored = stored_for(contacts, table.product, day=clock.today())
    plan = plan_contacts(contacts, stored, table.product, takes_duplicates=takes_duplicates)
    note_alike(plan.rows, plan.new_companies())
    return plan


def ignored_columns(table: ContactTable, fields: Sequence[Target]) -> list[tuple[str, str]]:
    """(title, where to put it instead) of the filled columns that are not read."""
    left = [place for place, field in enumerate(fields) if field is None]
    filled = [place for place in left if any(place < len(cells) and cells[place].strip() for _, cells in table.rows)]
    return [(table.header[place], IGNORED[ignored_because(table.header[place])]) for place in filled]


def hint_of(title: str) -> str:
    """What to know of a column: where to put what is never read, what becomes of notes; empty for the others."""
    return NOTES_HINT if field_of(title) is Field.NOTES else IGNORED[ignored_because(title)]


def remark_text(remark: Remark) -> str:
    """A remark in words, with its column."""
    words = REMARKS[remark.code](remark.detail)
    return f"{remark.column}: {words}" if remark.column else words


def alike_text(alike: Alike) -> str:
    """Whom a row is likely about, and why, in words."""
    return f"mahdollinen kaksoiskappale: {_named(alike)}"


def _named(alike: Alike) -> str:
    return f"{alike.name} ({alike.number}), {why(alike.reasons)}"


def reason_of(row: PlannedContact) -> str:
    """Why a row is not taken; empty where it is."""
    if row.fault is not None:
        return remark_text(row.fault)
    if row.outcome is not Outcome.DUPLICATE:
        return ""
    known = {alike.id: _named(alike) for alike in row.alike if alike.kind is Kind.PEOPLE}
    people = "; ".join(known.get(party.id, f"{party.name} ({party.number})") for party in row.similar)
    return f"ehkä jo rekisterissä: {people}. Kirjoita henkilönumero, tai uusi"


def further_alike(row: PlannedContact) -> list[Alike]:
    """Whom a row is likely about beside those whom the reason of its refusal names."""
    told = {(Kind.PEOPLE, party.id) for party in row.similar}
    return [alike for alike in row.alike if (alike.kind, alike.id) not in told]


def people_told(plan: ContactPlan) -> list[int]:
    """Ids of the people in the register whom the words of a plan name."""
    alike = {alike.id for row in plan.rows for alike in row.alike if alike.kind is Kind.PEOPLE}
    return sorted(alike | {party.id for row in plan.rows for party in row.similar if not party.is_company})


def refused_table(table: ContactTable, plan: ContactPlan, fields: Sequence[Target]) -> list[Any]:
    """(sheet, header, rows) of the rows not taken: their own columns, which person is meant, and the reason."""
    rows = [row for row in plan.rows if row.outcome in {Outcome.REFUSED, Outcome.DUPLICATE}]
    if not rows:
        return []
    keep = [place for place, title in enumerate(table.header) if title not in {REASON, WHICH_PERSON}]
    more = [WHICH_PERSON, REASON]
    places = [place for place, field in enumerate(fields) if field is Field.PERSON_NO]
    body = []
    for row in rows:
        cells = [*row.contact.cells, *[""] * len(table.header)]
        number = next((cells[place] for place in places), "")
        body.append([*(cells[place] for place in keep), number, reason_of(row)])
    return [(table.title, [*(table.header[place] for place in keep), *more], body)]


def columns_report(tables: Sequence[ContactTable], table: ContactTable) -> dict[str, Any]:
    """What a person needs for saying what each column says: the sheets, the titles, what stands under each."""
    columns = [
        list(islice((cells[place] for cells in table.texts() if place < len(cells) and cells[place].strip()), SAMPLES))
        for place in range(len(table.header))
    ]
    return {
        "sheets": [[one.title, len(one.rows)] for one in tables],
        "header": table.header,
        "rows": len(table.rows),
        "samples": [[cell.strip()[:60] for cell in cells] for cells in columns],
    }


def plan_report(plan: ContactPlan, table: ContactTable, fields: Sequence[Target]) -> dict[str, Any]:
    """What taking the file would do, for the screen; doubtful rows first.

    At most so many rows of an outcome are told one by one.
    """
    told: dict[str, list[dict[str, Any]]] = {outcome.value: [] for outcome in Outcome}
    for row in sorted(plan.rows, key=lambda row: not (row.contact.doubts or row.alike)):
        if len(told[row.outcome]) < TOLD_ROWS:
            told[row.outcome].append(_told(row))
    return {
        "totals": plan.counts(),
        "companies": len(plan.new_companies()),
        "ignored": ignored_columns(table, fields),
        "doubt_count": sum(bool(row.contact.doubts) for row in plan.rows),
        "alike_count": sum(bool(row.alike) for row in plan.rows if row.outcome in WRITTEN),
        "told": told,
    }


def _told(row: PlannedContact) -> dict[str, Any]:
    people = [party for party in (row.party, *row.similar) if party is not None]
    return {
        "row": row.contact.number,
        "name": row.contact.name,
        "how": row.how,
        "reason": reason_of(row),
        "changes": [
            [change.what, change.old, shorten(change.new, SHOWN_SIGNS, placeholder="…")] for change in row.changes
        ],
        "kept": row.kept,
        "doubts": [remark_text(doubt) for doubt in row.contact.doubts],
        "alike": [[one.kind, one.id, one.name, one.number, one.reasons] for one in further_alike(row)],
        "parties": [[party.is_company, party.id, party.name] for party in people],
    }

"""What a role may not see about people never reaches it: by page, file, fragment, search hit, filter or order."""

import re
from typing import Any

from sqlalchemy import JSON, Column, Select, String, Table, Text, cast, func, select, update

from rockrobot import ledger, search_upkeep
from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Address, ContactPoint
from rockrobot.db import Base, db
from rockrobot.events.models import Event, EventTask
from rockrobot.events.rules import Channel
from rockrobot.references import reference_of
from tests.abuse.crawl import crawl, without_chance
from tests.abuse.house import House, house
from tests.conftest import Visitor
from tests.walk import ok

__all__ = ["house"]
LONG_ENOUGH = 60
# Texts that are nobody's words: kinds, digests, who wrote, and what the search index makes of the others.
MACHINERY = re.compile(
    r"sha256|media_type|message_id|language|kind|terms|facts|words|_by$|case_number|told|reference|key$"
)
# Structures whose texts are codes and keys as well: what they say of people stands in the columns they were made from.
STRUCTURES = re.compile(r"details|content|units|parties|said|faults")
# Notes about people in tables that are of a case, not of people.
NOTES = {
    "attempts.note",
    "case_tasks.note",
    "checked_units.note",
    "unit_steps.note",
    "unit_steps.own_confirmation_reason",
}
LISTS = (
    "/search",
    "/devices/",
    "/companies/",
    "/worksites/",
    "/batches/",
    "/parts/",
    "/models/",
    "/tags/",
    "/recalls/",
)
ORDERS = ("owner", "person", "last_name", "responsible", "email", "people.last_name", "-owner")
MARK = re.compile(r"zq([a-z_]+\.[a-z_]+)\.(\d+)zq")
REQUEST = {
    "received_on": "tänään",
    "right": "access",
    "channel": "phone",
    "who": "Aino",
    "about": "Kaikki",
    "named": "",
}
VISIT = {"channel": "visit", "on": "eilen", "at": "12.00", "text": "Huollettu", "result": "serviced", "people": "1"}
# What the workshop's work needs of what tells of people: a machine's place and how one gets in, a company's telephone,
# the number that stands for an owner, and what was done to the machines on visits.
FOR_THE_WORKSHOP = ("worksites.name", "worksites.access_note", "people.person_no")


def plant(house: House) -> set[str]:
    """Put a word that names column and row into every text about people; the columns that now hold one."""
    office = house[Role.CUSTOMER_CARE]
    ok(office.post("/privacy-requests/new", data=REQUEST))
    ok(office.post("/devices/1/events/new", data=VISIT | {"assigned_to": office.member_id, "due": "week"}))
    found, token = set[str](), ledger.writing.set(True)
    for table in Base.metadata.sorted_tables:
        for column in [column for column in table.columns if is_somebodys_text(column)]:
            word = f"zq{table.name}.{column.name}."
            db.session.execute(update(table).values({column: word + cast(table.c.id, String) + "zq"}))
            found |= {word[2:-1]} if db.session.scalar(select(func.count()).select_from(table)) else set()
        for column in [column for column in table.columns if is_somebodys_structure(column)]:
            found |= {str(column)} if plant_in_structures(table, column) else set()
    plant_in_history()
    search_upkeep.rebuild(db.session.connection())
    db.session.commit()
    ledger.writing.reset(token)
    return found


def plant_in_structures(table: Table, column: Column[Any]) -> int:
    """Put the word of column and row in place of each text in a column of lists or fields; in how many rows."""
    rows = db.session.execute(select(table.c.id, column)).all()
    for id_, value in rows:
        planted = {column: marked(value, f"zq{column}.{id_}zq")}
        db.session.execute(update(table).where(table.c.id == id_).values(planted))
    return len(rows)


def plant_in_history() -> None:
    """Put the same words in place of what the ledger says that these columns held."""
    for entry in db.session.scalars(select(LedgerEntry).where(LedgerEntry.changes.is_not(None))):
        columns = Base.metadata.tables[entry.table_name].columns
        entry.changes = {
            name: marked(pair, f"zq{columns[name]}.{entry.row_id}zq")
            if name in columns and (is_somebodys_text(columns[name]) or is_somebodys_structure(columns[name]))
            else pair
            for name, pair in (entry.changes or {}).items()
        }


def marked(value: Any, word: str) -> Any:
    """A word in place of each text within."""
    if isinstance(value, dict):
        return {name: marked(inner, word) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, word) for inner in value]
    return word if value and isinstance(value, str) else value


def is_somebodys_structure(column: Column[Any]) -> bool:
    """True for a list or fields of texts about people."""
    return isinstance(column.type, JSON) and reference_of(column) is not None and not STRUCTURES.search(column.name)


def is_somebodys_text(column) -> bool:
    """True for a text about people that somebody wrote."""
    if not column.table.info.get("personal"):
        return str(column) in NOTES
    is_long = isinstance(column.type, Text) or (
        isinstance(column.type, String) and (column.type.length or 0) >= LONG_ENOUGH
    )
    return is_long and not MACHINERY.search(column.name)


def needed_by_the_workshop() -> set[tuple[str, str]]:
    """The texts, by column and row, that the workshop's work needs."""
    ids: dict[str, Select[tuple[int]]] = {
        "contact_points.raw": select(ContactPoint.id).where(ContactPoint.company_id.is_not(None)),
        "addresses.street": select(Address.id).where(Address.company_id.is_not(None)),
        "events.text": select(Event.id).where(Event.channel.in_([Channel.VISIT, Channel.SERVICE])),
    }
    ids |= {name: select(Base.metadata.tables[name.partition(".")[0]].c.id) for name in FOR_THE_WORKSHOP}
    ids |= {f"contact_points.{name}": ids["contact_points.raw"] for name in ("normal", "note")}
    ids |= {"addresses.city": ids["addresses.street"]}
    ids |= {"event_tasks.what": select(EventTask.id).where(EventTask.event_id.in_(ids["events.text"]))}
    return {(name, str(id_)) for name, statement in ids.items() for id_ in db.session.scalars(statement)}


def test_no_text_about_people_reaches_who_may_not_see_it(app, house: House, tell):
    """A4: pages, fragments, files, letters and search hits, with a word of its own in every text about people."""
    columns, needed = plant(house), needed_by_the_workshop()
    searches = [f"/search?q={name}" for name in sorted(columns)]

    seen = {
        role: {mark: one.path for one in crawl(app, house[role], role, **how) for mark in MARK.findall(one.text)}
        for role, how in (
            (Role.CUSTOMER_CARE, {"also": searches, "of_a_kind": 1}),
            (Role.WORKSHOP, {"also": searches}),
            (Role.ADMINISTRATOR, {}),
        )
    }

    shown = {name for name, _id in seen[Role.CUSTOMER_CARE]}
    tell(f"{len(columns)} columns planted, {len(shown)} shown to customer care")
    assert {
        "people.last_name",
        "contact_points.raw",
        "consents.wording",
        "replies.note",
        "attempts.note",
        "unit_steps.note",
        "case_tasks.note",
        "privacy_requests.who",
        "events.text",
    } <= shown
    assert len(shown) > len(columns) * 2 // 3
    assert {mark: path for mark, path in seen[Role.WORKSHOP].items() if mark not in needed} == {}
    assert seen[Role.ADMINISTRATOR] == {}


def test_searching_and_sorting_by_what_one_may_not_see_makes_no_difference(app, house: House, tell):
    """C26: a hidden text as the question of each list answers as one that nothing holds; so does a hidden order."""
    columns, visitor = plant(house), house[Role.WORKSHOP]
    shown = {name for name, _id in needed_by_the_workshop()}
    hidden = [f"zq{name}.{row}zq" for name in sorted(columns - shown) for row in (1, 2)]

    wrong = [
        (path, word)
        for path in LISTS
        for word in hidden
        if answer_to(visitor, path, q=word) != answer_to(visitor, path, q=word[::-1])
    ]
    usual = {path: told(visitor, path) for path in LISTS}
    wrong += [(path, name) for path in LISTS for name in ORDERS if told(visitor, path, sort=name) != usual[path]]
    wrong += [("/devices/", "person")] if told(visitor, "/devices/", person="1") != usual["/devices/"] else []

    tell(f"{len(LISTS)} lists asked for {len(hidden)} hidden texts and {len(ORDERS)} hidden orders")
    assert wrong == []
    assert house[Role.CUSTOMER_CARE].get("/people/?q=zqpeople.last_name.1zq").text.count("zqpeople.last_name.1zq") > 1
    assert told(visitor, "/worksites/", sort="-name") != told(visitor, "/worksites/", sort="name")


def answer_to(visitor: Visitor, path: str, **question: str) -> str:
    """A page without the question."""
    return without_chance(visitor.get(path, query_string=question).text, *question.values())


def told(visitor: Visitor, path: str, **question: str) -> str:
    """The words of a page, without its addresses."""
    return re.sub(r"<[^>]+>", "", without_chance(visitor.get(path, query_string=question).text))

"""A word of its own in every text column of the ledger: who may not read of people gets those that tell of nobody."""

import functools
import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import JSON, String
from sqlalchemy.types import TypeEngine

from rockrobot import chain, ledger
from rockrobot.chain import Change
from rockrobot.db import Base, Word, db
from rockrobot.desk.queries import ENTRY_ROWS
from rockrobot.desk.rules import TELL_OF_NOBODY
from rockrobot.events.rules import Channel
from rockrobot.histories.queries import RECORDS
from tests.histories.test_views import one_of_each

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALLOWED = {f"{table}.{name}" for table, names in TELL_OF_NOBODY.items() for name in names}
MARK = re.compile(r"zq([a-z_]+\.[a-z_]+)zq")
FOR_THE_WORKSHOP = ("devices", "worksites", "events", "parts", "batches", "models")
NOTES = {
    "attempts.note",
    "case_tasks.note",
    "case_tasks.text",
    "checked_units.note",
    "replies.note",
    "unit_steps.note",
    "unit_steps.own_confirmation_reason",
}


@functools.cache
def texts() -> dict[str, list[str]]:
    """The text columns of every table of the ledger; asked once the rooms are there."""
    covered = [table for table in Base.metadata.sorted_tables if ledger.is_covered(table)]
    return {table.name: [column.name for column in table.columns if is_text(column.type)] for table in covered}


def is_text(kind: TypeEngine) -> bool:
    return isinstance(kind, String | JSON) and not isinstance(kind, Word)


def planted(action: str, table: str, row_id: int, **also: int) -> Change:
    """An entry that holds a word of its own in each text column of a table."""
    pairs = {"insert": (0, 1), "update": (1, 1), "delete": (1, 0)}[action]
    changes = {name: [f"zq{table}.{name}zq" * times or None for times in pairs] for name in texts()[table]}
    return action, table, row_id, changes | {name: [id_, None] for name, id_ in also.items()}


def told(entries: Iterable[Change]) -> int:
    """The id of an act that wrote these entries."""
    with ledger.change_set("companies.edit"):
        act = ledger.open_change_set()
        chain.append(db.session.connection(), act, entries)
        db.session.commit()
    return act


def marks(pages: Iterable[str]) -> set[str]:
    return {mark for page in pages for mark in MARK.findall(page)}


def test_the_administrator_reads_in_the_history_only_texts_that_tell_of_nobody(administrator, protection):
    actions = ("insert", "update", "delete")
    acts = [told(planted(action, name, 1) for name, columns in texts().items() if columns) for action in actions]
    assert len(texts()) < ENTRY_ROWS

    hidden = marks(administrator.get(f"/history/{act}").text for act in acts)
    shown = marks(protection.get(f"/history/{act}").text for act in acts)

    assert hidden - ALLOWED == set()
    assert {"staff_members.name", "known_networks.cidr", "devices.serial"} <= hidden
    assert {"people.last_name", *NOTES} <= shown
    assert not NOTES & ALLOWED


def test_the_workshop_reads_in_a_records_history_only_texts_that_tell_of_nobody(workshop, office):
    ids = one_of_each(Channel.VISIT)
    entries = []
    for kind, record in RECORDS.items():
        entries.append(planted("update", record.table, ids[kind]))
        named = {record.column or record.key: ids[kind]}
        entries += [planted("delete", table, 900, **named) for table in record.children]
    told(entries)
    paths = [f"/{kind}/{ids[kind]}{end}" for kind in FOR_THE_WORKSHOP for end in ("", "/history")]

    answers = [workshop.get(path) for path in paths]
    shown = marks(office.get(path).text for path in paths)

    assert {answer.status_code for answer in answers} == {200}
    assert marks(answer.text for answer in answers) - ALLOWED == set()
    assert {"devices.serial", "parts.name", "batches.batch_no"} <= marks(answer.text for answer in answers)
    assert {"worksites.access_note", "events.text", "loose_deliveries.override_reason"} <= shown


def test_who_acted_is_no_secret_unless_something_else_stands_there(administrator):
    steps = {"by": [None, "staff:1"], "to_state": [None, "corrected"], "confirmed_by": [None, "Kari Nordmann"]}
    act = told([("insert", "unit_steps", 1, steps)])

    html = administrator.get(f"/history/{act}").text

    assert "Yrjö Ylläpito" in html.partition("<main")[2]
    assert "korjattu" in html
    assert "Kari" not in html


def test_a_column_that_the_register_no_longer_has_is_hidden(administrator):
    act = told([("insert", "devices", 1, {"owner_name": [None, "Aino Aho"], "serial": [None, "SP5"]})])

    html = administrator.get(f"/history/{act}").text

    assert "SP5" in html
    assert "Aino" not in html


def test_what_tells_of_nobody_is_a_text_of_a_table_that_is_not_of_people(app):
    assert {name for name in ALLOWED if name.partition(".")[2] not in texts()[name.partition(".")[0]]} == set()
    assert not {table for table in TELL_OF_NOBODY if Base.metadata.tables[table].info.get("personal")}


def test_no_screen_reads_an_entry_of_the_ledger_but_by_what_its_reader_may_see():
    sources = {str(path): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}

    assert [name for name, source in sources.items() if re.search(r"\bentry\.changes\b", source)] == []
    assert sum("told_of(entry)" in source for source in sources.values()) > 3

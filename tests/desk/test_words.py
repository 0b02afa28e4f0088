"""What the history tells is told in the words of the screens, never in those of the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column

import rockrobot
from rockrobot.db import Base, Word

CODE = Path(rockrobot.__file__).parent


@pytest.fixture
def words(app):
    """The words of the ledger."""
    with app.test_request_context():
        template = app.jinja_env.get_template("desk/words.html")
        yield template.make_module(app.jinja_env.globals)


def kept() -> Iterator[Column[Any]]:
    """The columns whose changes the ledger keeps."""
    for table in Base.metadata.sorted_tables:
        if table.info.get("ledger") is not False:
            yield from (one for one in table.columns if one.name != "id" and not one.info.get("secret"))


def test_every_table_column_and_code_that_the_history_shows_has_a_word(words):
    shown = [column for column in kept() if words.is_shown(column.name)]
    coded = [column for column in shown if isinstance(column.type, Word)]

    tables = {column.table.name for column in kept() if words.table(column.table.name) == column.table.name}
    columns = {column.name for column in shown if words.column(column.name) == column.name}
    codes = {(column.name, str(code)) for column in coded for code in column.type.words}
    raw = {(name, code) for name, code in codes if code.islower() and words.value(code, name).strip() == code}

    assert (tables, columns, raw) == (set(), set(), set())


def test_every_act_that_the_history_may_name_has_a_word(app, words):
    marks = {view.permission.event for view in app.view_functions.values() if hasattr(view, "permission")}
    commands = {name for path in CODE.rglob("*.py") for name in re.findall(r'change_set\("([^"]+)"', path.read_text())}

    told = {name: words.event(name) for name in {*marks, *commands, *(f"jobs.{kind}" for kind in words.JOBS)}}

    assert {name for name, word in told.items() if word == name} == set()


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        ("contact", "Yhteydenotto asiakkaan kanssa"),
        ("case TV-2026-001", "Takaisinveto TV-2026-001"),
        (
            "marketing; all; xlsx; rows 11; left out 2; filter -",
            "Suoramarkkinointi, kaikki tavat, xlsx: vietiin 11, jäi 2",
        ),
        (
            "relations; phone; soittolista.pdf; rows 0; left out 0; filter 3fa9",
            'Asiakassuhteen hoito, puhelin, soittolista.pdf: vietiin 0, jäi 0, rajaus <span class="no">3fa9</span>',
        ),
        ("xlsx; rows 12; filter 3fa9", 'xlsx: vietiin 12, rajaus <span class="no">3fa9</span>'),
        ("", ""),
    ],
)
def test_a_purpose_is_told_in_words(words, purpose, told):
    found = words.purpose(purpose).strip()

    assert found == told

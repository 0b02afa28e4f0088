"""The list of what was tried is whole, and every test that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = {"A": 8, "B": 6, "S": 6, "X": 6, "I": 7, "F": 4, "N": 3, "L": 4, "D": 4, "C": 28}
ROW = re.compile(r"^\| ([A-Z]\d+) \|[^|]+\|(.+)\|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
LISTED = ROW.findall((ROOT / "docs/security.md").read_text(encoding="utf-8"))


def test_every_promise_and_every_attack_is_listed_once():
    wanted = [f"{letter}{number}" for letter, count in ROWS.items() for number in range(1, count + 1)]

    assert [row for row, _tests in LISTED] == wanted
    assert {row for row, tests in LISTED if not NAMED.search(tests)} == set()


@pytest.mark.parametrize(("row", "tests"), LISTED)
def test_every_test_that_a_row_names_is_there(row, tests):
    for file, name in NAMED.findall(tests):
        assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{row}: {file}::{name}"

"""That the proof over the whole run finds what it is there to find."""

import os
import subprocess
import sys

import pytest

from rockrobot import ledger
from rockrobot.contacts.models import Company
from rockrobot.db import db
from tests import events_seen
from tests.conftest import ON_ONE_DATABASE
from tests.server import ROOT

pytestmark = ON_ONE_DATABASE  # no matter of the database
RUN = """
from tests.events_seen import pytest_configure, pytest_sessionfinish, pytest_terminal_summary
"""


def everything_due(app):
    """What a run would have seen in which nothing is amiss."""
    lines = events_seen.faults(app, set())
    doors = (line.removeprefix("no test wrote ").replace(" by ", " of ").split(" of ") for line in lines)
    return {(endpoint, "POST" if method == "POST" else "GET", name) for name, method, endpoint in doors}


def test_an_event_that_no_test_writes_is_named(app):
    whole = everything_due(app)

    missed = events_seen.faults(app, whole - {("people.new", "POST", "people.new")})

    assert len(whole) > 200
    assert events_seen.faults(app, whole) == []
    assert missed == ["no test wrote people.new by POST of people.new"]


def test_a_form_that_was_only_looked_at_has_not_written(app):
    looked = everything_due(app) - {("people.edit", "POST", "people.edit")} | {("people.edit", "GET", "people.edit")}

    assert events_seen.faults(app, looked) == ["no test wrote people.edit by POST of people.edit"]


@pytest.mark.parametrize(
    ("door", "told"),
    [
        (("people.new", "POST", "people.invented"), "POST of people.new wrote people.invented, which has no word"),
        (("drafts.discard", "POST", "drafts.discard"), "drafts.discard wrote drafts.discard, and says in_ledger=False"),
    ],
)
def test_an_event_that_should_not_be_written_is_named(app, door, told):
    assert events_seen.faults(app, everything_due(app) | {door}) == [told]


@pytest.mark.parametrize("is_kept", [True, False])
def test_only_what_was_committed_by_a_request_is_seen(app, database, is_kept):
    name = f"companies.new if {is_kept}"

    with app.test_request_context("/companies/new"), ledger.change_set(name, actor="test"):
        db.session.add(Company(customer_no="A1", name="Kivi Oy"))
        db.session.flush()
        db.session.commit() if is_kept else db.session.rollback()
    seen = {one for one in events_seen.seen if one[2] == name}
    events_seen.seen.difference_update(seen)

    assert seen == ({("companies.new", "GET", name)} if is_kept else set())


def test_a_whole_run_fails_by_what_is_missing_and_a_part_does_not(app, tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "test_nothing.py").write_text("def test_nothing(): pass\n")
    (tmp_path / "part" / "conftest.py").write_text(RUN)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\ntestpaths = part\naddopts = -p no:cacheprovider --import-mode=importlib\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    whole, part = (
        subprocess.run([*command, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        for words in ([], ["-k", "nothing"])
    )

    assert (whole.returncode, part.returncode) == (1, 0), whole.stdout + whole.stderr
    assert "FAILED ledger events: no test wrote people.new by POST of people.new" in whole.stdout
    assert "ledger events" not in part.stdout

"""The register that is shared with the project, where it is there: the trace gives exactly its expected answers."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from rockrobot.db import db
from rockrobot.traces import queries
from rockrobot.traces.rules import Reachable, TraceClass, gets_letter
from tests.conftest import SHARED

FOLDER = SHARED / "data" / "register"
DAY = date(2026, 11, 22)
pytestmark = pytest.mark.skipif(not (FOLDER / "expected.json").exists(), reason="the shared register is not here")
CLASSES = ("fitted_now", "possibly", "removed_earlier", "removed_possibly")


def import_register(app: Flask) -> None:
    """Put the register in by the command that takes registers."""
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["import", "register", str(FOLDER)])
    assert result.exit_code == 0, result.output


def expected() -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return answers


def answer(batch_id: int) -> dict[str, Any]:
    """Our trace in the words of expected.json, which gives fates and reachability of fitted_now only."""
    rows = queries.trace_batches([batch_id], on=DAY)
    machines = [row for row in rows if row.device_id]
    fitted = [row for row in machines if row.trace_class is TraceClass.FITTED_NOW]
    owners = {r.owner_no for r in rows if r.reachable is Reachable.YES and gets_letter(r.trace_class, r.fate)}
    return {
        **{name: [[r.model_code, r.serial] for r in machines if r.trace_class == name] for name in CLASSES},
        "fates": {f"{r.model_code}/{r.serial}": str(r.fate) for r in fitted if r.fate},
        "loose_quantity": sum(r.quantity for r in rows if not r.device_id),
        "reachable": {
            word.value: sorted([r.model_code, r.serial] for r in fitted if r.reachable is word) for word in Reachable
        },
        "letter_owners": sorted(owners),
        "unaccounted": queries.pieces_of([batch_id])[batch_id].unaccounted,
    }


def test_the_trace_gives_the_expected_answer_for_every_recalled_batch(app, database):
    import_register(app)

    for wanted in expected():
        key = {name: wanted.pop(name) for name in ("part_no", "supplier", "batch_no")}
        batch = queries.find_batch(**key)

        assert answer(batch.id) == wanted, key


def test_the_command_prints_the_expected_machines(app, database):
    import_register(app)
    wanted = expected()[0]
    options = ["--part", wanted["part_no"], "--supplier", wanted["supplier"], "--batch", wanted["batch_no"]]

    result = app.test_cli_runner().invoke(args=["recall", "trace", *options, "--on", "2026-11-22"])

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.exit_code == 0
    assert [[r["model_code"], r["serial"]] for r in rows if r["class"] == "fitted_now"] == wanted["fitted_now"]
    assert sum(int(r["quantity"]) for r in rows if r["class"] == "loose") == wanted["loose_quantity"]

"""Import, trace, open, approve, letters, post, replies of every kind, reminder, close: over HTTP, on both databases."""

import json

import pytest

from rockrobot import chain
from rockrobot.db import db
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.rules import UnitState
from tests.conftest import SHARED
from tests.register import write_xlsx
from tests.walk import Walk, ok, state_of, two_weeks_later


def report_of(app, walk: Walk) -> dict:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["recall", "report", str(walk.case_id), "--format", "json"])
    db.session.rollback()
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def kinds() -> set[LetterKind]:
    db.session.rollback()
    found = set(db.session.scalars(db.select(Letter.kind)))
    db.session.rollback()
    return found


def test_the_whole_job_from_a_file_to_a_report_that_adds_up(app, office, supervisor, tmp_path, monkeypatch):
    walk = Walk(office, supervisor)
    walk.import_register(write_xlsx(tmp_path / "rekisteri.xlsx"))
    walk.open_case("PT-1", "Tiiviste Oy", "E001")
    walk.write_texts()

    too_soon = office.post(walk.here + "/letters")
    walk.approve()
    walk.print_letters()
    walk.post_letters()
    assert too_soon.status_code == 303
    assert {LetterKind.FIRST, LetterKind.IMPORTER, LetterKind.HOLDER_COPY} <= kinds()

    letters = {units[0]: (id_, reference, units) for id_, reference, units in walk.letters() if units}
    entries = list(letters.values())
    replies = ["stopped_use", "on_shelf", "wants_appointment", "never_had", "wrong_contact"]
    for (_, reference, units), kind in zip(entries, replies, strict=False):
        walk.reply(reference, kind, units[:1])
    _, reference, units = entries[0]
    walk.reply(
        reference, "sold", units[:1], new_name="Uusi Oy", new_street="Tie 1", new_postcode="00100", new_city="Helsinki"
    )
    ok(office.post(f"{walk.here}/units/{units[0]}/new-owner-letter"))
    assert LetterKind.NEW_OWNER in kinds()
    letter_id, _, _ = entries[-1]
    ok(office.post(f"/letters/{letter_id}/returned", data={"on": "tänään", "reason": "moved"}))

    two_weeks_later(monkeypatch, office, supervisor)
    page = ok(office.get(walk.here + "/follow-up"), 200).text
    assert "Tee muistutuskirjeet" in page
    silent = [str(id_) for id_, _, _ in walk.letters()]
    ok(office.post(walk.here + "/reminders", data={"letters": silent}))
    assert LetterKind.REMINDER in kinds()

    refused, *rest = walk.open_units()
    walk.settle(refused, "refused", evidence="owner_statement")
    step = office.get(f"/recalls/units/{refused}").text.split("/recalls/steps/")[1].split("/")[0]
    ok(office.post(f"/recalls/steps/{step}/confirm", data={"reason": ""}))
    assert state_of(refused) is not UnitState.REFUSED
    ok(supervisor.post(f"/recalls/steps/{step}/confirm", data={"reason": ""}))
    assert state_of(refused) is UnitState.REFUSED

    ok(office.post(walk.here + "/state", data={"to": "monitoring"}))
    ok(office.post(walk.here + "/state", data={"to": "closing"}))
    assert walk.close().status_code == 422
    for unit_id in rest:
        walk.settle(unit_id, "corrected")
    walk.end_tasks()
    assert walk.open_units() == []
    closing = walk.close()
    if closing.status_code == 422:
        explain(walk, closing.text)
        ok(walk.close())

    report = report_of(app, walk)
    assert report["case"]["state"] == "closed"
    assert chain.verify(db.session.connection()).fault is None


def explain(walk: Walk, page: str) -> None:
    """Sign for the pieces that nobody can account for."""
    for part in page.split("/pieces/")[1:]:
        batch_id = part.split('"')[0]
        ok(walk.office.post(f"{walk.here}/pieces/{batch_id}", data={"explanation": "Hävikki, laskettu kahdesti."}))


def test_the_shared_register_goes_as_far_as_posted_letters(app, office, supervisor):
    folder = SHARED / "data" / "register"
    if not folder.exists():
        pytest.skip("the shared register is not here")
    walk = Walk(office, supervisor)
    walk.import_register(folder / "register.xlsx")
    walk.open_case("LK-22", "Letku GmbH", "007")
    walk.write_texts()
    walk.approve()

    walk.print_letters()
    walk.post_letters()

    expected = next(
        e
        for e in json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        if (e["part_no"], e["supplier"], e["batch_no"]) == ("LK-22", "Letku GmbH", "007")
    )
    db.session.rollback()
    statement = db.select(Letter).where(Letter.kind != LetterKind.HOLDER_COPY)
    owners = {
        (letter.company.customer_no if letter.company else letter.person.person_no)
        for letter in db.session.scalars(statement.options(db.joinedload(Letter.company), db.joinedload(Letter.person)))
    }
    assert owners == set(expected["letter_owners"])

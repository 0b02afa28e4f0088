"""Import, trace, open, approve, letters, post, replies of every kind, reminder, close: over HTTP, on both databases."""

import json

import pytest

from rockrobot import chain
from rockrobot.db import db
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.rules import OPEN_STATES, UnitState
from tests.conftest import SHARED
from tests.register import write_xlsx
from tests.walk import Walk, ok, state_of, two_weeks_later

PLAIN_REPLIES = ("stopped_use", "on_shelf", "scrapped", "stolen", "never_had", "wrong_contact", "wants_appointment")
NEW_OWNER = {"new_name": "Uusi Oy", "new_street": "Tie 1", "new_postcode": "00100", "new_city": "Helsinki"}


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


def check_equations(report: dict) -> None:
    """Units, letters and pieces of a report must add up, worked out here from its own rows."""
    units, letters = report["units"], report["letters"]
    states = {name: count for name, count in units["by_state"].items() if name != "released"}
    assert units["affected"] == sum(states.values()) == sum(report["scope"]["by_class"].values())
    assert units["open"] == sum(states[str(state)] for state in OPEN_STATES)
    assert units["open"] == sum(sum(counts.values()) for counts in units["open_by_age"].values())
    assert letters["posted"] == letters["replied"] + letters["undeliverable"] + letters["silent"]
    for batch in report["batches"]:
        pieces = batch["pieces"]
        assert pieces["received"] is None or pieces["received"] == sum(
            count for name, count in pieces.items() if name != "received"
        )


def whole_job(app, walk: Walk, monkeypatch) -> dict:
    """From an open case with texts to the closing report; replies of every kind on the way."""
    office, supervisor = walk.office, walk.supervisor
    too_soon = office.post(walk.here + "/letters")
    walk.approve()
    walk.print_letters()
    walk.post_letters()
    assert too_soon.status_code == 303
    check_equations(report_of(app, walk))

    entries = [entry for entry in walk.letters() if entry[2]]
    for (_, reference, units), kind in zip(entries, PLAIN_REPLIES, strict=False):
        walk.reply(reference, kind, units[:1])
    _, reference, units = entries[1]
    walk.reply(reference, "hired_out", units[:1], **NEW_OWNER | {"new_name": "Vuokraaja Oy"})
    walk.reply(reference, "refuses", units[:1], note="Ei halua.")
    _, reference, units = entries[0]
    walk.reply(reference, "sold", units[:1], **NEW_OWNER)
    ok(office.post(f"{walk.here}/units/{units[0]}/new-owner-letter"))
    assert LetterKind.NEW_OWNER in kinds()
    ok(office.post(f"/letters/{entries[-1][0]}/returned", data={"on": "tänään", "reason": "moved"}))
    check_equations(report_of(app, walk))

    two_weeks_later(monkeypatch, office, supervisor)
    assert "Tee muistutuskirjeet" in ok(office.get(walk.here + "/follow-up"), 200).text
    ok(office.post(walk.here + "/reminders", data={"letters": [str(id_) for id_, _, _ in walk.letters()]}))
    assert LetterKind.REMINDER in kinds()
    walk.print_letters()
    walk.post_letters()

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
        walk.explain_pieces(closing.text)
        ok(walk.close())
    report = report_of(app, walk)
    check_equations(report)
    assert (report["case"]["state"], report["units"]["open"]) == ("closed", 0)
    assert chain.verify(db.session.connection()).fault is None
    return report


def test_the_whole_job_from_a_file_to_a_report_that_adds_up(app, office, supervisor, tmp_path, monkeypatch):
    walk = Walk(office, supervisor)
    walk.import_register(write_xlsx(tmp_path / "rekisteri.xlsx"))
    walk.open_case("PT-1", "Tiiviste Oy", "E001")
    walk.write_texts()

    report = whole_job(app, walk, monkeypatch)

    assert {LetterKind.FIRST, LetterKind.IMPORTER, LetterKind.HOLDER_COPY} <= kinds()
    assert report["efforts"]["new_owners"] == 1


def test_the_whole_job_on_the_shared_register(app, office, supervisor, monkeypatch):
    folder = SHARED / "data" / "register"
    if not folder.exists():
        pytest.skip("the shared register is not here")
    batch = ("LK-22", "Slang AS", "003")
    expected = next(
        row
        for row in json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        if (row["part_no"], row["supplier"], row["batch_no"]) == batch
    )
    walk = Walk(office, supervisor)
    walk.import_register(folder / "register.xlsx")
    walk.open_case(*batch)
    walk.write_texts()

    report = whole_job(app, walk, monkeypatch)

    first = db.select(Letter).where(Letter.kind.in_((LetterKind.FIRST, LetterKind.IMPORTER)))
    owners = {
        (letter.company.customer_no if letter.company else letter.person.person_no)
        for letter in db.session.scalars(first.options(db.joinedload(Letter.company), db.joinedload(Letter.person)))
    }
    classes = {name: len(expected[name]) for name in ("fitted_now", "possibly", "removed_earlier", "removed_possibly")}
    assert owners == set(expected["letter_owners"])
    assert classes.items() <= report["scope"]["by_class"].items()
    assert report["batches"][0]["pieces"]["unaccounted"] == expected["unaccounted"]

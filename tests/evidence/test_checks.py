"""The chain is altered as somebody with the file could, and the check or the sheet in the cabinet tells."""

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, select, update
from sqlalchemy.exc import DatabaseError

from rockrobot import chain, clock, forgetting, jobs, ledger
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.evidence.actions import check_chain, check_nightly
from rockrobot.evidence.models import ChainCheck
from rockrobot.evidence.queries import JOB, fault_of, latest_check
from rockrobot.evidence.rules import Seal, seal_text
from tests import make
from tests.drafts.test_views import later

ENTRIES = LedgerEntry.__table__


def sealed() -> Seal:
    """Three companies, and the seal of a sound check after them."""
    for name in ("Kivi Oy", "Kallio Oy", "Louhos Oy"):
        make.company(name)
    check = check_chain()
    assert check.fault == ""
    return check.seal


def alter(statement: Executable) -> None:
    """Write past the ledger, as somebody with the database file could."""
    db.session.rollback()
    token = ledger.writing.set(True)
    try:
        with db.engine.begin() as connection:
            connection.execute(statement)
    finally:
        ledger.writing.reset(token)
    db.session.rollback()


def ids() -> list[int]:
    return list(db.session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id)))


def rewrite() -> None:
    """Chain the same acts anew with other values, every hash right."""
    rows = db.session.execute(select(ENTRIES).order_by(ENTRIES.c.id)).mappings().all()
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(delete(ENTRIES))
        for row in rows:
            changes = {"name": [None, "Toinen Oy"]}
            chain.append(connection, row["change_set_id"], [(row["action"], row["table_name"], row["row_id"], changes)])


def compare(browser, seal: str) -> str:
    """What the page says once the check against a seal was done, and that it says nothing good before."""
    asked = browser.post("/evidence/compare", data={"seal": seal})
    waiting = browser.get(asked.location).text
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()
    assert "verrataan sinettiin" in waiting
    assert "Sinetti täsmää" not in waiting
    return browser.get(asked.location, headers={"HX-Request": "true", "HX-Target": "chain_checks"}).text


def test_a_changed_byte_is_found(database):
    sealed()

    alter(update(ENTRIES).where(ENTRIES.c.id == ids()[1]).values(changes={"name": [None, "Kivj Oy"]}))

    assert check_chain().fault.startswith("changed values")


def test_a_changed_actor_is_found(database):
    sealed()

    alter(update(ChangeSet.__table__).values(actor="staff:99"))

    assert check_chain().fault.startswith("changed entry")


def test_a_deleted_row_is_found(database):
    sealed()

    alter(delete(ENTRIES).where(ENTRIES.c.id == ids()[1]))

    assert check_chain().fault.startswith("broken link")


def test_a_tail_that_was_cut_off_is_found_by_the_seal_alone(database):
    seal = sealed()

    alter(delete(ENTRIES).where(ENTRIES.c.id >= ids()[2]))

    assert chain.verify(db.session.connection()).fault is None
    assert fault_of(seal) == "cut"
    assert check_chain().fault.startswith("cut as against check")


def test_a_chain_written_anew_is_found_by_the_seal_alone(database):
    seal = sealed()

    rewrite()

    assert chain.verify(db.session.connection()).fault is None
    assert fault_of(seal) in {"rewritten", "cut"}


def test_values_emptied_by_an_erasure_keep_the_chain_and_its_seal(database):
    seal = sealed()
    company = db.session.scalars(select(Company)).first()

    forgetting.empty_ledger({"companies": {company.id}})
    db.session.commit()

    assert check_chain().fault == ""
    assert fault_of(seal) is None


def test_values_emptied_without_an_erasure_are_found(database):
    sealed()

    alter(update(ENTRIES).where(ENTRIES.c.id == ids()[1]).values(salt=None, changes=None))

    assert check_chain().fault == f"emptied values: entry {ids()[1]}"


def test_values_put_in_place_of_emptied_ones_are_found(database):
    sealed()

    alter(update(ENTRIES).where(ENTRIES.c.id == ids()[1]).values(salt=None, changes={"name": [None, "Kivj Oy"]}))

    assert check_chain().fault.startswith("changed values")


def test_what_a_check_found_is_neither_changed_nor_deleted(database):
    check_chain()
    with db.engine.begin() as connection:
        chain.make_triggers(connection)

    for statement in (update(ChainCheck).values(fault=""), delete(ChainCheck)):
        with pytest.raises(DatabaseError, match="append-only"):
            alter(statement)
    with db.engine.begin() as connection:
        chain.lift_triggers(connection)


def test_what_is_written_later_does_not_break_a_seal(database):
    seal = sealed()

    make.company("Uusi Oy")

    assert fault_of(seal) is None
    assert check_chain().fault == ""


def test_the_worker_checks_once_a_night(database, monkeypatch):
    make.company()
    db.session.commit()

    first, again = check_nightly(), check_nightly()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    next_day = check_nightly()

    assert (first, again, next_day) == (1, 0, 1)
    assert latest_check().made_by == "worker"


def test_a_person_asks_for_a_check_prints_it_and_compares_the_paper(protection):
    make.company("Kivi Oy")
    db.session.commit()

    protection.post("/evidence/check")
    protection.post("/evidence/check")
    db.session.rollback()
    jobs.run_waiting()
    db.session.rollback()
    check = latest_check()
    page = protection.get("/evidence/").text
    sheet = protection.get(f"/evidence/{check.id}/sheet.pdf")
    right = compare(protection, seal_text(check.seal))
    wrong = compare(protection, f"{check.last_entry_id} {check.entries} {'0' * 16}")
    unread = protection.post("/evidence/compare", data={"seal": "sinetti hukassa"})

    assert "Ketju täsmäsi" in page
    assert sheet.data.startswith(b"%PDF")
    assert "Sinetti täsmää ja koko ketju on ehjä" in right
    assert "kirjoitettu uudelleen" in wrong
    assert latest_check().fault == ""
    assert unread.status_code == 422
    assert "sinetti hukassa" in unread.text


def test_a_seal_compared_finds_values_changed_before_it(protection):
    seal = sealed()
    alter(update(ENTRIES).where(ENTRIES.c.id == ids()[1]).values(changes={"name": [None, "Kivj Oy"]}))

    told = compare(protection, seal_text(seal))

    assert "Merkinnän arvoja on muutettu." in told
    assert "Sinetti täsmää" not in told


def test_a_seal_compared_finds_a_tail_cut_off_and_a_check_tells_how_far_it_is(protection, monkeypatch):
    monkeypatch.setattr(chain, "CHUNK", 1)
    for number in range(30):
        make.company(f"Kallio {number} Oy")
    seal = sealed()
    alter(delete(ENTRIES).where(ENTRIES.c.id > ids()[2]))

    told = compare(protection, seal_text(seal))
    job = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == JOB)).one()

    assert "sinetöityä merkintää ei enää ole" in told
    assert 0 < job.done_count <= job.total_count


@pytest.mark.parametrize("fault", ["broken link: entry 3", "cut as against check 1"])
def test_a_faulty_chain_is_shouted_on_the_front_page_and_has_no_sheet(protection, fault):
    check_chain()
    alter(update(ChainCheck).values(fault=fault))

    front, sheet = protection.get("/").text, protection.get(f"/evidence/{latest_check().id}/sheet.pdf")

    assert "Kirjausketju ei täsmää" in front
    assert sheet.status_code == 404


def test_a_check_under_way_leads_nobody_away_from_a_seal_they_type(protection, monkeypatch):
    poll = {"HX-Request": "true", "HX-Target": "div#chain_checks", "X-Unasked": "1"}
    later(monkeypatch, minutes=31)

    answer = protection.get("/evidence/", headers=poll)

    assert (answer.status_code, answer.text, "HX-Redirect" in answer.headers) == (204, "", False)
    assert protection.get("/evidence/").location == "/sign-in?next=/evidence/"


def test_the_command_seals_the_chain_and_verifies_it_against_a_seal(app, database):
    make.company("Kivi Oy")
    runner = app.test_cli_runner()

    def run(*arguments: str):
        db.session.rollback()
        result = runner.invoke(args=["ledger", *arguments])
        db.session.rollback()
        return result

    sealed = run("seal")
    right = run("verify", "--seal", sealed.output.strip())
    alter(delete(ENTRIES).where(ENTRIES.c.id >= ids()[0]))
    cut, unread = run("verify", "--seal", sealed.output.strip()), run("verify", "--seal", "x")

    assert (sealed.exit_code, right.exit_code, cut.exit_code, unread.exit_code) == (0, 0, 1, 2)
    assert '"fault": "cut"' in cut.output

"""The page of a reply: what follows from an answer that names somebody else."""

from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import Ownership
from rockrobot.letters.models import Letter, LetterCopy, LetterKind
from rockrobot.recalls.actions import set_state
from rockrobot.recalls.models import CaseTask, CaseUnit, RecallCase
from rockrobot.recalls.rules import CaseState
from tests import make
from tests.recalls import cases
from tests.ticks import ticked
from tests.walk import ok

BUYER = {"new_name": "Köparen AB", "new_street": "Storgatan 1", "new_postcode": "111 22", "new_city": "Stockholm"}


def written(*, is_drill: bool = False) -> tuple[RecallCase, Letter]:
    """A case about one machine whose letter is printed."""
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.opened(batch, is_drill=is_drill)
    if is_drill:
        prepare_drill(case)
    else:
        cases.approved(cases.worded(case, *Language))
    notify(case)
    db.session.commit()
    return case, db.session.scalars(select(Letter)).one()


def answer(letter: Letter, kind: str, **rest: str) -> dict[str, object]:
    units = [unit["case_unit_id"] for unit in letter.units]
    return {"kind": kind, "units": units, "received_on": "tänään", "channel": "letter", **rest}


def newest() -> Letter:
    db.session.rollback()
    return db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()


def test_a_sold_machine_brings_the_buyers_letter_at_once_in_the_language_of_their_country(office):
    _, letter = written()

    told = office.post(
        f"/r/{letter.reference}", data=answer(letter, "sold", new_country="SE", **BUYER), follow_redirects=True
    ).text

    assert "Kirje uudelle omistajalle on tulostettavissa." in told
    assert (newest().recipient_name, newest().kind, newest().language) == ("Köparen AB", LetterKind.NEW_OWNER, "sv")
    assert newest().print_batch_id


def test_a_buyer_who_is_a_person_is_taken_in_as_one(office):
    _, letter = written()
    buyer = BUYER | {"new_kind": "person", "new_name": "Kalle von Kivi", "new_country": "FI"}

    office.post(f"/r/{letter.reference}", data=answer(letter, "sold", **buyer))

    assert (newest().recipient_name, newest().company_id) == ("Kalle von Kivi", None)
    person = db.session.get(Person, newest().person_id)
    assert (person.first_name, person.last_name) == ("Kalle", "von Kivi")


def test_the_pages_of_a_persons_letter_name_them_and_are_logged(office):
    _, letter = written()
    buyer = BUYER | {"new_kind": "person", "new_name": "Kalle von Kivi", "new_country": "FI"}
    office.post(f"/r/{letter.reference}", data=answer(letter, "sold", **buyer))
    theirs, unit_id = newest(), db.session.scalar(select(CaseUnit.id))
    here = f"/letters/{theirs.id}"
    db.session.add(LetterCopy(letter_id=theirs.id, made_at=clock.now(), made_by="test"))
    db.session.commit()

    pages = [office.get(path) for path in (here, f"/r/{theirs.reference}")]
    files = [office.get(path) for path in (f"{here}.pdf", f"{here}/copy.pdf")]
    office.get(f"/recalls/units/{unit_id}")

    db.session.rollback()
    viewed = select(ChangeSet.event).join(LedgerEntry).where(LedgerEntry.action == "view")
    assert all("Kalle von Kivi" in page.text for page in pages)
    assert [file.data[:5] for file in files] == [b"%PDF-"] * 2
    assert {f"letters.{name}" for name in ("show", "download", "download_copy")} <= set(db.session.scalars(viewed))
    assert {"replies.by_reference", "replies.unit"} <= set(db.session.scalars(viewed))


def test_a_task_that_follows_from_an_answer_leads_to_the_unit_and_copies_no_note(office, workshop):
    case, letter = written()
    sent = answer(letter, "wants_appointment", note="Soita Aino Aholle 040 1234567")
    ok(office.post(f"/r/{letter.reference}", data=sent))
    task, unit_id = db.session.scalars(select(CaseTask)).one(), db.session.scalar(select(CaseUnit.id))
    paths = (f"/recalls/{case.id}/tasks", f"/recalls/tasks/{task.id}")

    pages = [reader.get(path).text for reader in (office, workshop) for path in paths]

    assert (task.text, task.case_unit_id) == ("", unit_id)
    assert all(f'href="/recalls/units/{unit_id}"' in page for page in pages)
    assert not any("Aholle" in page for page in pages)
    assert "Soita Aino Aholle 040 1234567" in office.get(f"/recalls/units/{unit_id}").text


def test_what_the_workshop_reads_of_a_unit_tells_of_nobody_and_is_nobodys_view(office, workshop):
    _, letter = written()
    buyer = BUYER | {"new_kind": "person", "new_name": "Kalle von Kivi", "new_country": "FI"}
    office.post(f"/r/{letter.reference}", data=answer(letter, "sold", note="Kallen vaimo soitti", **buyer))
    unit_id = db.session.scalar(select(CaseUnit.id))
    looks = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.action == "view")
    before = db.session.scalar(looks)

    html = workshop.get(f"/recalls/units/{unit_id}").text

    db.session.rollback()
    assert db.session.scalar(looks) == before
    assert "Kalle" not in html
    assert "Myyty edelleen" in html
    assert "Uusi omistaja" in html


def test_a_person_needs_both_names_and_nothing_typed_is_lost(office):
    _, letter = written()
    buyer = BUYER | {"new_kind": "person", "new_name": "Kivi", "new_country": "FI"}

    told = office.post(f"/r/{letter.reference}", data=answer(letter, "sold", **buyer))

    assert told.status_code == 422
    assert "Kirjoita henkilön etunimi ja sukunimi." in told.text
    assert ticked(told.text, "new_kind") == ["person"]
    assert 'value="Storgatan 1"' in told.text


def test_who_hires_a_machine_gets_a_copy_at_once(office):
    _, letter = written()

    office.post(f"/r/{letter.reference}", data=answer(letter, "hired_out", new_country="FI", **BUYER))

    assert (newest().recipient_name, newest().kind) == ("Köparen AB", LetterKind.HOLDER_COPY)


def test_a_letter_that_may_not_be_made_does_not_lose_the_reply(office):
    case, letter = written()
    case.product_name = ""
    db.session.commit()

    told = office.post(
        f"/r/{letter.reference}", data=answer(letter, "sold", new_country="SE", **BUYER), follow_redirects=True
    ).text

    assert "odottaa" in told
    assert db.session.scalar(select(Company).where(Company.name == "Köparen AB"))
    assert newest().id == letter.id

    case.product_name = "Kivirobotti"
    db.session.commit()
    unit_id = db.session.scalar(select(CaseUnit.id))
    office.post(f"/recalls/{case.id}/units/{unit_id}/new-owner-letter")
    assert newest().kind is LetterKind.NEW_OWNER


def test_a_drill_takes_nobody_into_the_register(office):
    _, letter = written(is_drill=True)
    before = db.session.scalar(select(func.count(Company.id)))

    office.post(f"/r/{letter.reference}", data=answer(letter, "sold", new_country="SE", **BUYER))

    db.session.rollback()
    assert db.session.scalar(select(func.count(Company.id))) == before


def test_a_stale_page_of_a_closed_case_says_why_nothing_was_recorded(office):
    case, letter = written()
    unit_id = letter.units[0]["case_unit_id"]
    set_state(case, CaseState.CLOSED)
    db.session.commit()

    answer = office.post(
        f"/recalls/units/{unit_id}/outcome", data={"state": "scheduled", "on": "tänään", "evidence": "", "note": ""}
    )

    assert answer.status_code == 422
    assert "Tapaus on suljettu" in answer.text


def test_a_sale_recorded_twice_is_said_to_be_known_and_nothing_typed_is_lost(office):
    _, letter = written()
    office.post(f"/r/{letter.reference}", data=answer(letter, "sold", new_country="SE", **BUYER))

    again = office.post(f"/r/{letter.reference}", data=answer(letter, "sold", new_country="SE", **BUYER))

    db.session.rollback()
    assert again.status_code == 422
    assert "Onko vastaus jo kirjattu?" in again.text
    assert 'value="Storgatan 1"' in again.text
    assert len(db.session.scalars(select(Company).where(Company.name == "Köparen AB")).all()) == 1
    assert len(db.session.scalars(select(Ownership)).all()) == 2


def test_a_sale_to_who_is_known_to_own_the_machine_changes_no_owner(office):
    _, letter = written()
    buyer = make.company("Köparen AB")
    make.address(buyer)
    sold = answer(letter, "sold", party=buyer.customer_no)

    told = [office.post(f"/r/{letter.reference}", data=sold, follow_redirects=True) for _ in range(2)]

    db.session.rollback()
    assert [one.status_code for one in told] == [200, 200]
    assert len(db.session.scalars(select(Ownership)).all()) == 2
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_words_that_no_form_offers_are_refused_beside_their_fields(office):
    _, letter = written()
    unit_id = letter.units[0]["case_unit_id"]

    reply = office.post(f"/r/{letter.reference}", data=answer(letter, "stopped_use") | {"units": "';--"})
    outcome = office.post(f"/recalls/units/{unit_id}/outcome", data={"state": "';--", "on": "tänään"})

    assert (reply.status_code, outcome.status_code) == (422, 422)


def test_a_day_that_is_not_understood_is_told_where_it_can_be_seen(office):
    _, letter = written()
    unit_id = letter.units[0]["case_unit_id"]

    reply = office.post(f"/r/{letter.reference}", data=answer(letter, "stopped_use") | {"received_on": "höpö"})
    call = office.post(f"/recalls/units/{unit_id}/contact", data={"channel": "phone", "on": "höpö"})

    for told in (reply, call):
        assert told.status_code == 422
        assert "Päivää «höpö» ei ymmärretty." in told.text
        assert "<details open>" in told.text or '<details class="card" open>' in told.text

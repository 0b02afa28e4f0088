import re
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from rockrobot.approvals.queries import readiness_of, standing_approval
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.jobs import run_waiting
from rockrobot.letters import queries as letters
from rockrobot.letters.models import Letter, LetterCopy
from rockrobot.recalls.actions import NewTask, add_tasks, set_state
from rockrobot.recalls.models import AuthorityEntry, CaseTask, CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.queries import find_case
from rockrobot.recalls.rules import CaseState, TaskKind
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases

NAME = {"heading_fi": "Esa Esimies"}


def only_case() -> RecallCase:
    return db.session.scalars(db.select(RecallCase)).one()


def a_batch():
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    return batch


def test_from_the_trace_to_printed_letters(office, supervisor):
    batch = a_batch()

    opened = office.post("/recalls/", data={"origin": "batch", "batch_id": batch.id, "title": "Tiiviste vuotaa"})
    case = only_case()
    office.post(f"/recalls/{case.id}/scope")
    cases.worded(only_case())
    form = NAME | {"seen": readiness_of(only_case()).digest}
    own = office.post(f"/recalls/{case.id}/approval", data=form, follow_redirects=True)
    supervisor.post(f"/recalls/{case.id}/approval", data=form)
    office.post(f"/recalls/{case.id}/letters")
    run_waiting()
    page = office.get(f"/recalls/{case.id}/letters").text

    letter = db.session.scalars(db.select(Letter)).one()
    assert opened.status_code == 303
    assert "toinen henkilö" in own.text
    assert standing_approval(only_case()) is not None
    assert letter.reference in page
    assert "Kirjeet on tulostettu" in page


def test_the_same_form_sent_twice_opens_one_case(office):
    batch = a_batch()
    form = {"origin": "batch", "batch_id": batch.id, "title": "Tiiviste", "idempotency_key": "abc"}

    first, second = office.post("/recalls/", data=form), office.post("/recalls/", data=form)

    assert first.location == second.location
    assert only_case().title == "Tiiviste"


def test_nothing_to_recall_opens_nothing(office):
    answer = office.post("/recalls/", data={"origin": "batch", "batch_id": "999", "title": "Tyhjä"})

    assert answer.location.endswith("/traces/")
    assert db.session.scalars(db.select(RecallCase)).all() == []


@pytest.mark.parametrize("named", ["999999", "99999999999999999999", "²", "1 OR 1=1", "-1"])
def test_what_names_no_model_and_no_batch_opens_nothing(office, named):
    a_batch()
    asked = (
        {"origin": "batch", "batch_id": named},
        {"origin": "build_dates", "device_model_id": named},
        {"origin": "serials", "expression": "S1", "device_model_id": named},
    )

    answers = [office.post("/recalls/", data=one | {"title": "x"}) for one in asked]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/traces/")] * 3
    assert db.session.scalars(db.select(RecallCase)).all() == []


def test_a_case_opens_from_serials_only_when_all_of_them_were_read(office):
    machine = make.device(serial="SN-00123")
    form = {"origin": "serials", "title": "Sarja"}

    office.post("/recalls/", data=form | {"expression": "SN-00123"})

    freeze_scope(only_case())
    db.session.commit()
    assert only_case().origin_text == "SN-00123"
    assert machine.serial in office.get(f"/recalls/{only_case().id}").text


def test_a_case_from_build_dates_speaks_of_no_part_and_no_batch(office):
    model = make.device_model("RR")
    machine = make.device(model, serial="SN-1", built_on=date(2023, 5, 5))
    form = {"origin": "build_dates", "title": "Hitsaus", "device_model_id": model.id, "built_from": "2023-01-01"}

    opened = office.post("/recalls/", data=form, follow_redirects=True).text
    freeze_scope(only_case())
    db.session.commit()
    scope = office.get(f"/recalls/{only_case().id}/scope").text
    card = office.get(f"/devices/{machine.id}").text

    assert "Hitsaus: laite on mukana." in card
    assert "viallinen osa" not in card
    assert "Tapaus avattu." in opened
    assert "Erän käyttö on estetty" not in opened
    assert "sennettuna nyt" not in scope


def test_the_case_page_shows_units_tasks_and_authorities(office):
    batch = a_batch()
    importer = make.company("Import AS", country="NO")
    machine = cases.sold_machine(batch, model=make.device_model("RR-9"), address=False)
    make.ownership(machine, importer, from_on=cases.date(2020, 1, 1), to_on=cases.date(2024, 6, 1))
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()

    html = office.get(f"/recalls/{case.id}").text

    assert machine.serial in html
    assert "Safety Business Gateway" in html
    assert "Julkinen ilmoitus" in html
    assert "Etsi omistajan osoite" in html


def test_the_workshop_sees_a_person_by_number_only(workshop):
    batch, model = make.batch(), make.device_model()
    machine = make.device(model)
    make.fitting(machine, batch)
    owner = make.person("Maija", "Salainen")
    make.address(owner)
    make.ownership(machine, owner)
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()

    html = workshop.get(f"/recalls/{case.id}").text

    assert "Salainen" not in html
    assert owner.person_no in html
    assert workshop.get(f"/recalls/{case.id}/letters").status_code == 403
    assert workshop.get(f"/recalls/{case.id}/approval").status_code == 403


def test_drills_and_real_cases_stand_on_their_own_tabs(office):
    batch = a_batch()
    real, drill = cases.opened(batch), cases.opened(batch, is_drill=True)

    first, second = office.get("/recalls/").text, office.get("/recalls/?kind=drills").text

    assert real.number in first
    assert drill.number not in first
    assert drill.number in second
    assert real.number not in second


def test_every_page_of_a_case_opens_in_every_state(office):
    batch = a_batch()
    case = cases.opened(batch, is_drill=True)
    prepare_drill(case)
    notify(case)
    letter = db.session.scalars(db.select(Letter)).one()
    paths = [
        f"/recalls/{case.id}{rest}" for rest in ("", "/edit", "/scope", "/tasks", "/approval", "/facts", "/letters")
    ]
    paths += [f"/recalls/{case.id}/texts/{language}" for language in Language]
    paths += [f"/recalls/{case.id}/preview/{language}.pdf" for language in Language]
    paths += ["/letters/", "/letters/?kind=drills", f"/letters/{letter.id}", f"/letters/{letter.id}.pdf"]
    paths += [
        f"/letters/batches/{letter.print_batch_id}.pdf",
        f"/recalls/{case.id}/authorities/new",
        "/notice-headings",
    ]

    for state in CaseState:
        cases.db.session.get_one(RecallCase, case.id).state = state
        db.session.commit()
        assert office.get(f"/recalls/{case.id}").status_code == 200

    assert {path: office.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_a_copy_is_the_same_bytes_is_called_a_copy_and_is_kept(office):
    case = cases.opened(a_batch(), is_drill=True)
    prepare_drill(case)
    notify(case)
    letter = db.session.scalars(db.select(Letter)).one()

    before = office.get(f"/letters/{letter.id}/copy.pdf").status_code
    first, second = (office.post(f"/letters/{letter.id}/copy") for _ in range(2))
    pdf = office.get(second.location)
    room, card = office.get(f"/recalls/{case.id}/letters").text, office.get(f"/letters/{letter.id}").text

    assert (before, first.status_code) == (404, 303)
    assert pdf.data == letters.body_of(letter.id).body
    assert f'filename="{letter.reference}-kopio.pdf"' in pdf.headers["Content-Disposition"]
    assert len(db.session.scalars(db.select(LetterCopy)).all()) == 2
    assert "2 kopiota tulostettu" in room
    assert card.count("Kopio tulostettu") == 2


def test_a_note_that_a_task_once_copied_from_an_answer_is_kept_from_the_workshop(office, workshop):
    batch = a_batch()
    case = cases.opened(batch)
    freeze_scope(case)
    unit_id = db.session.scalar(db.select(CaseUnit.id))
    told = {TaskKind.PHONE_CALL: "Soita Aino Aholle", TaskKind.WORKSHOP_STOCK: "KR-1 SN-0101"}
    ids = add_tasks(case, [NewTask(kind, unit_id, text) for kind, text in told.items()])
    db.session.commit()
    paths = [f"/recalls/{case.id}", f"/recalls/{case.id}/tasks", *(f"/recalls/tasks/{id_}" for id_ in ids)]

    pages = [(office.get(path).text, workshop.get(path).text) for path in paths]

    assert [("Aholle" in shown, "Aholle" in kept) for shown, kept in pages] == [(True, False)] * 3 + [(False, False)]
    assert ["KR-1 SN-0101" in kept for _shown, kept in pages] == [True, True, False, True]
    assert all(f'href="/recalls/units/{unit_id}"' in kept for _shown, kept in pages)


def test_a_task_and_an_authority_are_noted(office):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model(), address=False)
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()
    task = db.session.scalars(db.select(CaseTask)).first()

    office.post(f"/recalls/tasks/{task.id}", data={"on": "1.11.2026", "note": "Osoite löytyi"})
    office.post(
        f"/recalls/{case.id}/authorities/new", data={"authority": "Tukes", "country": "FI", "told_on": "1.11.2026"}
    )

    db.session.expire_all()
    assert db.session.get_one(CaseTask, task.id).note == "Osoite löytyi"
    assert db.session.scalars(db.select(AuthorityEntry)).one().authority == "Tukes"


def test_an_answer_with_errors_says_where_its_form_can_be_looked_at(office):
    case = cases.opened(a_batch())

    sent = office.post(f"/recalls/{case.id}/edit", data={"known_on": "höpö"}).text
    looked = office.get(f"/recalls/{case.id}/edit").text
    office.post(f"/recalls/{case.id}/edit", data={"title": "Tiiviste pettää"})

    db.session.expire_all()
    assert case.title == "Tiiviste pettää"
    assert f'data-looked-at="/recalls/{case.id}/edit"' in sent
    assert "data-looked-at" not in looked


def test_an_explanation_that_is_not_taken_stands_with_its_error_beside_it(office):
    batch = make.batch(quantity=5)
    cases.sold_machine(batch, model=make.device_model())
    case = cases.opened(batch)
    freeze_scope(case)
    set_state(case, CaseState.CLOSING)
    db.session.commit()
    there = f"/recalls/{case.id}/pieces/{batch.id}"

    empty, long = (office.post(there, data={"explanation": words}) for words in ("", "Hävikki " * 600))
    office.post(there, data={"explanation": "Hävikki, laskettu kahdesti."})
    signed = office.get(f"/recalls/{case.id}/close").text

    assert (empty.status_code, long.status_code) == (422, 422)
    assert 'id="explanation-error"' in empty.text
    assert "Hävikki Hävikki" in long.text
    assert "/pieces/" not in signed


def test_a_task_done_by_mistake_is_open_again_by_undo_unless_its_case_is_closed(office):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model(), address=False)
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()
    task = db.session.scalars(db.select(CaseTask)).first()
    done = {"on": "1.11.2026", "note": "Osoite löytyi"}

    told = office.post(f"/recalls/tasks/{task.id}", data=done, follow_redirects=True).text
    undo = re.search(r"/history/\d+/undo", told)[0]
    set_state(case, CaseState.CLOSED)
    db.session.commit()
    refused = office.post(undo, follow_redirects=True).text
    set_state(case, CaseState.SCOPED)
    db.session.commit()
    office.post(undo)

    db.session.expire_all()
    assert "Ei kumottu: tapaus on suljettu." in refused
    assert (task.done_on, task.done_by, task.note) == (None, "", "")


def test_a_case_with_open_units_is_not_closed_and_a_closed_one_reopens_with_a_reason(office):
    batch = a_batch()
    case = cases.opened(batch)
    freeze_scope(case)
    case.state = CaseState.CLOSING
    db.session.commit()
    said = {"closing_statement": "Valmis", "authority_answer": "Tukes tyytyi"}

    refused = office.post(f"/recalls/{case.id}/close", data=said)
    db.session.get_one(RecallCase, case.id).state = CaseState.CLOSED
    db.session.commit()
    office.post(f"/recalls/{case.id}/reopen", data={"reason": "Uusi tieto"})

    db.session.expire_all()
    assert "Yksiköitä on avoinna" in refused.text
    assert find_case(case.number).state is CaseState.MONITORING


def test_approval_can_not_be_reached_by_moving_the_case(office):
    case = cases.opened(a_batch())
    freeze_scope(case)
    db.session.commit()

    office.post(f"/recalls/{case.id}/state", data={"to": "approved"})

    db.session.expire_all()
    assert find_case(case.number).state is CaseState.SCOPED


def test_a_word_that_plays_the_risk_down_is_shown_beside_its_field(office):
    case = cases.worded(cases.opened(a_batch()))
    freeze_scope(case)
    db.session.commit()
    page = f"/recalls/{case.id}/texts/fi"

    answer = office.post(page, data={"subject": "Vapaaehtoinen tarkastus", "hazard": "x"}, follow_redirects=True)

    assert "<mark>Vapaaehtoinen</mark>" in answer.text


def test_the_preview_shows_what_is_being_typed(office):
    case = cases.worded(cases.opened(a_batch()))
    freeze_scope(case)
    db.session.commit()
    page = f"/recalls/{case.id}/preview/fi"

    before = office.post(page, data={"subject": "Ensimmäinen"}).text
    after = office.post(page, data={"subject": "Toinen aihe kokonaan"}).text

    assert 'src="data:image/png;base64,' in before
    assert before != after
    assert office.post(f"{page}.pdf", data={"subject": "PDF"}).data.startswith(b"%PDF")


def test_a_heading_is_checked_by_name_and_unchecked_when_its_words_change(office):
    words = {"words": "Product safety recall", "source": "EUR-Lex"}

    office.post("/notice-headings/en", data=words | {"checked_by": "Tiina Tarkka"})
    checked = office.get("/notice-headings").text
    office.post("/notice-headings/en", data=words | {"words": "Recall", "checked_by": ""})
    changed = office.get("/notice-headings").text

    assert "Tiina Tarkka" in checked
    assert "Tiina Tarkka" not in changed


def test_a_picture_is_uploaded_for_a_case_and_a_file_that_is_none_is_refused(office):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model())
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()
    stream = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, "PNG")
    stream.seek(0)
    there = f"/recalls/{case.id}/pictures"

    refused = office.post(
        f"{there}/product", data={"picture": (BytesIO(b"no picture"), "a.png")}, follow_redirects=True
    )
    taken = office.post(f"{there}/product", data={"picture": (stream, "b.png")}, follow_redirects=True)

    assert "Tiedosto ei ole JPEG-, PNG-, WebP- eikä HEIC-kuva." in refused.text
    assert "Kuva tallennettu" in taken.text
    assert "Tallennettu, voit vaihtaa." in taken.text


def test_the_case_page_leads_the_second_person_to_what_waits_for_them(supervisor, office):
    batch = a_batch()
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()
    unit = db.session.scalars(db.select(CaseUnit)).one()
    data = {"state": "untraceable", "on": "tänään", "evidence": "public_notice", "note": "ei löydy"}

    office.post(f"/recalls/units/{unit.id}/outcome", data=data)
    before = supervisor.get(f"/recalls/{case.id}").text
    step = db.session.scalars(db.select(UnitStep)).one()
    supervisor.post(f"/recalls/steps/{step.id}/confirm", data={"reason": ""})

    assert "Vahvista toisena henkilönä" in before
    assert "Vahvista toisena henkilönä" not in supervisor.get(f"/recalls/{case.id}").text


def test_a_task_that_is_done_stays_as_it_was_done(office, supervisor):
    case = cases.opened(a_batch())
    add_tasks(case, [NewTask(TaskKind.OTHER, None, "soita")])
    db.session.commit()
    task = db.session.scalars(db.select(CaseTask)).one()
    there = f"/recalls/tasks/{task.id}"

    office.post(there, data={"on": "tänään", "note": "hoidettu"})
    again = supervisor.post(there, data={"on": "tänään", "note": "minä"})

    db.session.expire_all()
    assert "jo tehty" in again.text
    assert task.note == "hoidettu"


def test_a_drill_has_its_letters_by_one_button_of_its_case(office):
    batch = a_batch()
    form = {"origin": "batch", "batch_id": batch.id, "title": "Harjoitus", "is_drill": "y"}
    office.post("/recalls/", data=form)
    there = f"/recalls/{only_case().id}"

    html = office.get(there).text
    office.post(there + "/letters")
    run_waiting()

    letter = db.session.scalars(db.select(Letter)).one()
    assert "Kirjeet malliteksteillä" in html
    assert letter.is_drill
    assert letter.print_batch_id
    assert standing_approval(only_case()).approved_by == f"staff:{office.member_id}"


def test_a_real_case_is_filled_with_nothing_by_asking_for_its_letters(office):
    case = cases.opened(a_batch())

    html = office.get(f"/recalls/{case.id}").text
    office.post(f"/recalls/{case.id}/letters")
    run_waiting()

    assert "Kirjeet malliteksteillä" not in html
    assert only_case().state is CaseState.DRAFT
    assert db.session.scalars(db.select(Letter)).all() == []

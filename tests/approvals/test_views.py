"""The approval page, pressed by people."""

import re
from hashlib import sha256
from io import BytesIO
from urllib.parse import unquote

import pytest

from rockrobot.access import Role
from rockrobot.approvals import queries
from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.case_letters.queries import letter_faults
from rockrobot.case_letters.rules import LettersFault
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import DeviceModel
from rockrobot.drafts.models import Draft
from rockrobot.organisation.queries import organisation
from rockrobot.recalls.models import Approval, CasePicture
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.approving import digest_on
from tests.drafts.test_views import hidden_fields, keep, later, next_of
from tests.recalls import cases
from tests.statements import Count

HAZARD = "Letku irtoaa ja kone kaatuu päälle."


def form_of(visitor, there):
    page = visitor.get(there).text
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page).group(1)
    return {"idempotency_key": key, "seen": digest_on(page), "heading_fi": "Esa Esimies"}


def ready_case():
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()
    return case


def test_the_approval_pressed_twice_is_one_approval(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)

    answers = [supervisor.post(there, data=form) for _ in range(2)]

    assert {answer.location for answer in answers} == {f"/recalls/{case.id}/letters"}
    assert db.session.scalars(db.select(Approval)).one().approved_by != "test"


def test_a_drill_gets_its_texts_by_one_button_and_a_case_in_earnest_does_not(office):
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    drill, earnest = cases.opened(batch, is_drill=True), cases.opened(make.batch())
    db.session.commit()

    answers = [office.post(f"/recalls/{case.id}/samples").status_code for case in (drill, earnest)]

    assert answers == [303, 404]
    assert queries.text_of(drill.id, Language.FI).hazard == SAMPLE_TEXTS[Language.FI].hazard
    assert queries.text_of(earnest.id, Language.FI) is None


def test_a_case_waits_with_other_acts_for_who_may_approve_it(supervisor, office, protection):
    case = ready_case()
    case.opened_by = f"staff:{office.member_id}"
    db.session.commit()
    there = f"/recalls/{case.id}/approval"

    before = [one.get("/requested-acts/").text for one in (supervisor, office, protection)]
    counted = ["Odottaa toista henkilöä <b>1<" in page for page in before]
    supervisor.post(there, data=form_of(supervisor, there))
    approved = supervisor.get("/requested-acts/").text
    office.post(f"/recalls/{case.id}/texts/fi", data=SAMPLE_TEXTS[Language.FI]._asdict() | {"hazard": HAZARD})

    assert [f'href="{there}"' in page for page in before] == [True, False, False]
    assert counted == [True, False, False]
    assert there not in approved
    assert there in supervisor.get("/requested-acts/").text


def test_what_changed_while_it_was_read_is_not_approved(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)
    text = SAMPLE_TEXTS[Language.FI]._asdict()

    office.post(f"/recalls/{case.id}/texts/fi", data=text | {"hazard": HAZARD})
    late = supervisor.post(there, data=form, follow_redirects=True)
    none_yet = db.session.scalars(db.select(Approval)).all()
    supervisor.post(there, data=form_of(supervisor, there))

    assert "muuttui, kun luit sitä" in late.text
    assert none_yet == []
    assert len(db.session.scalars(db.select(Approval)).all()) == 1


def test_who_approves_second_is_told_that_somebody_was_first(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    first, second = form_of(supervisor, there), form_of(supervisor, there)

    supervisor.post(there, data=first)
    told = supervisor.post(there, data=second, follow_redirects=True)

    assert "ehti hyväksyä tämän ennen sinua" in told.text
    assert len(db.session.scalars(db.select(Approval)).all()) == 1


def test_a_heading_without_a_name_is_told_beside_it_and_nothing_typed_is_lost(supervisor):
    case = ready_case()
    case.opened_by = f"staff:{supervisor.member_id}"
    organisation().may_approve_own_cases = True
    db.session.commit()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)

    nameless = supervisor.post(there, data=form | {"heading_fi": "", "own_reason": "Olen talossa yksin."})
    reasonless = supervisor.post(there, data=form)

    assert (nameless.status_code, reasonless.status_code) == (422, 422)
    assert 'href="#heading_fi">Vahvista otsikko kirjoittamalla nimesi: suomi.' in nameless.text
    assert "Olen talossa yksin." in nameless.text
    assert 'id="own_reason-error"' in reasonless.text
    assert 'value="Esa Esimies"' in reasonless.text
    assert db.session.scalars(db.select(Approval)).all() == []


def test_the_setting_of_a_firm_of_one_counts_no_more_once_somebody_joins_who_may_approve(supervisor):
    case = ready_case()
    case.opened_by = f"staff:{supervisor.member_id}"
    organisation().may_approve_own_cases = True
    db.session.commit()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there) | {"own_reason": "Olen talossa yksin."}
    before = supervisor.get("/requested-acts/").text
    make.staff_member(Role.CUSTOMER_CARE, name="Uusi Tulija")
    db.session.commit()

    refused = supervisor.post(there, data=form)
    page, after = supervisor.get(there).text, supervisor.get("/requested-acts/").text

    assert refused.status_code == 422
    assert "Hyväksyjän on oltava toinen henkilö" in refused.text
    assert "Odottaa toista henkilöä." in page
    assert [case.number in text for text in (before, after)] == [True, False]
    assert db.session.scalars(db.select(Approval)).all() == []


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_who_signed_in_long_ago_proves_who_they_are_and_finds_what_they_typed(supervisor, monkeypatch, headers):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)
    later(monkeypatch, minutes=6)

    sent = supervisor.post(there, data=form, headers=headers)
    back = next_of(sent.headers.get("HX-Redirect") or sent.location)
    none_yet = db.session.scalars(db.select(Approval)).all()
    confirmed = supervisor.post("/sign-in/confirm", data={"password": make.PASSWORD, "next": unquote(back)})
    page = supervisor.get(confirmed.location, follow_redirects=True).text
    approved = supervisor.post(there, data=hidden_fields(page) | {"seen": digest_on(page), "heading_fi": "Esa Esimies"})

    assert none_yet == []
    assert 'value="Esa Esimies"' in page
    assert approved.location == f"/recalls/{case.id}/letters"
    assert len(db.session.scalars(db.select(Approval)).all()) == 1


def test_a_case_whose_texts_are_unfinished_waits_for_nobody(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"

    office.post(f"/recalls/{case.id}/texts/fi", data=SAMPLE_TEXTS[Language.FI]._asdict() | {"hazard": ""})
    unfinished = supervisor.get("/requested-acts/").text
    office.post(f"/recalls/{case.id}/texts/fi", data=SAMPLE_TEXTS[Language.FI]._asdict())

    assert there not in unfinished
    assert "Odottaa toista henkilöä <b>" not in unfinished
    assert there in supervisor.get("/requested-acts/").text


def staff(visitor):
    return f"staff:{visitor.member_id}"


def write(visitor, case, **rest):
    texts = f"/recalls/{case.id}/texts/fi"
    return visitor.post(texts, data=SAMPLE_TEXTS[Language.FI]._asdict() | rest)


def test_a_text_waits_for_another_than_its_writer_on_every_page(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"

    write(office, case, hazard=HAZARD)
    page, listed = office.get(there).text, office.get("/requested-acts/").text
    refused = office.post(there, data={"seen": queries.readiness_of(case).digest, "heading_fi": "Olga Office"})
    none_yet = db.session.scalars(db.select(Approval)).all()
    theirs = supervisor.get("/requested-acts/").text
    supervisor.post(there, data=form_of(supervisor, there))

    assert "Muutit itse viimeksi sitä, mitä kirjeissä näkyy." in page
    assert "Hyväksy rajaus ja tekstit" not in page
    assert "Muutit itse viimeksi sitä, mitä kirjeissä näkyy." in refused.text
    assert none_yet == []
    assert (f'href="{there}"' in listed, f'href="{there}"' in theirs) == (False, True)
    assert db.session.scalars(db.select(Approval)).one().approved_by == staff(supervisor)


def test_of_two_people_the_one_who_opened_takes_a_text_over_and_its_writer_approves(supervisor, office):
    case = ready_case()
    case.opened_by = queries.readiness_of(case).version.frozen_by = staff(office)
    db.session.commit()
    there = f"/recalls/{case.id}/approval"

    write(supervisor, case, hazard=HAZARD)
    before = [one.get("/requested-acts/").text for one in (supervisor, office)]
    write(office, case, hazard=HAZARD)
    after = supervisor.get("/requested-acts/").text
    supervisor.post(there, data=form_of(supervisor, there))

    assert [there in page for page in (*before, after)] == [False, False, True]
    assert db.session.scalars(db.select(Approval)).one().approved_by == staff(supervisor)


def test_who_changes_a_picture_after_the_approval_has_no_letter_printed_alone(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    supervisor.post(there, data=form_of(supervisor, there))
    model = db.session.scalars(db.select(DeviceModel)).one()

    supervisor.post(f"/models/{model.id}/pictures/plate", data={"picture": (BytesIO(cases.drawn("red")), "kilpi.png")})
    case_page, letters = supervisor.get(f"/recalls/{case.id}").text, letter_faults(case)
    listed = [one.get("/requested-acts/").text for one in (supervisor, office)]
    again = supervisor.post(there, data={"seen": queries.readiness_of(case).digest, "heading_fi": "Esa Esimies"})
    office.post(there, data=form_of(office, there))

    assert "Rajaus, tekstit, otsikot, kuvat, kilven paikka tai lähettäjän tiedot ovat muuttuneet" in case_page
    assert letters == [LettersFault.NOT_APPROVED]
    assert [there in page for page in listed] == [False, True]
    assert again.status_code == 422
    assert letter_faults(case) == []


def changed_in(table):
    """The newest change of rows of a table, as the ledger keeps it."""
    entries = db.select(LedgerEntry).where(LedgerEntry.table_name == table, LedgerEntry.action == "update")
    return db.session.scalars(entries.order_by(LedgerEntry.id.desc()).limit(1)).one()


def test_an_approval_covers_no_picture_that_nobody_approved_whatever_is_put_back(supervisor, office):
    case = ready_case()
    there, pictures = f"/recalls/{case.id}/approval", f"/recalls/{case.id}/pictures/plate"
    office.post(pictures, data={"picture": (BytesIO(cases.drawn("navy")), "kilpi.png")})
    supervisor.post(there, data=form_of(supervisor, there))
    approved = letter_faults(case)

    office.post(pictures, data={"picture": (BytesIO(cases.drawn("red")), "kilpi.png")})
    picture, text = changed_in("case_pictures"), changed_in("case_texts")
    offered = office.get(f"/history/{picture.change_set_id}").text
    for entry, name in ((picture, "sha256"), (text, "version")):
        office.post(f"/history/entries/{entry.id}/put-back", data={"field": name})

    db.session.rollback()
    stored = db.session.scalars(db.select(CasePicture)).one()
    assert approved == []
    assert "sha256" in picture.changes
    assert letter_faults(case) == [LettersFault.NOT_APPROVED]
    assert stored.sha256 == sha256(stored.body).hexdigest()
    assert queries.text_of(case.id, Language.FI).version == text.changes["version"][1]
    assert "put-back" not in offered


def test_a_picture_in_the_place_of_another_is_not_offered_to_be_undone(office):
    case = ready_case()
    for colour in ("navy", "red"):
        form = {"picture": (BytesIO(cases.drawn(colour)), "kilpi.png")}
        office.post(f"/recalls/{case.id}/pictures/plate", data=form)
    act = f"/history/{changed_in('case_pictures').change_set_id}"

    offered, answer = office.get(act).text, office.post(f"{act}/undo")

    assert f"{act}/undo" not in offered
    assert answer.status_code == 303
    assert "Tätä ei voi enää kumota." in office.get(answer.location).text


def test_the_menu_asks_no_more_of_many_cases_than_of_few(supervisor):
    ready_case()
    supervisor.get("/requested-acts/")
    with Count() as few:
        supervisor.get("/requested-acts/")
    model = db.session.scalars(db.select(DeviceModel)).one()
    for _ in range(4):
        batch = make.batch()
        cases.sold_machine(batch, model=model)
        cases.approved(cases.worded(cases.opened(batch)))
        freeze_scope(cases.worded(cases.opened(batch)))
    db.session.commit()
    with Count() as many:
        supervisor.get("/requested-acts/")

    assert many.statements <= few.statements + 2


def test_who_types_after_their_sign_in_ran_out_is_not_led_away_and_finds_the_text_when_they_save(office, monkeypatch):
    case = ready_case()
    there = f"/recalls/{case.id}/texts/fi"
    form = hidden_fields(office.get(there).text) | {"hazard": HAZARD}
    later(monkeypatch, minutes=31)

    drawn = office.post(f"/recalls/{case.id}/preview/fi", data=form, headers={"HX-Request": "true"})
    kept = db.session.scalars(db.select(Draft)).all()
    page = office.get(keep(office, there, form), follow_redirects=True)

    assert (drawn.status_code, drawn.text, "HX-Redirect" in drawn.headers) == (204, "", False)
    assert kept == []
    assert (page.request.path, HAZARD in page.text) == (there, True)


def test_who_types_for_long_and_stops_to_think_stays_signed_in(office, monkeypatch):
    case = ready_case()
    office.get(f"/recalls/{case.id}/texts/fi")

    for _ in range(2):
        later(monkeypatch, minutes=20)
        office.post(f"/recalls/{case.id}/preview/fi", data={"hazard": HAZARD}, headers={"HX-Request": "true"})

    assert office.get(f"/recalls/{case.id}/texts/fi").status_code == 200


def test_a_text_that_was_kept_while_it_was_drawn_stays_kept_when_it_is_drawn_again(office, monkeypatch):
    case = ready_case()
    there = f"/recalls/{case.id}/preview/fi.pdf"
    later(monkeypatch, minutes=31)
    page = office.get(keep(office, there, {"hazard": HAZARD}), follow_redirects=True)

    drawn = office.post(there, data=hidden_fields(page.text))

    assert HAZARD in page.text
    assert drawn.mimetype == "application/pdf"
    assert HAZARD in office.get(page.request.full_path).text

"""The inbox: enquiries noted by hand, taken, closed, and never merged with anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from rockrobot import clock, ledger, undo
from rockrobot.access import Role
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Person
from rockrobot.db import db
from rockrobot.enquiries import actions, queries, views
from rockrobot.enquiries.models import Enquiry
from rockrobot.enquiries.rules import Stage, stage_of
from rockrobot.erasures.actions import erase_person
from rockrobot.events.rules import Channel
from tests import make
from tests.conftest import visitor

SAID = {
    "came_on": "20.11.2026",
    "channel": "email",
    "name": "Kari Nordmann",
    "company_name": "Fjell AS",
    "email": "kari@fjell.example",
    "phone": "+47 22 12 34 56",
    "country": "NO",
    "postcode": "9008",
    "city": "Tromsø",
    "language": "nb",
    "question": "Hva koster en RR-200?",
    "named": "",
}


def enquiry(party=None, **rest) -> Enquiry:
    values = {"came_on": date(2026, 11, 20), "channel": Channel.EMAIL, "name": "Kari Nordmann", "question": "Hva?"}
    made = actions.add_enquiry(party, **(values | rest))
    db.session.commit()
    return made


def stored() -> Enquiry:
    db.session.rollback()
    return db.session.scalars(select(Enquiry).options(*queries.PARTIES)).one()


@pytest.mark.parametrize(
    ("taken_by_id", "ended_on", "stage"),
    [
        (None, None, Stage.OPEN),
        (1, None, Stage.TAKEN),
        (1, date(2026, 11, 20), Stage.CLOSED),
        (None, date(2026, 11, 20), Stage.CLOSED),
    ],
)
def test_an_enquiry_is_open_until_taken_and_closed_once_it_ended(taken_by_id, ended_on, stage):
    assert stage_of(taken_by_id, ended_on) is stage
    assert stage_of(taken_by_id, ended_on, is_referred=True) is Stage.REFERRED


def test_an_enquiry_is_noted_as_it_was_said_and_makes_nobody_of_the_register(office):
    answer = office.post("/enquiries/new", data=SAID)

    noted = stored()
    html = office.get(answer.location).text
    assert (noted.who, noted.country, noted.channel) == ("Kari Nordmann, Fjell AS", "NO", Channel.EMAIL)
    assert (noted.email, noted.phone, noted.came_on) == ("kari@fjell.example", "+47 22 12 34 56", date(2026, 11, 20))
    assert "Hva koster en RR-200?" in html
    assert db.session.scalar(select(Person)) is None


def test_an_enquiry_of_nobody_about_nothing_is_refused_and_nothing_typed_is_lost(office):
    answer = office.post("/enquiries/new", data=SAID | {"name": " ", "company_name": "", "question": ""})

    assert answer.status_code == 422
    assert "Kirjoita nimi tai yrityksen nimi." in answer.text
    assert "Kirjoita, mitä kysyttiin." in answer.text
    assert "kari@fjell.example" in answer.text


def test_what_was_misheard_is_corrected_and_told_in_the_history(office):
    noted = enquiry()

    office.post(f"/enquiries/{noted.id}/edit", data=SAID | {"name": "Kåre Nordmann", "company_name": ""})

    assert stored().who == "Kåre Nordmann"
    assert "Kari Nordmann → Kåre Nordmann" in office.get(f"/enquiries/{noted.id}").text


def test_nobody_takes_or_gives_back_what_another_has(office):
    row = enquiry()
    path, other = (
        f"/enquiries/{row.id}",
        make.staff_member(Role.CUSTOMER_CARE, name="Toinen", email="toinen@kivi.example"),
    )
    actions.take(row, other.id)
    db.session.commit()

    given = office.post(f"{path}/give-back").status_code
    told = office.post(f"{path}/take", data={"taken_by": ""}, follow_redirects=True).text

    assert given == 409
    assert "Toinen ehti" in told
    assert stored().taken_by_id == other.id


def test_of_those_who_take_at_once_one_has_it_and_the_others_are_told(app, database):
    row_id, gate = enquiry().id, Barrier(3, timeout=20)
    browsers = [visitor(app, Role.CUSTOMER_CARE, name) for name in ("Aino Yksi", "Eero Kaksi", "Ilo Kolme")]
    db.session.rollback()

    def take(browser):
        with app.app_context():
            gate.wait()
            browser.post(f"/enquiries/{row_id}/take", data={"taken_by": ""})
            return browser.get(f"/enquiries/{row_id}").text

    with ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(take, browsers))

    assert sorted("Yhteydenotto on sinulla." in page for page in pages) == [False, False, True]
    assert sum("Toinen ehti" in page for page in pages) == 2


def test_a_person_is_named_in_place_of_their_company_and_a_company_in_place_of_nobody(office):
    person = make.person("Kari", "Nordmann", email="kari@fjell.example")
    company, other = make.company("Fjell AS"), make.company("Muu AS", email="kari@fjell.example")
    asked = enquiry(company, email="kari@fjell.example")
    path = f"/enquiries/{asked.id}"

    html = office.get(path).text
    refused = office.post(f"{path}/link", data={"number": other.customer_no}).status_code
    office.post(f"{path}/link", data={"number": person.person_no})

    assert html.count("On tämä") == 1
    assert refused == 409
    assert (stored().person_id, stored().company_id) == (person.id, None)


def test_nobody_is_named_who_was_erased_since_they_were_looked_up(office, monkeypatch):
    person_id, asked = make.person("Kari", "Nordmann").id, enquiry()

    def found_and_then_erased(_number):
        person = db.session.get(Person, person_id)
        erase_person(person)
        db.session.commit()
        return person

    monkeypatch.setattr(views, "party_numbered", found_and_then_erased)
    answer = office.post(f"/enquiries/{asked.id}/link", data={"number": "whoever"})

    assert answer.status_code == 409
    assert stored().person_id is None


def test_undo_names_nobody_who_was_erased_since(office):
    person = make.person("Kari", "Nordmann")
    asked = enquiry(person)
    with ledger.change_set("enquiries.edit"):
        actions.change_enquiry(queries.enquiry_with(asked.id), None)
        db.session.commit()
        act_id = db.session.scalar(select(func.max(ChangeSet.id)))
    db.session.rollback()
    before = undo.undoable([act_id])
    erase_person(person)
    db.session.commit()

    answer = office.post(f"/history/{act_id}/undo", follow_redirects=True)

    assert before == {act_id}
    assert answer.status_code in {200, 409}
    assert stored().person_id is None


def test_whom_an_enquiry_is_from_is_not_named_twice(office):
    person, other = make.person("Kari", "Nordmann"), make.person("Aino", "Aho")
    row = enquiry(person)

    twice = office.post(f"/enquiries/{row.id}/link", data={"number": other.person_no}).status_code

    assert (twice, stored().person_id) == (409, person.id)


def test_a_card_on_which_an_enquiry_stands_is_a_view_of_it(office):
    company = make.company("Fjell AS")
    row = enquiry(company)

    office.get(f"/companies/{company.id}")

    seen = select(LedgerEntry.row_id).where(LedgerEntry.table_name == "enquiries", LedgerEntry.action == "view")
    assert db.session.scalars(seen).all() == [row.id]


def test_an_enquiry_is_taken_given_back_closed_with_a_word_and_opened_again(office):
    path = f"/enquiries/{enquiry().id}"

    stages = []
    for act in ("take", "give-back", "take"):
        office.post(f"{path}/{act}")
        stages.append(stored().stage)
    silent = office.post(f"{path}/close", data={"why": ""})
    office.post(f"{path}/close", data={"why": "Tarjous lähetetty"})
    closed = stored()
    told = (closed.stage, closed.ended_on, closed.ended_why)
    too_late = office.post(f"{path}/take").status_code
    office.post(f"{path}/reopen")

    assert stages == [Stage.TAKEN, Stage.OPEN, Stage.TAKEN]
    assert silent.status_code == 422
    assert told == (Stage.CLOSED, clock.today(), "Tarjous lähetetty")
    assert too_late == 409
    assert stored().stage is Stage.TAKEN


def test_each_stage_has_its_list_and_the_menu_counts_who_waits(office):
    waiting, taken = enquiry(name="Avoin Aino"), enquiry(name="Otettu Olli")
    actions.take(taken, office.member_id)
    actions.close(enquiry(name="Suljettu Sirpa"), "Vastattu")
    db.session.commit()

    pages = {stage: office.get(f"/enquiries/?stage={stage}").text for stage in Stage}

    assert waiting.name in office.get("/enquiries/").text
    names = {Stage.OPEN: "Avoin Aino", Stage.TAKEN: "Otettu Olli", Stage.CLOSED: "Suljettu Sirpa"}
    for stage, name in names.items():
        assert [one for one in Stage if name in pages[one]] == [stage]
    assert "Vastattu" in pages[Stage.CLOSED]
    assert 'Yhteydenotot <b>1<span class="sr"> odottaa' in pages[Stage.CLOSED]


def test_who_has_the_same_address_or_number_is_told_and_linked_only_by_a_person(office):
    by_mail = make.person("Kari", "Nordmann", email="KARI@fjell.example")
    by_phone = make.company("Fjell AS", switchboard="22 12 34 56", country="NO")
    make.person("Aino", "Aho", email="aino@kivi.example")
    asked = enquiry(email="kari@fjell.example", phone="+47 22 12 34 56", country="NO")

    html = office.get(f"/enquiries/{asked.id}").text
    found = queries.alike(asked)
    before = stored().person_id
    office.post(f"/enquiries/{asked.id}/link", data={"number": by_mail.person_no})

    assert "Sama sähköposti tai puhelin" in html
    assert {one.id for one in found if isinstance(one, Person)} == {by_mail.id}
    assert before is None
    assert stored().person_id == by_mail.id
    assert "Hva?" in office.get(f"/people/{by_mail.id}").text
    assert "Hva?" not in office.get(f"/companies/{by_phone.id}").text


def test_whoever_looks_at_an_enquiry_is_written_down(office):
    person = make.person("Kari", "Nordmann")
    asked = enquiry(person)

    office.get(f"/enquiries/{asked.id}")
    office.get("/enquiries/")

    viewed = select(LedgerEntry.table_name, LedgerEntry.row_id).where(LedgerEntry.action == "view")
    in_order = db.session.execute(viewed.order_by(LedgerEntry.id)).all()
    assert in_order == [("enquiries", asked.id), ("people", person.id)] * 2


def test_a_deleted_enquiry_waits_in_the_trash_and_comes_back(office):
    office.post(f"/enquiries/{enquiry().id}/delete")
    gone = db.session.scalar(select(Enquiry))
    act = db.session.scalar(select(LedgerEntry.change_set_id).where(LedgerEntry.action == "delete"))

    html = office.get("/trash").text
    office.post(f"/history/{act}/undo")

    assert gone is None
    assert "Kari Nordmann" in html
    assert stored().name == "Kari Nordmann"


def test_an_erased_person_takes_their_enquiries_along(database):
    person = make.person("Kari", "Nordmann")
    enquiry(person)
    other = enquiry(name="Aino Aho")

    erase_person(person)
    db.session.commit()

    assert stored().id == other.id


def test_data_protection_reads_and_writes_nothing_and_the_workshop_sees_none(protection, workshop):
    path = f"/enquiries/{enquiry().id}"

    read = [browser.get(path).status_code for browser in (protection, workshop)]
    taken = [browser.post(f"{path}/take").status_code for browser in (protection, workshop)]

    assert read == [200, 403]
    assert taken == [403, 403]
    assert "Ota itselle" not in protection.get(path).text

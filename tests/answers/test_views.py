"""An answer on paper: made once, kept byte for byte, and the clock runs until it has gone out."""

import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock, paper
from rockrobot.answers import actions
from rockrobot.answers.models import Answer
from rockrobot.answers.rules import LANGUAGES, WORDINGS, SentHow, answer_language, sections_of
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.organisation.models import Organisation
from rockrobot.privacy_requests.rules import Outcome, Right
from tests import make
from tests.privacy_requests.test_views import request_of
from tests.referrals.cases import enquiry

DELETED = (LedgerEntry.table_name == "enquiries", LedgerEntry.action == "delete")
SENT = {"sent_on": "tänään", "sent_how": "post", "sent_to": "Kuitti 77"}


@pytest.fixture
def house(database):
    row = Organisation(
        id=1,
        name="Kivirobotti Oy",
        postal_street="Vesimyllynkatu 2",
        postal_postcode="33310",
        postal_city="Tampere",
        contact_person="Petri Lehtinen",
        phone="+358 20 555 0100",
        email="info@kivirobotti.example",
    )
    db.session.add(row)
    db.session.commit()


def text_of(pdf):
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_an_answer_is_made_kept_and_closes_the_request_once_it_went_out(house, protection):
    person = make.person("Aino", "Aho", language="sv")
    make.address(person, street="Kivitie 7")
    row = request_of(person)
    here = f"/privacy-requests/{row.id}"
    form = protection.get(f"{here}/answer").text
    typed = {
        "told": "Poistimme numeron.\n#[raha]",
        "language": "fi",
        "recipient": "Aino Aho\nKivitie 7\n32800 KOKEMÄKI",
    }

    seen = protection.post(f"{here}/answer", data=typed | {"preview": "1"})
    made = protection.post(f"{here}/answer", data=typed)
    waiting = protection.get(here).text
    sent = protection.post(f"{here}/sent", data=SENT)

    pdf, closed = protection.get(f"{here}/answer.pdf").data, protection.get(here).text
    db.session.expire_all()
    stored = db.session.scalar(select(Answer))
    told = text_of(pdf)
    assert "Kivitie 7" in form
    assert 'value="sv" selected' in form or 'selected value="sv"' in form
    assert "data:image/png" in seen.text
    assert [made.status_code, sent.status_code] == [303, 303]
    assert "ei vielä lähetetty" in waiting
    assert "Kuitti 77" in closed
    assert paper.sha256_of(pdf) == stored.sha256
    assert paper.window_faults(pdf) == []
    for words in ("#[raha]", "tietosuoja@om.fi", "hallinto-oikeudelta", "17 artikla", "Petri Lehtinen", row.number):
        assert words in told
    assert row.closed_on == clock.today()
    assert protection.post(f"{here}/answer", data=typed).status_code == 409
    assert protection.post(f"{here}/sent", data=SENT).status_code == 409


def test_what_is_stored_stays_when_the_controller_or_the_person_changes(house, protection):
    person = make.person("Aino", "Aho")
    row = request_of(person)
    made = actions.answer(row, Outcome.DONE, language=Language.FI, lines=["Aino Aho"], told=["Tehty."])
    digest = made.sha256
    person.last_name = "Toinen"
    db.session.get(Organisation, 1).name = "Uusi Oy"
    db.session.commit()

    pdf = protection.get(f"/privacy-requests/{row.id}/answer.pdf").data

    assert paper.sha256_of(pdf) == digest


def test_of_two_at_once_the_second_neither_decides_nor_sends_again(house, protection):
    row = request_of(make.person("Aino", "Aho"))
    letter = {"language": Language.FI, "lines": ["Aino Aho"], "told": ["Poistimme numeron."]}
    made = actions.answer(row, Outcome.DONE, **letter)
    actions.mark_sent(made, sent_on=clock.today(), sent_how=SentHow.POST, sent_to="Kuitti 77")
    db.session.commit()

    with pytest.raises(actions.AnsweredError):
        actions.answer(row, Outcome.DONE, **letter)
    with pytest.raises(actions.AnsweredError):
        actions.mark_sent(made, sent_on=clock.today(), sent_how=SentHow.POST, sent_to="Kuitti 78")
    assert made.sent_to == "Kuitti 77"


def test_an_answer_needs_a_controller_and_what_was_done(protection):
    row = request_of()

    answer = protection.post(
        f"/privacy-requests/{row.id}/answer", data={"told": "", "language": "fi", "recipient": "A"}
    )

    assert "täyttämään Organisaatio" in answer.text
    assert db.session.scalar(select(Answer)) is None


def test_an_answer_does_not_go_out_before_it_was_made(house, protection):
    row = request_of()
    actions.answer(row, Outcome.DONE, language=Language.FI, lines=["Aino Aho"], told=["Tehty."])
    db.session.commit()
    yesterday = clock.today() - timedelta(days=1)

    answer = protection.post(f"/privacy-requests/{row.id}/sent", data=SENT | {"sent_on": yesterday.isoformat()})

    assert answer.status_code == 422
    assert "Vastaus tehtiin vasta" in answer.text


def test_customer_care_registers_and_sends_and_does_not_decide(house, office):
    row = request_of()

    card = office.get(f"/privacy-requests/{row.id}").text

    assert f"/privacy-requests/{row.id}/answer" not in card
    assert office.get(f"/privacy-requests/{row.id}/answer").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_answer_says_the_decision_and_how_to_go_on(language, outcome):
    words = WORDINGS[language]

    for right in Right:
        parts = sections_of(language, right=right, day="1.2.2026", outcome=outcome, told=["Näin."], contact="Petri")
        told = " ".join(paragraph for part in parts for paragraph in part["paragraphs"])
        assert [part["heading"] for part in parts] == list(words.titles)
        assert "{" not in told
        for needed in ("1.2.2026", "Näin.", "tietosuoja@om.fi", "029 566 6700", words.court, "Petri"):
            assert needed in told


def test_a_norwegian_is_answered_in_english():
    assert [answer_language(one) for one in Language] == [*LANGUAGES, Language.EN, Language.EN]


@pytest.mark.parametrize(("right", "page"), [(Right.ERASURE, "erase"), (Right.ACCESS, "answer")])
def test_enquiries_that_name_no_sender_are_listed_by_the_persons_address_and_number(house, protection, right, page):
    person = make.person("Kari", "Nordmann", email="kari@fjell.example", direct_phone="+47 22 12 34 56")
    by_mail = enquiry(name="Sama sähköposti", email="Kari@Fjell.example", phone="")
    by_phone = enquiry(name="Sama puhelin", email="", phone="22 12 34-56")
    of_company = enquiry(make.company("Fjell AS"), name="Yritykseltä", email="kari@fjell.example", phone="")
    enquiry(name="Sama loppu", email="", phone="+47 33 12 34 56")
    enquiry(name="Joku muu", email="muu@fjell.example", phone="")
    enquiry(person, name="Nimetty lähettäjä")
    row = request_of(person, right=right)

    html = protection.get(f"/privacy-requests/{row.id}/{page}").text

    seen = select(LedgerEntry.row_id).where(LedgerEntry.table_name == "enquiries", LedgerEntry.action == "view")
    assert "yhteydenottoja, joihin ei ole merkitty henkilöä" in html
    assert all(name in html for name in ("Sama sähköposti", "Sama puhelin", "Yritykseltä"))
    assert not any(name in html for name in ("Sama loppu", "Joku muu", "Nimetty lähettäjä"))
    assert set(db.session.scalars(seen)) == {by_mail.id, by_phone.id, of_company.id}


@pytest.mark.parametrize(("right", "page"), [(Right.ERASURE, "erase"), (Right.ACCESS, "answer")])
def test_enquiries_in_the_trash_are_told_until_they_are_back(house, office, protection, right, page):
    person = make.person("Kari", "Nordmann", email="kari@fjell.example")
    gone, other = (enquiry(email=mail).id for mail in ("Kari@fjell.example", "muu@fjell.example"))
    for row_id in (gone, other):
        office.post(f"/enquiries/{row_id}/delete")
    path = f"/privacy-requests/{request_of(person, right=right).id}/{page}"

    told = protection.get(path).text
    act = db.session.scalar(select(LedgerEntry.change_set_id).where(*DELETED, LedgerEntry.row_id == gone))
    office.post(f"/history/{act}/undo")
    back = protection.get(path).text

    assert "Roskakorissa on 1 yhteydenotto " in told
    assert "Roskakorissa" not in back.partition("<main")[2]
    assert "ei ole merkitty henkilöä" in back


def test_where_all_enquiries_name_their_sender_there_is_nothing_to_name(house, protection):
    person = make.person("Kari", "Nordmann", email="kari@fjell.example")
    enquiry(person)
    row = request_of(person, right=Right.ACCESS)

    assert "ei ole merkitty henkilöä" not in protection.get(f"/privacy-requests/{row.id}/answer").text

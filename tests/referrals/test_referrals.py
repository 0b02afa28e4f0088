"""An enquiry is referred once, by a person who saw what leaves, and what left is written down."""

from concurrent.futures import ThreadPoolExecutor
from re import findall
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from rockrobot import ledger, undo
from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.enquiries.actions import delete
from rockrobot.enquiries.models import Disclosure
from rockrobot.enquiries.rules import Stage
from rockrobot.letters.models import OutboxMessage, OutboxState
from rockrobot.mailing.actions import send_waiting
from rockrobot.referrals.actions import NotReferredError, refer
from rockrobot.referrals.queries import is_customer_already, proposal_for
from rockrobot.referrals.rules import FIELDS, WORDINGS, Obstacle, fields_of, mail_text, obstacle
from tests import make
from tests.conftest import visitor
from tests.referrals.cases import SAID, confirmed, disclosures, enquiry, importer, loaded


def test_every_language_has_a_word_for_each_field():
    assert set(WORDINGS) == set(Language)
    assert all(list(wording.labels) == list(FIELDS) for wording in WORDINGS.values())


def test_the_mail_says_the_listed_fields_and_leaves_out_whatever_else_is_given():
    given = {"name": "Kari", "city": "", "question": "Hva?", "note": "Hankala asiakas", "language": "nb"}

    text = mail_text(given, Language.NB)

    assert text.splitlines()[2:] == ["Navn: Kari", "Spørsmål: Hva?"]


HIS = "post@no.example"


@pytest.mark.parametrize(
    ("stage", "country", "is_customer", "email", "why_not"),
    [
        (Stage.OPEN, "NO", False, HIS, None),
        (Stage.TAKEN, "DK", False, HIS, None),
        (Stage.CLOSED, "NO", False, HIS, Obstacle.STAGE),
        (Stage.REFERRED, "NO", False, HIS, Obstacle.STAGE),
        (Stage.OPEN, "FI", False, HIS, Obstacle.COUNTRY),
        (Stage.OPEN, "", False, HIS, Obstacle.COUNTRY),
        (Stage.OPEN, "SE", True, HIS, Obstacle.CUSTOMER),
        (Stage.OPEN, "SE", False, None, Obstacle.NOBODY),
        (Stage.OPEN, "SE", False, "post at no.example", Obstacle.ADDRESS),
        (Stage.OPEN, "SE", False, "", Obstacle.ADDRESS),
    ],
)
def test_what_stands_against_a_referral(stage, country, is_customer, email, why_not):
    assert obstacle(stage, country, is_customer=is_customer, importers_email=email) is why_not


def test_an_importers_address_that_mail_refuses_is_told_and_nothing_leaves(office):
    importer(email="jäpp@no.example")
    row = enquiry()

    card = office.get(f"/enquiries/{row.id}").text
    answer = office.get(f"/enquiries/{row.id}/refer")

    assert "sähköpostiosoitteeseen ei voi lähettää" in card
    assert (answer.status_code, disclosures()) == (409, [])


def test_the_page_shows_what_leaves_to_whom_and_that_it_is_for_good(office):
    company, row = importer(), enquiry()

    html = office.get(f"/enquiries/{row.id}/refer").text

    assert "Ohjausta ei voi kumota" in html
    assert company.name in html
    assert "post@no.example" in html
    assert all(part in html for part in ("Kari Nordmann", "Fjell AS", "9008", "Og når kan den leveres?"))


def test_a_referral_is_written_down_field_by_field_and_is_never_undone(office):
    company, row = importer(), enquiry()

    confirmed(office, row)

    made = disclosures()[0]
    html = office.get(f"/enquiries/{row.id}").text
    act = db.session.scalar(select(LedgerEntry.change_set_id).where(LedgerEntry.table_name == "disclosures"))
    assert (made.company_id, made.recipient_name, made.country) == (company.id, "Import AS", "NO")
    assert made.sent_fields == {name: SAID[name] for name in FIELDS}
    assert made.made_by == f"staff:{office.member_id}"
    assert "Uusi kysely" in made.why
    assert loaded(row.id).stage is Stage.REFERRED
    assert "Luovutus maahantuojalle" in html
    assert undo.undoable([act]) == set()
    assert office.post(f"/enquiries/{row.id}/delete").status_code == 409


def test_of_those_who_refer_at_once_one_does_and_the_others_are_told(app, database):
    importer()
    row_id, gate = enquiry().id, Barrier(3, timeout=20)
    browsers = [visitor(app, Role.CUSTOMER_CARE, name) for name in ("Aino Yksi", "Eero Kaksi", "Ilo Kolme")]
    path, pages = f"/enquiries/{row_id}/refer", [browser.get(f"/enquiries/{row_id}/refer").text for browser in browsers]
    db.session.rollback()

    def refer(browser, page):
        with app.app_context():
            sent = {name: findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[-1] for name in ("shown", "why")}
            key = findall(r'name="idempotency_key" value="([^"]*)"', page)[-1]
            gate.wait()
            answer = browser.post(path, data=sent | {"idempotency_key": key})
            return answer.status_code, (answer.location or "").endswith(f"/enquiries/{row_id}")

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(refer, browsers, pages))

    assert answers.count((303, True)) == 1
    assert set(answers) <= {(303, True), (303, False), (409, False)}
    assert (len(disclosures()), len(db.session.scalars(select(OutboxMessage)).all())) == (1, 1)


def test_an_enquiry_that_was_deleted_meanwhile_is_not_referred(office):
    importer()
    row = enquiry()
    other = loaded(row.id)
    with ledger.change_set("enquiries.delete"):
        delete(other)
        db.session.commit()

    with pytest.raises(NotReferredError):
        refer(row, seen="x", why="y")


def test_an_importer_that_has_named_no_language_is_written_to_in_that_of_the_territory(database):
    importer("SE", language="")

    proposal, _why_not = proposal_for(enquiry(country="SE", postcode="11122"))

    assert proposal.language is Language.SV


def test_fields_that_say_nothing_are_neither_sent_nor_written_down(database):
    row = enquiry(phone="", company_name="")

    assert set(fields_of(row)) == set(FIELDS) - {"phone", "company_name"}


def test_a_mail_that_did_not_go_out_is_sent_by_hand_or_again(office):
    importer()
    row = enquiry()
    confirmed(office, row)
    made, message = disclosures()[0], db.session.scalar(select(OutboxMessage))

    too_early = office.post(f"/disclosures/{made.id}/again").status_code
    send_waiting()
    html = office.get(f"/enquiries/{row.id}").text
    office.post(f"/disclosures/{made.id}/again")
    again = db.session.scalar(select(OutboxMessage.state))
    send_waiting()
    office.post(f"/disclosures/{made.id}/by-hand")

    db.session.expire_all()
    assert again is OutboxState.QUEUED
    assert too_early == 409
    assert "Lähetä käsin (.eml)" in html
    assert message.state is OutboxState.SENT


@pytest.mark.parametrize("country", ["FI", "DE", ""])
def test_the_database_refuses_a_disclosure_of_another_country(office, country):
    importer()
    confirmed(office, enquiry())
    made = disclosures()[0]
    told = {c.name: getattr(made, c.name) for c in Disclosure.__table__.c if c.name != "id"}
    message = OutboxMessage(to_address="x@y.example", subject="x", body_text="y", message_id="<x@rockrobot>")
    db.session.add(message)
    db.session.flush()
    other = told | {"country": country, "enquiry_id": enquiry().id, "outbox_message_id": message.id}

    db.session.add(Disclosure(**other))

    with pytest.raises(IntegrityError):
        db.session.flush()


def test_whoever_is_a_customer_or_works_for_one_or_had_a_machine_is_no_new_enquirer(database):
    prospect = make.person("Kari", "Nordmann", contact_type="potentiaalinen", email="kari@fjell.example")
    customer = make.company("Fjell AS", contact_type="asiakas")
    employed = make.person("Ola", "Nordmann", company=customer, email="ola@fjell.example")
    owner = make.person("Per", "Nordmann", direct_phone="+47 22 00 00 00")
    make.ownership(make.device(), owner)

    found = [
        is_customer_already(row)
        for row in (
            enquiry(prospect),
            enquiry(),
            enquiry(customer),
            enquiry(email="OLA@fjell.example"),
            enquiry(employed),
            enquiry(email="", phone="+47 22 00 00 00"),
        )
    ]

    assert found == [False, False, True, True, True, True]

"""Recall letters go in spite of objections, and the pages of letters say why."""

from datetime import date

from sqlalchemy import select

from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.letters.models import Letter
from rockrobot.objections.actions import record_objection
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.rules import PurposeCode
from tests.register import write_xlsx
from tests.walk import Walk

NOTE = "Markkinointikielto ei estä turvallisuuskirjettä."


def approved(office, supervisor, tmp_path) -> Walk:
    walk = Walk(office, supervisor)
    walk.import_register(write_xlsx(tmp_path / "rekisteri.xlsx"))
    walk.open_case("PT-1", "Tiiviste Oy", "E001")
    walk.write_texts()
    walk.approve()
    return walk


def test_everybody_is_written_to_and_the_page_says_why(app, office, supervisor, tmp_path):
    walk = approved(office, supervisor, tmp_path)
    for company in db.session.scalars(select(Company)):
        record_objection(
            company, purpose=PurposeCode.MARKETING, channel=Channel.ALL, told_on=date(2026, 5, 1), told=Told.PHONE
        )
    db.session.commit()
    before = office.get(f"/recalls/{walk.case_id}/letters").text

    walk.print_letters()
    office.post(f"/recalls/{walk.case_id}/e-mails")

    letters = db.session.scalars(select(Letter).where(Letter.company_id.is_not(None))).all()
    after = office.get(f"/recalls/{walk.case_id}/letters").text
    assert "kielto. Markkinointikielto ei estä turvallisuuskirjettä" in before
    assert letters
    assert after.count(NOTE) >= len(letters)
    assert NOTE in office.get(f"/letters/{letters[0].id}").text
    assert db.session.execute(db.text("SELECT count(*) FROM outbox_messages")).scalar_one() > 0


def test_who_wants_no_contact_gets_the_letter_by_post_only_and_the_page_says_so(app, office, supervisor, tmp_path):
    walk = approved(office, supervisor, tmp_path)
    for company in db.session.scalars(select(Company)):
        record_objection(company, purpose=None, channel=Channel.ALL, told_on=date(2026, 5, 1), told=Told.PHONE)
    db.session.commit()

    walk.print_letters()
    office.post(f"/recalls/{walk.case_id}/e-mails")

    letter = db.session.scalars(select(Letter).where(Letter.company_id.is_not(None))).first()
    assert "vain postitse" in office.get(f"/letters/{letter.id}").text
    assert db.session.execute(db.text("SELECT count(*) FROM outbox_messages")).scalar_one() == 0


def test_nothing_is_said_where_nobody_objects(app, office, supervisor, tmp_path):
    walk = approved(office, supervisor, tmp_path)

    walk.print_letters()

    assert NOTE not in office.get(f"/recalls/{walk.case_id}/letters").text

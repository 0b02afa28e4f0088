"""The screen of posting and follow-up: what waits, page by page; what was posted and came back."""

from sqlalchemy import select

from rockrobot import clock
from rockrobot.attempts.rules import AttemptState
from rockrobot.db import db
from rockrobot.fields import format_day
from rockrobot.letters.models import Letter, OutboxMessage, OutboxState
from rockrobot.recalls.rules import UnitState
from tests import make
from tests.conftest import ON_ONE_DATABASE
from tests.effectiveness.conftest import POSTED, attempt, running

__all__ = ["running"]


def test_without_a_mail_server_the_screen_says_where_the_files_lie(running, office):
    here = f"/recalls/{running.case.id}/follow-up"

    without = office.get(here).text
    office.application.config["SMTP_URL"] = "smtp://mail.demo.example:25"
    with_server = office.get(here).text
    office.application.config["SMTP_URL"] = ""

    assert "datakansion alikansioon outbox" in without
    assert "outbox" not in with_server


@ON_ONE_DATABASE
def test_a_message_that_may_not_have_arrived_goes_again_or_is_marked_sent_by_a_person(case, office):
    office.post(f"/recalls/{case.id}/e-mails")
    mailed = db.session.scalars(select(OutboxMessage)).all()
    for message in mailed:
        message.state = OutboxState.UNKNOWN
    db.session.commit()

    office.post(f"/e-mails/{mailed[0].id}/again")
    office.post(f"/e-mails/{mailed[1].id}/sent-by-hand")

    db.session.rollback()
    again, by_hand = (db.session.get(OutboxMessage, message.id) for message in mailed[:2])
    assert (again.state, again.sent_by_hand_on) == (OutboxState.QUEUED, None)
    assert (by_hand.state, by_hand.sent_by_hand_on) == (OutboxState.SENT, clock.today())


def test_the_silent_stand_fifty_to_a_page(running, office):
    told = next(unit for unit in running.units if unit.state is UnitState.NOTIFIED)
    for n in range(60):
        attempt(running.case, make.person(f"Vaitelias {n:02}"), [told], AttemptState.POSTED, POSTED)
    db.session.commit()

    here = f"/recalls/{running.case.id}/follow-up"
    first, second = office.get(here).text, office.get(f"{here}?silent=2").text

    assert first.count('data-label="Seuraavaksi"') == 50
    assert second.count('data-label="Seuraavaksi"') == 12
    assert "51–" in second


def printed(case) -> list[Letter]:
    """The letters of a case, printed on the day of their batch."""
    db.session.commit()
    return list(db.session.scalars(select(Letter).where(Letter.case_number == case.number).order_by(Letter.id)))


def test_letters_are_not_posted_before_they_were_printed_nor_back_before_they_were_posted(case, office):
    first = printed(case)[0]
    sent = {"on": "1.1.2026", "tracking_no": "JJFI 1"}

    stood_on = f"/recalls/{case.id}/follow-up?page=2"
    batch = office.post(
        f"/recalls/{case.id}/batches/{first.print_batch_id}/posted",
        data=sent,
        headers={"Referer": f"http://localhost{stood_on}"},
    )
    coming = office.post(f"/letters/{first.id}/posted", data={"on": "huomenna"})
    alone = office.post(f"/letters/{first.id}/posted", data=sent)
    office.post(f"/letters/{first.id}/posted", data={"on": "tänään"})
    back = office.post(f"/letters/{first.id}/returned", data={"on": "1.1.2026", "reason": "moved"})

    today = format_day(clock.today())
    assert (batch.status_code, alone.status_code, back.status_code) == (422, 422, 422)
    assert f"Tulostettu vasta {today}. Kirjoita se päivä tai myöhempi." in batch.text
    assert f'data-looked-at="{stood_on}"' in batch.text
    assert 'value="JJFI 1"' in alone.text
    assert "on tulevaisuudessa." in coming.text
    assert f"Postitettu vasta {today}. Kirjoita se päivä tai myöhempi." in back.text
    assert '<option value="moved" selected>' in back.text
    assert [letter.posted_on for letter in printed(case)].count(None) == len(printed(case)) - 1


def test_returned_mail_is_found_by_its_reference_however_it_is_read_or_by_its_recipient(case, office):
    first, other = printed(case)[:2]
    office.post(f"/letters/{first.id}/posted", data={"on": "tänään"})
    here = f"/recalls/{case.id}/follow-up"
    code = f"http://intranet.demo.example/recalls/units/1?letter={first.reference}"

    for words in (first.reference, first.reference[-4:].lower(), code, first.recipient_name.upper()):
        html = office.get(here, query_string={"letter": words}).text

        assert f"/letters/{first.id}/returned" in html
        assert f"/letters/{other.id}/posted" not in html
    assert office.post("/replies", data={"reference": code}).location == f"/r/{first.reference}"
    assert f"follow-up?letter={first.reference}#returned" in office.get(f"/r/{first.reference}").text


def test_no_letter_is_made_for_a_unit_that_is_not_of_the_case(running, office):
    answer = office.post(f"/recalls/{running.case.id}/units/999999/new-owner-letter")

    assert answer.status_code == 404

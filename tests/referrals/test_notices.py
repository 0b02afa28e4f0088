"""What an importer was given and is true no more is told to it, and after an erasure nothing of it is kept."""

from datetime import timedelta
from re import findall

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.enquiries.actions import change_enquiry
from rockrobot.erasures.actions import erase_person
from rockrobot.events.rules import Channel
from rockrobot.letters.models import OutboxMessage, OutboxState
from rockrobot.mailing import actions as mailing
from rockrobot.mailing.actions import MAX_ATTEMPTS, NotTakenError, UnknownError, outbox_folder, send_waiting
from rockrobot.privacy_requests.actions import register
from rockrobot.privacy_requests.rules import Right
from rockrobot.referrals import queries
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.referrals.rules import FIELDS, Change, NoticeReason, changes_between
from tests import make
from tests.referrals.cases import SAID, confirmed, disclosures, enquiry, importer, loaded

TOLD = {"told_on": "tänään", "told": "email", "note": "Anne Importille"}


def referred(office, person=None, **rest):
    """A disclosure of an enquiry."""
    importer()
    confirmed(office, enquiry(person, **rest))
    return queries.disclosure_with(disclosures()[0].id)


def told_on(page):
    """The form of a page that says what an importer must be told, as it is sent."""
    return TOLD | {"shown": findall(r'name="shown"[^>]*value="([^"]*)"', page)[0]}


def notices():
    db.session.rollback()
    return list(db.session.scalars(select(DisclosureNotice)))


def test_changes_are_those_of_the_listed_fields_alone():
    known, now = {"name": "Kari", "city": "Oslo"}, {"name": "Kari", "phone": "1", "language": "nb"}

    assert changes_between(known, now) == [Change("phone", "", "1"), Change("city", "Oslo", "")]


def test_a_correction_waits_until_the_importer_was_told_of_it(office):
    made = referred(office)
    before = (queries.count_due(), office.get(f"/disclosures/{made.id}/tell").status_code)
    change_enquiry(loaded(made.enquiry_id), None, email="kari.nordmann@fjell.example")
    db.session.commit()

    waiting = queries.count_due()
    inbox, listed = office.get("/enquiries/").text, office.get("/disclosures/?due=1").text
    page = office.get(f"/disclosures/{made.id}/tell").text
    office.post(f"/disclosures/{made.id}/tell", data=told_on(page))

    notice = notices()[0]
    assert before == (0, 409)
    assert (waiting, queries.count_due()) == (1, 0)
    assert "kerro maahantuojalle" in inbox
    assert "Import AS" in listed
    assert "kari@fjell.example → kari.nordmann@fjell.example" in page
    assert notice.reason is NoticeReason.CORRECTION
    assert notice.told_fields["email"] == "kari.nordmann@fjell.example"
    assert "Korjaus kerrottu maahantuojalle" in office.get(f"/enquiries/{made.enquiry_id}").text
    assert disclosures()[0].sent_fields["email"] == "kari@fjell.example"


@pytest.mark.parametrize("is_erased", [False, True])
def test_what_changed_since_the_page_was_seen_is_not_noted_as_told(office, is_erased):
    person = make.person("Kari", "Nordmann")
    made = referred(office, person)
    send_waiting()
    change_enquiry(loaded(made.enquiry_id), person, email="kari.nordmann@fjell.example")
    db.session.commit()
    page = office.get(f"/disclosures/{made.id}/tell").text
    erase_person(person) if is_erased else change_enquiry(loaded(made.enquiry_id), person, phone="040 1234567")
    db.session.commit()

    answer = office.post(f"/disclosures/{made.id}/tell", data=told_on(page), follow_redirects=True)

    assert "Mitään ei merkitty" in answer.text
    assert (notices(), queries.count_due()) == ([], 1)
    assert disclosures()[0].sent_fields["email"] == "kari@fjell.example"


def sent_as(state):
    """The one mail that waits, brought into a state by the worker or as the worker would."""
    send_waiting() if state is OutboxState.BY_HAND else None
    message = db.session.scalar(select(OutboxMessage))
    message.state = state
    db.session.commit()


def mail_now():
    db.session.expire_all()
    message = db.session.scalar(select(OutboxMessage))
    return message.state, message.body_text


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.FAILED])
def test_nothing_is_kept_of_a_mail_that_had_not_left_when_its_sender_was_erased(office, state):
    person = make.person("Kari", "Nordmann")
    made = referred(office, person)
    sent_as(state)
    erase_person(person)
    db.session.commit()
    at_once = mail_now()

    send_waiting()

    again = office.post(f"/disclosures/{made.id}/again").status_code
    entries = select(LedgerEntry.changes).where(LedgerEntry.table_name.in_(("disclosures", "outbox_messages")))
    assert at_once == mail_now() == (OutboxState.FAILED, "")
    assert again == 409
    assert list(outbox_folder().glob("referral*.eml")) == []
    assert (disclosures()[0].sent_fields, queries.count_due()) == ([], 0)
    assert not any(SAID["email"] in str(changes) for changes in db.session.scalars(entries))


@pytest.mark.parametrize("state", [OutboxState.BY_HAND, OutboxState.UNKNOWN, OutboxState.SENT])
def test_of_a_mail_that_may_have_left_the_importer_is_told_and_its_text_is_gone_at_once(office, state):
    person = make.person("Kari", "Nordmann")
    referred(office, person)
    sent_as(state)

    erase_person(person)
    db.session.commit()

    assert mail_now() == (state, "")
    assert list(outbox_folder().glob("referral*.eml")) == []
    assert (disclosures()[0].sent_fields["name"], queries.count_due()) == ("Kari Nordmann", 1)


def test_a_mail_that_comes_back_after_its_sender_was_erased_never_leaves(office):
    person = make.person("Kari", "Nordmann")
    referred(office, person)
    sent_as(OutboxState.SENDING)
    erase_person(person)
    db.session.commit()
    sent_as(OutboxState.QUEUED)  # the server had not taken it

    send_waiting()

    assert mail_now() == (OutboxState.FAILED, "")
    assert (disclosures()[0].sent_fields, queries.count_due()) == ([], 0)


@pytest.mark.parametrize(
    ("attempts", "became", "settled"),
    [
        (1, None, OutboxState.SENT),
        (1, UnknownError, OutboxState.UNKNOWN),
        (1, NotTakenError, OutboxState.FAILED),
        (MAX_ATTEMPTS, NotTakenError, OutboxState.FAILED),
    ],
)
def test_the_text_of_a_mail_goes_also_when_its_sender_is_erased_while_it_is_sent(
    office, monkeypatch, attempts, became, settled
):
    person = make.person("Kari", "Nordmann")
    referred(office, person)
    db.session.scalar(select(OutboxMessage)).attempts = attempts - 1
    db.session.commit()

    def the_server(_mail, _server):
        erase_person(person)
        db.session.commit()
        if became:
            raise became

    monkeypatch.setattr(mailing, "hand_over", the_server)
    monkeypatch.setitem(office.application.config, "SMTP_URL", "smtp://mail.example")

    send_waiting()

    assert mail_now() == (settled, "")
    has_nobody_to_tell = settled is OutboxState.FAILED
    assert (disclosures()[0].sent_fields == [], queries.count_due() == 0) == (has_nobody_to_tell, has_nobody_to_tell)


def test_the_text_of_a_mail_goes_also_when_its_worker_was_never_heard_of_again(office):
    person = make.person("Kari", "Nordmann")
    referred(office, person)
    sent_as(OutboxState.SENDING)
    erase_person(person)
    db.session.scalar(select(OutboxMessage)).lease_until = clock.now() - timedelta(seconds=1)
    db.session.commit()

    send_waiting()

    assert mail_now() == (OutboxState.UNKNOWN, "")
    assert queries.count_due() == 1


def test_what_is_no_listed_field_is_nothing_to_tell(office):
    made = referred(office)

    change_enquiry(loaded(made.enquiry_id), make.person("Kari", "Nordmann"), language="sv")
    db.session.commit()

    assert queries.count_due() == 0


def test_an_erasure_is_told_to_the_importer_and_then_nothing_of_it_is_left(office, protection):
    person = make.person("Kari", "Nordmann")
    made = referred(office, person)
    send_waiting()
    erase_person(person)
    db.session.commit()

    kept = queries.disclosure_with(made.id)
    told_before = (kept.enquiry.name, kept.sent_fields["name"], queries.reason_of(kept), queries.count_due())
    edited = office.get(f"/enquiries/{made.enquiry_id}/edit").status_code
    page = protection.get(f"/disclosures/{made.id}/tell").text
    protection.post(f"/disclosures/{made.id}/tell", data=told_on(page))

    kept, message = disclosures()[0], db.session.scalar(select(OutboxMessage))
    entries = select(LedgerEntry.changes).where(LedgerEntry.table_name.in_(("disclosures", "outbox_messages")))
    assert told_before == ("", "Kari Nordmann", NoticeReason.ERASURE, 1)
    assert edited == 409  # else its party could be taken off, and what was disclosed be kept
    assert "Pyydä maahantuojaa poistamaan" in page
    assert (kept.recipient_name, kept.sent_fields, message.body_text) == ("Import AS", [], "")
    assert not any(SAID["email"] in str(changes) for changes in db.session.scalars(entries))
    assert list(outbox_folder().glob("referral*.eml")) == []
    assert queries.count_due() == 0
    assert "Poisto kerrottu maahantuojalle" in protection.get(f"/enquiries/{made.enquiry_id}").text


def test_who_got_what_stands_on_the_persons_card(office):
    person = make.person("Kari", "Nordmann")
    referred(office, person)
    never_left = queries.disclosures_of(person.id)
    send_waiting()

    assert never_left == []
    assert "ohjattu: Import AS" in office.get(f"/people/{person.id}").text
    assert [set(row.sent_fields) for row in queries.disclosures_of(person.id)] == [set(FIELDS)]


@pytest.mark.parametrize("right", [Right.ACCESS, Right.RECIPIENTS])
def test_who_asks_for_their_data_is_told_by_name_who_got_it(office, protection, right):
    person = make.person("Kari", "Nordmann", language="en")
    made = referred(office, person, phone="", postcode="")
    send_waiting()
    change_enquiry(loaded(made.enquiry_id), person, phone="040 1234567")
    db.session.commit()
    page = office.get(f"/disclosures/{made.id}/tell").text
    office.post(f"/disclosures/{made.id}/tell", data=told_on(page))
    row = register(right=right, channel=Channel.EMAIL, received_on=clock.today(), who="Kari", person_id=person.id)
    db.session.commit()

    html = protection.get(f"/privacy-requests/{row.id}/answer").text

    told = "importer Import AS, who answers you: name, company, e-mail, phone, country, town, question."
    assert told in html


def test_who_asks_for_something_else_is_not(office, protection):
    person = make.person("Kari", "Nordmann", language="en")
    referred(office, person)
    right = Right.RECTIFICATION
    row = register(right=right, channel=Channel.EMAIL, received_on=clock.today(), who="Kari", person_id=person.id)
    db.session.commit()

    assert "Import AS" not in protection.get(f"/privacy-requests/{row.id}/answer").text

"""Nothing leaves for an importer but the listed fields of a new enquiry from Norway, Sweden or Denmark."""

from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure
from rockrobot.events.actions import add_event
from rockrobot.events.rules import Channel
from rockrobot.letters.models import OutboxMessage
from rockrobot.mailing.actions import send_waiting
from rockrobot.referrals.rules import FIELDS, WORDINGS
from tests import make
from tests.mailing.test_actions import inbox  # noqa: F401 (a fixture)
from tests.referrals.cases import SAID, confirmed, disclosures, enquiry, importer, loaded, seen_on

SECRETS = (
    "Hankala neuvottelija",
    "Moottori vuotaa",
    "SN-SALAINEN",
    "Louhinta Salainen Oy",
    "salainen@louhinta.example",
)


def known_in_finland() -> object:
    """A prospect of the register with notes, events, a machine that was looked at, an employer and another address."""
    employer = make.company("Louhinta Salainen Oy", country="FI", contact_type="potentiaalinen")
    person = make.person("Kari", "Nordmann", company=employer, email="salainen@louhinta.example")
    machine = make.device(serial="SN-SALAINEN")
    concerned = {"people": [person.id], "companies": [employer.id], "devices": [machine.id]}
    for text in ("Hankala neuvottelija", "Moottori vuotaa"):
        add_event(concerned, channel=Channel.VISIT, happened_at=clock.now(), text=text)
    db.session.commit()
    return person


def mails(inbox) -> list:  # noqa: F811
    """What arrived at the importer's server once the worker has sent what waits."""
    send_waiting()
    return [message_from_bytes(body, policy=policy.default) for body in inbox.received]


def nothing_left(inbox) -> bool:  # noqa: F811
    db.session.rollback()
    kept = [db.session.scalar(select(table.id)) for table in (Disclosure, OutboxMessage)]
    return kept == [None, None] and mails(inbox) == []


@pytest.mark.parametrize(("country", "language"), [("NO", "nb"), ("SE", "sv"), ("DK", "da")])
def test_an_importer_gets_the_listed_fields_and_nothing_else(office, inbox, country, language):  # noqa: F811
    """C28: the mail against the stored disclosure, field by field; nothing of what we know of the same person."""
    importer(country, language=language)
    row = enquiry(known_in_finland(), country=country, postcode="")

    confirmed(office, row)

    (mail,), (made,) = mails(inbox), disclosures()
    words, text = WORDINGS[language], mail.get_content()
    told = [f"{words.labels[name]}: {made.sent_fields[name]}" for name in FIELDS if name in made.sent_fields]
    assert (mail["To"], mail["Subject"]) == (f"post@{country.lower()}.example", words.subject)
    assert text.strip() == "\n".join((words.begins, "", *told))
    assert made.sent_fields == {
        name: value for name in FIELDS if (value := (SAID | {"country": country, "postcode": ""})[name])
    }
    assert not mail.is_multipart()
    assert [secret for secret in SECRETS if secret.encode() in inbox.received[0] or secret in text] == []


def test_an_enquiry_from_elsewhere_is_never_referred(office, inbox):  # noqa: F811
    """C28: Finland and every other country, also where the page of a Norwegian one was opened."""
    importer()
    seen, answers = seen_on(office, enquiry()), []

    for country in ("FI", "EE", "DE", "GB", "AX", "IS", "no", ""):
        path = f"/enquiries/{enquiry(country=country).id}/refer"
        answers.append(
            (office.get(path).status_code, office.post(path, data={"shown": seen, "why": "Uusi"}).status_code)
        )

    assert set(answers) == {(409, 409)}
    assert nothing_left(inbox)


@pytest.mark.parametrize(
    "changed", [{"country": "FI"}, {"country": "SE"}, {"question": "Jotain muuta"}, {"email": "a@b.example"}]
)
def test_what_changed_between_page_and_sending_is_not_sent(office, supervisor, inbox, changed):  # noqa: F811
    """C28: another changes the enquiry, its country above all, after the page was shown."""
    importer()
    importer("SE", "Import AB", "sv")
    row = enquiry()
    seen = seen_on(office, row)
    said = {name: value for name, value in SAID.items() if name not in {"came_on", "channel"}}
    supervisor.post(
        f"/enquiries/{row.id}/edit", data=said | {"came_on": "20.11.2026", "channel": "email", "named": ""} | changed
    )

    office.post(f"/enquiries/{row.id}/refer", data={"shown": seen, "why": "Uusi"})

    assert all(getattr(loaded(row.id), name) == value for name, value in changed.items())
    assert nothing_left(inbox)


def test_no_form_names_another_recipient(office, inbox):  # noqa: F811
    """C28: ids and addresses beside the form lead nowhere; the rule alone says who gets it."""
    importer()
    stranger = make.company("Muu Oy", contact_type="asiakas", email="muu@muu.example")
    swedish = importer("SE", "Import AB", "sv")
    forged = {name: str(swedish.id) for name in ("company_id", "territory_id", "importer_id")}
    row = enquiry()

    confirmed(office, row, **forged, email="muu@muu.example", to_address="muu@muu.example", country="SE", name="Muu")

    (mail,), (made,) = mails(inbox), disclosures()
    assert mail["To"] == "post@no.example"
    assert made.company_id not in {stranger.id, swedish.id}
    assert made.sent_fields["name"] == "Kari Nordmann"


def test_an_importer_that_is_none_any_more_gets_nothing(office, inbox):  # noqa: F811
    """C28: who was the importer when the page was shown, and is not when it is sent."""
    company, row = importer(), enquiry()
    seen = seen_on(office, row)
    company.contact_type = "asiakas"
    db.session.commit()

    office.post(f"/enquiries/{row.id}/refer", data={"shown": seen, "why": "Uusi"})

    assert nothing_left(inbox)


def test_a_customer_of_ours_is_never_referred(office, inbox):  # noqa: F811
    """C28: linked or known by the address alone."""
    importer()
    customer = make.person("Kari", "Nordmann", contact_type="asiakas", email="kari@fjell.example")

    answers = [confirmed(office, enquiry(who)).status_code for who in (customer, None)]

    assert answers == [409, 409]
    assert nothing_left(inbox)


def test_a_referral_sent_twice_leaves_once(office, supervisor, inbox):  # noqa: F811
    """C28: the same form twice, and another person's form of the same enquiry."""
    importer()
    row = enquiry()
    path = f"/enquiries/{row.id}/refer"
    seen = seen_on(supervisor, row)
    twice = {"shown": seen, "why": "Uusi", "idempotency_key": "a" * 20}

    answers = [
        office.post(path, data=twice).status_code,
        office.post(path, data=twice).status_code,
        supervisor.post(path, data=twice | {"idempotency_key": "b" * 20}).status_code,
    ]

    assert answers == [303, 303, 409]
    assert len(mails(inbox)) == len(disclosures()) == 1


def test_nobody_else_refers_an_enquiry(workshop, protection, administrator, stranger, inbox):  # noqa: F811
    """C28: other roles, and who is not signed in."""
    importer()
    row = enquiry()

    answers = [confirmed(browser, row).status_code for browser in (workshop, protection, administrator, stranger)]

    assert answers == [403, 403, 403, 303]
    assert nothing_left(inbox)

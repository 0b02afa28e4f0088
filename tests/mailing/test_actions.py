"""The outbox against a real SMTP server on loopback, and against lines that break."""

import socket
import threading
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.letters.models import Letter, LetterBody, LetterKind, OutboxMessage, OutboxState
from rockrobot.mailing import actions
from rockrobot.mailing.rules import mail_address, read_server
from rockrobot.objections.actions import record_objection
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.rules import PurposeCode
from tests import make
from tests.postgres import free_port


class Inbox:
    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.refuse = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (the server's own name)
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.append(envelope.content)
        return "250 taken"


@pytest.fixture
def inbox(app):
    handler = Inbox()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    app.config["MAIL_FROM"] = "turvallisuus@rockrobot.example"
    yield handler
    app.config["SMTP_URL"] = ""
    controller.stop()


def queued(letter):
    """How many e-mails of a recall were queued for a letter."""
    pairs = [(letter, "info@kivi.example")]
    return actions.queue_mail(pairs, purpose=PurposeCode.RECALL, subject="Takaisinveto", text="Liitteenä kirje.")


@pytest.fixture
def message(database):
    company = make.company(email="info@kivi.example")
    letter = Letter(
        reference="TV-2026-001-0001",
        case_number="TV-2026-001",
        kind=LetterKind.FIRST,
        language="fi",
        company_id=company.id,
        recipient_name=company.name,
        address_lines=["Kivi Oy"],
        units=[],
        content={},
        text_version=1,
        made_at=clock.now(),
        sha256="a" * 64,
    )
    db.session.add(letter)
    db.session.flush()
    db.session.add(LetterBody(letter_id=letter.id, sha256="a" * 64, body=b"%PDF-exact bytes"))
    assert queued(letter) == 1
    db.session.commit()
    return db.session.scalar(select(OutboxMessage))


def send() -> int:
    count = actions.send_waiting()
    db.session.expire_all()
    return count


def test_a_queued_letter_is_sent_once_with_its_exact_bytes(app, message, inbox):
    first, second = send(), send()

    mail = message_from_bytes(inbox.received[0], policy=policy.default)
    attachment = next(mail.iter_attachments())
    assert (first, second, len(inbox.received)) == (1, 0, 1)
    assert (mail["To"], mail["Subject"]) == ("info@kivi.example", "Takaisinveto")
    assert attachment.get_content() == b"%PDF-exact bytes"
    assert message.state is OutboxState.SENT
    assert message.sent_at is not None


def test_a_letter_is_queued_once_and_a_bad_address_never(app, message):
    letter = db.session.scalar(select(Letter))

    again = actions.queue_mail([(letter, "info@kivi.example")], purpose=PurposeCode.RECALL, subject="x", text="y")

    assert again == 0


@pytest.mark.parametrize("told", ["no address", "a@b.example\nBcc: c@d.example", "jäpp@firma.example", ""])
def test_what_no_server_takes_is_no_address(told):
    assert mail_address(told) == ""


def test_the_domain_of_an_address_is_written_in_ascii():
    assert mail_address("post@kivityö.example") == "post@xn--kivity-1xa.example"


def test_letters_that_the_line_cannot_carry_fail_one_message_alone(app, message, inbox):
    app.config["MAIL_FROM"] = "jäpp@rockrobot.example"
    taken = send()
    fault, state = message.fault, message.state
    app.config["MAIL_FROM"], message.lease_until = "turvallisuus@rockrobot.example", None
    db.session.commit()
    send()

    assert (taken, state, fault) == (1, OutboxState.QUEUED, "UnicodeEncodeError")
    assert message.state is OutboxState.SENT


def test_a_refused_recipient_waits_and_fails_in_the_end(app, message, inbox):
    inbox.refuse = "550 nobody here"

    for _ in range(actions.MAX_ATTEMPTS):
        message.lease_until = None
        db.session.commit()
        send()

    assert inbox.received == []
    assert message.state is OutboxState.FAILED


def test_no_server_to_talk_to_puts_the_message_back(app, message):
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    send()
    app.config["SMTP_URL"] = ""

    assert message.state is OutboxState.QUEUED
    assert message.lease_until > clock.now()


def cut_line(listener: socket.socket) -> None:
    """Speaks SMTP until the text has arrived, then cuts the line."""
    line, _ = listener.accept()
    stream = line.makefile("rb")
    line.sendall(b"220 hello\r\n")
    for raw in stream:
        word = raw.strip().upper()
        if word == b"DATA":
            line.sendall(b"354 go on\r\n")
        elif word == b".":
            break
        elif not word.startswith((b"EHLO", b"MAIL", b"RCPT")):
            continue
        else:
            line.sendall(b"250 ok\r\n")
    line.shutdown(socket.SHUT_RDWR)
    line.close()


def test_a_line_cut_while_the_text_is_taken_leaves_it_unknown_and_unsent(app, message):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=cut_line, args=(listener,), daemon=True).start()
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        first = send()
        second = send()
    app.config["SMTP_URL"] = ""

    assert (first, second) == (1, 0)
    assert message.state is OutboxState.UNKNOWN


def test_a_killed_worker_leaves_its_message_unknown(app, message, inbox):
    message.state, message.lease_until = OutboxState.SENDING, clock.now() - timedelta(seconds=1)
    db.session.commit()

    send()

    assert inbox.received == []
    assert message.state is OutboxState.UNKNOWN


def test_a_person_may_send_an_unknown_message_again_or_say_it_arrived(app, message, inbox):
    message.state = OutboxState.UNKNOWN
    db.session.commit()

    actions.send_again(message)
    db.session.commit()
    send()

    assert len(inbox.received) == 1
    assert message.state is OutboxState.SENT


def test_without_a_server_the_mail_becomes_a_file_to_send_by_hand(app, message):
    send()

    files = list(actions.outbox_folder().glob("*.eml"))
    mail = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert message.state is OutboxState.BY_HAND
    assert mail["To"] == "info@kivi.example"
    with ledger.change_set("test"):
        actions.mark_sent_by_hand(message, clock.today())
        db.session.commit()
    assert (message.state, message.sent_by_hand_on) == (OutboxState.SENT, clock.today())


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://mail.example", 25), ("smtps://u:p%40ss@mail.example", 465), ("smtp+starttls://m.example", 587)],
)
def test_the_setting_names_the_server(url, port):
    assert read_server(url).port == port


def test_a_setting_that_is_no_server_is_refused():
    with pytest.raises(ValueError, match="smtp"):
        read_server("mail.example")


@pytest.mark.parametrize(
    ("purpose", "channel", "expected"),
    [(PurposeCode.MARKETING, Channel.ALL, 1), (None, Channel.ALL, 0), (None, Channel.PHONE, 1)],
)
def test_a_recall_is_mailed_in_spite_of_an_objection_but_not_to_who_wants_no_contact(
    database, message, purpose, channel, expected
):
    letter = db.session.get(Letter, message.letter_id)
    db.session.delete(message)
    company = db.session.get(Company, letter.company_id)
    record_objection(company, purpose=purpose, channel=channel, told_on=date(2026, 5, 1), told=Told.PHONE)

    assert queued(letter) == expected


def test_no_marketing_is_mailed_to_who_objects_a_moment_after(database, message):
    letter = db.session.get(Letter, message.letter_id)
    db.session.delete(message)
    company = db.session.get(Company, letter.company_id)
    values = {"purpose": PurposeCode.MARKETING, "subject": "Uutuus", "text": "Tarjous"}

    record_objection(
        company, purpose=PurposeCode.MARKETING, channel=Channel.EMAIL, told_on=date(2026, 5, 1), told=Told.PHONE
    )

    assert actions.queue_mail([(letter, "info@kivi.example")], **values) == 0

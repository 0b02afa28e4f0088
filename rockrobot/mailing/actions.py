"""Queues e-mails and sends them: each exactly once, or flagged for a person to check.

Before the server is asked to take the text, a fault puts the message back to wait. From then on nobody can know whether
it arrived, so a cut line or a killed worker leaves it unknown, and it is never sent again by itself.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from flask import current_app

from rockrobot import clock, forgetting, jobs, ledger
from rockrobot.db import db
from rockrobot.letters.models import Letter, OutboxMessage, OutboxState
from rockrobot.mailing import queries
from rockrobot.mailing.rules import (
    LEASE,
    MAX_ATTEMPTS,
    RETRY,
    Mail,
    MailServer,
    as_message,
    mail_address,
    read_server,
)
from rockrobot.objections.queries import stops_of_parties
from rockrobot.objections.rules import Channel, may_use
from rockrobot.organisation.queries import organisation
from rockrobot.purposes.rules import PurposeCode

TIMEOUT_SECONDS = 30
WITHDRAWN = "withdrawn"

_is_withdrawn: list[Callable[[OutboxMessage], bool]] = []


class NotTakenError(RuntimeError):
    """The server did not take the message; nothing was sent."""


class UnknownError(RuntimeError):
    """The line was cut while the server was taking the message."""


def queue_mail(letters: Iterable[tuple[Letter, str]], *, purpose: PurposeCode, subject: str, text: str) -> int:
    """Queue one e-mail a letter to the address given with it; how many were queued.

    Letters that have one already, bad addresses, and parties that may not be mailed for the purpose are passed over.
    """
    pairs = list(letters)
    has_mail = queries.letters_with_mail([letter.id for letter, _ in pairs])
    stops = stops_of_parties({(letter.company_id, letter.person_id) for letter, _ in pairs})
    count = 0
    for letter, told in pairs:
        address = mail_address(told)
        verdict = may_use(purpose, Channel.EMAIL, stops.get((letter.company_id, letter.person_id), ()))
        if letter.id in has_mail or not address or not verdict.is_allowed:
            continue
        db.session.add(
            OutboxMessage(
                letter_id=letter.id,
                to_address=address,
                subject=subject[:200],
                body_text=text,
                message_id=f"<{letter.reference.lower()}.{letter.sha256[:16]}@rockrobot>",
            )
        )
        count += 1
    db.session.flush()
    return count


def queue_text(to_address: str, *, name: str, subject: str, text: str) -> OutboxMessage:
    """Queue an e-mail of words alone. name: what it is called, of no other mail; also its file's name without a server.

    Raises ValueError for a bad address. Whether it may be sent is the caller's to know.
    """
    address = mail_address(to_address)
    if not address:
        raise ValueError("no address that can be written to")
    message_id = f"<{name}@rockrobot>"
    message = OutboxMessage(to_address=address, subject=subject[:200], body_text=text, message_id=message_id)
    db.session.add(message)
    db.session.flush()
    return message


@jobs.sweep
def send_waiting() -> int:
    """Send what waits, one message after the other; how many were taken in hand. The worker calls this."""
    server = read_server(current_app.config["SMTP_URL"])
    with ledger.change_set("mailing.send", actor="worker"):
        _flag_interrupted()
        count = 0
        while _send_next(server):
            count += 1
    return count


def withdraw_where(answer: Callable[[OutboxMessage], bool]) -> Callable[[OutboxMessage], bool]:
    """Decorator: a message for which this is true when its turn comes never leaves; the room has forgotten its text.

    It is asked again once the worker knows what became of the message, for what happened while it was being sent.
    """
    _is_withdrawn.append(answer)
    return answer


def _withdraw(message: OutboxMessage) -> bool:
    """True for a message whose text was forgotten; one that has not left never will."""
    if not any(answer(message) for answer in _is_withdrawn):
        return False
    if message.state in queries.NOT_LEFT:
        message.state, message.fault = OutboxState.FAILED, WITHDRAWN
    return True


def _flag_interrupted() -> None:
    interrupted = queries.interrupted_messages(clock.now())
    for message in interrupted:
        message.state, message.fault = OutboxState.UNKNOWN, "worker ended while sending"
        _withdraw(message)
    db.session.commit() if interrupted else db.session.rollback()


def _send_next(server: MailServer | None) -> bool:
    message = queries.next_message(clock.now())
    if message is None:
        db.session.rollback()
        return False
    if _withdraw(message):
        db.session.commit()
        return True
    message.state, message.attempts = OutboxState.SENDING, message.attempts + 1
    message.lease_until = clock.now() + LEASE
    db.session.commit()
    mail = _mail(message)
    db.session.commit()
    if server is None:
        _write_file(message, mail)
    else:
        _try_to_send(message, mail, server)
    _withdraw(message)
    db.session.commit()
    return True


def _mail(message: OutboxMessage) -> Mail:
    letter_id = message.letter_id
    return Mail(
        sender_address(),
        message.to_address,
        message.subject,
        message.body_text,
        message.message_id,
        queries.body_of(letter_id) if letter_id else b"",
        f"{queries.reference_of(letter_id) if letter_id else _name_of(message)}.pdf",
    )


def _name_of(message: OutboxMessage) -> str:
    """What a mail without a letter is called."""
    return message.message_id.strip("<>").partition("@")[0]


def sender_address() -> str:
    """From whom e-mails come: the setting's address, or the controller's."""
    house = organisation()
    return current_app.config["MAIL_FROM"] or (house.email if house else "")


def _try_to_send(message: OutboxMessage, mail: Mail, server: MailServer) -> None:
    try:
        hand_over(mail, server)
    except NotTakenError as error:
        is_last = message.attempts >= MAX_ATTEMPTS
        message.state = OutboxState.FAILED if is_last else OutboxState.QUEUED
        message.lease_until, message.fault = clock.now() + RETRY * message.attempts, str(error)[:200]
    except UnknownError as error:
        message.state, message.fault = OutboxState.UNKNOWN, str(error)[:200]
    else:
        message.state, message.sent_at, message.fault = OutboxState.SENT, clock.now(), ""


def hand_over(mail: Mail, server: MailServer) -> None:
    """Give one message to the server. Raises NotTakenError, UnknownError."""
    try:
        body = as_message(mail, at=clock.now().timestamp()).as_bytes()
        line = _open_line(server)
        _expect(line.mail(mail.sender), "sender")
        _expect(line.rcpt(mail.to), "recipient")
    except (OSError, smtplib.SMTPException, UnicodeError) as error:  # letters that the line can't carry
        raise NotTakenError(type(error).__name__) from error
    try:
        code, _ = line.data(body)
    except smtplib.SMTPDataError as error:
        raise NotTakenError(f"refused with {error.smtp_code}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise UnknownError(type(error).__name__) from error
    if code != 250:
        raise NotTakenError(f"refused with {code}")
    try:
        line.quit()
    except (OSError, smtplib.SMTPException):
        line.close()


def _open_line(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    line.ehlo()
    if server.scheme == "smtp+starttls":
        line.starttls(context=context)
        line.ehlo()
    if server.user:
        line.login(server.user, server.password)
    return line


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if answer[0] not in {250, 251}:
        raise smtplib.SMTPException(f"{what} refused with {answer[0]}")


# ---------- without a server: files, sent by hand ----------


OUTBOX = "outbox"


def outbox_folder() -> Path:
    """Where e-mails wait as files to be sent by hand."""
    return Path(current_app.config["DATA_DIR"]) / OUTBOX


def files_go_to() -> str:
    """The folder inside the data folder where e-mails wait as files; empty when a server sends them."""
    return "" if current_app.config["SMTP_URL"] else OUTBOX


def _write_file(message: OutboxMessage, mail: Mail) -> None:
    folder = outbox_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{mail.file_name.removesuffix('.pdf')}.eml"
    path.write_bytes(as_message(mail, at=clock.now().timestamp()).as_bytes())
    path.chmod(0o600)
    message.state, message.fault = OutboxState.BY_HAND, ""


def forget_text(message: OutboxMessage) -> None:
    """Keep nothing of what a mail without a letter said: not in its row, its file or the ledger. Never undone."""
    table = OutboxMessage.__table__
    forgetting.blank(table, [message.id], but={column.name for column in table.c} - {"body_text"})
    forgetting.empty_ledger({table.name: [message.id]})
    (outbox_folder() / f"{_name_of(message)}.eml").unlink(missing_ok=True)


def mark_sent_by_hand(message: OutboxMessage, on: date) -> None:
    """A person says that a filed, failed or unknown message was sent, or had arrived, on this day."""
    message.sent_by_hand_on, message.state, message.fault = on, OutboxState.SENT, ""


def send_again(message: OutboxMessage) -> None:
    """A person checked that an unknown or failed message did not arrive: queue it again."""
    message.state, message.attempts, message.lease_until, message.fault = OutboxState.QUEUED, 0, None, ""

"""No text of a person becomes a header or a recipient of a mail."""

import email
import email.policy

import pytest

from rockrobot.mailing.rules import Mail, as_message

BREAKS = [
    "\r\nBcc: x@evil.example",
    "\nBcc: x@evil.example",
    "\r\n\r\nHello",
    "\r\n Bcc: x@evil.example",
    "\0\r\nTo: x@e.t",
]
FINE = {
    "sender": "turvallisuus@kivi.example",
    "to": "aino@kivi.example",
    "subject": "Takaisinveto",
    "text": "Liitteenä kirje.",
    "message_id": "<1@kivi.example>",
    "attachment": b"%PDF-1.7",
    "file_name": "TV-2026-001-0001.pdf",
}


def sent(**changes: object) -> list[tuple[str, str]] | None:
    """The headers of the mail as its receiver reads them, of its attachment too; None where none is made."""
    try:
        written = as_message(Mail(**(FINE | changes)), at=0).as_bytes()
    except ValueError:
        return None
    read = email.message_from_bytes(written, policy=email.policy.default)
    return [header for part in read.walk() for header in part.items()]


@pytest.mark.parametrize("field", ["sender", "to", "subject", "message_id", "file_name", "text"])
@pytest.mark.parametrize("broken", BREAKS)
def test_a_line_end_in_a_text_adds_no_header_and_no_recipient(field, broken):
    """I4: in each text of a mail, the letter's file name too."""
    headers = sent(**{field: f"{FINE[field]}{broken}"})

    names = [name.lower() for name, _value in headers or sent()]
    assert "bcc" not in names
    assert names.count("to") == 1


def test_a_mail_without_them_is_made():
    """I4, the control."""
    assert dict(sent())["To"] == "aino@kivi.example"

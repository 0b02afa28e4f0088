"""How an e-mail is put together and sent: pure."""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
RETRY = timedelta(minutes=2)
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def read_server(url: str) -> MailServer | None:
    """The mail server that a setting names: smtp://, smtp+starttls:// or smtps://user:password@host:port.

    None for an empty setting. Raises ValueError for one that can't be read.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("ROCKROBOT_SMTP_URL looks like smtp+starttls://user:password@mail.example.org")
    port = parts.port or PORTS[parts.scheme]
    return MailServer(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))


def mail_address(text: str) -> str:
    """An e-mail address as every mail server takes it, in ASCII; empty for one that can't be written to (syntax only).

    A domain with other letters is written as its IDNA form (RFC 5890); other letters before the @ need a server that
    knows SMTPUTF8 (RFC 6531), which an importer's or a customer's may not, so such an address is none: our choice.
    """
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email or ""
    except EmailNotValidError:
        return ""


@dataclass(frozen=True)
class Mail:
    """One e-mail, with its letter where it carries one."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    attachment: bytes = b""
    file_name: str = ""


def as_message(mail: Mail, *, at: float) -> EmailMessage:
    """The e-mail as it is sent: plain text, and the letter as PDF. at: seconds since 1970, UTC.

    Raises ValueError when a header would hold a line break.
    """
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(at, localtime=False)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.attachment:
        message.add_attachment(mail.attachment, maintype="application", subtype="pdf", filename=mail.file_name)
    return message

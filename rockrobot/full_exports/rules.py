"""What is asked for in a full export, and how long its file is kept. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from rockrobot.exports.rules import FileFormat
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.selections.rules import TEXT
from rockrobot.tags.rules import Register

REGISTER: Final = "register"
"""What goes out instead of a list (exports' Subject): the register as a whole, in its exchange format."""
DEVICES: Final = Register.DEVICES.value
"""What goes out instead: a list of machines with whose they are (device_lists)."""
KEPT_FOR: Final = timedelta(hours=24)
"""How long a made file can be fetched. Source: our choice."""


class Asked(NamedTuple):
    """A full export that is asked for; words: what narrows the list, as its address says it."""

    subject: str
    purpose: PurposeCode
    channel: Channel
    file: FileFormat
    words: Mapping[str, str]

    @property
    def is_register(self) -> bool:
        """True for the register as a whole: nobody is left out, and there is one kind of file."""
        return self.subject == REGISTER

    @property
    def is_devices(self) -> bool:
        """True for a list of machines, a workbook from which nobody is left out."""
        return self.subject == DEVICES

    @property
    def text(self) -> str:
        """What was searched for, which may be somebody's name."""
        return self.words.get(TEXT, "")


def details_of(asked: Asked, *, filter_hash: str, counts: Mapping[str, int], left_out: int) -> dict[str, Any]:
    """What is kept for good of a full export: kinds, ids and counts; of the text only that there was one, and a hash.

    counts: how many of each kind (people, companies, devices) would go out when it was asked for.
    """
    return {
        "subject": asked.subject,
        "purpose": asked.purpose.value,
        "channel": asked.channel.value,
        "file": asked.file.value,
        "words": {name: value for name, value in asked.words.items() if name != TEXT},
        "has_text": bool(asked.text),
        "filter": filter_hash,
        "counts": dict(counts),
        "left_out": left_out,
    }


def asked_of(details: Mapping[str, Any], text: str | None) -> Asked | None:
    """The export that was asked for; text: what was searched for, where it can still be read.

    None when there was a text and it is gone: without it the file would hold more than was approved.
    """
    if details["has_text"] and not text:
        return None
    return Asked(
        subject=details["subject"],
        purpose=PurposeCode(details["purpose"]),
        channel=Channel(details["channel"]),
        file=FileFormat(details["file"]),
        words=dict(details["words"]) | ({TEXT: text} if text else {}),
    )


def covers(approved: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """True where no more of any kind go out now than were approved; fewer may: who objects or is erased drops out.

    approved, now: how many of each kind (people, companies, devices). Source: our choice.
    """
    return all(count <= approved.get(name, 0) for name, count in now.items())


def is_kept(made_at: datetime | None, now: datetime) -> bool:
    """True while a made file can be fetched; made_at, now: moments in UTC."""
    return made_at is not None and now < made_at + KEPT_FOR

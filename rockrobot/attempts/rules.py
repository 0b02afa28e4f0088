"""Channels, states of a contact attempt and the kinds of reply."""

from enum import StrEnum


class Channel(StrEnum):
    """How a party was, or answered, reached."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    VISIT = "visit"


class AttemptState(StrEnum):
    """How far an attempt got; posted without reply or return is silent."""

    QUEUED = "queued"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    REPLIED = "replied"


class ReplyKind(StrEnum):
    """What an owner can answer."""

    STOPPED_USE = "stopped_use"
    ON_SHELF = "on_shelf"
    SOLD = "sold"
    HIRED_OUT = "hired_out"
    SCRAPPED = "scrapped"
    STOLEN = "stolen"
    NEVER_HAD = "never_had"
    WRONG_CONTACT = "wrong_contact"
    WANTS_APPOINTMENT = "wants_appointment"
    REFUSES = "refuses"

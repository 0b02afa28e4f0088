"""Objections, consents and the stop matrix: what a party's data may be used for, through which channel, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rockrobot.purposes.rules import OBJECTABLE, PurposeCode


class Channel(StrEnum):
    """Through what somebody is contacted; all stands for each of the others."""

    ALL = "all"
    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"


CHANNELS: Final = frozenset(Channel) - {Channel.ALL}
ELECTRONIC: Final = frozenset({Channel.EMAIL, Channel.SMS})


class Told(StrEnum):
    """How we were told of an objection or a consent."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"
    MEETING = "meeting"
    WEBSITE = "website"
    OTHER = "other"


class StopKind(StrEnum):
    """What can stand against the use of a party's data."""

    OBJECTION = "objection"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_CONSENT = "no_consent"
    NO_CONTACT = "no_contact"
    RESTRICTED = "restricted"
    UNDELIVERABLE = "undeliverable"
    ERASED = "erased"


class Reason(StrEnum):
    """Why use is stopped or allowed, the strongest first: a stop of any kind outweighs what allows."""

    OBJECTION = "objection"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_CONTACT = "no_contact"
    ERASED = "erased"
    RESTRICTED = "restricted"
    ASK_FIRST = "ask_first"
    NO_CONSENT = "no_consent"
    BY_POST = "by_post"
    OTHER_CHANNEL = "other_channel"
    UNDELIVERABLE = "undeliverable"
    SAFETY = "safety"
    DUTY = "duty"
    AGREEMENT = "agreement"
    OTHER_PURPOSE = "other_purpose"
    NOTHING = "nothing"


ALLOWING: Final = frozenset({Reason.SAFETY, Reason.DUTY, Reason.AGREEMENT, Reason.OTHER_PURPOSE, Reason.NOTHING})
OF_ONE_PURPOSE: Final = frozenset({StopKind.OBJECTION, StopKind.CONSENT_WITHDRAWN, StopKind.NO_CONSENT})

_MARKETING, _RELATIONS, _CONTRACT, _RECALL, _RIGHTS, _BREACH = PurposeCode
MATRIX: Final[dict[StopKind, dict[PurposeCode, Reason]]] = {
    StopKind.NO_CONTACT: {
        _MARKETING: Reason.NO_CONTACT,
        _RELATIONS: Reason.NO_CONTACT,
        _CONTRACT: Reason.AGREEMENT,
        _RECALL: Reason.SAFETY,
        _RIGHTS: Reason.DUTY,
        _BREACH: Reason.DUTY,
    },
    StopKind.RESTRICTED: {
        _MARKETING: Reason.RESTRICTED,
        _RELATIONS: Reason.RESTRICTED,
        _CONTRACT: Reason.ASK_FIRST,
        _RECALL: Reason.SAFETY,
        _RIGHTS: Reason.DUTY,
        _BREACH: Reason.DUTY,
    },
    StopKind.UNDELIVERABLE: {
        _MARKETING: Reason.UNDELIVERABLE,
        _RELATIONS: Reason.UNDELIVERABLE,
        _CONTRACT: Reason.UNDELIVERABLE,
        _RECALL: Reason.OTHER_CHANNEL,
        _RIGHTS: Reason.OTHER_CHANNEL,
        _BREACH: Reason.OTHER_CHANNEL,
    },
    StopKind.ERASED: {
        _MARKETING: Reason.ERASED,
        _RELATIONS: Reason.ERASED,
        _CONTRACT: Reason.ERASED,
        _RECALL: Reason.SAFETY,
        _RIGHTS: Reason.DUTY,
        _BREACH: Reason.DUTY,
    },
}


@dataclass(frozen=True)
class Stop:
    """Something that stands against use in some channels; purpose: the one it binds, None for any."""

    kind: StopKind
    channels: frozenset[Channel] = CHANNELS
    purpose: PurposeCode | None = None
    since: date | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether a party's data may be used, and why or why not."""

    is_allowed: bool
    reason: Reason


def may_use(purpose: PurposeCode, channel: Channel, stops: Iterable[Stop]) -> Verdict:
    """Whether a party's data may be used for a purpose through a channel: the stop matrix.

    stops: all that stands against the party, of which those in other channels are passed over. Channel.ALL asks about
    every channel at once: what is stopped in one of them is stopped. An objection, a withdrawn and a missing consent
    bind their own purpose only, and never a purpose that rests on a contract or a legal duty, so the recall letter goes
    in spite of a marketing objection. Who wants no contact at all gets the recall by post alone. Who may not be written
    to where the address fails is reached another way. No errors.
    Source: GDPR Art. 7(3), 18(2), 21(2)-(3), 34; Regulation (EU) 2023/988 Art. 35; erased and the purpose of customer
    relations: our choice.
    """
    asked = channels_of(channel)
    found = {_reason(stop, purpose, one) for stop in stops for one in asked & stop.channels}
    reason = next((one for one in Reason if one in found), Reason.NOTHING)
    return Verdict(reason in ALLOWING, reason)


def _reason(stop: Stop, purpose: PurposeCode, channel: Channel) -> Reason:
    if stop.kind in OF_ONE_PURPOSE:
        if purpose in OBJECTABLE and stop.purpose is purpose:
            return Reason(stop.kind.value)
        return Reason.SAFETY if purpose is PurposeCode.RECALL else Reason.OTHER_PURPOSE
    if stop.kind is StopKind.NO_CONTACT and purpose is PurposeCode.RECALL and channel is not Channel.LETTER:
        return Reason.BY_POST
    return MATRIX[stop.kind][purpose]


def channels_of(channel: Channel) -> frozenset[Channel]:
    """The channels that a word stands for: itself, or each of them."""
    return CHANNELS if channel is Channel.ALL else frozenset({channel})


def channels_left(objected: Channel, consented: Iterable[Channel]) -> frozenset[Channel]:
    """The channels in which an objection still stands after the consents that lift it. Source: our choice."""
    left = channels_of(objected)
    for channel in consented:
        left -= channels_of(channel)
    return left


def kind_of(purpose: PurposeCode | None, *, withdraws_consent: bool) -> StopKind:
    """What an objection in force is: to one purpose, to any contact (no purpose), or a consent taken back."""
    if withdraws_consent:
        return StopKind.CONSENT_WITHDRAWN
    return StopKind.NO_CONTACT if purpose is None else StopKind.OBJECTION


def channels_without_consent(*, is_own_customer: bool, consented: Iterable[Channel]) -> frozenset[Channel]:
    """The channels in which a natural person may not be marketed to because they have not agreed.

    E-mail and text messages need a consent; a customer of our own may be told of our own products until they object. A
    work address is a natural person's (no word on the job's role is kept: the strict reading). A company needs none.
    Source: Act 917/2014 section 200 and 202 (text not re-read; checked_by in the register of purposes says who did).
    """
    if is_own_customer:
        return frozenset()
    agreed: frozenset[Channel] = frozenset().union(*map(channels_of, consented))
    return ELECTRONIC - agreed


def may_lift(consent_told_on: date, objection_told_on: date) -> bool:
    """True when a consent is new enough to lift an objection: told on the objection's day or later. GDPR Art. 7."""
    return consent_told_on >= objection_told_on

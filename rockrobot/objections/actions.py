"""Records objections, consents and consents taken back; nothing here changes or removes what was recorded."""

from datetime import date
from typing import Any

from rockrobot import clock, ledger
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.objections.models import Consent, Objection, ObjectionLift
from rockrobot.objections.queries import channels_lifted, standing_objections
from rockrobot.objections.rules import Channel, Told, channels_left, channels_of, may_lift
from rockrobot.purposes.rules import PurposeCode


class OlderConsentError(ValueError):
    """The consent was given before the objection and lifts nothing; objected_on says when the objection was told."""

    def __init__(self, objected_on: date) -> None:
        super().__init__(str(objected_on))
        self.objected_on = objected_on


def _who(party: Company | Person) -> dict[str, Any]:
    owner = {"company_id": party.id} if isinstance(party, Company) else {"person_id": party.id}
    return owner | _now()


def _now() -> dict[str, Any]:
    return {"recorded_at": clock.now(), "recorded_by": ledger.actor()}


def record_objection(
    party: Company | Person, *, purpose: PurposeCode | None, channel: Channel, told_on: date, told: Told, **rest: Any
) -> Objection:
    """Somebody forbids a purpose (None: any contact) in a channel; in force at once. rest: told_by, note."""
    row = Objection(purpose=purpose, channel=channel, told_on=told_on, told=told, **_who(party), **rest)
    db.session.add(row)
    db.session.flush()
    return row


def record_consent(
    party: Company | Person, *, purpose: PurposeCode | None, channel: Channel, told_on: date, told: Told, **rest: Any
) -> Consent:
    """Somebody agrees to a purpose (None: to contact) in a channel; lifts, by name, what they had forbidden of it.

    rest: told_by, wording. Raises OlderConsentError where an objection to the same was told on a later day.
    """
    against = [row for row in standing_objections(party, purpose) if channels_of(row.channel) & channels_of(channel)]
    newer = [row.told_on for row in against if not may_lift(told_on, row.told_on)]
    if newer:
        raise OlderConsentError(max(newer))
    consent = Consent(purpose=purpose, channel=channel, told_on=told_on, told=told, **_who(party), **rest)
    db.session.add(consent)
    db.session.flush()
    for row in against:
        left = channels_left(row.channel, [*channels_lifted(row.id), channel])
        db.session.add(ObjectionLift(objection_id=row.id, consent_id=consent.id, is_whole=not left))
    db.session.flush()
    return consent


def withdraw_consent(consent: Consent, *, told_on: date, told: Told, **rest: Any) -> Objection:
    """Somebody takes a consent back: what it allowed is stopped at once. rest: told_by, note."""
    row = Objection(
        purpose=consent.purpose,
        channel=consent.channel,
        told_on=told_on,
        told=told,
        consent_id=consent.id,
        company_id=consent.company_id,
        person_id=consent.person_id,
        **_now(),
        **rest,
    )
    db.session.add(row)
    db.session.flush()
    return row

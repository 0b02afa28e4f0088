"""Records objections, consents and consents taken back; nothing here changes or removes what was recorded."""

from datetime import date
from typing import Any

from rockrobot import clock, ledger
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.fingerprints.queries import fingerprints_of_companies, fingerprints_of_people
from rockrobot.objections.models import Consent, Objection, ObjectionLift, RememberedObjection
from rockrobot.objections.queries import channels_lifted, choices_of, remembered_of, standing_objections
from rockrobot.objections.rules import CHANNELS, Channel, Told, channels_left, channels_of, may_lift
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

    That counts what is remembered of them from before they were erased: it is recorded anew first.
    rest: told_by, wording. Raises OlderConsentError where an objection to the same was told on a later day.
    """
    asked = channels_of(channel)
    against: list[Objection] = [row for row in standing_objections(party, purpose) if channels_of(row.channel) & asked]
    memory = [row for row in remembered_of(party) if row.purpose is purpose and channels_of(row.channel) & asked]
    days = [*(row.told_on for row in against), *(row.told_on for row in memory)]
    newer = [day for day in days if not may_lift(told_on, day)]
    if newer:
        raise OlderConsentError(max(newer))
    against += [_record_anew(party, row) for row in memory]
    consent = Consent(purpose=purpose, channel=channel, told_on=told_on, told=told, **_who(party), **rest)
    db.session.add(consent)
    db.session.flush()
    for row in against:
        left = channels_left(row.channel, [*channels_lifted(row.id), channel])
        db.session.add(ObjectionLift(objection_id=row.id, consent_id=consent.id, is_whole=not left))
    db.session.flush()
    return consent


def _record_anew(party: Company | Person, row: RememberedObjection) -> Objection:
    return record_objection(
        party, purpose=row.purpose, channel=row.channel, told_on=row.told_on, told=Told.OTHER, remembered_id=row.id
    )


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


def remember_after_erasure(party: Company | Person) -> int:
    """Keep what a party has forbidden as keyed hashes of what it is known by; how many. Call before it is erased.

    From then on whoever has the same e-mail address, phone, or name and postcode stands under the same objections.
    """
    prints = fingerprints_of_companies if isinstance(party, Company) else fingerprints_of_people
    digests = sorted(prints([party.id]).get(party.id, ()))
    rows = [
        RememberedObjection(
            digest=digest, purpose=stop.purpose, channel=channel, told_on=stop.since, remembered_at=clock.now()
        )
        for stop in choices_of(party).own_stops
        for channel in ([Channel.ALL] if stop.channels == CHANNELS else sorted(stop.channels))
        for digest in digests
    ]
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)

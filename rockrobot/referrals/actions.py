"""Refers an enquiry to an importer, once and for good, and notes what the importer was told of it later."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm.attributes import set_committed_value

from rockrobot import clock, forgetting, ledger
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.queries import enquiry_to_change
from rockrobot.letters.models import OutboxMessage, OutboxState
from rockrobot.mailing.actions import WITHDRAWN, forget_text, queue_text, withdraw_where
from rockrobot.mailing.queries import NOT_LEFT
from rockrobot.objections.rules import Told
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.referrals.queries import (
    changes_due,
    disclosure_in,
    is_referred,
    notices_of,
    proposal_for,
    reason_of,
    settled_of,
)
from rockrobot.referrals.rules import WORDINGS, NoticeReason, changes_as, fields_of


class SeenOtherwiseError(RuntimeError):
    """What an importer must be told is no more what the person saw who says it was told; nothing is noted."""


class NotReferredError(RuntimeError):
    """The enquiry may not be referred, or is no more what the person saw who confirmed it; nothing left."""


def refer(enquiry: Enquiry, *, seen: str, why: str) -> Disclosure:
    """Queue the mail to the importer whom the rule names now, and write down what left; never undone.

    seen: the digest of what the person saw who confirms. Raises NotReferredError where that is not so any more, or the
    enquiry may not be referred.
    """
    if enquiry_to_change(enquiry.id) is None:
        raise NotReferredError(enquiry.id)
    proposal, _why_not = proposal_for(enquiry)
    if is_referred(enquiry.id) or proposal is None or proposal.seen != seen:
        raise NotReferredError(enquiry.id)
    subject = WORDINGS[proposal.language].subject
    to_address, name = proposal.territory.email, f"referral.{enquiry.id}"
    message = queue_text(to_address, name=name, subject=subject, text=proposal.text)
    disclosure = Disclosure(
        enquiry_id=enquiry.id,
        company_id=proposal.territory.company_id,
        recipient_name=proposal.territory.company.name,
        outbox_message_id=message.id,
        country=proposal.territory.country,
        sent_fields=proposal.fields,
        why=why,
        made_at=clock.now(),
        made_by=ledger.actor(),
    )
    db.session.add(disclosure)
    db.session.flush()
    set_committed_value(enquiry, "disclosure", disclosure)
    return disclosure


def note_told(disclosure: Disclosure, *, seen: str, told_on: date, told: Told, note: str) -> DisclosureNotice:
    """Note that the importer was told what is true now (GDPR Art. 19).

    seen: the digest of what the person saw who told it. Raises SeenOtherwiseError where something else is true now.
    After an erasure no more is kept of what was disclosed than to whom, when and why: not in the disclosure, not in
    its mail, not in the ledger.
    """
    enquiry = enquiry_to_change(disclosure.enquiry_id)
    if enquiry is None:
        raise SeenOtherwiseError(disclosure.id)
    if enquiry.person:
        db.session.refresh(enquiry.person)
    if changes_as(changes_due(disclosure), reason_of(disclosure)) != seen:
        raise SeenOtherwiseError(disclosure.id)
    notice = DisclosureNotice(
        disclosure_id=disclosure.id,
        reason=reason_of(disclosure),
        told_on=told_on,
        told=told,
        note=note,
        told_fields=fields_of(enquiry),
        recorded_at=clock.now(),
        recorded_by=ledger.actor(),
    )
    db.session.add(notice)
    db.session.flush()
    if notice.reason is NoticeReason.ERASURE:
        _forget([disclosure])
    return notice


def withdraw_mails_of(person_ids: Collection[int]) -> None:
    """Keep the text of no mail of these people, just erased; of one that is being sent it goes once that is over.

    What certainly never left is forgotten with its disclosure; of what may have left the disclosure is kept until its
    importer was told.
    """
    found = settled_of(person_ids)
    never_left = [row for row in found if row.message.state in NOT_LEFT]
    for row in never_left:
        row.message.state, row.message.fault = OutboxState.FAILED, WITHDRAWN
    for row in found:
        forget_text(row.message)
    _forget(never_left)


@withdraw_where
def is_of_somebody_erased(message: OutboxMessage) -> bool:
    """True for the mail of a referral whose sender was erased; its text goes, and its disclosure if it never left."""
    disclosure = disclosure_in(message.id)
    if disclosure is None or reason_of(disclosure) is not NoticeReason.ERASURE:
        return False
    forget_text(message)
    _forget([disclosure] if message.state in NOT_LEFT else [])
    return True


def _forget(disclosures: Collection[Disclosure]) -> None:
    """Keep of these no more than to whom they were made, when and why."""
    ids = [row.id for row in disclosures]
    rows = {Disclosure.__table__: ids, DisclosureNotice.__table__: [notice.id for notice in notices_of(*ids)]}
    for table, ids in rows.items():
        forgetting.blank(table, ids)
    forgetting.empty_ledger({table.name: ids for table, ids in rows.items()})
    db.session.expire_all()

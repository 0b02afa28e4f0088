"""Refers an enquiry to an importer, once and for good, and notes what the importer was told of it later."""

from datetime import date

from sqlalchemy.orm.attributes import set_committed_value

from rockrobot import clock, forgetting, ledger
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.mailing.actions import forget_text, queue_text
from rockrobot.objections.rules import Told
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.referrals.queries import notices_of, proposal_for, reason_of
from rockrobot.referrals.rules import WORDINGS, NoticeReason, fields_of


class NotReferredError(RuntimeError):
    """The enquiry may not be referred, or is no more what the person saw who confirmed it; nothing left."""


def refer(enquiry: Enquiry, *, seen: str, why: str) -> Disclosure:
    """Queue the mail to the importer whom the rule names now, and write down what left; never undone.

    seen: the digest of what the person saw who confirms. Raises NotReferredError where that is not so any more, or the
    enquiry may not be referred.
    """
    db.session.refresh(enquiry, with_for_update={"of": Enquiry})
    proposal, _why_not = proposal_for(enquiry)
    if proposal is None or proposal.seen != seen:
        raise NotReferredError(enquiry.id)
    subject = WORDINGS[proposal.language].subject
    name = f"referral.{enquiry.id}.{seen[:16]}"
    message = queue_text(proposal.territory.email, name=name, subject=subject, text=proposal.text)
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


def note_told(disclosure: Disclosure, *, told_on: date, told: Told, note: str) -> DisclosureNotice:
    """Note that the importer was told what is true now (GDPR Art. 19).

    After an erasure no more is kept of what was disclosed than to whom, when and why: not in the disclosure, not in
    its mail, not in the ledger.
    """
    notice = DisclosureNotice(
        disclosure_id=disclosure.id,
        reason=reason_of(disclosure),
        told_on=told_on,
        told=told,
        note=note,
        told_fields=fields_of(disclosure.enquiry),
        recorded_at=clock.now(),
        recorded_by=ledger.actor(),
    )
    db.session.add(notice)
    db.session.flush()
    if notice.reason is NoticeReason.ERASURE:
        _forget(disclosure)
    return notice


def _forget(disclosure: Disclosure) -> None:
    notices = [notice.id for notice in notices_of(disclosure.id)]
    forgetting.blank(Disclosure.__table__, [disclosure.id])
    forgetting.blank(DisclosureNotice.__table__, notices)
    forgetting.empty_ledger({"disclosures": [disclosure.id], "disclosure_notices": notices})
    forget_text(disclosure.message)
    db.session.expire_all()

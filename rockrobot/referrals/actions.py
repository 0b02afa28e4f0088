"""Refers an enquiry to an importer: the mail and the disclosure, once and for good."""

from sqlalchemy.orm.attributes import set_committed_value

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.mailing.actions import queue_text
from rockrobot.referrals.queries import proposal_for
from rockrobot.referrals.rules import WORDINGS


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

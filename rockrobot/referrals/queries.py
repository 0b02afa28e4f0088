"""To whom an enquiry may be referred, what would leave, and what left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from rockrobot.contacts.models import Affiliation, Company, Person
from rockrobot.contacts.rules import LANGUAGES_SPOKEN, Language, letter_language
from rockrobot.db import among, db
from rockrobot.devices.models import Ownership
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.queries import alike
from rockrobot.importers.models import Territory
from rockrobot.importers.queries import territories_in
from rockrobot.importers.rules import importer_for
from rockrobot.letters.models import OutboxMessage, OutboxState
from rockrobot.lists import Listing, listing
from rockrobot.mailing.queries import NOT_LEFT
from rockrobot.referrals.models import DisclosureNotice
from rockrobot.referrals.rules import (
    FIELDS,
    Change,
    NoticeReason,
    Obstacle,
    changes_between,
    fields_of,
    is_customer,
    mail_text,
    obstacle,
    seen_as,
)

WITH_ENQUIRY = (joinedload(Disclosure.message), joinedload(Disclosure.enquiry).joinedload(Enquiry.person))


@dataclass(frozen=True)
class Proposal:
    """A referral as it would be: to whom, exactly what leaves, in which language."""

    territory: Territory
    fields: dict[str, str]

    @property
    def language(self) -> Language:
        """The language in which the importer is written to: its own, or the territory's where it has named none."""
        spoken = LANGUAGES_SPOKEN[self.territory.country]
        return letter_language(self.territory.company.language or spoken)

    @property
    def text(self) -> str:
        """The words of the mail."""
        return mail_text(self.fields, self.language)

    @property
    def seen(self) -> str:
        """A digest of all of it."""
        to_address, company_id = self.territory.email, self.territory.company_id
        return seen_as(self.fields, company_id=company_id, to_address=to_address, language=self.language)


def proposal_for(enquiry: Enquiry) -> tuple[Proposal | None, Obstacle | None]:
    """What a referral of an enquiry would be, or why there is none."""
    is_known = is_customer_already(enquiry)
    territory = importer_for(enquiry.country, enquiry.postcode, territories_in(enquiry.country), is_customer=is_known)
    email = territory.email if territory else None
    why_not = obstacle(enquiry.stage, enquiry.country, is_customer=is_known, importers_email=email)
    if territory is None or why_not:
        return None, why_not
    return Proposal(territory, fields_of(enquiry)), None


def is_customer_already(enquiry: Enquiry) -> bool:
    """True when who sent an enquiry, somebody reached at its address or number, or whom they represent is a customer.

    A customer is whose contact type says so, and whoever has or had a machine.
    """
    named = enquiry.person or enquiry.company
    parties = [*([named] if named else []), *alike(enquiry, most=None)]
    people = [party for party in parties if isinstance(party, Person)]
    companies = [party for party in parties if isinstance(party, Company)]
    companies += _employers([person.id for person in people])
    types = [*(person.contact_type for person in people), *(company.contact_type for company in companies)]
    if any(map(is_customer, types)):
        return True
    had = _owned_by([person.id for person in people], [company.id for company in companies])
    return db.session.scalar(select(select(Ownership.id).where(had).exists())) is True


def _employers(person_ids: Sequence[int]) -> Sequence[Company]:
    theirs = select(Affiliation.company_id).where(among(Affiliation.__table__.c.person_id, person_ids))
    return db.session.scalars(select(Company).where(Company.id.in_(theirs))).all()


def _owned_by(person_ids: Sequence[int], company_ids: Sequence[int]) -> ColumnElement[bool]:
    owned = Ownership.__table__.c
    return or_(among(owned.person_id, person_ids), among(owned.company_id, company_ids))


def _due(statement: Select[Any]) -> Select[Any]:
    """Narrow a statement on disclosures to those whose importer knows something otherwise than it is now.

    Their enquiry must be joined.
    """
    notice = aliased(DisclosureNotice)
    of_one = select(func.max(DisclosureNotice.id)).where(DisclosureNotice.disclosure_id == Disclosure.id)
    is_newest = notice.id == of_one.correlate(Disclosure).scalar_subquery()
    known, fields = func.coalesce(notice.told_fields, Disclosure.sent_fields, type_=JSON), Enquiry.__table__.c
    differs = or_(*(func.coalesce(known[name].as_string(), "") != fields[name] for name in FIELDS))
    return statement.outerjoin(notice, is_newest).where(differs)


def find_disclosures(*, is_due: bool, number: int = 1) -> Listing[Disclosure]:
    """One page of what was disclosed, the newest first: all of it, or what an importer must be told of."""
    statement = select(Disclosure).join(Disclosure.enquiry).options(*WITH_ENQUIRY).order_by(Disclosure.id.desc())
    return listing(_due(statement) if is_due else statement, number)


def due_among(ids: Collection[int]) -> set[int]:
    """Those of these disclosures of which an importer must be told something."""
    wanted = select(Disclosure.id).join(Disclosure.enquiry).where(among(Disclosure.__table__.c.id, ids))
    return set(db.session.scalars(_due(wanted)))


def count_due() -> int:
    """How many disclosures there are of which an importer must be told something."""
    return db.session.scalar(_due(select(func.count()).select_from(Disclosure).join(Disclosure.enquiry))) or 0


def notices_of(*disclosure_ids: int) -> Sequence[DisclosureNotice]:
    """What the importers of these disclosures were told later, the newest first."""
    mine = select(DisclosureNotice).where(DisclosureNotice.disclosure_id.in_(disclosure_ids))
    return db.session.scalars(mine.order_by(DisclosureNotice.id.desc())).all()


def fields_told_later(disclosure_ids: Collection[int]) -> dict[int, set[str]]:
    """The names of the fields that importers were told of after the disclosure, by its id."""
    found: dict[int, set[str]] = {}
    for notice in notices_of(*disclosure_ids):
        found.setdefault(notice.disclosure_id, set()).update(notice.told_fields)
    return found


def changes_due(disclosure: Disclosure) -> list[Change]:
    """What its importer must be told of a disclosure; the enquiry must be loaded."""
    last = next(iter(notices_of(disclosure.id)), None)
    known = last.told_fields if last else disclosure.sent_fields
    return changes_between(known or {}, fields_of(disclosure.enquiry))


def reason_of(disclosure: Disclosure) -> NoticeReason:
    """Why its importer is told: the person who sent the enquiry was erased, or something was corrected."""
    return NoticeReason.ERASURE if disclosure.enquiry.is_erased else NoticeReason.CORRECTION


def disclosures_of(person_id: int) -> Sequence[Disclosure]:
    """What was disclosed of a person of the register, or may have been, the oldest first: not what never left."""
    theirs = select(Disclosure).join(Disclosure.enquiry).where(Enquiry.person_id == person_id)
    theirs = theirs.join(Disclosure.message).where(OutboxMessage.state.not_in(NOT_LEFT))
    return db.session.scalars(theirs.order_by(Disclosure.id)).all()


def disclosure_in(message_id: int) -> Disclosure | None:
    """What a message of the outbox disclosed, or None."""
    mine = select(Disclosure).where(Disclosure.outbox_message_id == message_id)
    return db.session.scalar(mine.options(*WITH_ENQUIRY))


def settled_of(person_ids: Collection[int]) -> list[Disclosure]:
    """What was disclosed of these people in mails of which none is being sent at this moment.

    All their mails are locked: what becomes of one that is being sent is written down after us.
    """
    theirs = select(Disclosure).join(Disclosure.message).join(Disclosure.enquiry).options(*WITH_ENQUIRY)
    wanted = theirs.where(among(Enquiry.__table__.c.person_id, person_ids))
    locked = db.session.scalars(wanted.with_for_update(of=OutboxMessage))
    return [row for row in locked if row.message.state is not OutboxState.SENDING]


def is_referred(enquiry_id: int) -> bool:
    """True when an importer has an enquiry, as the database knows it now."""
    return db.session.scalar(select(select(Disclosure.id).where(Disclosure.enquiry_id == enquiry_id).exists())) is True


def disclosure_with(disclosure_id: int) -> Disclosure | None:
    """The disclosure with this id, its enquiry and its mail, or None."""
    return db.session.scalar(select(Disclosure).where(Disclosure.id == disclosure_id).options(*WITH_ENQUIRY))

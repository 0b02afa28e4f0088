"""To whom an enquiry may be referred, what would leave, and what left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from rockrobot.contacts.models import Affiliation, Company, Person
from rockrobot.contacts.rules import Language, letter_language
from rockrobot.db import among, db
from rockrobot.devices.models import Ownership
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.queries import alike
from rockrobot.importers.models import Territory
from rockrobot.importers.queries import territories_in
from rockrobot.importers.rules import importer_for
from rockrobot.referrals.rules import Obstacle, fields_of, is_customer, mail_text, obstacle, seen_as


@dataclass(frozen=True)
class Proposal:
    """A referral as it would be: to whom, exactly what leaves, in which language."""

    territory: Territory
    fields: dict[str, str]

    @property
    def language(self) -> Language:
        """The language in which the importer is written to."""
        return letter_language(self.territory.company.language)

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
    why_not = obstacle(enquiry.stage, enquiry.country, is_customer=is_known, has_importer=territory is not None)
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


def disclosure_with(disclosure_id: int) -> Disclosure | None:
    """The disclosure with this id, its enquiry and its mail, or None."""
    options = [joinedload(Disclosure.message), joinedload(Disclosure.enquiry).joinedload(Enquiry.person)]
    return db.session.scalar(select(Disclosure).where(Disclosure.id == disclosure_id).options(*options))

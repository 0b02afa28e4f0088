"""Notes enquiries, hands them to who sees to them, and ends them."""

from typing import Any

from rockrobot import clock
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.enquiries.models import Enquiry


class ErasedMeanwhileError(RuntimeError):
    """Who was to be named as the sender was erased since they were looked up."""


def add_enquiry(party: Company | Person | None = None, **values: Any) -> Enquiry:
    """A new enquiry. party: who of the register sent it; values: the columns that say who asks what.

    Raises ErasedMeanwhileError.
    """
    enquiry = Enquiry(**values, **_named(party))
    db.session.add(enquiry)
    db.session.flush()
    return enquiry


def change_enquiry(enquiry: Enquiry, party: Company | Person | None, **values: Any) -> None:
    """Mend what was noted of an enquiry, and who of the register sent it. Raises ErasedMeanwhileError."""
    for name, value in {**values, **_named(party)}.items():
        setattr(enquiry, name, value)
    db.session.flush()


def _named(party: Company | Person | None) -> dict[str, int | None]:
    if isinstance(party, Person):
        db.session.refresh(party, with_for_update={"of": Person, "read": True})  # an erasure waits, or was faster
        if party.erased_on:
            raise ErasedMeanwhileError(party.id)
    return {
        "person_id": party.id if isinstance(party, Person) else None,
        "company_id": party.id if isinstance(party, Company) else None,
    }


def link(enquiry: Enquiry, party: Company | Person) -> None:
    """Say who of the register sent an enquiry; nothing of either changes. Raises ErasedMeanwhileError."""
    change_enquiry(enquiry, party)


def take(enquiry: Enquiry, member_id: int | None) -> None:
    """A member of staff sees to an enquiry from now on; None: it waits for somebody again."""
    enquiry.taken_by_id = member_id
    db.session.flush()


def close(enquiry: Enquiry, why: str) -> None:
    """The enquiry ends today; why in a few words."""
    enquiry.ended_on, enquiry.ended_why = clock.today(), why
    db.session.flush()


def reopen(enquiry: Enquiry) -> None:
    """The enquiry had ended too early and goes on."""
    enquiry.ended_on, enquiry.ended_why = None, ""
    db.session.flush()


def delete(enquiry: Enquiry) -> None:
    """Delete an enquiry; undo brings it back."""
    db.session.delete(enquiry)
    db.session.flush()

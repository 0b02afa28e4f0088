"""Which enquiries there are, how far they are, and who of the register may have sent them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from rockrobot.chain import LedgerEntry
from rockrobot.contacts.models import Company, ContactPoint, Person
from rockrobot.contacts.queries import still_here
from rockrobot.contacts.rules import PHONES, PointKind, normal_point
from rockrobot.db import db
from rockrobot.enquiries.models import Disclosure, Enquiry
from rockrobot.enquiries.rules import Stage
from rockrobot.lists import Listing, listing

WITH_DISCLOSURE = joinedload(Enquiry.disclosure)
PARTIES = (joinedload(Enquiry.person), joinedload(Enquiry.company), joinedload(Enquiry.taken_by), WITH_DISCLOSURE)
IS_REFERRED = select(Disclosure.id).where(Disclosure.enquiry_id == Enquiry.id).exists()
IN_STAGE: dict[Stage, tuple[ColumnElement[bool], ...]] = {
    Stage.OPEN: (~IS_REFERRED, Enquiry.ended_on.is_(None), Enquiry.taken_by_id.is_(None)),
    Stage.TAKEN: (~IS_REFERRED, Enquiry.ended_on.is_(None), Enquiry.taken_by_id.is_not(None)),
    Stage.REFERRED: (IS_REFERRED,),
    Stage.CLOSED: (~IS_REFERRED, Enquiry.ended_on.is_not(None)),
}
MOST_ALIKE = 5
ENDING = 6  # how many of the last digits of a number are looked for before numbers are compared


class Given(NamedTuple):
    """By what the sender of an enquiry is reached."""

    email: str
    phone: str
    country: str


def enquiry_with(enquiry_id: int) -> Enquiry | None:
    """The enquiry with this id, who sent it and who sees to it, or None."""
    return db.session.scalar(select(Enquiry).where(Enquiry.id == enquiry_id).options(*PARTIES))


def enquiry_to_change(enquiry_id: int) -> Enquiry | None:
    """The enquiry as it is now, locked until the change is done where the database can, or None."""
    wanted = select(Enquiry).where(Enquiry.id == enquiry_id).options(*PARTIES).with_for_update(of=Enquiry)
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def find_enquiries(stage: Stage, number: int = 1) -> Listing[Enquiry]:
    """One page of the enquiries in a stage: those that wait longest first, those that ended the other way round."""
    newest_first = (func.coalesce(Enquiry.ended_on, Enquiry.came_on).desc(), Enquiry.id.desc())
    days = newest_first if stage in {Stage.REFERRED, Stage.CLOSED} else (Enquiry.came_on, Enquiry.id)
    return listing(select(Enquiry).where(*IN_STAGE[stage]).options(*PARTIES).order_by(*days), number)


def count_in(stage: Stage) -> int:
    """How many enquiries are in a stage."""
    return db.session.scalar(select(func.count()).select_from(Enquiry).where(*IN_STAGE[stage])) or 0


def enquiries_of(party: Company | Person) -> Sequence[Enquiry]:
    """The enquiries that somebody of the register sent, the newest first."""
    mine = Enquiry.person_id == party.id if isinstance(party, Person) else Enquiry.company_id == party.id
    theirs = select(Enquiry).where(mine).order_by(Enquiry.came_on.desc(), Enquiry.id.desc())
    return db.session.scalars(theirs.options(WITH_DISCLOSURE)).all()


def people_of(rows: Sequence[Enquiry]) -> list[int]:
    """Ids of the people of the register who sent these enquiries."""
    return [row.person_id for row in rows if row.person_id]


def alike(enquiry: Enquiry, *, most: int | None = MOST_ALIKE) -> list[Company | Person]:
    """Companies and people who are reached today at the address or number that an enquiry gives, a few of them.

    most: how many of each; None for all.
    """
    found: list[Company | Person] = []
    is_given = (ContactPoint.normal.in_(_given_in(enquiry)), ContactPoint.kind.in_((PointKind.EMAIL, *PHONES)))
    for model, owner in ((Person, ContactPoint.person_id), (Company, ContactPoint.company_id)):
        theirs = select(owner).where(*is_given, ContactPoint.valid_to.is_(None))
        kind: Any = model
        wanted = select(kind).where(kind.id.in_(theirs), *still_here(kind)).order_by(kind.id).limit(most)
        found += db.session.scalars(wanted).all()
    return found


def unnamed_like(person_ids: Collection[int]) -> list[Enquiry]:
    """Enquiries that name no person and give an address or number at which one of these people is or was reached.

    Also those that name a company: its people may have written them. The oldest first.
    """
    normals = _reached_at(person_ids)
    maybe = [_digits(Enquiry.phone).contains(one[-ENDING:]) for one in normals if one[-ENDING:].isdigit()]
    unnamed = Enquiry.person_id.is_(None)
    wanted = select(Enquiry).where(unnamed, or_(func.lower(Enquiry.email).in_(normals), *maybe)).order_by(Enquiry.id)
    return [row for row in db.session.scalars(wanted) if normals.intersection(_given_in(row))]


def count_deleted_like(person_ids: Collection[int]) -> int:
    """How many enquiries in the trash name no person and give an address or number of one of these people, now or once.

    They are gone from the register, and the ledger still tells of them: undo would bring them back.
    """
    normals, here = _reached_at(person_ids), select(Enquiry.id)
    entries = LedgerEntry.__table__.c
    deleted = (entries.table_name == Enquiry.__tablename__, entries.action == "delete", entries.changes.is_not(None))
    told = select(entries.row_id, entries.changes).where(*deleted, entries.row_id.not_in(here)).order_by(entries.id)
    last = {row_id: {name: pair[0] for name, pair in changes.items()} for row_id, changes in db.session.execute(told)}
    unnamed = [Given(*(row[name] for name in Given._fields)) for row in last.values() if row["person_id"] is None]
    return sum(bool(normals.intersection(_given_in(given))) for given in unnamed)


def _reached_at(person_ids: Collection[int]) -> set[str]:
    """Addresses and numbers, in normal form, at which these people are or were reached."""
    reached = (ContactPoint.kind.in_((PointKind.EMAIL, *PHONES)), ContactPoint.person_id.in_(person_ids))
    return set(db.session.scalars(select(ContactPoint.normal).where(*reached)))


def _digits(column: Any) -> ColumnElement[str]:
    """SQL: a phone number without the signs that are usual between its digits."""
    for sign in " -.()/":
        column = func.replace(column, sign, "")
    return column


def _given_in(enquiry: Enquiry | Given) -> list[str]:
    """The e-mail address and the number of an enquiry in normal form, where it gives any."""
    email, _none = normal_point(PointKind.EMAIL, enquiry.email)
    phone, _extension = normal_point(PointKind.PHONE, enquiry.phone, enquiry.country)
    return [one for one in (email, phone) if one]

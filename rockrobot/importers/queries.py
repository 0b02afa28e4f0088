"""Which importers there are, and what they serve."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import still_here
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.importers.models import Territory
from rockrobot.lists import Listing, listing

IS_IMPORTER = (Company.contact_type == ContactType.IMPORTER, *still_here(Company))
IN_ORDER = (Territory.country, Territory.postcode_from, Territory.id)


def find_importers(number: int = 1) -> Listing[Company]:
    """One page of the companies whose contact type says that they import our machines, or that serve a territory still.

    By name.
    """
    listed = union(select(Company.id).where(*IS_IMPORTER), select(Territory.company_id))
    return listing(select(Company).where(Company.id.in_(listed)).order_by(Company.name, Company.id), number)


def territories_by_company(company_ids: Iterable[int]) -> dict[int, list[Territory]]:
    """What each of these companies serves."""
    found: dict[int, list[Territory]] = {}
    theirs = select(Territory).where(Territory.company_id.in_(list(company_ids))).order_by(*IN_ORDER)
    for row in db.session.scalars(theirs):
        found.setdefault(row.company_id, []).append(row)
    return found


def territories_in(country: str) -> Sequence[Territory]:
    """What is served in a country by companies that are importers still, with the companies."""
    statement = select(Territory).join(Territory.company).where(Territory.country == country, *IS_IMPORTER)
    return db.session.scalars(statement.options(joinedload(Territory.company)).order_by(*IN_ORDER)).all()


def territory_with(territory_id: int) -> Territory | None:
    """The territory with this id, with its company, or None."""
    wanted = select(Territory).where(Territory.id == territory_id)
    return db.session.scalar(wanted.options(joinedload(Territory.company)))

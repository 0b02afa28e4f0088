"""The stored facts of parties in the columns of the exchange format."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select

from rockrobot.contacts.models import Affiliation, Company, ContactPoint, Person
from rockrobot.contacts.rules import PointKind
from rockrobot.db import among, db
from rockrobot.party_facts.rules import OWNER_KEY, POINTS, facts_of

_points, _affiliations, _companies = ContactPoint.__table__, Affiliation.__table__, Company.__table__
_OWNERS: dict[str, Any] = {"companies": Company.__table__, "people": Person.__table__}


def fact_columns(sheet: str) -> dict[str, ColumnElement[Any]]:
    """SQL of each fact of a sheet's rows: the primary contact point of its kind, the primary affiliation."""
    if not facts_of(sheet):
        return {}
    owner = _OWNERS[sheet]
    columns = {name: _point(owner, _points.c[OWNER_KEY[sheet]], kind) for name, kind in POINTS[sheet].items()}
    if sheet == "people":
        columns["title"] = _affiliated(owner, _affiliations.c.title)
        company = _affiliated(owner, _affiliations.c.company_id)
        columns["customer_no"] = (
            select(_companies.c.customer_no).where(_companies.c.id == company).correlate(owner).scalar_subquery()
        )
    return {name: column.label(name) for name, column in columns.items()}


def _point(owner: Any, key: Any, kind: PointKind) -> ColumnElement[Any]:
    of_kind = select(_points.c.raw).where(key == owner.c.id, _points.c.kind == kind, _points.c.is_primary)
    return of_kind.order_by(_points.c.id).limit(1).correlate(owner).scalar_subquery()


def _affiliated(owner: Any, column: Any) -> ColumnElement[Any]:
    mine = select(column).where(_affiliations.c.person_id == owner.c.id, _affiliations.c.is_primary)
    return mine.order_by(_affiliations.c.id).limit(1).correlate(owner).scalar_subquery()


def primary_points(sheet: str, owner_ids: Collection[int]) -> dict[tuple[int, PointKind], Any]:
    """The primary contact point's row of each owner and kind."""
    key = _points.c[OWNER_KEY[sheet]]
    statement = select(key.label("owner_id"), *_points.c).where(among(key, owner_ids), _points.c.is_primary)
    found: dict[tuple[int, PointKind], Any] = {}
    for row in db.session.connection().execute(statement.order_by(_points.c.id)):
        found.setdefault((row.owner_id, PointKind(row.kind)), row)
    return found


def primary_affiliations(person_ids: Collection[int]) -> dict[int, Any]:
    """The primary affiliation's row of each person."""
    columns = _affiliations.c
    statement = select(*columns).where(among(columns.person_id, person_ids), columns.is_primary)
    found: dict[int, Any] = {}
    for row in db.session.connection().execute(statement.order_by(columns.id)):
        found.setdefault(row.person_id, row)
    return found

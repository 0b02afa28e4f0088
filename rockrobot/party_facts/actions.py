"""Writes the facts of imported parties, at bulk speed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rockrobot import ledger
from rockrobot.contacts.models import Affiliation, ContactPoint, Worksite
from rockrobot.contacts.rules import AddressKind, PointKind, Source, normal_point
from rockrobot.party_facts.queries import primary_affiliations, primary_points
from rockrobot.party_facts.rules import AFFILIATION, OWNER_KEY, POINTS, facts_of

Update = tuple[int, dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Facts:
    """What a file says of one party: the columns to write, all that its row will say, and its company's id."""

    owner_id: int
    changes: Mapping[str, Any]
    says: Mapping[str, Any]
    company_id: int | None = None


def write_facts(sheet: str, parties: Iterable[Facts], *, on: date) -> None:
    """Write the phones, e-mail addresses, companies and titles of parties of a sheet (companies, people).

    on: the day from which a new company counts; the one before ends then.
    """
    told = [party for party in parties if facts_of(sheet) & party.changes.keys()]
    _write_points(sheet, told)
    if sheet == "people":
        _write_affiliations([party for party in told if set(AFFILIATION) & party.changes.keys()], on)


def _write_points(sheet: str, parties: Sequence[Facts]) -> None:
    stored = primary_points(sheet, [party.owner_id for party in parties])
    fresh: list[dict[str, Any]] = []
    updates: list[Update] = []
    for party in parties:
        region = str(party.says.get("country") or "")
        for column, kind in POINTS[sheet].items():
            if column in party.changes:
                values = _point_values(kind, party.changes[column], region)
                row = stored.get((party.owner_id, kind))
                if row is None:
                    fresh.append(values | _new_point(OWNER_KEY[sheet], party.owner_id, kind))
                else:
                    updates.append((row.id, {name: getattr(row, name) for name in values}, values))
    ledger.bulk_insert(ContactPoint.__table__, fresh)
    if updates:
        ledger.bulk_update(ContactPoint.__table__, updates)


def _point_values(kind: PointKind, raw: str, region: str) -> dict[str, Any]:
    normal, extension = normal_point(kind, raw, region)
    return {"raw": raw, "normal": normal, "extension": extension}


def _new_point(key: str, owner_id: int, kind: PointKind) -> dict[str, Any]:
    return {key: owner_id, "kind": kind, "is_primary": True, "source": Source.FILE}


def _write_affiliations(parties: Sequence[Facts], on: date) -> None:
    stored = primary_affiliations([party.owner_id for party in parties])
    fresh: list[dict[str, Any]] = []
    updates: list[Update] = []
    for party in parties:
        row, title = stored.get(party.owner_id), party.says.get("title") or ""
        values: dict[str, Any] = {"company_id": party.company_id} if "customer_no" in party.changes else {}
        if row is not None and (not values or row.company_id is None):
            values |= {"title": title}
            updates.append((row.id, {name: getattr(row, name) for name in values}, values))
            continue
        if row is not None:
            updates.append((row.id, {"to_on": row.to_on, "is_primary": True}, {"to_on": on, "is_primary": False}))
            values |= {"from_on": on}
        fresh.append(values | {"person_id": party.owner_id, "title": title, "is_primary": True})
    ledger.bulk_insert(Affiliation.__table__, fresh)
    if updates:
        ledger.bulk_update(Affiliation.__table__, updates)


def make_worksites(addresses: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Each new address (id, columns) of kind worksite is a worksite, named by its street until somebody names it."""
    places = [(id_, values) for id_, values in addresses if values["kind"] == AddressKind.WORKSITE]
    rows = [{"address_id": id_, "name": values.get("street") or ""} for id_, values in places]
    ledger.bulk_insert(Worksite.__table__, rows)

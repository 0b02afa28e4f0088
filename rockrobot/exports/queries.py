"""Who goes out in an export, and what of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from rockrobot.contacts.models import Address, Company, ContactPoint, Person
from rockrobot.contacts.queries import companies_with, people_with
from rockrobot.contacts.rules import PointKind, address_order
from rockrobot.db import among, db
from rockrobot.exports.rules import COLUMNS, PLACE_COUNTRY, Export, Row, Subject, choose
from rockrobot.keyed_hash import keyed_hash
from rockrobot.objections.queries import verdicts_of_companies, verdicts_of_people
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.tags.models import Tag
from rockrobot.tags.queries import tags_of
from rockrobot.tags.rules import Register

CHUNK = 500


def hash_of_filter(chosen: Mapping[str, str]) -> str:
    """The keyed hash by which the ledger knows a filter again; empty for none."""
    return keyed_hash("filter of an export", repr(sorted(chosen.items())))[:16] if chosen else ""


def plan_export(subject: Subject, ids: Sequence[int], purpose: PurposeCode, channel: Channel) -> Export:
    """Who of these may go out for a purpose and channel, and who is left out and why."""
    verdicts = verdicts_of_people if subject is Subject.PEOPLE else verdicts_of_companies
    return choose(verdicts(purpose, channel, ids))


def rows_of(subject: Subject, ids: Sequence[int], day: date, *, more: Sequence[str] = ()) -> Iterator[Row]:
    """What goes out of each, in the order of the ids, some hundreds read at a time; those gone since are left out.

    more: fields beside the columns of the file, such as the country of the address.
    """
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = _people(chunk, day) if subject is Subject.PEOPLE else _companies(chunk, day)
        for id_ in chunk:
            if id_ in rows:
                yield {field: rows[id_].get(field) or "" for field in (*COLUMNS[subject], *more)}


def _people(ids: Sequence[int], day: date) -> dict[int, dict[str, Any]]:
    addresses = _addresses(Address.__table__.c.person_id, ids, day)
    rows, tags = {}, tags_of(Register.PEOPLE, ids)
    for id_, person in people_with(ids).items():
        company = person.company
        rows[id_] = _fields(person, ("person_no", "first_name", "last_name", "title", "language"))
        rows[id_] |= {
            "customer_no": company.customer_no if company else "",
            "company": company.name if company else "",
            "direct_phone": _point(person.points, PointKind.DIRECT),
            "mobile": _point(person.points, PointKind.MOBILE),
            "email": _point(person.points, PointKind.EMAIL),
            "tags": _names(tags.get(id_, ())),
        } | _place(addresses.get(id_))
    return rows


def _companies(ids: Sequence[int], day: date) -> dict[int, dict[str, Any]]:
    addresses = _addresses(Address.__table__.c.company_id, ids, day)
    rows, tags = {}, tags_of(Register.COMPANIES, ids)
    for id_, company in companies_with(ids).items():
        rows[id_] = _place(addresses.get(id_))
        rows[id_] |= _fields(company, ("customer_no", "business_id", "country", "language", "contact_type"))
        rows[id_] |= {
            "company": company.name,
            "switchboard": _point(company.points, PointKind.SWITCHBOARD),
            "email": _point(company.points, PointKind.EMAIL),
            "tags": _names(tags.get(id_, ())),
        }
    return rows


def _fields(party: Company | Person, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(party, name) for name in names}


def _names(tags: Iterable[Tag]) -> str:
    """Tags as they can be typed again, with commas between them."""
    return ", ".join(tag.name for tag in tags)


def _point(points: Sequence[ContactPoint], kind: PointKind) -> str:
    """The primary one as typed, as the exchange format gives it, so that what comes in again is the same."""
    return next((point.raw for point in points if point.kind is kind and point.is_primary), "")


def _place(address: Address | None) -> dict[str, Any]:
    names = ("street", "postcode", "city", "country")
    return {name: getattr(address, name) for name in names} | {PLACE_COUNTRY: address.country} if address else {}


def _addresses(column: Any, ids: Sequence[int], day: date) -> dict[int, Address]:
    """The address that a letter to each uses on a day."""
    owned: dict[int, list[Address]] = {}
    for address in db.session.scalars(select(Address).where(among(column, ids))):
        owned.setdefault(address.company_id or address.person_id or 0, []).append(address)
    return {id_: found[0] for id_, rows in owned.items() if (found := address_order(rows, day))}

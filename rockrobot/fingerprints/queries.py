"""The fingerprints of many parties at once."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from rockrobot.contacts.models import Address, Company, ContactPoint, Person
from rockrobot.contacts.rules import PHONES, PointKind
from rockrobot.db import among, db
from rockrobot.fingerprints.rules import marks
from rockrobot.keyed_hash import keyed_hash

Fingerprints = dict[int, frozenset[str]]
_people, _companies = Person.__table__.c, Company.__table__.c
_points, _addresses = ContactPoint.__table__.c, Address.__table__.c
PERSONAL_PHONES = PHONES - {PointKind.SWITCHBOARD}


def fingerprints_of_people(ids: Collection[int]) -> Fingerprints:
    """The fingerprints of people, by person; a switchboard is their company's and none of theirs."""
    named = select(_people.id, _people.first_name + " " + _people.last_name).where(among(_people.id, ids))
    return _fingerprints(named, ids, (_points.person_id, _addresses.person_id), PERSONAL_PHONES)


def fingerprints_of_companies(ids: Collection[int]) -> Fingerprints:
    """The fingerprints of companies, by company."""
    named = select(_companies.id, _companies.name).where(among(_companies.id, ids))
    return _fingerprints(named, ids, (_points.company_id, _addresses.company_id), PHONES)


def _fingerprints(
    named: Any, ids: Collection[int], owners: tuple[Any, Any], phones: Collection[PointKind]
) -> Fingerprints:
    names = dict(db.session.execute(named).all())
    emails: dict[int, list[str]] = defaultdict(list)
    numbers: dict[int, list[str]] = defaultdict(list)
    postcodes: dict[int, list[str]] = defaultdict(list)
    of_point, of_address = owners
    for id_, kind, normal in db.session.execute(
        select(of_point, _points.kind, _points.normal).where(among(of_point, ids))
    ):
        if kind is PointKind.EMAIL:
            emails[id_].append(normal)
        elif kind in phones:
            numbers[id_].append(normal)
    for id_, postcode in db.session.execute(select(of_address, _addresses.postcode).where(among(of_address, ids))):
        postcodes[id_].append(postcode)
    return {
        id_: frozenset(
            keyed_hash("fingerprint of a party", mark)
            for mark in marks(names=[name], postcodes=postcodes[id_], emails=emails[id_], phones=numbers[id_])
        )
        for id_, name in names.items()
    }

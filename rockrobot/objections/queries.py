"""What stands against the use of people's and companies' data: of one card, of a list, of an export; few queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from rockrobot.contacts.models import Affiliation, Company, Person
from rockrobot.contacts.rules import ContactType
from rockrobot.db import among, db
from rockrobot.fingerprints.queries import Fingerprints, fingerprints_of_companies, fingerprints_of_people
from rockrobot.lists import Listing, listing
from rockrobot.objections.models import Consent, Objection, ObjectionLift, RememberedObjection
from rockrobot.objections.rules import (
    Channel,
    Stop,
    StopKind,
    Verdict,
    channels_left,
    channels_of,
    channels_without_consent,
    kind_of,
    may_use,
)
from rockrobot.purposes.rules import PurposeCode

STANDING: ColumnElement[bool] = ~exists().where(ObjectionLift.objection_id == Objection.id, ObjectionLift.is_whole)
WHAT = (Objection.purpose, Objection.channel, Objection.told_on)
GIVEN: ColumnElement[bool] = ~exists().where(Objection.consent_id == Consent.id)
Stops = dict[int, list[Stop]]
Party = tuple[int | None, int | None]
Remembered = dict[int, list[RememberedObjection]]
_objections, _lifts, _consents = Objection.__table__.c, ObjectionLift.__table__.c, Consent.__table__.c
_memory, _companies, _people, _affiliations = (
    RememberedObjection.__table__.c,
    Company.__table__.c,
    Person.__table__.c,
    Affiliation.__table__.c,
)


# ---------- one party ----------


@dataclass
class Choices:
    """What one party has forbidden and agreed to: what stands, what was lifted and by which consent, consents."""

    standing: list[tuple[Objection, Stop]] = field(default_factory=list)
    lifted: list[tuple[Objection, Consent]] = field(default_factory=list)
    given: list[Consent] = field(default_factory=list)
    of_company: list[Stop] = field(default_factory=list)
    remembered: list[Stop] = field(default_factory=list)

    @property
    def own_stops(self) -> list[Stop]:
        """What the party itself has forbidden, before it was erased too."""
        return [*(stop for _, stop in self.standing), *self.remembered]

    @property
    def stops(self) -> list[Stop]:
        """Everything that stands, the company's last."""
        return [*self.own_stops, *self.of_company]

    def rows(self) -> dict[str, list[int]]:
        """Table and ids of the rows, for the record's history."""
        objections = [row for row, _ in (*self.standing, *self.lifted)]
        consents = {row.id for row in (*self.given, *(consent for _, consent in self.lifted))}
        return {"objections": [row.id for row in objections], "consents": sorted(consents)}


def choices_of(party: Company | Person) -> Choices:
    """What a company or person has forbidden and agreed to; a person stands under their company's objections too."""
    choices = Choices()
    objections = db.session.scalars(select(Objection).where(_of(Objection, party)).order_by(Objection.id)).all()
    lifts = _lifts_of([row.id for row in objections])
    for row in objections:
        whole = next((lift for lift in lifts[row.id] if lift.is_whole), None)
        if whole is None:
            choices.standing.append((row, _stop(row, [lift.consent.channel for lift in lifts[row.id]])))
        else:
            choices.lifted.append((row, whole.consent))
    given = select(Consent).where(_of(Consent, party), GIVEN).order_by(Consent.id)
    choices.given = list(db.session.scalars(given))
    choices.remembered = _remembered_stops(remembered_of(party))
    if isinstance(party, Person):
        choices.of_company = [s for stops in stops_of_companies(_by_company([party.id])).values() for s in stops]
    return choices


def _of(table: type[Objection | Consent], party: Company | Person) -> ColumnElement[bool]:
    return (table.company_id if isinstance(party, Company) else table.person_id) == party.id


def _lifts_of(objection_ids: Collection[int]) -> dict[int, list[ObjectionLift]]:
    lifts: dict[int, list[ObjectionLift]] = defaultdict(list)
    if objection_ids:
        statement = select(ObjectionLift).where(among(_lifts.objection_id, objection_ids))
        for lift in db.session.scalars(statement.options(joinedload(ObjectionLift.consent)).order_by(ObjectionLift.id)):
            lifts[lift.objection_id].append(lift)
    return lifts


def _stop(row: Any, consented: Iterable[Channel]) -> Stop:
    kind = kind_of(row.purpose, withdraws_consent=row.consent_id is not None)
    return Stop(kind, channels_left(row.channel, consented), row.purpose, row.told_on)


def consent_with(consent_id: int) -> Consent | None:
    """The consent with this id that was not taken back, or None."""
    return db.session.scalar(select(Consent).where(Consent.id == consent_id, GIVEN))


def standing_objections(party: Company | Person, purpose: PurposeCode | None) -> Sequence[Objection]:
    """The objections of a party to a purpose (None: to any contact) that stand, the oldest first."""
    statement = select(Objection).where(_of(Objection, party), Objection.purpose.is_not_distinct_from(purpose))
    return db.session.scalars(statement.where(STANDING).order_by(Objection.id)).all()


def channels_lifted(objection_id: int) -> list[Channel]:
    """The channels of the consents that have lifted an objection, as they were said."""
    return [lift.consent.channel for lift in _lifts_of([objection_id])[objection_id]]


# ---------- many parties ----------


def stops_of_people(ids: Collection[int]) -> Stops:
    """What people, or the companies they represent first of all, have forbidden, by person; others are absent."""
    stops: Stops = defaultdict(list)
    for owner_id, stop in _stops(_objections.person_id, ids):
        stops[owner_id].append(stop)
    for owner_id, rows in _remembered(_objections.person_id, ids).items():
        stops[owner_id] += _remembered_stops(rows)
    people_of = _by_company(ids)
    for company_id, found in stops_of_companies(people_of).items():
        for person_id in people_of[company_id]:
            stops[person_id] += found
    return dict(stops)


def _by_company(people_ids: Collection[int]) -> dict[int, list[int]]:
    """People by the company that they represent first of all."""
    people_of: dict[int, list[int]] = defaultdict(list)
    primary = select(_affiliations.company_id, _affiliations.person_id).where(
        among(_affiliations.person_id, people_ids), _affiliations.is_primary, _affiliations.company_id.is_not(None)
    )
    for company_id, person_id in db.session.execute(primary):
        people_of[company_id].append(person_id)
    return people_of


def stops_of_companies(ids: Collection[int]) -> Stops:
    """What companies have forbidden, by company; others are absent."""
    stops: Stops = defaultdict(list)
    for owner_id, stop in _stops(_objections.company_id, ids):
        stops[owner_id].append(stop)
    for owner_id, rows in _remembered(_objections.company_id, ids).items():
        stops[owner_id] += _remembered_stops(rows)
    return dict(stops)


def stops_of_parties(keys: Collection[Party]) -> dict[Party, list[Stop]]:
    """What companies and people have forbidden, by company id and person id, one of them None; others are absent.

    A party that was merged into another stands under what the kept one has forbidden.
    """
    companies = _kept(_companies, {id_ for id_, _ in keys if id_})
    people = _kept(_people, {id_ for _, id_ in keys if id_})
    of_companies, of_people = stops_of_companies({*companies.values()}), stops_of_people({*people.values()})
    stops = {
        (c, p): of_people.get(people.get(p or 0, 0)) or of_companies.get(companies.get(c or 0, 0)) for c, p in keys
    }
    return {key: found for key, found in stops.items() if found}


def _kept(columns: Any, ids: Collection[int]) -> dict[int, int]:
    """Whose data each of these ids stands for: its own or, once merged, the kept one's."""
    kept = func.coalesce(columns.merged_into_id, columns.id)
    return dict(db.session.execute(select(columns.id, kept).where(among(columns.id, ids))).all()) if ids else {}


def _stops(owner: Any, ids: Collection[int]) -> list[tuple[int, Stop]]:
    columns = (Objection.id, Objection.purpose, Objection.channel, Objection.told_on, Objection.consent_id)
    standing = select(owner.label("owner_id"), *columns).where(among(owner, ids), STANDING).order_by(Objection.id)
    rows = db.session.execute(standing).all() if ids else []
    lifts = _lifts_of([row.id for row in rows])
    return [(row.owner_id, _stop(row, [lift.consent.channel for lift in lifts[row.id]])) for row in rows]


def remembered_of(party: Company | Person) -> list[RememberedObjection]:
    """What is remembered of an erased party that this one seems to be, and that this one has not taken over."""
    owner = _objections.company_id if isinstance(party, Company) else _objections.person_id
    return _remembered(owner, [party.id]).get(party.id, [])


def _remembered(owner: Any, ids: Collection[int]) -> Remembered:
    if not ids or not db.session.scalar(select(exists().select_from(RememberedObjection))):
        return {}
    is_company = owner is _objections.company_id
    prints: Fingerprints = (fingerprints_of_companies if is_company else fingerprints_of_people)(ids)
    digests = frozenset().union(*prints.values())
    known: dict[str, list[RememberedObjection]] = defaultdict(list)
    for row in db.session.scalars(select(RememberedObjection).where(among(_memory.digest, digests))):
        known[row.digest].append(row)
    taken = set(db.session.execute(select(owner, *WHAT).where(among(owner, ids), Objection.remembered_id.is_not(None))))
    found: Remembered = {}
    for id_, mine in prints.items():
        rows = {(row.purpose, row.channel, row.told_on): row for digest in mine for row in known.get(digest, ())}
        left = [row for what, row in rows.items() if (id_, *what) not in taken]
        if left:
            found[id_] = sorted(left, key=lambda row: row.id)
    return found


def _remembered_stops(rows: Iterable[RememberedObjection]) -> list[Stop]:
    return [
        Stop(kind_of(row.purpose, withdraws_consent=False), channels_of(row.channel), row.purpose, row.told_on)
        for row in rows
    ]


def missing_consents(people_ids: Collection[int]) -> Stops:
    """People who may not be marketed to by e-mail or text message because they have not agreed, by person."""
    customers = _own_customers(people_ids)
    agreed: dict[int, list[Channel]] = defaultdict(list)
    statement = select(Consent.person_id, Consent.channel).where(
        among(_consents.person_id, people_ids), Consent.purpose == PurposeCode.MARKETING, GIVEN
    )
    for person_id, channel in db.session.execute(statement):
        agreed[person_id or 0].append(channel)
    stops: Stops = {}
    for id_ in people_ids:
        channels = channels_without_consent(is_own_customer=id_ in customers, consented=agreed.get(id_, ()))
        if channels:
            stops[id_] = [Stop(StopKind.NO_CONSENT, channels, PurposeCode.MARKETING)]
    return stops


def _own_customers(people_ids: Collection[int]) -> set[int]:
    statement = (
        select(Person.id)
        .outerjoin(Affiliation, (Affiliation.person_id == Person.id) & Affiliation.is_primary)
        .outerjoin(Company, Company.id == Affiliation.company_id)
        .where(
            among(_people.id, people_ids),
            or_(Person.contact_type == ContactType.CUSTOMER, Company.contact_type == ContactType.CUSTOMER),
        )
    )
    return set(db.session.scalars(statement))


def verdicts_of_people(purpose: PurposeCode, channel: Channel, ids: Collection[int]) -> dict[int, Verdict]:
    """Whether each person's data may be used for a purpose through a channel, in the order of the ids."""
    stops = stops_of_people(ids)
    gaps = missing_consents(ids) if purpose is PurposeCode.MARKETING else {}
    return {id_: may_use(purpose, channel, [*stops.get(id_, ()), *gaps.get(id_, ())]) for id_ in ids}


def verdicts_of_companies(purpose: PurposeCode, channel: Channel, ids: Collection[int]) -> dict[int, Verdict]:
    """Whether each company's data may be used for a purpose through a channel, in the order of the ids."""
    stops = stops_of_companies(ids)
    return {id_: may_use(purpose, channel, stops.get(id_, ())) for id_ in ids}


# ---------- the list ----------


def find_objections(
    *, purpose: PurposeCode | None = None, is_any_contact: bool = False, channel: Channel | None = None, number: int = 1
) -> tuple[Listing[Objection], dict[int, Stop]]:
    """The objections in force, the newest first, one page, and what each of them stops.

    purpose: only those to it; is_any_contact: only those to any contact. channel: only those that stand in it.
    """
    statement = select(Objection).where(STANDING).order_by(Objection.told_on.desc(), Objection.id.desc())
    if purpose or is_any_contact:
        statement = statement.where(Objection.purpose.is_not_distinct_from(purpose))
    if channel:
        statement = statement.where(*_stands_in(channel))
    loaded = statement.options(joinedload(Objection.person), joinedload(Objection.company))
    found: Listing[Objection] = listing(loaded, number)
    lifts = _lifts_of([row.id for row in found.rows])
    return found, {row.id: _stop(row, [lift.consent.channel for lift in lifts[row.id]]) for row in found.rows}


def _stands_in(channel: Channel) -> tuple[ColumnElement[bool], ...]:
    lifted = exists().where(
        ObjectionLift.objection_id == Objection.id,
        ObjectionLift.consent_id == Consent.id,
        Consent.channel.in_((channel, Channel.ALL)),
    )
    return Objection.channel.in_((channel, Channel.ALL)), ~lifted

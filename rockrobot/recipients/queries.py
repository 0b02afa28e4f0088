"""Who is written to about which units of a case, on a day."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from rockrobot import clock
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.rules import ContactType, Language, address_order, letter_language
from rockrobot.db import among, db
from rockrobot.devices.models import Ownership
from rockrobot.devices.queries import fates_of, ownerships_of
from rockrobot.devices.rules import OwnershipKind, holders_on, owner_on
from rockrobot.owners.queries import machines_on, owners_on
from rockrobot.parts.models import Batch, LooseDelivery
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import OPEN_STATES, UnitState
from rockrobot.traces.rules import TraceClass, gets_letter

Party = tuple[int | None, int | None]
_deliveries = LooseDelivery.__table__.c


@dataclass
class Recipient:
    """One company or person, the address a letter to them uses, and the units it is about."""

    party: Company | Person
    address: Address | None
    owned: list[CaseUnit] = field(default_factory=list)
    held: list[CaseUnit] = field(default_factory=list)

    @property
    def key(self) -> Party:
        """Company id and person id, one of them None."""
        return key_of(self.party)

    @property
    def units(self) -> list[CaseUnit]:
        """Every unit the letter is about: those owned, then those held on hire."""
        return [*self.owned, *(unit for unit in self.held if unit not in self.owned)]

    @property
    def language(self) -> Language:
        """The language of the letter."""
        return letter_language(self.party.language)

    @property
    def is_importer(self) -> bool:
        """True for an importer, who must pass the notice down."""
        return isinstance(self.party, Company) and self.party.contact_type == ContactType.IMPORTER


def key_of(party: Company | Person) -> Party:
    """Company id and person id of a party, one of them None."""
    return (party.id, None) if isinstance(party, Company) else (None, party.id)


def units_with(case_id: int, *, only: Collection[int] | None = None) -> Sequence[CaseUnit]:
    """Units of the current scope with their machines or deliveries; only: these ids, where given."""
    statement = (
        select(CaseUnit)
        .where(CaseUnit.case_id == case_id, CaseUnit.released_in_version.is_(None))
        .options(
            selectinload(CaseUnit.device),
            selectinload(CaseUnit.loose_delivery).selectinload(LooseDelivery.company),
            selectinload(CaseUnit.loose_delivery).selectinload(LooseDelivery.batch).joinedload(Batch.part),
        )
        .order_by(CaseUnit.id)
    )
    if only is not None:
        statement = statement.where(among(CaseUnit.__table__.c.id, only))
    return db.session.scalars(statement).all()


class ScopeUnit(NamedTuple):
    """What decides whether anybody is written to about a unit; taker_id: the company that took a loose delivery."""

    id: int
    device_id: int | None
    taker_id: int | None
    state: UnitState
    trace_class: TraceClass


def units_by_party(case_id: int, on: date | None = None) -> dict[Party, list[ScopeUnit]]:
    """Who has the open units that letters are written about, with an address or without: as recipients_of decides.

    As bare rows, for pages that only ask how many: ten thousand machines take a tenth of what their objects would.
    """
    day, columns = on or clock.today(), CaseUnit.__table__.c
    kept = (columns.id, columns.device_id, _deliveries.company_id, columns.state, columns.trace_class)
    statement = (
        select(*kept)
        .outerjoin(LooseDelivery.__table__, _deliveries.id == columns.loose_delivery_id)
        .where(columns.case_id == case_id, columns.released_in_version.is_(None), columns.state.in_(OPEN_STATES))
        .order_by(columns.id)
    )
    units = [ScopeUnit._make(row) for row in db.session.execute(statement)]
    ids = [unit.device_id for unit in units if unit.device_id]
    machines, holders = machines_on(ids, day), _holders_of(ids, day)
    found: dict[Party, list[ScopeUnit]] = {}
    for unit in units:
        machine = machines.get(unit.device_id or 0)
        if gets_letter(unit.trace_class, machine.fate if machine else None):
            owner = machine.party if machine else (unit.taker_id, None)
            for party in {*holders.get(unit.device_id or 0, ()), *([owner] if owner else [])}:
                found.setdefault(party, []).append(unit)
    return found


def _holders_of(device_ids: Collection[int], day: date) -> dict[int, list[Party]]:
    """Who has hired each machine on a day (devices.rules.holders_on, said to the database)."""
    o = Ownership.__table__.c
    runs = (o.from_on.is_(None) | (o.from_on <= day)) & (o.to_on.is_(None) | (o.to_on > day))
    hired = select(o.device_id, o.company_id, o.person_id).where(o.kind == OwnershipKind.HIRED, runs)
    found: dict[int, list[Party]] = {}
    for device_id, company_id, person_id in db.session.execute(hired.where(among(o.device_id, device_ids))):
        found.setdefault(device_id, []).append((company_id, person_id))
    return found


def languages_of(parties: Collection[Party], on: date | None = None) -> Counter[Language]:
    """How many of these parties are written to in each language: those that have an address on the day."""
    owners = owners_on(parties, on or clock.today()).values()
    return Counter(letter_language(owner.language) for owner in owners if owner.address_id)


def recipients_of(units: Iterable[CaseUnit], on: date | None = None, *, but: Collection[int] = ()) -> list[Recipient]:
    """Everybody to whom a letter about these units goes, in the order of their numbers; one recipient each.

    units: with machines and deliveries loaded. The owner of machines in letter classes that are not scrapped or
    stolen, the holder of a hired machine, the customers of loose deliveries; those without an address are left out.
    on: the day for owners and addresses, in Finland; today when not given. but: ids of addresses that reach nobody.
    """
    day = on or clock.today()
    wanted = writable(units)
    owned, held = _who_has(wanted, day)
    parties = load_parties({*owned, *held})
    addresses = letter_addresses(parties, day, but)
    recipients = [
        Recipient(party, addresses[key], owned.get(key, []), held.get(key, []))
        for key, party in parties.items()
        if key in addresses
    ]
    return sorted(recipients, key=lambda r: (r.language, _number(r.party)))


def writable(units: Iterable[CaseUnit]) -> list[CaseUnit]:
    """The open units about which letters are written at all."""
    units = [unit for unit in units if unit.state in OPEN_STATES]
    fates = fates_of([unit.device_id for unit in units if unit.device_id])
    return [
        u for u in units if gets_letter(u.trace_class, fate.fate if (fate := fates.get(u.device_id or 0)) else None)
    ]


def _number(party: Company | Person) -> str:
    return party.customer_no if isinstance(party, Company) else party.person_no


def _who_has(units: Sequence[CaseUnit], day: date) -> tuple[dict[Party, list[CaseUnit]], dict[Party, list[CaseUnit]]]:
    """Units by owner (or taker of a delivery), and by holder of a hired machine; a machine of ours has neither."""
    chains = chains_of(units)
    owned: dict[Party, list[CaseUnit]] = {}
    held: dict[Party, list[CaseUnit]] = {}
    for unit in units:
        if unit.loose_delivery is not None:
            owned.setdefault((unit.loose_delivery.company_id, None), []).append(unit)
            continue
        chain = chains.get(unit.device_id or 0, [])
        owner = owner_on(chain, day)
        if owner is not None:
            owned.setdefault((owner.company_id, owner.person_id), []).append(unit)
        for holder in holders_on(chain, day):
            held.setdefault((holder.company_id, holder.person_id), []).append(unit)
    return owned, held


def chains_of(units: Iterable[CaseUnit]) -> dict[int, list[Ownership]]:
    """Owner chains of the units' machines, by machine."""
    return ownerships_of([unit.device_id for unit in units if unit.device_id])


def load_parties(keys: Collection[Party]) -> dict[Party, Company | Person]:
    """Companies and people by key; a row that names nobody is left out."""
    parties: dict[Party, Company | Person] = {}
    companies = among(Company.__table__.c.id, {company_id for company_id, _ in keys if company_id})
    parties |= {(one.id, None): one for one in db.session.scalars(select(Company).where(companies))}
    people = among(Person.__table__.c.id, {person_id for _, person_id in keys if person_id})
    parties |= {(None, one.id): one for one in db.session.scalars(select(Person).where(people))}
    return parties


def addresses_of(keys: Collection[Party], day: date) -> dict[Party, list[Address]]:
    """The addresses of each party that are valid on a day, the one that a letter uses first."""
    owned: dict[Party, list[Address]] = {}
    columns = Address.__table__.c
    for column, position in ((columns.company_id, 0), (columns.person_id, 1)):
        named = among(column, {id_ for key in keys if (id_ := key[position])})
        for address in db.session.scalars(select(Address).where(named)):
            owned.setdefault((address.company_id, address.person_id), []).append(address)
    return {key: address_order(found, day) for key, found in owned.items()}


def letter_addresses(keys: Collection[Party], day: date, but: Collection[int] = ()) -> dict[Party, Address]:
    """The address that a letter to each party uses on a day; parties without a valid one are left out.

    but: ids of addresses that are passed over.
    """
    left = {key: [one for one in found if one.id not in but] for key, found in addresses_of(keys, day).items()}
    return {key: found[0] for key, found in left.items() if found}

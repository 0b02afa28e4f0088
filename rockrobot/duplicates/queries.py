"""Which pairs wait for a decision, what was decided, and whom of the register somebody is likely to be."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased, selectinload

from rockrobot import jobs, search, shown
from rockrobot.contacts.models import Company, ContactPoint, Person
from rockrobot.contacts.queries import WITH_COMPANIES, WITH_POINTS_OF_COMPANIES, WITH_POINTS_OF_PEOPLE, still_here
from rockrobot.db import among, db
from rockrobot.duplicates.models import DuplicatePair, NotSame
from rockrobot.duplicates.rules import (
    Kind,
    LikelyPair,
    best,
    keys_of_name,
    likely_known_companies,
    likely_known_people,
)
from rockrobot.likeness.rules import Likeness, Reason, company_likeness, person_likeness
from rockrobot.lists import Listing, listing
from rockrobot.search_words import fold
from rockrobot.traits.queries import traits_of_companies, traits_of_people
from rockrobot.traits.rules import CompanyTraits, PersonTraits

Party = Person | Company
MODELS: dict[Kind, Any] = {Kind.PEOPLE: Person, Kind.COMPANIES: Company}
DECIDED_OF = {
    Kind.PEOPLE: (NotSame.first_person_id, NotSame.second_person_id),
    Kind.COMPANIES: (NotSame.first_company_id, NotSame.second_company_id),
}
SIDES = {
    Kind.PEOPLE: (WITH_COMPANIES, WITH_POINTS_OF_PEOPLE, selectinload(Person.addresses)),
    Kind.COMPANIES: (WITH_POINTS_OF_COMPANIES, selectinload(Company.addresses)),
}
SCAN = "duplicates.scan"
REASON_WORDS = {
    Reason.BUSINESS_ID: _("sama Y-tunnus"),
    Reason.MOBILE: _("sama matkapuhelin"),
    Reason.PHONE: _("sama puhelin"),
    Reason.EMAIL: _("sama sähköposti"),
    Reason.NAME: _("sama nimi"),
    Reason.NAME_SWAPPED: _("nimet toisin päin"),
    Reason.NAME_NEAR: _("lähes sama nimi"),
    Reason.NAME_SHORT: _("nimi lyhennettynä"),
    Reason.NAME_ROUGHLY: _("lähes sama nimi"),
    Reason.LAST_NAME: _("sama sukunimi"),
    Reason.FIRST_NAME: _("sama etunimi"),
    Reason.COMPANY: _("sama yritys"),
    Reason.STREET: _("sama osoite"),
    Reason.POSTCODE: _("sama postinumero"),
    Reason.DOMAIN: _("saman talon sähköposti"),
    Reason.NOTHING_AGAINST: _("muuta verrattavaa ei ole"),
}
PAIRS_A_PAGE, MOST_TOLD, MOST_COMPARED, MOST_ONE_BY_ONE = 20, 5, 50, 100


def _decided(kind: Kind) -> Select[Any]:
    """The pairs that somebody decided are two, the lower id first; who was merged since stands for who was kept."""
    one, other = aliased(MODELS[kind]), aliased(MODELS[kind])
    kept = [func.coalesce(party.merged_into_id, party.id) for party in (one, other)]
    lower, higher = (case((kept[0] < kept[1], kept[i]), else_=kept[1 - i]) for i in (0, 1))
    of_first, of_second = DECIDED_OF[kind]
    joined = select(lower, higher).select_from(NotSame).join(one, one.id == of_first)
    return joined.join(other, other.id == of_second)


def _is_there(kind: Kind, id_: Any) -> ColumnElement[bool]:
    """Looked up by the id: the pairs are few, and those who are still there are nearly all of the register."""
    party = aliased(MODELS[kind])
    return exists().where(party.id == id_, *still_here(party))


@cache
def _waits(kind: Kind) -> ColumnElement[bool]:
    """True for pairs of which both are still there, neither merged, and nobody decided that they are two."""
    ids = (DuplicatePair.first_id, DuplicatePair.second_id)
    both = (_is_there(kind, id_) for id_ in ids)
    return and_(DuplicatePair.kind == kind, *both, tuple_(*ids).not_in(_decided(kind)))


@cache
def _waiting() -> Select[Any]:
    best_first = (DuplicatePair.score.desc(), DuplicatePair.kind, DuplicatePair.first_id, DuplicatePair.second_id)
    return select(DuplicatePair).where(or_(*map(_waits, Kind))).order_by(*best_first)


def waiting_pairs(*, number: int = 1) -> Listing[DuplicatePair]:
    """The pairs that wait for a decision, best first, one page."""
    found: Listing[DuplicatePair] = listing(_waiting(), number, size=PAIRS_A_PAGE)
    return found


@cache
def _count_of_waiting() -> Select[Any]:
    """Built once: the menu of every page asks it, and it takes longer to build than to answer."""
    return select(func.count()).select_from(_waiting().order_by(None).subquery())


def count_waiting() -> int:
    """How many pairs wait for a decision."""
    with shown.showing_nobody():
        return db.session.scalar(_count_of_waiting()) or 0


def alike_on_card(kind: Kind, id_: int) -> list[tuple[DuplicatePair, Party]]:
    """The best pairs of one record that wait for a decision, each with the other record."""
    its_own = (DuplicatePair.first_id == id_) | (DuplicatePair.second_id == id_)
    statement = select(DuplicatePair).where(_waits(kind), its_own).order_by(DuplicatePair.score.desc())
    pairs = db.session.scalars(statement.limit(MOST_TOLD)).all()
    others = {pair: next(other for other in pair.ids if other != id_) for pair in pairs}
    parties = parties_with(kind, others.values())
    return [(pair, parties[other]) for pair, other in others.items()]


def latest_scan() -> jobs.Job | None:
    """The scan that was asked for last, or None."""
    statement = select(jobs.Job).where(jobs.Job.kind == SCAN).order_by(jobs.Job.id.desc())
    return db.session.scalar(statement.limit(1))


def decision_of(kind: Kind, first_id: int, second_id: int) -> NotSame | None:
    """The decision that these two, the lower id first, are two; None where there is none."""
    of_first, of_second = DECIDED_OF[kind]
    return db.session.scalar(select(NotSame).where(of_first == first_id, of_second == second_id))


def decisions(*, number: int = 1) -> Listing[NotSame]:
    """What was decided, the newest first, one page."""
    found: Listing[NotSame] = listing(select(NotSame).order_by(NotSame.id.desc()), number)
    return found


def decision_with(decision_id: int) -> NotSame | None:
    """The decision with this id, or None."""
    return db.session.get(NotSame, decision_id)


def parties_of(pairs: Iterable[DuplicatePair | NotSame]) -> dict[Kind, dict[int, Party]]:
    """The people and companies of pairs by id, with how they are reached, where they are and whom they represent."""
    ids: dict[Kind, set[int]] = {kind: set() for kind in Kind}
    for pair in pairs:
        ids[pair.kind].update(pair.ids)
    return {kind: parties_with(kind, wanted) for kind, wanted in ids.items()}


def parties_with(kind: Kind, ids: Iterable[int]) -> dict[int, Party]:
    """People or companies by id, with how they are reached, where they are and whom they represent."""
    model, wanted = MODELS[kind], list(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(model).where(among(model.__table__.c.id, wanted)).options(*SIDES[kind]))
    return {row.id: row for row in rows}


# ---------- whom somebody is likely to be ----------


@dataclass(frozen=True)
class Alike:
    """A record that somebody is likely to be, and why."""

    party: Party
    likeness: Likeness


def people_like(traits: PersonTraits, *, but: int = 0) -> dict[int, Likeness]:
    """The people of the register whom somebody is likely to be, best first; but: a person's own id."""
    ids = _reached_by(ContactPoint.person_id, traits.phones | traits.mobiles | traits.emails)
    ids |= _called("person", f"{traits.first_name} {traits.last_name}", but)
    found = traits_of_people(ids - {but})
    return best({id_: person_likeness(traits, other) for id_, other in found.items()})


def companies_like(traits: CompanyTraits, *, but: int = 0) -> dict[int, Likeness]:
    """The companies of the register that somebody is likely to be, best first; but: a company's own id."""
    ids = _reached_by(ContactPoint.company_id, traits.phones | traits.emails)
    ids |= _called("company", " ".join(traits.name.words), but)
    ids |= _called("company", traits.business_id, but)
    found = traits_of_companies(ids - {but})
    return best({id_: company_likeness(traits, other) for id_, other in found.items()})


def people_like_many(asked: Mapping[int, PersonTraits], *, are_known: bool) -> dict[int, dict[int, Likeness]]:
    """Whom of the register each of many people is likely to be; are_known: asked by their ids, else by other numbers.

    A few are asked for one by one; for many the names of the register are read once, and all else only of those who
    share a key of a name or a point with one of them. An error in an initial is left to the night's scan.
    """
    if len(asked) <= MOST_ONE_BY_ONE:
        return {id_: people_like(traits, but=id_ if are_known else 0) for id_, traits in asked.items()}
    known = traits_of_people(_near(asked.values()))
    return _others(likely_known_people(asked, known), are_known=are_known)


def _near(asked: Collection[PersonTraits]) -> set[int]:
    """The ids of people who share a key of their name, or a phone number or e-mail address, with one of these."""
    keys = {key for traits in asked for key in keys_of_name(traits.first_name, traits.last_name)}
    names = select(Person.id, Person.first_name, Person.last_name).where(Person.merged_into_id.is_(None))
    rows = db.session.execute(names)
    named = {id_ for id_, first, last in rows if not keys.isdisjoint(keys_of_name(fold(first), fold(last)))}
    points = {point for traits in asked for point in (*traits.phones, *traits.mobiles, *traits.emails)}
    return named | _reached_by(ContactPoint.person_id, points)


def companies_like_many(asked: Mapping[int, CompanyTraits], *, are_known: bool) -> dict[int, dict[int, Likeness]]:
    """Which companies of the register each of many is likely to be; as of people."""
    if len(asked) <= MOST_ONE_BY_ONE:
        return {id_: companies_like(traits, but=id_ if are_known else 0) for id_, traits in asked.items()}
    return _others(likely_known_companies(asked, traits_of_companies()), are_known=are_known)


def _others(found: dict[int, dict[int, Likeness]], *, are_known: bool) -> dict[int, dict[int, Likeness]]:
    """Without each itself, where they are of the register."""
    for id_, likely in found.items() if are_known else ():
        likely.pop(id_, None)
    return found


def pairs_of(kind: Kind, ids: Collection[int]) -> list[LikelyPair]:
    """The pairs that these records are likely in; who is gone or was merged is in none."""
    if kind is Kind.PEOPLE:
        found = people_like_many(traits_of_people(ids), are_known=True)
    else:
        found = companies_like_many(traits_of_companies(ids), are_known=True)
    pairs = {
        (min(id_, other), max(id_, other)): likeness
        for id_, likely in found.items()
        for other, likeness in likely.items()
    }
    return [LikelyPair(*pair, likeness.score, likeness.reasons) for pair, likeness in pairs.items()]


def _reached_by(owner: Any, normals: Collection[str]) -> set[int]:
    reached = select(owner).where(among(ContactPoint.__table__.c.normal, normals), owner.is_not(None))
    return set(db.session.scalars(reached.distinct()))


def _called(kind: str, words: str, but: int) -> set[int]:
    """Who is found by these words in the search, whose typing errors are forgiven, beside the one who is called so."""
    hits = search.find(words, only=(kind,), limit=MOST_COMPARED, but=but) if words.strip() else ()
    return {hit.row_id for hit in hits}


def why(reasons: Iterable[str]) -> str:
    """Reasons in words."""
    return ", ".join(str(REASON_WORDS[Reason(reason)]) for reason in reasons)


def told(kind: Kind, scored: Mapping[int, Likeness], *, but: int = 0) -> list[Alike]:
    """The best of those whom somebody is likely to be, as they are shown.

    but: the record that is being changed; of whom it was decided not to be is left out.
    """
    others = _decided_against(kind, but) if but else set()
    best = {id_: found for id_, found in scored.items() if id_ not in others}
    parties = parties_with(kind, list(best)[:MOST_TOLD])
    return [Alike(parties[id_], best[id_]) for id_ in best if id_ in parties]


def _decided_against(kind: Kind, id_: int) -> set[int]:
    pairs = db.session.execute(_decided(kind)).all()
    return {other for pair in pairs if id_ in pair for other in pair} - {id_}

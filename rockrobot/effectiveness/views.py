from collections.abc import Callable

from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, allow
from rockrobot.attempts.models import Attempt
from rockrobot.attempts.rules import AttemptState
from rockrobot.db import db
from rockrobot.effectiveness import queries, rules
from rockrobot.effectiveness.rules import AgeBucket, UnitFacts
from rockrobot.letters.models import Letter
from rockrobot.lists import Listing, listing
from rockrobot.parts.models import LooseDelivery
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recalls.queries import case_for
from rockrobot.recalls.rules import OPEN_STATES
from rockrobot.web import asked_page, page

ROWS = 50
blueprint = Blueprint("effectiveness", __name__, url_prefix="/recalls")

UNIT_TESTS: dict[str, Callable[[UnitFacts], bool]] = {
    "affected": lambda _unit: True,
    "open": lambda unit: unit.state in OPEN_STATES,
    "ended": lambda unit: unit.state in rules.ENDED,
    "made-safe": lambda unit: unit.state in rules.CORRECTED,
    "reached": lambda unit: unit.notified_on is not None,
    "not-reached": lambda unit: unit.notified_on is None,
    "answered": lambda unit: unit.responded_on is not None,
    "silent": lambda unit: unit.state in OPEN_STATES and unit.notified_on is not None and unit.responded_on is None,
}
LETTER_TESTS: dict[str, tuple[AttemptState, ...]] = {
    "letters-printed": (AttemptState.PRINTED,),
    "letters-posted": (AttemptState.POSTED, AttemptState.REPLIED, AttemptState.RETURNED),
    "letters-replied": (AttemptState.REPLIED,),
    "letters-returned": (AttemptState.RETURNED,),
    "letters-silent": (AttemptState.POSTED,),
}


@blueprint.get("/<int:case_id>/numbers/<string:what>")
@allow(*REGISTER_READERS, event="effectiveness.rows")
def rows(case_id: int, what: str) -> str:
    """The units behind a number of a case."""
    case = _case_or_404(case_id)
    if not _is_known(what):
        abort(404)
    chosen = [unit for unit in queries.units_of(case.id) if _stands_in(unit, what)]
    number = max(1, min(asked_page(), -(-len(chosen) // ROWS)))
    facts = {unit.id: unit for unit in chosen[(number - 1) * ROWS : number * ROWS]}
    ledger.log_view([])
    shown = Listing(_units(list(facts)), len(chosen), number, ROWS)
    return page("effectiveness/rows.html", case=case, what=what, shown=shown, facts=facts)


@blueprint.get("/<int:case_id>/letters/<string:what>")
@allow(*PEOPLE_READERS, event="effectiveness.letters")
def letters(case_id: int, what: str) -> str:
    """The letters behind a number of a case."""
    case = _case_or_404(case_id)
    if what not in LETTER_TESTS:
        abort(404)
    statement = (
        select(Attempt)
        .join(Attempt.letter)
        .where(Attempt.case_id == case.id, Attempt.state.in_(LETTER_TESTS[what]))
        .order_by(Letter.posted_on, Letter.id)
        .options(selectinload(Attempt.letter))
    )
    shown = listing(statement, asked_page())
    ledger.log_view(attempt.person_id for attempt in shown.rows if attempt.person_id)
    return page("effectiveness/letters.html", case=case, what=what, shown=shown)


def _case_or_404(case_id: int) -> RecallCase:
    case = case_for(case_id)
    if case is None:
        abort(404)
    return case


def _is_known(what: str) -> bool:
    kind, _, word = what.partition("-")
    words: dict[str, set[str]] = {"age": set(AgeBucket), "state": {*OPEN_STATES, *rules.ENDED}}
    return what in UNIT_TESTS or what == "released" or word in words.get(kind, set())


def _stands_in(unit: UnitFacts, what: str) -> bool:
    """True when the number named what counts this unit."""
    if unit.is_released or what == "released":
        return unit.is_released and what == "released"
    if what in UNIT_TESTS:
        return UNIT_TESTS[what](unit)
    kind, _, word = what.partition("-")
    if kind == "state":
        return unit.state == word
    return unit.state in OPEN_STATES and rules.age_of(unit, clock.today()) == word


def _units(ids: list[int]) -> list[CaseUnit]:
    options = (
        joinedload(CaseUnit.device),
        joinedload(CaseUnit.loose_delivery).joinedload(LooseDelivery.company),
    )
    statement = select(CaseUnit).where(CaseUnit.id.in_(ids)).order_by(CaseUnit.id).options(*options)
    return list(db.session.scalars(statement))

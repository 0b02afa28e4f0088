"""What a returned letter and a call do to units."""

from sqlalchemy import select

from rockrobot import clock
from rockrobot.attempts.models import Attempt
from rockrobot.attempts.rules import Channel
from rockrobot.db import db
from rockrobot.dispatches.actions import mark_posted, mark_returned, record_attempt
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import UnitState
from rockrobot.replies.queries import attempts_of

TODAY = clock.today()


def unit_with(kind: LetterKind) -> tuple[CaseUnit, Letter]:
    """A unit about which such a letter was written, and the letter."""
    letter = db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)).first()
    return db.session.get_one(CaseUnit, letter.units[0]["case_unit_id"]), letter


def test_a_copy_that_comes_back_leaves_its_units_notified_by_the_owners_letter(case):
    unit, copy = unit_with(LetterKind.HOLDER_COPY)
    mark_posted(db.session.scalars(select(Letter)).all(), TODAY)

    mark_returned(copy, TODAY, "moved")

    assert {attempt.letter.kind for attempt in attempts_of(unit.id)} == {LetterKind.FIRST, LetterKind.HOLDER_COPY}
    assert unit.state is UnitState.NOTIFIED


def test_a_call_is_an_attempt_to_reach_who_has_the_machine(case):
    unit, letter = unit_with(LetterKind.FIRST)

    record_attempt(case, [unit], channel=Channel.PHONE, on=TODAY, note="ei vastaa")

    call = db.session.scalars(select(Attempt).where(Attempt.channel == Channel.PHONE)).one()
    assert (call.company_id, call.person_id) == (letter.company_id, letter.person_id)
    assert call.company_id or call.person_id

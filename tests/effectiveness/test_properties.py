"""Whatever happens to a case, in whatever order, its equations hold."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.rules import AttemptState, Channel, ReplyKind
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import Fitting
from rockrobot.dispatches import actions as dispatches
from rockrobot.effectiveness import queries, rules
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.models import CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.queries import units_of
from rockrobot.recalls.rules import CaseOpening, CaseOrigin, UnitState
from rockrobot.replies import actions
from rockrobot.replies.actions import Answer, Outcome, OutcomeError, StaleStepError
from rockrobot.scopes.actions import NoChangeError, freeze_scope
from tests import make
from tests.conftest import empty

DAY = date(2026, 9, 21)
MACHINES = 4
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
REPLIES = [kind for kind in ReplyKind if kind not in {ReplyKind.SOLD, ReplyKind.HIRED_OUT}]
OUTCOMES = [state for state in UnitState if state not in {UnitState.RELEASED, UnitState.NOTIFIED}]
which = st.integers(0, MACHINES)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["print", "post", "return", "call", "confirm", "fit", "remove", "freeze"]), which),
        st.tuples(st.just("reply"), which, st.sampled_from(REPLIES)),
        st.tuples(st.just("outcome"), which, st.sampled_from(OUTCOMES)),
    ),
    max_size=14,
)


class Play:
    """A case about some machines, and the acts that may befall it."""

    def __init__(self) -> None:
        self.batch = make.batch(quantity=20)
        self.machines = [make.device(serial=f"SN-{n}") for n in range(MACHINES + 1)]
        self.people = [make.person(f"Aino {n}") for n in range(MACHINES + 1)]
        for n, machine in enumerate(self.machines):
            make.ownership(machine, self.people[n])
            if n < MACHINES:
                make.fitting(machine, self.batch)
        self.case = open_case(CaseOpening(CaseOrigin.BATCH, "Tiiviste", batch_ids=[self.batch.id]))
        freeze_scope(self.case)
        db.session.commit()
        self.count = 0

    def unit(self, n: int) -> CaseUnit | None:
        units = units_of(self.case.id)
        return units[n] if n < len(units) else None

    def letter(self, n: int) -> Letter | None:
        mine = select(Letter).join(Attempt, Attempt.letter_id == Letter.id).where(Letter.person_id == self.people[n].id)
        return db.session.scalars(mine.order_by(Letter.id.desc())).first()

    def do_print(self, n: int) -> None:
        unit = self.unit(n)
        if unit is None or unit.released_in_version:
            return
        self.count += 1
        now = datetime(2026, 9, 20, tzinfo=UTC)
        letter = Letter(
            reference=f"{self.case.number}-{self.count}", case_number=self.case.number, kind=LetterKind.FIRST,
            language=Language.FI, person_id=self.people[n].id, recipient_name="A", address_lines=[], units=[],
            content={}, text_version=1, made_at=now,
        )  # fmt: skip
        db.session.add(letter)
        db.session.flush()
        attempt = Attempt(
            case_id=self.case.id, channel=Channel.LETTER, state=AttemptState.PRINTED, letter_id=letter.id,
            person_id=self.people[n].id, made_at=now, made_by="test",
        )  # fmt: skip
        db.session.add(attempt)
        db.session.flush()
        db.session.add(AttemptUnit(attempt_id=attempt.id, case_unit_id=unit.id))

    def do_post(self, n: int) -> None:
        letter = self.letter(n)
        if letter:
            dispatches.mark_posted([letter], DAY)

    def do_return(self, n: int) -> None:
        letter = self.letter(n)
        if letter:
            dispatches.mark_returned(letter, DAY + timedelta(days=5), "moved")

    def do_call(self, n: int) -> None:
        unit = self.unit(n)
        if unit:
            case = db.session.get_one(RecallCase, self.case.id)
            dispatches.record_attempt(case, [unit], channel=Channel.PHONE, on=DAY, note="ei vastaa")

    def do_reply(self, n: int, kind: ReplyKind) -> None:
        unit = self.unit(n)
        if unit and not unit.released_in_version:
            actions.record_reply(unit, Answer(kind, DAY + timedelta(days=9), note="näin sanoi"))

    def do_outcome(self, n: int, state: UnitState) -> None:
        unit = self.unit(n)
        if unit and not unit.released_in_version:
            try:
                actions.record_outcome(unit, Outcome(state, DAY + timedelta(days=20), "photo", "näin kävi"))
            except OutcomeError:
                return

    def do_confirm(self, _n: int) -> None:
        waiting = select(UnitStep).where(UnitStep.needs_second, UnitStep.confirmed_by == "").order_by(UnitStep.id)
        step = db.session.scalars(waiting).first()
        if step and step.by != ledger.actor():
            with suppress(StaleStepError):
                actions.confirm_outcome(step)

    def do_fit(self, n: int) -> None:
        make.fitting(self.machines[n], self.batch, fitted_on=DAY)

    def do_remove(self, n: int) -> None:
        mine = select(Fitting).where(Fitting.device_id == self.machines[n].id).order_by(Fitting.id)
        fitting = db.session.scalars(mine).first()
        if fitting:
            db.session.delete(fitting)

    def do_freeze(self, _n: int) -> None:
        try:
            freeze_scope(db.session.get_one(RecallCase, self.case.id), "rekisteri muuttui")
        except NoChangeError:
            return


def check(case_id: int) -> None:
    """Every equation of the case, and that its numbers agree with each other."""
    sums, numbers = queries.sums_of(case_id), queries.numbers_of(case_id)
    assert sums.units.adds_up
    assert sums.letters.adds_up
    assert sums.units.affected == len(numbers.scope)
    assert sums.units.affected + sums.units.released == len(numbers.units)
    for row in sums.pieces:
        pieces = row.pieces
        held = pieces.in_stock + pieces.quarantined + pieces.scrapped + pieces.returned
        assert pieces.received == pieces.fitted + pieces.built_in + pieces.loose + held + pieces.unaccounted
    assert all(share is None or 0 <= share <= 100 for share in numbers.percentages().values())
    assert sum(sum(states.values()) for states in rules.ages(numbers.units, numbers.on).values()) == sums.units.open


def pieces_fitted(batch_id: int) -> int:
    return sum(row.pieces for row in db.session.scalars(select(Fitting).where(Fitting.batch_id == batch_id)))


@FEW
@given(acts=steps)
def test_the_equations_hold_after_every_act(database: Any, acts: list[tuple[Any, ...]]) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        empty(connection)
    db.session.expunge_all()
    with ledger.change_set("test", actor="staff:1"):
        play = Play()
    case_id, batch_id = play.case.id, play.batch.id

    for number, (name, *values) in enumerate(acts):
        with ledger.change_set("test", actor=f"staff:{number % 2 + 1}"):
            getattr(play, f"do_{name}")(*values)
            db.session.commit()

        check(case_id)
        assert queries.sums_of(case_id).pieces[0].pieces.fitted == pieces_fitted(batch_id)

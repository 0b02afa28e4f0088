"""What an answer, an outcome and a returned letter do to units."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.access import Role
from rockrobot.attempts.rules import ReplyKind
from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.dispatches import actions as dispatches
from rockrobot.follow_ups.queries import unsettled_units
from rockrobot.letters.models import Letter
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.recalls.actions import set_state
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.rules import CaseState, UnitState
from rockrobot.replies import actions, queries
from rockrobot.replies.rules import Evidence
from tests import make

TODAY = clock.today()


def unit_of(serial: str) -> CaseUnit:
    statement = select(CaseUnit).join(Device, Device.id == CaseUnit.device_id).where(Device.serial == serial)
    return db.session.scalars(statement.order_by(CaseUnit.id)).first()


def letters_about(unit: CaseUnit) -> list[Letter]:
    return [attempt.letter for attempt in queries.attempts_of(unit.id) if attempt.letter]


def post_all(days_ago: int = 0) -> None:
    dispatches.mark_posted(db.session.scalars(select(Letter)).all(), TODAY - timedelta(days=days_ago))
    db.session.commit()


def refuse(unit: CaseUnit) -> None:
    actions.record_reply(unit, actions.Answer(ReplyKind.REFUSES, TODAY, note="Ei halua."))
    db.session.commit()


def test_who_refuses_has_answered_and_is_not_reminded_while_a_second_person_is_waited_for(case):
    post_all(days_ago=15)
    unit = unit_of("SN-0102")

    refuse(unit)

    assert unit.state is UnitState.RESPONDED
    assert [step.to_state for step, _ in queries.steps_to_confirm(case.id)] == [UnitState.REFUSED]
    assert all(unit.id not in silent for silent in unsettled_units(letters_about(unit)).values())


def test_a_step_that_waited_is_void_once_the_unit_has_moved_on(case):
    post_all()
    unit = unit_of("SN-0102")
    with ledger.change_set("refuse", actor="staff:1"):
        refuse(unit)
    step = queries.steps_of(unit.id)[0]
    actions.record_outcome(unit, actions.Outcome(UnitState.CORRECTED, TODAY, Evidence.SERVICE_REPORT, "suostui"))

    with ledger.change_set("confirm", actor="staff:2"), pytest.raises(actions.StaleStepError):
        actions.confirm_outcome(step)

    assert unit.state is UnitState.CORRECTED
    assert list(queries.steps_to_confirm(case.id)) == []


def test_who_may_ask_a_colleague_confirms_no_step_of_their_own(case):
    ensure_organisation().may_approve_own_cases = True
    me, colleague = (make.staff_member(Role.CUSTOMER_CARE, name=name) for name in ("Aino", "Eero"))
    post_all()
    unit = unit_of("SN-0102")
    with ledger.change_set("refuse", actor=f"staff:{me.id}"):
        refuse(unit)
    step = queries.steps_of(unit.id)[0]

    with ledger.change_set("confirm", actor=f"staff:{me.id}"):
        with pytest.raises(actions.SecondPersonError):
            actions.confirm_outcome(step, "Olen talossa yksin.")
        colleague.is_active = False
        db.session.flush()
        actions.confirm_outcome(step, "Olen talossa yksin.")
        db.session.commit()

    assert step.own_confirmation_reason == "Olen talossa yksin."


def test_nothing_moves_in_a_closed_case(case):
    unit = unit_of("SN-0102")
    actions.record_outcome(unit, actions.Outcome(UnitState.CORRECTED, TODAY, Evidence.SERVICE_REPORT, "vaihdettu"))
    set_state(case, CaseState.CLOSED)
    db.session.commit()

    with pytest.raises(actions.OutcomeError):
        actions.record_outcome(unit, actions.Outcome(UnitState.IDENTIFIED, TODAY, note="väärä laite"))

    assert unit.state is UnitState.CORRECTED

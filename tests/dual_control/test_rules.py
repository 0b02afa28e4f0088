"""Who may ask, decide and do what needs two people, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from rockrobot.dual_control.rules import (
    Decision,
    Fault,
    Signer,
    Stand,
    State,
    asking_fault,
    deciding_fault,
    state_of,
    using_fault,
    withdrawing_fault,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
END = NOW + timedelta(days=7)
OTHER = Signer("staff:2", True, False)
WAITING = Stand("staff:1", State.WAITING)


@pytest.mark.parametrize(
    ("decision", "used_at", "now", "state"),
    [
        (None, None, NOW, State.WAITING),
        (None, None, END - timedelta(seconds=1), State.WAITING),
        (None, None, END, State.EXPIRED),
        (Decision.APPROVED, None, NOW, State.APPROVED),
        (Decision.APPROVED, None, END, State.EXPIRED),
        (Decision.APPROVED, NOW, END, State.USED),
        (Decision.DECLINED, None, END, State.DECLINED),
        (Decision.WITHDRAWN, None, END, State.WITHDRAWN),
    ],
)
def test_an_act_is_as_far_as_it_was_decided_done_or_run_out(decision, used_at, now, state):
    assert state_of(decision, used_at=used_at, expires_at=END, now=now) is state


def test_asking_needs_the_role_and_a_reason():
    assert asking_fault("workshop", {"customer_care"}, "syy") is Fault.ROLE
    assert asking_fault("customer_care", {"customer_care"}, "  ") is Fault.REASON
    assert asking_fault("customer_care", {"customer_care"}, "syy") is None


@pytest.mark.parametrize(
    ("signer", "decision", "reason", "fault"),
    [
        (OTHER, Decision.APPROVED, "", None),
        (OTHER, Decision.DECLINED, "", Fault.REASON),
        (OTHER, Decision.DECLINED, "ei tarvetta", None),
        (OTHER._replace(has_role=False), Decision.APPROVED, "", Fault.ROLE),
        (Signer("staff:1", True, False), Decision.APPROVED, "minä", Fault.SECOND_PERSON),
        (Signer("staff:1", True, True), Decision.APPROVED, " ", Fault.OWN_REASON),
        (Signer("staff:1", True, True), Decision.APPROVED, "olen ainoa", None),
        (Signer("staff:1", True, True), Decision.DECLINED, "olen ainoa", Fault.SECOND_PERSON),
    ],
)
def test_a_second_person_of_the_role_decides(signer, decision, reason, fault):
    assert deciding_fault(WAITING, signer, decision, reason) is fault


@pytest.mark.parametrize("state", [state for state in State if state is not State.WAITING])
def test_only_what_waits_is_decided(state):
    assert deciding_fault(Stand("staff:1", state), OTHER, Decision.APPROVED, "") is Fault(state.value)


def test_only_what_can_still_be_done_is_withdrawn():
    faults = {state: withdrawing_fault(Stand("staff:1", state), "staff:1") for state in State}

    assert (faults.pop(State.WAITING), faults.pop(State.APPROVED)) == (None, None)
    assert faults == {state: Fault(state.value) for state in faults}


def test_only_who_asked_withdraws():
    assert withdrawing_fault(WAITING, "staff:1") is None
    assert withdrawing_fault(WAITING, "staff:2") is Fault.NOT_ASKER


def test_only_who_asked_does_it_and_only_once_it_is_approved():
    faults = {state: using_fault(Stand("staff:1", state), "staff:1") for state in State}

    assert faults.pop(State.APPROVED) is None
    assert faults == {state: Fault(state.value) for state in faults}
    assert using_fault(Stand("staff:1", State.APPROVED), "staff:2") is Fault.NOT_ASKER

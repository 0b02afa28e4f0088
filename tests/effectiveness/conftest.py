"""A case with ten machines of one batch, in which something has happened to most."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rockrobot.attempts.models import Attempt, AttemptUnit, Reply
from rockrobot.attempts.rules import AttemptState, Channel, ReplyKind
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls import actions
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recalls.queries import units_of
from rockrobot.recalls.rules import CaseOpening, CaseOrigin, UnitState
from rockrobot.scopes.actions import freeze_scope
from tests import make

POSTED = date(2026, 9, 21)


@dataclass
class Running:
    """The case, its units in order of serial, and its recipients."""

    case: RecallCase
    units: list[CaseUnit]
    people: list[Any]


def attempt(running_case: RecallCase, party: Any, units: list[CaseUnit], state: AttemptState, on: date) -> Attempt:
    """A letter to a person about units, in this state."""
    letter = Letter(
        reference=f"{running_case.number}-{party.id}-{state}",
        case_number=running_case.number,
        kind=LetterKind.FIRST,
        language=Language.FI,
        person_id=party.id,
        recipient_name=party.name,
        address_lines=[],
        units=[],
        content={},
        text_version=1,
        made_at=datetime(2026, 9, 20, tzinfo=UTC),
        posted_on=on if state is not AttemptState.PRINTED else None,
        returned_on=on + timedelta(days=5) if state is AttemptState.RETURNED else None,
    )
    db.session.add(letter)
    db.session.flush()
    made = Attempt(
        case_id=running_case.id,
        channel=Channel.LETTER,
        state=state,
        letter_id=letter.id,
        person_id=party.id,
        made_at=datetime(2026, 9, 20, tzinfo=UTC),
        made_by="test",
        reached_on=letter.posted_on,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(AttemptUnit(attempt_id=made.id, case_unit_id=unit.id) for unit in units)
    return made


def reply(unit: CaseUnit, made: Attempt, on: date, kind: ReplyKind = ReplyKind.STOPPED_USE) -> None:
    values = {"channel": Channel.LETTER, "recorded_at": datetime(2026, 10, 1, tzinfo=UTC), "recorded_by": "test"}
    db.session.add(Reply(case_unit_id=unit.id, attempt_id=made.id, kind=kind, received_on=on, **values))


def put(unit: CaseUnit, state: UnitState, on: date) -> None:
    unit.state, unit.state_on = state, on


@pytest.fixture
def running(database: Any) -> Running:
    """Ten machines: two of each of five owners; who was written to, who answered, what ended how is set out below."""
    batch = make.batch(batch_no="E003", quantity=12)
    people = [make.person(f"Aino {n}") for n in range(5)]
    model = make.device_model("RR")
    for n in range(10):
        machine = make.device(model, f"SN-{n}")
        make.fitting(machine, batch)
        make.ownership(machine, people[n // 2])
    case = actions.open_case(CaseOpening(CaseOrigin.BATCH, "Tiiviste", batch_ids=[batch.id]))
    freeze_scope(case)
    units = list(units_of(case.id))
    answered = attempt(case, people[0], units[0:2], AttemptState.REPLIED, POSTED)
    attempt(case, people[1], units[2:4], AttemptState.POSTED, POSTED)
    attempt(case, people[2], units[4:6], AttemptState.RETURNED, POSTED)
    attempt(case, people[3], units[6:8], AttemptState.PRINTED, POSTED)
    for unit in units[0:2]:
        reply(unit, answered, POSTED + timedelta(days=10))
    put(units[0], UnitState.CORRECTED, POSTED + timedelta(days=20))
    put(units[1], UnitState.NOTIFIED, POSTED)
    put(units[2], UnitState.NOTIFIED, POSTED)
    put(units[3], UnitState.REFUSED, POSTED + timedelta(days=30))
    put(units[9], UnitState.STOLEN, POSTED + timedelta(days=3))
    db.session.commit()
    return Running(case, units, people)

"""The attempts that letters are, and the units, machines and cases they were about."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.rules import AttemptState
from rockrobot.db import among, db
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recipients.queries import Party


def attempts_of_letters(letter_ids: Collection[int]) -> Sequence[Attempt]:
    """The attempts that these letters are."""
    return db.session.scalars(select(Attempt).where(Attempt.letter_id.in_(letter_ids))).all()


def units_of_attempts(attempt_ids: Collection[int]) -> Sequence[CaseUnit]:
    """The units that these attempts were about, each once."""
    statement = select(AttemptUnit.case_unit_id).where(AttemptUnit.attempt_id.in_(attempt_ids))
    return db.session.scalars(select(CaseUnit).where(CaseUnit.id.in_(statement))).all()


def units_known_to_others(party: Party, unit_ids: Collection[int]) -> set[int]:
    """Those of these units about which somebody else than this party was reached."""
    columns = select(AttemptUnit.case_unit_id, Attempt.company_id, Attempt.person_id)
    reached = columns.join(Attempt, Attempt.id == AttemptUnit.attempt_id).where(
        AttemptUnit.case_unit_id.in_(unit_ids), Attempt.state.in_((AttemptState.POSTED, AttemptState.REPLIED))
    )
    return {unit_id for unit_id, *others in db.session.execute(reached) if tuple(others) != party}


def devices_of_units(unit_ids: Collection[int]) -> dict[int, int]:
    """The machine of each unit, by the unit's id; loose deliveries have none."""
    columns = CaseUnit.__table__.c
    known = (among(columns.id, unit_ids), columns.device_id.is_not(None))
    rows = db.session.execute(select(columns.id, columns.device_id).where(*known))
    return dict(rows.all())


def cases_of_attempts(attempt_ids: Collection[int]) -> Sequence[RecallCase]:
    """The cases that these attempts belong to."""
    statement = select(Attempt.case_id).where(Attempt.id.in_(attempt_ids))
    return db.session.scalars(select(RecallCase).where(RecallCase.id.in_(statement))).all()

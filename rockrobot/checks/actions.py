"""Draw a check and write down what was found."""

import secrets

from rockrobot import clock, ledger
from rockrobot.checks import queries
from rockrobot.checks.models import CheckedUnit, EffectivenessCheck
from rockrobot.checks.rules import CheckLevel, CheckSubject, drawn
from rockrobot.db import db


class NothingToCheckError(ValueError):
    """No unit stands in the population, or the level draws none."""


def draw_check(case_id: int, subject: CheckSubject, level: CheckLevel) -> EffectivenessCheck:
    """Draw a sample of the case's units at random and keep the seed. Raises NothingToCheckError."""
    population, seed = queries.population_of(case_id, subject), secrets.token_hex(16)
    unit_ids = drawn(population, level, seed)
    if not unit_ids:
        raise NothingToCheckError
    check = EffectivenessCheck(
        case_id=case_id,
        subject=subject,
        level=level,
        seed=seed,
        population=len(population),
        drawn_at=clock.now(),
        drawn_by=ledger.actor(),
    )
    db.session.add(check)
    db.session.flush()
    ledger.bulk_insert(CheckedUnit.__table__, [{"check_id": check.id, "case_unit_id": id_} for id_ in unit_ids])
    return check


def record_finding(unit: CheckedUnit, *, is_right: bool, note: str) -> None:
    """What the person who looked found: the register was right about the unit, or not."""
    unit.is_right, unit.note = is_right, note.strip()
    unit.checked_on, unit.checked_by = clock.today(), ledger.actor()

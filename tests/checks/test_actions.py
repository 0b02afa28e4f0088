import pytest

from rockrobot.checks import actions, queries
from rockrobot.checks.rules import CheckLevel, CheckSubject, drawn
from rockrobot.db import db
from rockrobot.recalls.rules import UnitState
from rockrobot.reports.queries import report_of


def test_a_check_of_ended_units_can_be_drawn_again_from_its_seed(running):
    check = actions.draw_check(running.case.id, CheckSubject.ENDED, CheckLevel.B)
    db.session.commit()

    population = queries.population_of(running.case.id, CheckSubject.ENDED)
    ids = [row.case_unit_id for row in queries.units_drawn(check.id).rows]
    assert (check.population, len(ids)) == (3, 2)
    assert sorted(ids) == drawn(population, check.level, check.seed)


def test_the_silent_are_units_notified_and_unanswered(running):
    ids = queries.population_of(running.case.id, CheckSubject.SILENT)

    assert ids == [running.units[2].id]


def test_nothing_is_drawn_from_nothing(running):
    for unit in running.units:
        unit.state = UnitState.IDENTIFIED
    db.session.commit()

    with pytest.raises(actions.NothingToCheckError):
        actions.draw_check(running.case.id, CheckSubject.ENDED, CheckLevel.A)


def test_what_was_found_stands_in_the_report(running):
    check = actions.draw_check(running.case.id, CheckSubject.ENDED, CheckLevel.A)
    first, second, _ = queries.units_drawn(check.id).rows
    actions.record_finding(first, is_right=True, note="")
    actions.record_finding(second, is_right=False, note="kone on yhä käytössä")
    db.session.commit()

    found = report_of(running.case)["checks"]

    assert [(row["drawn"], row["checked"], row["wrong"]) for row in found] == [(3, 2, 1)]

from rockrobot.checks import actions, queries
from rockrobot.checks.rules import CheckLevel, CheckSubject
from rockrobot.db import db


def test_a_sample_is_drawn_and_its_result_written_down(running, office):
    here = f"/recalls/{running.case.id}/checks"
    answer = office.post(f"{here}/draw", data={"subject": "ended", "level": "A"})
    assert answer.status_code == 303
    assert "Tarkastamatta" in office.get(answer.location).text

    db.session.rollback()
    unit = queries.units_drawn(queries.checks_of(running.case.id)[0].check.id).rows[0]
    wrong = {"finding": "wrong", "note": ""}
    assert "Kirjoita, mikä oli väärin." in office.post(f"/recalls/checks/units/{unit.id}", data=wrong).text
    office.post(f"/recalls/checks/units/{unit.id}", data=wrong | {"note": "kone on käytössä"})

    assert "väärin 1" in office.get(here).text
    assert "kone on käytössä" in office.get(answer.location).text


def test_without_a_choice_nothing_is_drawn(running, office):
    answer = office.post(f"/recalls/{running.case.id}/checks/draw", data={"level": "A"})

    assert answer.status_code == 422
    assert "Valitse, mitä tarkastetaan" in answer.text


def test_data_protection_looks_and_does_not_draw(running, protection):
    actions.draw_check(running.case.id, CheckSubject.ENDED, CheckLevel.A)
    db.session.commit()

    assert protection.get(f"/recalls/{running.case.id}/checks").status_code == 200
    assert protection.post(f"/recalls/{running.case.id}/checks/draw", data={}).status_code == 403

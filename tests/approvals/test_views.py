"""The approval page, pressed by people."""

import re

from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.recalls.models import Approval
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases


def form_of(visitor, there):
    page = visitor.get(there).text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1) for name in ("idempotency_key", "seen")}
    return hidden | {"heading_fi": "Esa Esimies"}


def ready_case():
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()
    return case


def test_the_approval_pressed_twice_is_one_approval(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)

    answers = [supervisor.post(there, data=form) for _ in range(2)]

    assert {answer.location for answer in answers} == {f"/recalls/{case.id}/letters"}
    assert db.session.scalars(db.select(Approval)).one().approved_by != "test"


def test_a_case_waits_with_other_acts_for_who_may_approve_it(supervisor, office, protection):
    case = ready_case()
    case.opened_by = f"staff:{office.member_id}"
    db.session.commit()
    there = f"/recalls/{case.id}/approval"

    before = [one.get("/requested-acts/").text for one in (supervisor, office, protection)]
    counted = ["Odottaa toista henkilöä <b>1<" in page for page in before]
    supervisor.post(there, data=form_of(supervisor, there))
    approved = supervisor.get("/requested-acts/").text
    office.post(f"/recalls/{case.id}/texts/fi", data=SAMPLE_TEXTS[Language.FI]._asdict() | {"hazard": "Kone kaatuu."})

    assert [f'href="{there}"' in page for page in before] == [True, False, False]
    assert counted == [True, False, False]
    assert there not in approved
    assert there in supervisor.get("/requested-acts/").text


def test_what_changed_while_it_was_read_is_not_approved(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    form = form_of(supervisor, there)
    text = SAMPLE_TEXTS[Language.FI]._asdict()

    office.post(f"/recalls/{case.id}/texts/fi", data=text | {"hazard": "Letku irtoaa ja kone kaatuu päälle."})
    late = supervisor.post(there, data=form, follow_redirects=True)
    none_yet = db.session.scalars(db.select(Approval)).all()
    supervisor.post(there, data=form_of(supervisor, there))

    assert "muuttuivat, kun luit niitä" in late.text
    assert none_yet == []
    assert len(db.session.scalars(db.select(Approval)).all()) == 1


def test_who_approves_second_is_told_that_somebody_was_first(supervisor, office):
    case = ready_case()
    there = f"/recalls/{case.id}/approval"
    first, second = form_of(supervisor, there), form_of(supervisor, there)

    supervisor.post(there, data=first)
    told = supervisor.post(there, data=second, follow_redirects=True)

    assert "ehti hyväksyä tämän ennen sinua" in told.text
    assert len(db.session.scalars(db.select(Approval)).all()) == 1

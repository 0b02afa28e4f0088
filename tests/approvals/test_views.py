"""The approval page, pressed by people."""

import re

from rockrobot.db import db
from rockrobot.recalls.models import Approval
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases


def test_the_approval_pressed_twice_is_one_approval(supervisor, office):
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()
    there = f"/recalls/{case.id}/approval"
    key = re.search(r'name="idempotency_key" value="([^"]+)"', supervisor.get(there).text).group(1)

    answers = [supervisor.post(there, data={"heading_fi": "Esa Esimies", "idempotency_key": key}) for _ in range(2)]

    assert {answer.location for answer in answers} == {f"/recalls/{case.id}/letters"}
    assert db.session.scalars(db.select(Approval)).one().approved_by != "test"

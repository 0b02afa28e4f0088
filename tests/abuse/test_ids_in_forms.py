"""Ids that no column holds, in forms and questions of addresses: they name nothing, and never break the page."""

import pytest

from rockrobot.db import db
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases

TOO_LARGE = ("2147483648", "99999999999999999999", "9" * 400)


@pytest.fixture
def case(office):
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()
    return case


@pytest.mark.parametrize("large", TOO_LARGE, ids=len)
def test_an_id_in_a_form_that_no_column_holds_names_nothing(office, case, large):
    person = make.person("Aino", "Aho")

    answers = {
        "a tag": office.post(f"/tags/people/{person.id}/take", data={"tag_id": large}),
        "rows ticked": office.post("/bulk/people", data={"act": "tag", "ids": large}),
        "an export": office.post("/exports/people", data={"ids": large}),
        "an exported file": office.post("/exports/people/file", data={"ids": large}),
        "letters": office.post(f"/recalls/{case.id}/reminders", data={"letters": large}),
        "a version": office.get(f"/recalls/{case.id}/scope?version={large}"),
        "a kept form": office.get(f"/people/?draft_id={large}"),
        "a kept form that is sent": office.post(f"/people/{person.id}/edit", data={"draft_id": large}),
        "a page": office.get(f"/people/?page={large}"),
        "a filter": office.get(f"/devices/?model={large}&owner={large}"),
        "a batch": office.get(f"/traces/?batch_id={large}"),
        "a model": office.get(f"/traces/?by=build_dates&device_model_id={large}"),
    }

    assert {what: answer.status_code for what, answer in answers.items() if answer.status_code >= 500} == {}

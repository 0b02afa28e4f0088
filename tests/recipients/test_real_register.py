"""Recipients on the shared register, where it is there, against its expected answers."""

import json
from collections import Counter
from datetime import date

import pytest

from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.exchange.queries import read_register
from rockrobot.imports import actions as imports
from rockrobot.imports import queries as stored_rows
from rockrobot.imports.rules import plan_import
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.rules import CaseOpening, CaseOrigin
from rockrobot.recipients.queries import languages_of, recipients_of, units_by_party, units_with
from rockrobot.scopes.actions import freeze_scope
from rockrobot.traces.queries import find_batch
from tests.conftest import SHARED

REGISTER = SHARED / "data" / "register"
DAY = date(2026, 11, 22)
pytestmark = pytest.mark.skipif(not REGISTER.exists(), reason="the shared register is not here")


def number_of(party):
    return party.customer_no if isinstance(party, Company) else party.person_no


def test_those_who_get_letters_are_exactly_the_expected_ones(database):
    register = read_register(REGISTER / "register.xlsx")
    stored = stored_rows.stored_for(read.sheet.name for read in register.sheets)
    imports.apply_plan(plan_import(register.sheets, stored), stored)
    expected = json.loads((REGISTER / "expected.json").read_text(encoding="utf-8"))
    found = []

    for row in expected:
        batch = find_batch(row["part_no"], row["supplier"], row["batch_no"])
        case = open_case(CaseOpening(CaseOrigin.BATCH, "Koe", is_drill=True, batch_ids=[batch.id]))
        freeze_scope(case)
        recipients = recipients_of(units_with(case.id), DAY)
        parties = units_by_party(case.id, DAY)
        assert {one.key: sorted(unit.id for unit in one.units) for one in recipients} == {
            one.key: [unit.id for unit in parties[one.key]] for one in recipients
        }
        assert languages_of(parties, DAY) == Counter(one.language for one in recipients)
        written = [one for one in recipients if one.owned]
        found.append(sorted(number_of(one.party) for one in written))
        db.session.commit()

    assert found == [sorted(row["letter_owners"]) for row in expected]

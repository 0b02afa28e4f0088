"""What was noted of a call or an answer stays with those who may read of people."""

import pytest
from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.recalls.models import CaseTask
from tests.abuse.house import NOTED, House, house

__all__ = ["house"]
pytestmark = pytest.mark.usefixtures("app")
READERS = (Role.CUSTOMER_CARE, Role.DATA_PROTECTION)
UNIT = "/recalls/units/1"


def pages_of_the_case() -> list[str]:
    """The case, its tasks, the unit that somebody called about, and each task."""
    tasks = db.session.scalars(select(CaseTask.id)).all()
    return ["/recalls/1", "/recalls/1/tasks", UNIT, *(f"/recalls/tasks/{id_}" for id_ in tasks)]


def acts_with_the_note() -> list[str]:
    """The page in the history of each act that wrote the note down."""
    entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.changes.is_not(None))).all()
    return sorted({f"/history/{entry.change_set_id}" for entry in entries if NOTED in str(entry.changes)})


def test_no_note_of_a_call_or_an_answer_reaches_the_workshop(house: House):
    """A4: the unit, the case and its tasks say what kind of answer came, and not what was noted of it."""
    paths = pages_of_the_case()

    shown = {role: [path for path in paths if NOTED in house[role].get(path).text] for role in READERS}
    page = house[Role.WORKSHOP].get(UNIT).text

    assert [path for path in paths if NOTED in house[Role.WORKSHOP].get(path).text] == []
    assert "Pyytää yhteydenottoa" in page
    assert house[Role.CUSTOMER_CARE].get(UNIT).text.count(NOTED) == 4
    assert all(shown[role] == ["/recalls/1/tasks", UNIT] for role in READERS)


def test_no_note_of_a_call_or_an_answer_reaches_the_administrator(house: House):
    """A4: the history tells that something was written, and hides what."""
    db.session.rollback()
    acts, administrator = acts_with_the_note(), house[Role.ADMINISTRATOR]

    pages = [administrator.get(path).text for path in acts]

    assert len(acts) == 4
    assert [NOTED in page for page in pages] == [False] * 4
    assert ["henkilötieto, piilotettu" in page for page in pages] == [True] * 4
    assert all(NOTED in house[role].get(path).text for role in READERS for path in acts)

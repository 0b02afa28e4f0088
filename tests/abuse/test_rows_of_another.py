"""A row that is named together with another's parent is not there: machine and fitting, case and unit, and others."""

import re

import pytest
from sqlalchemy import select

from rockrobot.db import db
from rockrobot.devices.models import Device, Fitting
from rockrobot.devices.rules import OwnershipKind
from rockrobot.dual_control.models import RequestedAct
from rockrobot.letters.models import Letter
from rockrobot.parts.models import Batch
from rockrobot.recalls.models import CaseBatch, CaseUnit
from tests import make
from tests.access_table import kept_lines
from tests.decisions.test_views import LETTER, request_of
from tests.follow_ups.conftest import case, register
from tests.recalls.cases import opened
from tests.test_access_table import digest
from tests.walk import ok

__all__ = ["case", "register"]
# A row by what its own act names; two of a kind, neither of which is of the other.
NO_PARENT = {"trash.restore", "duplicates.say_not_same", "merges.side_by_side", "merges.merge"}
ROW = re.compile(r"<int:[^>]+>")


def doors_of_two_rows() -> list[tuple[str, str, str]]:
    """Rule, method and name of each door to a row within another."""
    lines = [line for line in kept_lines() if len(ROW.findall(line["rule"])) > 1 and line["endpoint"] not in NO_PARENT]
    return [(line["rule"], line["method"], line["endpoint"]) for line in lines]


@pytest.fixture
def rows(case, protection) -> dict[str, tuple[int, int, int]]:
    """By the name of the door: a row's parent, the row, and a parent that it is not of."""
    fitting = db.session.scalars(select(Fitting)).first()
    hired = make.ownership(make.device(serial="900900"), make.company("Vuokraaja Oy"), kind=OwnershipKind.HIRED)
    letter, unit = db.session.scalars(select(Letter)).first(), db.session.scalars(select(CaseUnit)).first()
    batch = db.session.scalars(select(CaseBatch.batch_id).where(CaseBatch.case_id == case.id)).first()
    other_case = opened(db.session.scalars(select(Batch).where(Batch.id != batch)).first())
    mine, other = request_of(make.person("Aino", "Aho")), request_of(make.person("Eero", "Erkki"))
    ok(protection.post(f"/privacy-requests/{mine.id}/erase", data=LETTER | {"told": "Tiedot poistetaan."}))
    act = db.session.scalars(select(RequestedAct)).one()
    return {
        "devices.remove_part": (fitting.device_id, fitting.id, other_device(fitting.device_id)),
        "devices.end_hire": (hired.device_id, hired.id, other_device(hired.device_id)),
        "follow_ups.mark_posted": (case.id, letter.print_batch_id, other_case.id),
        "recalls.explain_pieces": (case.id, batch, other_case.id),
        "follow_ups.write_to_new_owner": (case.id, unit.id, other_case.id),
        "answers.proposal": (mine.id, act.id, other.id),
        "answers.carry_out": (mine.id, act.id, other.id),
    }


def other_device(device_id: int) -> int:
    return db.session.scalars(select(Device.id).where(Device.id != device_id)).first()


def test_a_row_of_another_is_not_there_and_nothing_changes(rows, office, protection):
    """A3, C8: the row is there, and so is what it is said to be of."""
    doors = doors_of_two_rows()
    for visitor in (office, protection):
        visitor.get("/")
    before, told = digest(), {}

    for rule, method, name in doors:
        _parent, row, another = rows[name]
        place = ROW.sub(str(row), ROW.sub(str(another), rule, count=1))
        told[method, name] = (protection if name.startswith("answers.") else office).open(place, method=method)

    assert {name for _rule, _method, name in doors} == rows.keys()
    assert {key: answer.status_code for key, answer in told.items() if answer.status_code != 404} == {}
    assert digest() == before


def test_with_its_own_parent_each_of_them_is_there(rows, office, protection):
    """The control: what answered 404 above was no mistyped address."""
    for rule, method, name in doors_of_two_rows():
        parent, row, _another = rows[name]
        place = ROW.sub(str(row), ROW.sub(str(parent), rule, count=1))
        answer = (protection if name.startswith("answers.") else office).open(place, method=method)

        assert answer.status_code not in {404, 500}, (method, place)

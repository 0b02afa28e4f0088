"""What belongs to somebody else answers as what is not there, word for word, and stays as it is."""

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.chain import ChangeSet, verify
from rockrobot.db import db
from rockrobot.drafts.actions import keep_draft
from rockrobot.drafts.models import Draft
from rockrobot.events.actions import add_task
from rockrobot.events.models import Attachment, Event, EventTask
from rockrobot.passkeys.models import Passkey
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.staff.models import SignIn
from rockrobot.staff_devices.models import StaffDevice
from tests import make
from tests.abuse.crawl import without_chance
from tests.access_table import Line, kept_lines
from tests.test_access_table import digest, withheld_doors
from tests.walk import ok

TESTS = Path(__file__).resolve().parents[1]
ABSENT = 999_999
CALL = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": "Soitti"}


@pytest.fixture
def of_the_office(office, administrator):
    """A row of each kind that is the office's own, or that the workshop may not see; ids by the name in addresses."""
    person = make.person()
    made_at, member_id = clock.now(), office.member_id
    keep_draft(member_id, "/parts/new", [("name", "Tiiviste")], had_files=False)
    db.session.add(Passkey(staff_member_id=member_id, name="Oma", credential_id=b"1", public_key=b"2", made_at=made_at))
    db.session.commit()
    make.device()
    ok(office.post("/saved-filters/devices/new?owner=owned", data={"name": "Oma"}))
    ok(
        office.post(
            f"/people/{person.id}/events/new", data=CALL | {"people": 1, "files": (BytesIO(b"%PDF-1.7"), "a.pdf")}
        )
    )
    phone = {"name": "Puhelin", "kind": "phone", "owner_id": member_id, "serial": "356"}
    ok(administrator.post("/staff-devices/new", data=phone))
    db.session.rollback()
    add_task(db.session.scalars(select(Event)).one(), what="Soita", due_on=clock.today(), assigned_to_id=member_id)
    db.session.commit()
    sign_in = select(SignIn.id).where(SignIn.staff_member_id == member_id)
    ids = {"sign_in_id": db.session.scalar(sign_in)}
    for name, model in OWN.items():
        ids[name] = db.session.scalar(select(func.max(model.id)))
    return ids


OWN = {
    "draft_id": Draft,
    "passkey_id": Passkey,
    "filter_id": SavedFilter,
    "event_id": Event,
    "attachment_id": Attachment,
    "device_id": StaffDevice,
    "task_id": EventTask,
    "change_set_id": ChangeSet,
}
LED_AWAY = 303  # who signs in where a colleague's form ran out goes to the first page
NOT_OF_A_ROW = {"saved_filters.new"}
NOT_FOR_THE_WORKSHOP = {
    "full_exports.show": "full_exports/test_views.py",
    "full_exports.make": "full_exports/test_views.py",
    "full_exports.download": "full_exports/test_views.py",
    "dual_control.show": "dual_control/test_views.py",
    "dual_control.decide": "dual_control/test_views.py",
    "dual_control.withdraw": "dual_control/test_views.py",
    "answers.proposal": "decisions/test_views.py",
    "answers.carry_out": "decisions/test_views.py",
}
"""Doors with a rule for rows that the workshop does not come to, and where what is another's is tried."""


def doors_with_a_rule() -> list[Line]:
    """The doors of the table that have a rule for rows."""
    ruled = [line for line in kept_lines() if line["object_rule"] and line["endpoint"] not in NOT_OF_A_ROW]
    return [line for line in ruled if not line["rule"].startswith("/<any(")]


def doors_of_rows() -> list[Line]:
    """Those that are open to the workshop."""
    return [line for line in doors_with_a_rule() if line["workshop"]]


def test_every_door_with_a_rule_for_rows_is_tried_here_or_where_it_says():
    closed = {line["endpoint"] for line in doors_with_a_rule() if not line["workshop"]}

    assert closed == NOT_FOR_THE_WORKSHOP.keys()
    for endpoint, file in NOT_FOR_THE_WORKSHOP.items():
        assert f'"{endpoint}"' in (TESTS / file).read_text(encoding="utf-8"), endpoint


def name_in(line: Line) -> str:
    return line["rule"].partition("<int:")[2].partition(">")[0]


def test_what_is_anothers_answers_as_what_is_not_there(workshop, of_the_office):
    """A3, C8 (CVE-2021-23203, CVE-2018-15631): drafts, sign-ins, passkeys, filters, events and files."""
    lines = doors_of_rows()
    workshop.get("/")
    before, odd = digest(), []

    for line in lines:
        name = name_in(line)
        asked = [line["rule"].replace(f"<int:{name}>", str(number)) for number in (of_the_office[name], ABSENT)]
        answers = [workshop.open(path, method=line["method"], headers={"HX-Request": "true"}) for path in asked]
        told = {
            (answer.status_code, without_chance(answer.text, path)) for answer, path in zip(answers, asked, strict=True)
        }
        expected = LED_AWAY if line["endpoint"] == "drafts.show" else 404
        if {answer.status_code for answer in answers} != {expected} or len(told) > 1:
            odd.append((line["method"], asked[0], [answer.status_code for answer in answers]))

    assert len(lines) > 16
    assert odd == []
    assert digest() == before
    assert withheld_doors() == sorted({line["event"] for line in lines} - {"drafts.show"})
    assert verify(db.session.connection()).fault is None


def test_what_is_not_there_is_no_denial(workshop, of_the_office):
    """L1, the control: nobody is said to have asked for another's row where there is none."""
    for line in doors_of_rows():
        workshop.open(line["rule"].replace(f"<int:{name_in(line)}>", str(ABSENT)), method=line["method"])
    workshop.get(f"/events/{ABSENT}/history")

    assert withheld_doors() == []


def test_who_asked_for_anothers_row_is_told_to_others_alone(workshop, administrator, of_the_office):
    """A3, L1: the asker's own page would tell that the row is there."""
    workshop.get(f"/events/{of_the_office['event_id']}/history")

    assert withheld_doors() == ["histories.show"]
    assert "Ei oikeutta tietoon" not in workshop.get("/account/").text
    assert "Ei oikeutta tietoon" in administrator.get(f"/staff/{workshop.member_id}").text


def test_asking_for_anothers_row_again_at_once_is_noted_once(workshop, of_the_office):
    """L1: nobody fills the ledger."""
    for _time in range(3):
        workshop.get(f"/events/{of_the_office['event_id']}")

    assert withheld_doors() == ["events.show"]


def test_the_owner_finds_what_others_do_not(office, of_the_office):
    """A3, the control: each of these rows is there."""
    for path in (
        "/drafts/{draft_id}?listed=1",
        "/saved-filters/{filter_id}/edit",
        "/events/{event_id}",
        "/attachments/{attachment_id}",
    ):
        assert office.get(path.format(**of_the_office)).status_code == 200


def test_a_form_that_names_anothers_kept_form_leaves_it(workshop, of_the_office):
    """C8 (CVE-2026-109957): an id in the body of a form is as good as one in its address."""
    sent = {"part_no": "PT-9", "name": "Tiiviste", "draft_id": str(of_the_office["draft_id"])}

    answer = workshop.post("/parts/new", data=sent)

    assert answer.status_code == 303
    assert db.session.get(Draft, of_the_office["draft_id"]) is not None

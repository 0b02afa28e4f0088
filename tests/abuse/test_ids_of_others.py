"""What belongs to somebody else answers as what is not there, word for word, and stays as it is."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.db import db
from rockrobot.drafts.actions import keep_draft
from rockrobot.drafts.models import Draft
from rockrobot.events.models import Attachment, Event
from rockrobot.passkeys.models import Passkey
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.staff.models import SignIn
from rockrobot.staff_devices.models import StaffDevice
from tests import make
from tests.abuse.crawl import without_chance
from tests.access_table import kept_lines
from tests.conftest import ON_ONE_DATABASE
from tests.test_access_table import digest
from tests.walk import ok

pytestmark = ON_ONE_DATABASE  # no matter of the database
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
}
LED_AWAY = 303  # who signs in where a colleague's form ran out goes to the first page
DOORS = (
    "/drafts/",
    "/account/",
    "/saved-filters/<int",
    "/events/<",
    "/attachments/",
    "/staff-devices/<int:device_id>/lose",
)


def test_what_is_anothers_answers_as_what_is_not_there(workshop, of_the_office):
    """A3, C8 (CVE-2021-23203, CVE-2018-15631): drafts, sign-ins, passkeys, filters, events and files."""
    lines = [
        line for line in kept_lines() if line["rule"].startswith(DOORS) and line["workshop"] and "<" in line["rule"]
    ]
    workshop.get("/")
    before, odd = digest(), []

    for line in lines:
        name = line["rule"].partition("<int:")[2].partition(">")[0]
        asked = [line["rule"].replace(f"<int:{name}>", str(number)) for number in (of_the_office[name], ABSENT)]
        answers = [workshop.open(path, method=line["method"], headers={"HX-Request": "true"}) for path in asked]
        told = {
            (answer.status_code, without_chance(answer.text, path)) for answer, path in zip(answers, asked, strict=True)
        }
        expected = LED_AWAY if line["endpoint"] == "drafts.show" else 404
        if {answer.status_code for answer in answers} != {expected} or len(told) > 1:
            odd.append((line["method"], asked[0], [answer.status_code for answer in answers]))

    assert len(lines) > 12
    assert odd == []
    assert digest() == before


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

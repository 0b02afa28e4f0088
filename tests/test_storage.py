import io
from collections import namedtuple
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rockrobot import clock, ledger, storage
from rockrobot.contacts.models import Person
from rockrobot.db import db
from rockrobot.events.actions import add_event
from rockrobot.events.models import Attachment
from rockrobot.events.rules import Channel
from rockrobot.storage import left_of, room_on
from rockrobot.uploads.models import ImportRun
from tests import make

MEGABYTE = 1024 * 1024
PDF = b"%PDF-1.7" + b"x" * 1_000
Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _folder: Disk(100 * MEGABYTE, 91 * MEGABYTE, 9 * MEGABYTE))


@pytest.fixture
def small_quota(app, monkeypatch):
    monkeypatch.setitem(app.config, "DAILY_UPLOAD_BYTES", 3_000)


def attach(client, event_id: int, *bodies: bytes):
    files = [(io.BytesIO(body), f"{place}.pdf") for place, body in enumerate(bodies)]
    return client.post(f"/events/{event_id}/attachments/new", data={"files": files}, content_type="multipart/form-data")


def event_id() -> int:
    made = add_event({"people": [make.person().id]}, channel=Channel.PHONE, happened_at=clock.now(), text="x")
    db.session.commit()
    return made.id


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(
    ("free", "total", "is_it"),
    [(500, 100_000, False), (499, 100_000, True), (100, 1_000, False), (99, 1_000, True), (0, 0, False)],
)
def test_a_disk_is_full_under_the_floor_or_a_tenth_whichever_is_smaller(free, total, is_it):
    assert room_on(free, total, 500).is_full is is_it


def test_a_floor_of_nothing_is_never_reached():
    nothing_kept = room_on(0, 1_000, 0)

    assert (nothing_kept.is_full, nothing_kept.is_scarce) == (False, False)


@pytest.mark.parametrize(("free", "words"), [(9, "Levytila on lopussa"), (29, "Levytila on vähissä"), (30, "")])
def test_the_administrator_is_told_in_time_that_the_disk_fills_up(administrator, office, monkeypatch, free, words):
    disk = Disk(100 * MEGABYTE, 0, free * MEGABYTE)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _folder: disk)

    pages = [visitor.get("/").text for visitor in (administrator, office)]

    assert ["Levytila" in page for page in pages] == [bool(words), False]
    assert words in pages[0]
    assert not words or f"Vapaana on {free} Mt" in pages[0]


@pytest.mark.parametrize(("quota", "stored", "left"), [(10, 0, 10), (10, 10, 0), (10, 11, 0), (0, 99, None)])
def test_what_is_left_of_a_day_is_never_below_nothing(quota, stored, left):
    assert left_of(quota, stored) == left


def test_on_a_full_disk_no_file_is_kept_and_work_goes_on(office, full_disk):
    made = event_id()
    person = db.session.scalar(select(Person.id))
    call = {"channel": "phone", "direction": "in", "on": "eilen", "at": "12.00", "text": "Soitti"}

    refused = [
        attach(office, made, PDF),
        office.post("/imports/", data={"file": (io.BytesIO(b"part_no\nA\n"), "parts.csv")}),
    ]
    written = office.post(f"/people/{person}/events/new", data=call | {"people": person})

    assert [answer.status_code for answer in refused] == [422, 422]
    assert all("levytila on lopussa" in answer.text for answer in refused)
    assert (count(Attachment), count(ImportRun)) == (0, 0)
    assert written.status_code == 303


def test_a_days_files_count_together_and_another_person_has_a_day_of_their_own(office, supervisor, small_quota):
    made = event_id()
    model_id = make.device_model().id
    db.session.commit()

    first = attach(office, made, PDF, PDF)
    second = attach(office, made, PDF)
    pictured = office.post(f"/models/{model_id}/pictures/plate", data={"picture": (io.BytesIO(PDF), "x.png")})
    others = attach(supervisor, made, PDF)

    assert [answer.status_code for answer in (first, second, pictured, others)] == [303, 422, 422, 303]
    assert "Päivän tiedostojesi raja" in second.text
    assert "Päivän tiedostojesi raja" in pictured.text
    assert count(Attachment) == 3


def test_files_of_one_form_count_together(office, small_quota):
    answer = attach(office, event_id(), PDF, PDF, PDF)

    assert answer.status_code == 422
    assert count(Attachment) == 0


def test_lists_count_as_long_as_they_are_kept(office, small_quota):
    sizes = (2_000, 2_000)

    answers = [
        office.post("/imports/", data={"file": (io.BytesIO(b"part_no\n" + b"A" * size), "parts.csv")}) for size in sizes
    ]

    assert [answer.status_code for answer in answers] == [303, 422]
    assert "Päivän tiedostojesi raja" in answers[1].text


def test_a_new_day_begins_with_nothing_stored(office, small_quota, monkeypatch):
    made = event_id()
    attach(office, made, PDF, PDF)
    tomorrow = clock.now() + timedelta(days=1)

    with ledger.change_set("test", actor=f"staff:{office.member_id}"):
        left = storage.left_today()
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        left_tomorrow = storage.left_today()

    assert (left, left_tomorrow) == (3_000 - 2 * len(PDF), 3_000)

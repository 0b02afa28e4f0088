"""Photos and files of events: safe to take, safe to give, kept through delete and undo."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from rockrobot import clock, files, search
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.events.actions import add_event
from rockrobot.events.models import Attachment, AttachmentBody, Event
from rockrobot.events.rules import Channel
from rockrobot.files import LONGEST_NAME, THUMBNAIL_SIDE, plain_name
from rockrobot.web import IdempotencyKey
from tests import make

TURNED, MADE_WITH = 0x0112, 0x010F
PDF = b"%PDF-1.7\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def photo(width: int = 400, height: int = 200) -> bytes:
    """A photo of a phone that was held on its side, telling of its camera."""
    picture = Image.new("RGB", (width, height), "#f2b705")
    exif = picture.getexif()
    exif[TURNED], exif[MADE_WITH] = 6, "Kamera Oy"
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def event(channel: Channel = Channel.PHONE, **links: list[int]) -> Event:
    made = add_event(
        links or {"people": [make.person("Aino", "Aho").id]}, channel=channel, happened_at=clock.now(), text="x"
    )
    db.session.commit()
    return made


def add(client, made: Event, *files: tuple[bytes, str]):
    data = {"files": [(io.BytesIO(body), name) for body, name in files]}
    return client.post(f"/events/{made.id}/attachments/new", data=data, content_type="multipart/form-data")


def newest_act() -> int:
    db.session.rollback()
    changing = select(func.max(LedgerEntry.change_set_id)).where(LedgerEntry.action != "view")
    return db.session.scalar(changing)


def kept() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(row.file_name, row.media_type) for row in db.session.scalars(select(Attachment).order_by(Attachment.id))]


@given(st.text(max_size=200), st.sampled_from(["image/jpeg", "image/png", "application/pdf", ""]))
def test_a_name_is_one_line_without_folders_and_never_empty(given_name, media_type):
    name = plain_name(given_name, media_type)

    assert 0 < len(name) <= LONGEST_NAME + 4
    assert not set('/\\"\r\n\0\u202e') & set(name)
    assert name not in {".", ".."}


def test_a_photo_is_turned_upright_and_tells_nothing_of_its_camera(office):
    made = event()

    add(office, made, (photo(), "../../IMG 1.HEIC"))

    body = db.session.scalar(select(AttachmentBody.body))
    picture = Image.open(io.BytesIO(body))
    assert kept() == [("IMG 1.jpg", "image/jpeg")]
    assert picture.size == (200, 400)
    assert dict(picture.getexif()) == {}


def test_a_big_photo_is_kept_at_most_2560_a_side(office):
    add(office, event(), (photo(4000, 1000), "iso.jpg"))

    picture = Image.open(io.BytesIO(db.session.scalar(select(AttachmentBody.body))))
    assert max(picture.size) == 2560


def test_files_are_given_as_what_they_are_and_pages_are_never_shown(office):
    made = event()
    add(office, made, (PDF, "tarjous.pdf"), (b"huom <script>alert(1)</script>", "sivu.txt"), (photo(), "kilpi.jpg"))

    answers = [office.get(f"/attachments/{id_}") for id_ in db.session.scalars(select(Attachment.id))]

    assert [answer.mimetype for answer in answers] == ["application/pdf", "application/octet-stream", "image/jpeg"]
    places = [answer.headers["Content-Disposition"].partition(";")[0] for answer in answers]
    assert places == ["attachment", "attachment", "inline"]
    assert all(answer.headers["X-Content-Type-Options"] == "nosniff" for answer in answers)
    assert all("sandbox" in answer.headers["Content-Security-Policy"] for answer in answers)
    assert answers[0].data == PDF


@pytest.mark.parametrize(
    ("body", "name", "error"),
    [
        (b"\xff\xd8\xff broken", "rikki.jpg", "rikki.jpg: Kuvaa ei voitu lukea"),
        (b"x" * (20 * 1024 * 1024 + 1), "iso.csv", "iso.csv: Tiedosto on liian suuri. Enintään 20 Mt."),
        (SVG, "x.svg", "x.svg: Tämän lajin tiedostoja ei oteta. Sallitut: JPEG, PNG, WebP, HEIC, PDF, Word (DOCX),"),
        (SVG, "x.png", "x.png: Tiedosto ei ole sitä, mitä sen pääte lupaa"),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "x.png", "x.png: Kuvaa ei voitu lukea"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_kept(office, body, name, error):
    answer = add(office, event(), (photo(), "hyva.jpg"), (body, name))

    assert answer.status_code == 422
    assert error in answer.text
    assert kept() == []


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../wsgi.pdf", "wsgi.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
        ("C:\\x.pdf", "x.pdf"),
        ("a\0.png.pdf", "a.png.pdf"),
        ("p" * 300 + ".pdf", "p" * (LONGEST_NAME - 4) + ".pdf"),
        ("lasku\u202efdp.pdf", "laskufdp.pdf"),
        ('"><img src=x onerror=1>.pdf', "><img src=x onerror=1>.pdf"),
        ('a";filename="x.pdf', "a;filename=x.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("päätös ä.pdf", "päätös ä.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_names_one_file(given_name, name):
    disposition = Headers()

    disposition.set("Content-Disposition", "attachment", filename=plain_name(given_name, "application/pdf"))

    assert plain_name(given_name, "application/pdf") == name
    assert parse_options_header(disposition["Content-Disposition"]) == ("attachment", {"filename": name})
    assert "\n" not in disposition["Content-Disposition"]


def test_a_name_that_is_a_tag_is_shown_as_text(office):
    made = event()
    made_id = made.id

    add(office, made, (PDF, "<img src=x onerror=1>.pdf"))

    assert "&lt;img src=x onerror=1&gt;.pdf" in office.get(f"/events/{made_id}").text


def test_an_empty_choice_says_so(office):
    made = event()

    answer = office.post(f"/events/{made.id}/attachments/new", data={"files": (io.BytesIO(b""), "")})

    assert answer.status_code == 422
    assert "Valitse kuva tai tiedosto." in answer.text


def test_a_call_is_logged_with_its_photo_in_one_form(office):
    person = make.person("Aino", "Aho")
    data = {
        "channel": "phone",
        "direction": "in",
        "on": "eilen",
        "at": "12.00",
        "text": "Kilpi puuttuu",
        "people": person.id,
    }

    office.post(
        f"/people/{person.id}/events/new",
        data=data | {"files": (io.BytesIO(photo()), "kilpi.jpg")},
        content_type="multipart/form-data",
    )

    made = db.session.scalar(select(Event.id))
    assert kept() == [("kilpi.jpg", "image/jpeg")]
    assert "kilpi.jpg" in office.get(f"/events/{made}").text


def test_a_file_taken_off_comes_back_with_its_bytes(office):
    made = event()
    add(office, made, (PDF, "tarjous.pdf"))
    file = db.session.scalar(select(Attachment.id))

    html = office.post(f"/attachments/{file}/delete", follow_redirects=True).text
    gone = kept()
    office.post(max(re.findall(r"/history/\d+/undo", html)), data={"back": "/"})

    assert gone == []
    assert office.get(f"/attachments/{file}").data == PDF


def test_a_deleted_event_comes_back_with_its_files(office):
    made = event()
    add(office, made, (PDF, "tarjous.pdf"))

    html = office.post(f"/events/{made.id}/delete", follow_redirects=True).text
    gone = kept()
    office.post(max(re.findall(r"/history/\d+/undo", html)), data={"back": "/"})

    assert gone == []
    assert kept() == [("tarjous.pdf", "application/pdf")]


def test_opening_a_file_is_a_view_of_the_people_it_concerns(office):
    person = make.person()
    add(office, event(people=[person.id]), (PDF, "tarjous.pdf"))
    file = db.session.scalar(select(Attachment.id))
    views = select(func.count()).where(LedgerEntry.action == "view", LedgerEntry.row_id == person.id)
    before = db.session.scalar(views)
    db.session.rollback()

    office.get(f"/attachments/{file}")

    db.session.rollback()
    assert db.session.scalar(views) == before + 1


def test_the_workshop_opens_files_of_visits_only(workshop):
    call, visit = event(), event(Channel.VISIT, devices=[make.device().id])

    answers = [add(workshop, made, (PDF, "a.pdf")).status_code for made in (call, visit)]

    assert answers == [404, 303]


def test_undoing_the_undo_of_a_file_brings_its_bytes_back(office):
    made = event()
    add(office, made, (PDF, "tarjous.pdf"))
    adding = newest_act()

    office.post(f"/history/{adding}/undo", data={"back": "/"})
    gone = kept()
    office.post(f"/history/{newest_act()}/undo", data={"back": "/"})

    assert gone == []
    assert kept() == [("tarjous.pdf", "application/pdf")]
    assert office.get(f"/attachments/{db.session.scalar(select(Attachment.id))}").data == PDF


def test_a_photo_has_a_small_copy_that_the_timeline_shows(office):
    person = make.person()
    add(office, event(people=[person.id]), (photo(3000, 1500), "kilpi.jpg"), (PDF, "tarjous.pdf"))
    photo_id, pdf_id = db.session.scalars(select(Attachment.id).order_by(Attachment.id))

    small = office.get(f"/attachments/{photo_id}/thumbnail")
    card = office.get(f"/people/{person.id}").text

    assert Image.open(io.BytesIO(small.data)).size == (THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE)
    assert office.get(f"/attachments/{pdf_id}/thumbnail").status_code == 404
    assert f'src="/attachments/{photo_id}/thumbnail"' in card
    assert f'href="/attachments/{pdf_id}"' in card


def test_a_photo_from_the_camera_alone_is_an_event(office):
    device = make.device()
    blank = office.get(f"/devices/{device.id}/events/new?channel=visit").text
    data = {"channel": "visit", "direction": "none", "on": "eilen", "at": "12.00", "text": "", "devices": device.id}

    sent = data | {"photo": (io.BytesIO(photo()), "IMG_1.jpg"), "files": (io.BytesIO(PDF), "raportti.pdf")}
    office.post(f"/devices/{device.id}/events/new", data=sent, content_type="multipart/form-data")

    assert re.search(r'<input accept="image/\*"[^>]* capture="environment"[^>]* name="photo"', blank)
    assert kept() == [("IMG_1.jpg", "image/jpeg"), ("raportti.pdf", "application/pdf")]


def test_a_form_with_a_fault_says_that_files_must_be_chosen_again(office):
    person = make.person()
    data = {"channel": "phone", "direction": "in", "on": "eilen", "at": "26.00", "people": person.id}

    sent = data | {"files": (io.BytesIO(PDF), "raportti.pdf")}
    answer = office.post(f"/people/{person.id}/events/new", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Valitse tiedostot uudelleen" in answer.text
    assert kept() == []


def test_a_file_is_found_by_its_name(office):
    add(office, event(), (PDF, "tarjous 2026.pdf"))

    assert [hit.kind for hit in search.find("tarjous", only=["attachment"])] == ["attachment"]


def test_others_write_while_a_photo_is_read(office, monkeypatch):
    made, real, wrote = event(), files.read_picture, []
    event_id, model = made.id, make.device_model()
    db.session.rollback()

    def read_while_others_write(body: bytes, *rest: int) -> bytes:
        with db.engine.connect() as other:
            other.execute(
                IdempotencyKey.__table__.insert().values(key=f"{len(wrote)}", endpoint="", made_at=clock.now())
            )
            other.commit()
        wrote.append(True)
        return real(body, *rest)

    monkeypatch.setattr(files, "read_picture", read_while_others_write)
    sent = {"files": (io.BytesIO(photo()), "kilpi.jpg")}
    office.post(f"/events/{event_id}/attachments/new", data=sent, content_type="multipart/form-data")
    sent = {"picture": (io.BytesIO(photo()), "laite.jpg")}
    office.post(f"/models/{model.id}/pictures/product", data=sent, content_type="multipart/form-data")

    assert kept() == [("kilpi.jpg", "image/jpeg")]
    assert wrote == [True] * 4

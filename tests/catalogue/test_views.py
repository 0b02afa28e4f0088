from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from rockrobot.db import db
from rockrobot.devices.models import DeviceModel, ModelPicture
from tests import make


def picture(size=(40, 30), form="PNG") -> BytesIO:
    body = BytesIO()
    Image.new("RGB", size, "red").save(body, form)
    body.seek(0)
    return body


def upload(browser, model, kind, body, name="kuva.png"):
    return browser.post(
        f"/models/{model.id}/pictures/{kind}", data={"picture": (body, name)}, content_type="multipart/form-data"
    )


def test_a_picture_is_kept_reencoded_and_served_with_strict_headers(office, workshop):
    model = make.device_model()

    upload(office, model, "product", picture())
    answer = workshop.get(f"/models/{model.id}/pictures/product")

    assert answer.mimetype == "image/jpeg"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert f"/models/{model.id}/pictures/product" in office.get(f"/models/{model.id}").text


def test_a_new_picture_takes_the_old_ones_place(office):
    model = make.device_model()

    upload(office, model, "plate", picture((40, 30)))
    upload(office, model, "plate", picture((80, 30)))

    kept = db.session.scalars(select(ModelPicture)).all()
    assert len(kept) == 1
    assert Image.open(BytesIO(kept[0].body)).size == (80, 30)


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"", "Valitse kuva."), (b"<svg/>", "Tiedosto ei ole JPEG-"), (b"\xff\xd8\xffxx", "se on rikki")],
)
def test_a_broken_picture_gets_a_plain_error(office, body, error):
    model = make.device_model()

    answer = upload(office, model, "product", BytesIO(body), "" if not body else "kuva.jpg")

    assert answer.status_code == 422
    assert error in answer.text
    assert db.session.scalars(select(ModelPicture)).all() == []


def test_only_two_kinds_of_picture_are_known(office):
    model = make.device_model()

    assert upload(office, model, "selfie", picture()).status_code == 404
    assert office.get(f"/models/{model.id}/pictures/product").status_code == 404
    assert office.get(f"/models/{model.id}/pictures/selfie").status_code == 404


def test_the_workshop_changes_no_models(workshop):
    model = make.device_model()

    assert workshop.get(f"/models/{model.id}").status_code == 200
    assert workshop.get(f"/models/{model.id}/edit").status_code == 403
    assert upload(workshop, model, "product", picture()).status_code == 403


def test_a_model_is_added_once_and_its_plate_place_changed(office):
    office.post("/models/new", data={"model_code": "RR-1", "name": "Robotti"})
    again = office.post("/models/new", data={"model_code": "RR-1", "name": "Toinen"})
    model_id = db.session.scalar(select(DeviceModel.id))
    office.post(f"/models/{model_id}/edit", data={"name": "Robotti", "plate_place": "Puomin juuressa"})

    assert "Mallikoodi RR-1 on jo rekisterissä." in again.text
    assert "Puomin juuressa" in office.get("/models/").text

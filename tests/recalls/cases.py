"""Cases that the tests of recalls, letters and attempts begin with."""

from datetime import date
from io import BytesIO

from PIL import Image

from rockrobot import ledger
from rockrobot.approvals.actions import approve, save_facts, save_text
from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.contacts.models import Address
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceModel, Fitting, ModelPicture
from rockrobot.devices.rules import PictureKind
from rockrobot.organisation.models import Organisation
from rockrobot.parts.models import Batch
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import CaseOpening, CaseOrigin
from rockrobot.scopes.actions import freeze_scope
from tests import make


def house(**rest: object) -> Organisation:
    values = {"id": 1, "name": "Rockrobot Oy", "brand": "Stonepower", "postal_street": "Kivitie 1"}
    row = Organisation(**(values | {"postal_postcode": "32800", "postal_city": "Kokemäki", "phone": "0800 1"} | rest))
    db.session.add(row)
    db.session.commit()
    return row


def drawn(colour: str = "navy") -> bytes:
    """A picture of one colour."""
    stream = BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


def picture(model: DeviceModel, kind: PictureKind) -> ModelPicture:
    row = ModelPicture(device_model_id=model.id, kind=kind, media_type="image/png", sha256="0" * 64, body=drawn())
    db.session.add(row)
    db.session.commit()
    return row


def pictured_model() -> DeviceModel:
    model = make.device_model()
    for kind in PictureKind:
        picture(model, kind)
    return model


def sold_machine(batch: Batch, *, model: DeviceModel, language: str = "fi", address: bool = True) -> Device:
    """A machine with a part of this batch, sold to a company of its own."""
    machine = make.device(model)
    make.fitting(machine, batch)
    owner = make.company(f"Omistaja {machine.serial} Oy", language=language)
    if address:
        make.address(owner)
    make.ownership(machine, owner)
    return machine


def opened(batch: Batch, *, is_drill: bool = False, title: str = "Tiiviste vuotaa") -> RecallCase:
    case = open_case(CaseOpening(CaseOrigin.BATCH, title, is_drill=is_drill, batch_ids=[batch.id]))
    db.session.commit()
    return case


def worded(case: RecallCase, *languages: Language) -> RecallCase:
    """Give a case complete texts."""
    facts = {"product_name": "Kivirobotti", "brand": "Stonepower", "service_phone": "0800 1", "remedies": ["repair"]}
    save_facts(case, facts)
    for language in languages or (Language.FI,):
        save_text(case, language, SAMPLE_TEXTS[language]._asdict())
    db.session.commit()
    return case


def approved(case: RecallCase, *, by: str = "second") -> RecallCase:
    """Freeze a case's scope and let a second person approve it."""
    freeze_scope(case)
    with ledger.change_set("approve", actor=by):
        approve(case, confirmed=dict.fromkeys(Language, "Esa Esimies"))
        db.session.commit()
    return case


__all__ = ["Address", "Fitting", "date"]
DAY = date(2026, 11, 22)

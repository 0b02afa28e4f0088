"""A real case with printed letters, made from the project's own register."""

from functools import cache

import pytest
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.approvals.actions import approve, save_facts, save_text
from rockrobot.approvals.rules import SAMPLE_TEXTS
from rockrobot.attempts.actions import notify
from rockrobot.cli.demo import machine_picture, plate_picture
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.actions import set_model_picture
from rockrobot.devices.models import DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.exchange.queries import read_register
from rockrobot.imports import actions as imports
from rockrobot.imports import queries as import_queries
from rockrobot.imports.rules import plan_import
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.parts.models import Batch
from rockrobot.recalls.actions import open_case
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import CaseOpening, CaseOrigin
from rockrobot.scopes.actions import freeze_scope
from tests.register import write_folder

drawn_machine, drawn_plate = cache(machine_picture), cache(plate_picture)


@pytest.fixture
def register(database, tmp_path):
    """The small register, imported, with pictures of its models."""
    read = read_register(write_folder(tmp_path / "register"))
    stored = import_queries.stored_for(sheet.sheet.name for sheet in read.sheets)
    plans = plan_import(read.sheets, stored)
    db.session.rollback()
    with ledger.change_set("import", is_import=True):
        imports.apply_plan(plans, stored)
    ensure_organisation()
    for model in db.session.scalars(select(DeviceModel)):
        model.plate_place = "Arvokilpi on rungon oikealla sivulla."
        set_model_picture(model, PictureKind.PRODUCT, drawn_machine(model.model_code))
        set_model_picture(model, PictureKind.PLATE, drawn_plate(model.model_code))
    db.session.commit()


@pytest.fixture
def case(register) -> RecallCase:
    """A real case of batch E001, approved by a second person, its letters printed and not posted."""
    batch = db.session.scalar(select(Batch).where(Batch.batch_no == "E001", Batch.supplier == "Tiiviste Oy"))
    with ledger.change_set("open", actor="staff:901"):
        case = open_case(CaseOpening(CaseOrigin.BATCH, "Painetiiviste", batch_ids=[batch.id]))
        save_facts(case, {"service_phone": "0800 123 456", "remedies": ["repair", "refund"]})
        for language, sample in SAMPLE_TEXTS.items():
            save_text(case, language, sample._asdict())
        freeze_scope(case)
        db.session.commit()
    with ledger.change_set("approve", actor="staff:902"):
        approve(case, confirmed=dict.fromkeys(Language, "Esa Esimies"))
        db.session.commit()
    notify(case)
    db.session.commit()
    return case

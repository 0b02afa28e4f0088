"""The demonstration company: loaded through the real importer, in demo mode and into an empty database only."""

import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from PIL import Image, ImageDraw
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.access import Role
from rockrobot.contacts.queries import company_named
from rockrobot.db import db, reading
from rockrobot.devices import actions as device_actions
from rockrobot.devices.models import DeviceModel
from rockrobot.devices.rules import PictureKind
from rockrobot.enquiries.actions import add_enquiry
from rockrobot.events.rules import Channel
from rockrobot.exchange.queries import read_register
from rockrobot.import_plans.rules import totals
from rockrobot.importers.actions import add_territory
from rockrobot.imports import actions, queries
from rockrobot.imports.rules import plan_import
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.organisation.queries import organisation
from rockrobot.staff.actions import make_member
from rockrobot.staff_devices import actions as staff_devices
from rockrobot.staff_devices.rules import PROTECTIONS, DeviceKind, Finding

REGISTER = Path(__file__).resolve().parents[2] / "demo" / "register"
PASSWORD = "kivirobotti-demo"  # noqa: S105 (printed by make run, made in demo mode only)
MEMBERS = (
    ("Olga Asiakaspalvelu", "asiakaspalvelu@demo.example", Role.CUSTOMER_CARE),
    ("Esa Esimies", "esimies@demo.example", Role.CUSTOMER_CARE),
    ("Pekka Paja", "paja@demo.example", Role.WORKSHOP),
    ("Tiina Tietosuoja", "tietosuoja@demo.example", Role.DATA_PROTECTION),
    ("Yrjö Ylläpito", "yllapito@demo.example", Role.ADMINISTRATOR),
)
STAFF_DEVICES = (
    ("asiakaspalvelu@demo.example", DeviceKind.PHONE, "Asiakaspalvelun puhelin", "356938035643809", 20),
    ("esimies@demo.example", DeviceKind.LAPTOP, "Esimiehen kannettava", "PF3K7QX1", 200),
    ("paja@demo.example", DeviceKind.TABLET, "Pajan tabletti", "R52N90ABCDE", None),
)
"""Whose, kind, name, serial or IMEI, and how many days ago it was checked: in order, due, never."""
IMPORTERS = {"3001": "NO", "3002": "SE"}
"""Customer number and country."""
ENQUIRIES: tuple[dict[str, Any], ...] = (
    {
        "channel": Channel.WEBSITE_FORM,
        "name": "Ingrid Dal",
        "company_name": "Dal Steinbrudd AS",
        "email": "ingrid@dal.example",
        "country": "NO",
        "postcode": "9008",
        "city": "Tromsø",
        "language": "nb",
        "question": "Hva koster en maskin med kort arm, og når kan den leveres?",
    },
    {
        "channel": Channel.MEETING,
        "name": "Erik Granit",
        "phone": "+46 8 123 456 78",
        "country": "SE",
        "postcode": "123 45",
        "city": "Farsta",
        "language": "sv",
        "question": "Vill se maskinen i arbete före våren.",
    },
)
PAINT, DARK, GREY = "#f2b705", "#14181d", "#4a525c"

demo = AppGroup("demo", help="The demonstration company (ROCKROBOT_DEMO=1 only).")


@demo.command("load")
def load() -> None:
    """Load the demonstration company when the database is empty; does nothing when it is not."""
    if not current_app.config["IS_DEMO"]:
        raise click.ClickException("Only in demo mode: set ROCKROBOT_DEMO=1 on a machine without real data.")
    with reading():
        is_empty = organisation() is None
        db.session.rollback()
    if not is_empty:
        return
    with ledger.change_set("demo load", actor="cli:demo"):
        ensure_organisation()
        _list_staff_devices({email: make_member(name, email, role, PASSWORD).id for name, email, role in MEMBERS})
        db.session.commit()
    _import()
    with ledger.change_set("demo load", actor="cli:demo"):
        for model in db.session.scalars(select(DeviceModel)):
            model.plate_place = "Arvokilpi on rungon oikealla sivulla, huoltoluukun alla."
            device_actions.set_model_picture(model, PictureKind.PRODUCT, machine_picture(model.model_code))
            device_actions.set_model_picture(model, PictureKind.PLATE, plate_picture(model.model_code))
        _add_enquiries()
        db.session.commit()


def _add_enquiries() -> None:
    """Two enquiries from abroad, and the importers to whom they are proposed."""
    for number, country in IMPORTERS.items():
        company = company_named(number)
        if company is not None:
            add_territory(company, country=country, email=f"import@{country.lower()}.example")
    for said in ENQUIRIES:
        add_enquiry(came_on=clock.today() - timedelta(days=1), **said)


def _list_staff_devices(owners: Mapping[str, int]) -> None:
    for email, kind, name, serial, days_ago in STAFF_DEVICES:
        device = staff_devices.make_device(owner_id=owners[email], kind=kind, name=name, serial=serial)
        if days_ago is not None:
            checked_on = clock.today() - timedelta(days=days_ago)
            staff_devices.record_check(device, checked_on, **dict.fromkeys(PROTECTIONS, Finding.YES))


def _import() -> None:
    register = read_register(REGISTER)
    stored = queries.stored_for(read.sheet.name for read in register.sheets)
    plans = plan_import(register.sheets, stored)
    db.session.rollback()
    counts = totals(plans)
    if counts["refused"]:
        raise click.ClickException(f"The demonstration register has {counts['refused']} bad rows.")
    with ledger.change_set("imports.apply", actor="cli:demo", is_import=True):
        actions.apply_plan(plans, stored)
    click.echo(f"Demo: {counts['new']} rows")


def _saved(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def machine_picture(model_code: str) -> bytes:
    """A drawn machine as PNG, 900 x 560: tracks, body, arm and drill; the model's code on its side."""
    picture = Image.new("RGB", (900, 560), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((80, 420, 560, 520), 48, fill="#2b3138")
    for x in range(110, 540, 70):
        draw.ellipse((x, 440, x + 60, 500), fill="#8b949d", outline=DARK, width=4)
    draw.polygon([(110, 415), (110, 270), (300, 230), (540, 270), (540, 415)], fill=PAINT, outline=DARK, width=5)
    draw.polygon([(150, 300), (280, 270), (280, 360), (150, 360)], fill="#cfe3f2", outline=DARK, width=4)
    draw.line([(500, 270), (640, 110), (800, 210)], fill=DARK, width=34, joint="curve")
    draw.line([(500, 270), (640, 110), (800, 210)], fill=PAINT, width=22, joint="curve")
    draw.rectangle((778, 200, 822, 470), fill=GREY, outline=DARK, width=4)
    draw.polygon([(778, 470), (822, 470), (800, 530)], fill=DARK)
    draw.text((330, 330), model_code, fill=DARK, font_size=52)
    return _saved(picture)


def plate_picture(model_code: str) -> bytes:
    """A drawn rating plate's place as PNG, 900 x 560: the machine's side with the plate ringed."""
    picture = Image.new("RGB", (900, 560), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 80, 840, 480), fill=PAINT, outline=DARK, width=6)
    draw.rectangle((120, 140, 420, 300), outline=DARK, width=5)
    draw.text((190, 190), "HUOLTO", fill=DARK, font_size=44)
    draw.rounded_rectangle((500, 310, 760, 430), 10, fill="#e9ecef", outline=DARK, width=4)
    draw.text((520, 325), model_code, fill=DARK, font_size=34)
    draw.text((520, 375), "SN ________", fill=DARK, font_size=30)
    draw.ellipse((470, 280, 790, 460), outline="#8a1c1c", width=10)
    return _saved(picture)


COMMANDS = (demo,)

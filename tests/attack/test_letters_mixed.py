"""Two people print two recalls, and machines are sold meanwhile: no letter names a machine of anybody else."""

import re

import pytest
from sqlalchemy import select

from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceModel, Ownership
from rockrobot.letters.models import Letter
from rockrobot.mailing.queries import body_of
from tests.conftest import Visitor
from tests.register import write_xlsx
from tests.test_paper import page_texts, squeezed
from tests.walk import Walk, ok, work

SERIAL = re.compile(r"SN-\d+")  # no other number of the small register looks so
Told = dict[int, tuple[str, list[str]]]


def letters() -> Told:
    """Whom each letter is to, and the machines that it names by model and serial."""
    db.session.rollback()
    rows = db.session.execute(select(Letter.id, Letter.recipient_name, Letter.units).order_by(Letter.id)).all()
    return {id_: (name, [f"{u['model']} {u['serial']}" for u in units if u["serial"]]) for id_, name, units in rows}


def names_of_holders() -> dict[str, set[str]]:
    """Everybody who has, or rents, each machine now."""
    db.session.rollback()
    holding = (
        select(DeviceModel.model_code, Device.serial, Company.name, Person.first_name, Person.last_name)
        .select_from(Ownership)
        .join(Device, Device.id == Ownership.device_id)
        .join(DeviceModel, DeviceModel.id == Device.device_model_id)
        .outerjoin(Company, Company.id == Ownership.company_id)
        .outerjoin(Person, Person.id == Ownership.person_id)
        .where(Ownership.to_on.is_(None))
    )
    found: dict[str, set[str]] = {}
    for model, serial, company, first, last in db.session.execute(holding):
        found.setdefault(f"{model} {serial}", set()).add(company or f"{first} {last}")
    db.session.rollback()
    return found


def sell(office: Visitor, serial: str) -> None:
    """Stone Works buys a machine today."""
    id_ = db.session.scalar(select(Device.id).where(Device.serial == serial))
    db.session.rollback()
    ok(office.post(f"/devices/{id_}/owner", data={"kind": "resold", "party_text": "A008", "on": "tänään"}))


@pytest.fixture
def two_cases(office: Visitor, supervisor: Visitor, tmp_path) -> list[Walk]:
    """Two recalls of different batches, each approved by the other person."""
    walks = [Walk(office, supervisor), Walk(supervisor, office)]
    walks[0].import_register(write_xlsx(tmp_path / "rekisteri.xlsx"))
    for walk, batch in zip(walks, [("PT-1", "Tiiviste Oy", "E001"), ("LK-4", "Letku GmbH", "000100")], strict=True):
        walk.open_case(*batch)
        walk.write_texts()
        walk.approve()
    return walks


def test_each_letter_names_the_machines_of_its_owner_though_two_print_and_some_are_sold(office, two_cases, tell):
    """C27: a letter says what is true when it is made, and its pages bear its own machines alone, ever after."""
    for walk in two_cases:
        ok(walk.office.post(walk.here + "/letters"))
    sell(office, "SN-0102")
    holders = names_of_holders()

    work()
    made = letters()
    sell(office, "SN-0203")
    for walk in two_cases:
        ok(walk.office.post(walk.here + "/letters"))
    work()

    named = [(name, machine) for name, machines in made.values() for machine in machines]
    serials = set(SERIAL.findall(" ".join(machine for _name, machine in named)))
    assert len(made) > 6
    assert [(name, machine) for name, machine in named if name not in holders[machine]] == []
    assert {id_: told for id_, told in letters().items() if id_ in made} == made
    for id_, (name, machines) in made.items():
        text = squeezed("".join(page_texts(body_of(id_))))
        assert squeezed(name) in text
        assert {one for one in serials if one in text} == set(SERIAL.findall(" ".join(machines)))
    tell(f"{len(made)} letters of two recalls, {len(serials)} serials, one machine sold before, one after")

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings

from rockrobot import ledger
from rockrobot.db import db
from rockrobot.readiness import queries
from rockrobot.readiness.rules import Reach
from rockrobot.traces.queries import trace_serials
from rockrobot.traces.rules import NO_LETTER_FATES, Reachable
from tests import make
from tests.conftest import empty
from tests.traces import register, strategies

TODAY = strategies.TODAY
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(sheets=strategies.registers())
def test_the_readiness_of_every_model_agrees_with_the_trace(database, sheets):
    db.session.rollback()
    with db.engine.begin() as connection:
        empty(connection)
    with ledger.change_set("test", actor="test"):
        register.load(sheets)

    rows = [r for r in trace_serials(_all_ids(), on=TODAY) if r.fate not in NO_LETTER_FATES]

    for model in queries.by_model(TODAY):
        mine = [row for row in rows if row.model_code == model.model_code]
        assert model.machines == len(mine)
        assert model.in_stock == sum(row.reachable is Reachable.STOCK for row in mine)
        assert model.reachable == sum(row.reachable is Reachable.YES for row in mine)
        assert model.without_owner == sum(row.reachable is Reachable.NO and not row.owner_no for row in mine)
        for reach in Reach:
            found = queries.machines(TODAY, reach, model_id=model.device_model_id)
            assert found.total == getattr(model, reach)


def _all_ids():
    from rockrobot.devices.models import Device

    return list(db.session.scalars(db.select(Device.id)))


def test_a_machine_sold_and_ended_is_without_owner(database):
    machine, sold = make.device(), date(2024, 1, 1)
    make.ownership(machine, make.company(), from_on=sold, to_on=sold + timedelta(days=9))

    found = queries.machines(date(2026, 1, 1), Reach.WITHOUT_OWNER)

    assert [device.id for device in found.rows] == [machine.id]


def test_an_owner_whose_address_ended_is_without_one(database):
    company, person = make.company("Kivi Oy"), make.person("Aino", "Aho")
    make.address(company, valid_to=date(2025, 1, 1))
    make.address(person)
    for owner in (company, company, person):
        make.ownership(make.device(), owner)

    found = queries.owners_without_address(date(2026, 1, 1))

    assert [(gap.name, gap.machines) for gap in found.rows] == [("Kivi Oy", 2)]


def test_fittings_without_batch_are_counted_by_part(database):
    batch = make.batch()
    make.fitting(make.device(), batch, batch_id=None)
    make.fitting(make.device(), batch, batch_id=None, removed_on=date(2025, 1, 1))
    make.fitting(make.device(), batch)

    gaps = queries.parts_without_batch()

    assert [(gap.part_no, gap.fittings, gap.in_machines) for gap in gaps] == [(batch.part.part_no, 2, 1)]
    assert queries.fittings_without_batch(part_id=batch.part_id).total == 2

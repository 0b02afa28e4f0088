from datetime import date

import pytest

from rockrobot.db import db
from rockrobot.devices import actions, queries
from rockrobot.devices.queries import DeviceFilter
from rockrobot.devices.rules import Fate, OwnershipKind, holders_on, is_in_stock, owner_on
from rockrobot.parts.actions import BlockedBatchError, block_batch
from tests import make

SOLD, RESOLD, HIRED, RETURNED = OwnershipKind
DAY = date(2025, 5, 1)


def chain_of(device):
    return queries.ownerships_of([device.id]).get(device.id, [])


def test_a_change_of_owner_ends_the_running_one_on_that_day(database):
    device, first, second = make.device(), make.company(), make.person()
    make.ownership(device, first, from_on=date(2024, 6, 1))

    actions.change_owner(device, second, kind=RESOLD, on=DAY)

    chain = chain_of(device)
    assert [(row.from_on, row.to_on) for row in chain] == [(date(2024, 6, 1), DAY), (DAY, None)]
    assert owner_on(chain, DAY).person_id == second.id
    assert owner_on(chain, date(2025, 4, 30)).company_id == first.id


def test_a_hirer_stands_beside_the_owner(database):
    device, owner, hirer = make.device(), make.company(), make.company()
    make.ownership(device, owner, from_on=date(2024, 6, 1))

    row = actions.change_owner(device, hirer, kind=HIRED, on=DAY)
    during = (owner_on(chain_of(device), DAY).company_id, len(holders_on(chain_of(device), DAY)))
    actions.end_hire(row, on=date(2025, 6, 1))

    assert during == (owner.id, 1)
    assert holders_on(chain_of(device), date(2025, 6, 1)) == []


def test_a_machine_that_came_back_is_ours_and_nobody_hires_it(database):
    device = make.device()
    make.ownership(device, make.company(), from_on=date(2024, 6, 1))
    actions.change_owner(device, make.company(), kind=HIRED, on=date(2024, 8, 1))

    actions.change_owner(device, None, kind=RETURNED, on=DAY)

    assert is_in_stock(chain_of(device), DAY)
    assert holders_on(chain_of(device), DAY) == []


def test_an_owner_before_another_that_is_there_is_refused_and_changes_nothing(database):
    device = make.device()
    make.ownership(device, make.company(), from_on=date(2024, 6, 1))

    with pytest.raises(actions.OwnerOverlapError) as refused:
        actions.change_owner(device, make.company(), kind=SOLD, on=date(2024, 1, 1))
    db.session.commit()

    assert refused.value.row.from_on == date(2024, 6, 1)
    assert [(row.from_on, row.to_on) for row in chain_of(device)] == [(date(2024, 6, 1), None)]


def test_owner_states_of_the_list_agree_with_the_rules(database):
    ours, sold, back, lost, again = (make.device() for _ in range(5))
    company = make.company()
    make.ownership(sold, company, from_on=date(2024, 1, 1))
    make.ownership(back, company, from_on=date(2024, 1, 1), to_on=date(2024, 5, 1))
    actions.change_owner(back, None, kind=RETURNED, on=date(2024, 5, 1))
    make.ownership(lost, company, from_on=date(2024, 1, 1), to_on=date(2024, 5, 1))
    make.ownership(again, company, from_on=date(2024, 1, 1), to_on=date(2024, 5, 1))
    actions.change_owner(again, None, kind=RETURNED, on=date(2024, 5, 1))
    actions.change_owner(again, company, kind=RESOLD, on=date(2024, 7, 1))

    found = {
        state: {row.id for row in queries.find_devices(DeviceFilter(owner=state), day=DAY).rows}
        for state in ("owned", "stock", "unknown", "hired")
    }

    assert found == {"owned": {sold.id, again.id}, "stock": {ours.id, back.id}, "unknown": {lost.id}, "hired": set()}
    for device in (ours, sold, back, lost, again):
        chain = chain_of(device)
        assert (device.id in found["owned"]) == (owner_on(chain, DAY) is not None)
        assert (device.id in found["stock"]) == is_in_stock(chain, DAY)


def test_a_blocked_batch_is_fitted_only_with_a_reason(database):
    device, batch = make.device(), make.batch()
    block_batch([batch.id], "Tiiviste vuotaa", "R-1", is_drill=False)

    with pytest.raises(BlockedBatchError):
        actions.fit_part(device, batch.part, batch, on=date(2024, 5, 1))
    fitting = actions.fit_part(device, batch.part, batch, on=date(2024, 5, 1), override_reason="Tarkastettu yksittäin")

    assert fitting.override_reason == "Tarkastettu yksittäin"


def test_a_drills_block_does_not_stop_real_work(database):
    device, batch = make.device(), make.batch()
    block_batch([batch.id], "Harjoitus", "H-1", is_drill=True)

    assert actions.fit_part(device, batch.part, batch, on=date(2024, 5, 1)).batch_id == batch.id


def test_a_part_outside_its_batchs_days_is_marked_and_equals_are_numbered(database):
    device, batch = make.device(), make.batch(received_on=date(2024, 1, 1), used_up_on=date(2024, 12, 31))

    rows = [actions.fit_part(device, batch.part, batch, on=day) for day in (date(2024, 12, 31), DAY, DAY)]

    assert [(row.is_outside_batch_days, row.ordinal) for row in rows] == [(False, 0), (True, 0), (True, 1)]


def test_a_part_is_not_removed_before_it_was_fitted_nor_twice(database):
    fitting = make.fitting(make.device(), make.batch(), fitted_on=DAY)

    with pytest.raises(ValueError, match="removed"):
        actions.remove_part(fitting, on=date(2025, 4, 30))
    actions.remove_part(fitting, on=DAY)

    assert fitting.removed_on == DAY
    with pytest.raises(ValueError, match="removed"):
        actions.remove_part(fitting, on=DAY)


def test_a_machine_has_one_fate(database):
    device = make.device()

    actions.record_fate(device, Fate.STOLEN, on=DAY)
    actions.record_fate(device, Fate.SCRAPPED, on=None)

    fate = queries.fates_of([device.id])[device.id]
    assert (fate.fate, fate.on) == (Fate.SCRAPPED, None)

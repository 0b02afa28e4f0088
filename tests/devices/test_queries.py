from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rockrobot.db import db
from rockrobot.devices import queries
from rockrobot.devices.models import Ownership
from rockrobot.devices.queries import DeviceFilter
from rockrobot.devices.rules import OwnershipKind, holders_on, is_in_stock, owner_on
from tests import make

DAY = date(2025, 5, 10)
days = st.one_of(st.none(), st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)))
rows = st.tuples(st.sampled_from(list(OwnershipKind)), days, days)
chains = st.lists(st.lists(rows, max_size=4), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chains=chains)
def test_owner_states_in_sql_are_those_of_the_rules(database, chains):
    model, company = make.device_model(f"M{len(queries.all_models())}"), make.company()
    devices = [make.device(model) for _ in chains]
    for device, chain in zip(devices, chains, strict=True):
        for kind, begins, ends in chain:
            party = None if kind is OwnershipKind.RETURNED else company.id
            db.session.add(Ownership(device_id=device.id, company_id=party, kind=kind, from_on=begins, to_on=ends))
    db.session.commit()

    found = {
        state: {row.id for row in queries.find_devices(DeviceFilter(owner=state, model_id=model.id), day=DAY).rows}
        for state in ("owned", "stock", "unknown", "hired")
    }

    stored = queries.ownerships_of([device.id for device in devices])
    for device in devices:
        chain = stored.get(device.id, [])
        ours, owner = is_in_stock(chain, DAY), owner_on(chain, DAY)
        assert (device.id in found["stock"]) == ours
        assert (device.id in found["owned"]) == (owner is not None)
        assert (device.id in found["unknown"]) == (not ours and owner is None)
        assert (device.id in found["hired"]) == bool(holders_on(chain, DAY))


@pytest.mark.parametrize("number", [-1, 0, 1, 99])
def test_a_page_that_is_not_there_gives_the_nearest(database, number):
    make.device()

    listing = queries.find_devices(DeviceFilter(), day=DAY, number=number)

    assert (listing.number, listing.total, len(listing.rows)) == (1, 1, 1)

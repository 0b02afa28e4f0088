from rockrobot.approvals.queries import cases_awaiting
from rockrobot.db import db
from rockrobot.devices.actions import change_model
from rockrobot.devices.models import DeviceModel
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.conftest import ON_ONE_DATABASE
from tests.plans import planned, read_through
from tests.recalls import cases


@ON_ONE_DATABASE
def test_the_menu_of_every_page_looks_up_who_wrote_and_reads_no_ledger(database):
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    cases.approved(cases.worded(cases.opened(batch)))
    case = cases.worded(cases.opened(batch))
    freeze_scope(case)
    db.session.commit()
    change_model(db.session.scalars(db.select(DeviceModel)).one(), name="KR", plate_place="Puomissa.")
    db.session.commit()

    with planned(db.engine) as steps:
        found = cases_awaiting(but_of="staff:1")

    looked_up = [step for step in steps if step.startswith("SEARCH ledger_entries")]
    assert [row.id for row, _ in found] == [case.id]
    assert looked_up
    assert [step for step in looked_up if "ix_ledger_entries_table_name" not in step] == []
    assert read_through(steps) == set()

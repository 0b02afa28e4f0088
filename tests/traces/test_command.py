from datetime import date

from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.traces.rules import CSV_COLUMNS
from tests import make


def trace(app, *options):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["recall", "trace", *options])


def of(batch):
    return ["--part", batch.part.part_no, "--supplier", batch.supplier, "--batch", batch.batch_no]


def test_a_batch_that_went_nowhere_prints_the_header_alone(app, database):
    batch = make.batch()

    result = trace(app, *of(batch))

    assert result.exit_code == 0
    assert result.stdout == ",".join(CSV_COLUMNS) + "\n"


def test_a_machine_prints_one_line_with_its_owner(app, database):
    company, batch = make.company("Kivi, Poika & Co", customer_no="00017", language="sv", country="SE"), make.batch()
    machine = make.device(make.device_model("RR"), "000100")
    make.fitting(machine, batch, pieces=3)
    make.ownership(machine, company, from_on=date(2024, 6, 1))

    result = trace(app, *of(batch), "--on", "2024-06-01")

    part = f"{batch.part.part_no},{batch.supplier},{batch.batch_no}"
    line = f'fitted_now,RR,000100,3,{part},2024-03-01,,,00017,"Kivi, Poika & Co",no,SE,sv'
    assert result.stdout.split("\n")[1:] == [line, ""]


def test_the_day_before_the_sale_the_machine_is_ours(app, database):
    machine, batch = make.device(), make.batch()
    make.fitting(machine, batch)
    make.ownership(machine, make.company(), from_on=date(2024, 6, 1))

    result = trace(app, *of(batch), "--on", "2024-05-31")

    assert result.stdout.split("\n")[1].endswith(",,,,stock,,fi")


def test_an_unknown_batch_ends_with_two_and_names_the_nearest(app, database):
    batch = make.batch(batch_no="E0031")
    make.batch(of=batch.part, batch_no="X9")

    result = trace(app, "--part", batch.part.part_no, "--supplier", batch.supplier, "--batch", "E003l")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.index("E0031") < result.stderr.index("X9")


def test_the_ledger_keeps_whose_data_the_command_showed(app, database):
    person, machine, batch = make.person(), make.device(), make.batch()
    make.fitting(machine, batch)
    make.ownership(machine, person)

    result = trace(app, *of(batch))

    db.session.rollback()
    viewed = select(LedgerEntry.row_id).where(LedgerEntry.action == "view")
    assert result.exit_code == 0
    assert db.session.scalars(viewed).all() == [person.id]

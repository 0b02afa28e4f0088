"""Taking rows: places among equals, rows made by hand, values changed meanwhile, marks that follow the batch."""

import openpyxl
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.contacts.models import Address, Company
from rockrobot.contacts.rules import AddressKind
from rockrobot.db import db
from rockrobot.devices.models import Fitting
from rockrobot.exchange.queries import read_register
from rockrobot.import_plans.rules import totals
from rockrobot.imports import actions, queries
from rockrobot.imports.rules import plan_import
from rockrobot.parts.models import LooseDelivery
from rockrobot.uploads.queries import left_by_undo
from tests.imports.test_register_command import counts, run, take
from tests.register import rows_beside, small_register, write_folder


def planned(folder):
    register = read_register(folder)
    stored = queries.stored_for(read.sheet.name for read in register.sheets)
    plans = plan_import(register.sheets, stored)
    db.session.rollback()
    return plans, stored


def apply(plans, stored) -> None:
    with ledger.change_set("imports.apply", is_import=True):
        actions.apply_plan(plans, stored)


def test_a_refused_equal_row_does_not_move_the_good_ones(app, database, tmp_path):
    sheets = small_register()
    good = dict(sheets["fittings"][0])
    sheets["fittings"] = [good | {"removed_on": "2020-01-01"}, good]
    path = write_folder(tmp_path / "s", sheets)

    first = run(app, path, "--take-good")
    again = run(app, path, "--take-good")

    assert first[1]["refused"] == again[1]["refused"] == 1
    assert again[1] == counts(unchanged=first[1]["new"], refused=1)


def test_an_incomplete_delivery_does_not_take_the_place_of_a_complete_one(app, database, tmp_path):
    sheets = small_register()
    delivery = sheets["loose_deliveries"][0]
    sheets["loose_deliveries"] = [delivery | {"quantity": ""}, delivery]
    path = write_folder(tmp_path / "s", sheets)

    first = run(app, path, "--take-good")
    again = run(app, path, "--take-good")

    assert again[1] == counts(unchanged=first[1]["new"], refused=1)
    assert db.session.scalars(select(LooseDelivery.quantity)).all() == [int(delivery["quantity"])]


def test_worksites_without_a_street_made_by_hand_go_out_and_in(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    for city in ("Utsjoki", "Kemi", "Utsjoki"):
        db.session.add(Address(company_id=company.id, kind=AddressKind.WORKSITE, city=city, country="FI"))
    db.session.commit()
    app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "o")])

    code, told, output = run(app, tmp_path / "o")

    assert (code, told["new"], told["changed"], told["refused"]) == (0, 0, 0, 0), output


def test_new_days_of_a_batch_mark_its_stored_fittings(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    batch = next(row for row in sheets["batches"] if row["batch_no"] == "E001" and row["supplier"] == "Tiiviste Oy")

    code, told, _ = run(app, write_folder(tmp_path / "s", {"batches": [batch | {"received_on": "2023-06-29"}]}))
    marked = db.session.scalars(select(Fitting.id).where(Fitting.is_outside_batch_days)).all()
    run(app, write_folder(tmp_path / "t", {"batches": [batch]}))

    assert (code, told) == (0, counts(changed=1))
    assert marked
    assert not db.session.scalars(select(Fitting.id).where(Fitting.is_outside_batch_days)).all()


def test_a_value_changed_by_hand_after_the_plan_was_made_stays(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    rows = [{"customer_no": "A001", "name": "Tiedosto Oy", "language": "sv"}]
    plans, stored = planned(write_folder(tmp_path / "s", {"companies": rows}))
    company = db.session.scalar(select(Company).where(Company.customer_no == "A001"))
    company.name = "Juuri muutettu Oy"
    db.session.commit()

    apply(plans, stored)

    db.session.refresh(company)
    assert (company.name, company.language) == ("Juuri muutettu Oy", "sv")


def test_a_row_deleted_after_the_plan_was_made_is_left(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    delivery = sheets["loose_deliveries"][0] | {"quantity": "99"}
    plans, stored = planned(write_folder(tmp_path / "s", {"loose_deliveries": [delivery]}))
    for row in db.session.scalars(select(LooseDelivery)):
        db.session.delete(row)
    db.session.commit()

    apply(plans, stored)

    assert totals(plans)["changed"] == 1
    assert not db.session.scalars(select(LooseDelivery)).all()


def test_many_chunks_make_one_change_set(app, database, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 3)
    sheets = small_register()
    plans, stored = planned(write_folder(tmp_path / "r", sheets))
    told = []

    with ledger.change_set("imports.apply", is_import=True) as act:
        actions.apply_plan(plans, stored, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == totals(plans)["new"]
    entries = left_by_undo(act.change_set_id, 0)
    assert len(entries) == totals(plans)["new"] + rows_beside(sheets)


def test_both_rows_of_an_overlap_name_each_other(app, database, tmp_path):
    sheets = small_register()
    first = sheets["ownerships"][0]
    sheets["ownerships"].append({**first, "customer_no": "A002", "from": "2024-01-01", "kind": "resold"})

    _, _, output = run(app, write_folder(tmp_path / "s", sheets))

    assert "(rivi 2)" in output
    assert f"(rivi {len(sheets['ownerships']) + 1})" in output


def test_every_sheet_may_come_with_its_key_alone_later(app, database, tmp_path):
    """An empty cell says nothing: the keys of what is stored, and nothing else, change nothing."""
    take(app, tmp_path / "r", small_register())
    app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "o.xlsx")])
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    for read in read_register(tmp_path / "o.xlsx").sheets:
        keys = set(read.sheet.key)
        for name, label in read.labels.items():
            if name not in keys:
                column = next(cell.column for cell in book[read.title][1] if cell.value == label)
                for row in range(2, book[read.title].max_row + 1):
                    book[read.title].cell(row, column).value = None
    book.save(tmp_path / "keys.xlsx")

    code, told, output = run(app, tmp_path / "keys.xlsx")

    assert (code, told["new"], told["changed"], told["refused"]) == (0, 0, 0, 0), output

from datetime import date

import pytest
from sqlalchemy import select, text

from rockrobot import chain, forgetting, ledger, undo
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Company
from rockrobot.db import db
from tests import make


def entries() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def newest_change_set() -> int:
    return db.session.scalar(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1))


def test_a_new_row_leaves_an_entry_with_its_values(database):
    company = make.company("Kivi Oy", customer_no="A1")

    entry = entries()[-1]

    assert (entry.action, entry.table_name, entry.row_id) == ("insert", "companies", company.id)
    assert entry.changes["name"] == [None, "Kivi Oy"]


def test_an_edit_keeps_old_and_new_value_and_marks_the_field(database):
    company = make.company("Kivi Oy")

    company.name = "Kallio Oy"
    db.session.commit()

    assert entries()[-1].changes["name"] == ["Kivi Oy", "Kallio Oy"]
    assert "name" in company.hand_changed


def test_an_edit_of_a_row_not_loaded_keeps_its_old_value(database):
    company = make.company("Kivi Oy")
    db.session.expire(company)

    company.name = "Kallio Oy"
    db.session.commit()

    assert entries()[-1].changes["name"] == ["Kivi Oy", "Kallio Oy"]


def test_a_write_outside_a_change_set_is_refused(database):
    token = ledger.announced_act.set(None)
    db.session.add(Company(customer_no="A1", name="Kivi Oy"))

    with pytest.raises(ledger.LedgerError):
        db.session.commit()

    db.session.rollback()
    ledger.announced_act.reset(token)


def test_a_statement_that_passes_the_ledger_by_is_refused(database):
    company = make.company()

    with pytest.raises(ledger.LedgerError):
        db.session.execute(text("UPDATE companies SET name = 'X' WHERE id = :id"), {"id": company.id})


def test_a_rolled_back_change_leaves_nothing(database):
    before = len(entries())

    db.session.add(Company(customer_no="A1", name="Kivi Oy"))
    db.session.flush()
    db.session.rollback()

    assert len(entries()) == before


def test_the_chain_adds_up_and_a_changed_value_breaks_it(database):
    make.company()
    make.company()
    sound = chain.verify(db.session.connection())

    db.session.execute(text("UPDATE ledger_entries SET changes = '{}' WHERE id = (SELECT min(id) FROM ledger_entries)"))

    assert sound.fault is None
    assert sound.entries == len(entries())
    assert "changed values" in chain.verify(db.session.connection()).fault


def test_a_changed_actor_breaks_the_chain(database):
    make.company()

    db.session.execute(text("UPDATE change_sets SET actor = 'nobody'"))

    assert "changed entry or change set" in chain.verify(db.session.connection()).fault


def test_values_emptied_by_an_erasure_leave_the_chain_valid(database):
    company = make.company()
    db.session.commit()

    forgetting.empty_ledger({"companies": {company.id}})
    db.session.commit()

    assert chain.verify(db.session.connection()).fault is None


def test_the_triggers_refuse_a_changed_and_a_deleted_entry(database):
    make.company()
    connection = db.session.connection()
    chain.make_triggers(connection)

    for statement in ("UPDATE ledger_entries SET row_id = 99", "DELETE FROM ledger_entries", "DELETE FROM change_sets"):
        with pytest.raises(Exception, match="append-only"), connection.begin_nested():
            connection.execute(text(statement))
    chain.lift_triggers(connection)


def test_undo_of_an_edit_puts_the_old_value_back(database):
    company = make.company("Kivi Oy")
    with ledger.change_set("edit"):
        company.name = "Kallio Oy"
        db.session.commit()

    undone = undo.undo(newest_change_set())
    db.session.commit()

    db.session.expire_all()
    assert undone.count == 1
    assert db.session.get(Company, company.id).name == "Kivi Oy"
    assert db.session.get(Company, company.id).hand_changed == ["customer_no", "name"]


def test_undo_of_a_new_row_takes_it_away_unless_something_hangs_on_it(database):
    with ledger.change_set("make"):
        ids = ledger.bulk_insert(
            Company.__table__, [{"customer_no": "A1", "name": "X"}, {"customer_no": "A2", "name": "Y"}]
        )
        db.session.commit()
        made = newest_change_set()
    make.person(company=db.session.get_one(Company, ids[0]))

    undone = undo.undo(made)
    db.session.commit()

    assert undone.left == [("companies", ids[0])]
    assert db.session.scalars(select(Company.id)).all() == [ids[0]]


def test_undo_of_a_delete_brings_the_row_back_with_its_id_and_days(database):
    device = make.device(built_on=date(2024, 2, 29))
    with ledger.change_set("delete"):
        db.session.delete(device)
        db.session.commit()
        deleted = newest_change_set()

    undo.undo(deleted)
    db.session.commit()

    assert db.session.get(type(device), device.id).built_on == date(2024, 2, 29)


def test_a_row_edited_since_is_left_and_listed(database):
    company = make.company("Kivi Oy")
    with ledger.change_set("edit"):
        company.name = "Kallio Oy"
        db.session.commit()
        edited = newest_change_set()
    company.name = "Sora Oy"
    db.session.commit()

    undone = undo.undo(edited)
    db.session.commit()

    assert undone.left == [("companies", company.id)]
    assert db.session.get(Company, company.id).name == "Sora Oy"


def test_an_undo_can_be_undone_but_not_twice(database):
    company = make.company("Kivi Oy")
    with ledger.change_set("edit"):
        company.name = "Kallio Oy"
        db.session.commit()
        edited = newest_change_set()
    undo.undo(edited)
    db.session.commit()

    with pytest.raises(undo.UndoError):
        undo.undo(edited)
    undo.undo(newest_change_set())
    db.session.commit()

    db.session.expire_all()
    assert db.session.get(Company, company.id).name == "Kallio Oy"


def test_chunks_of_one_act_stand_in_one_change_set(database):
    with ledger.change_set("import", is_import=True):
        ledger.bulk_insert(Company.__table__, [{"customer_no": "A1", "name": "X"}])
        db.session.commit()
        ledger.bulk_insert(Company.__table__, [{"customer_no": "A2", "name": "Y"}])
        db.session.commit()

    assert len({entry.change_set_id for entry in entries()}) == 1
    assert chain.verify(db.session.connection()).fault is None


def test_a_bulk_update_keeps_old_and_new(database):
    company = make.company("Kivi Oy")

    ledger.bulk_update(Company.__table__, [(company.id, {"name": "Kivi Oy"}, {"name": "Sora Oy"})])
    db.session.commit()

    assert entries()[-1].changes == {"name": ["Kivi Oy", "Sora Oy"]}


def test_a_secret_never_stands_in_the_ledger(database):
    from rockrobot.access import Role

    make.staff_member(Role.WORKSHOP)

    assert "password_hash" not in entries()[-1].changes


def test_a_view_of_a_person_leaves_an_entry(database):
    person = make.person()

    ledger.log_view([person.id])
    db.session.commit()

    assert (entries()[-1].action, entries()[-1].row_id) == ("view", person.id)


def test_an_id_names_one_row_for_good(database):
    with ledger.change_set("make"):
        first = make.person("Ensimmäinen", "Ihminen")
        gone = first.id
        act = newest_change_set()
    undo.undo(act)
    db.session.commit()

    with ledger.change_set("make"):
        second = make.person("Toinen", "Aivan").id
        third = ledger.bulk_insert(Company.__table__, [{"customer_no": "A1", "name": "X"}])[0]
        db.session.commit()
        act = newest_change_set()
    undo.undo(act)
    db.session.commit()
    with ledger.change_set("make"):
        fourth = ledger.bulk_insert(Company.__table__, [{"customer_no": "A2", "name": "Y"}])[0]
        db.session.commit()

    assert second > gone
    assert fourth > third

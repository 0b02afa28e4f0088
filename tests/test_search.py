import pytest
from sqlalchemy import select

from rockrobot import ledger, search, search_index, undo
from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Company
from rockrobot.db import db
from tests import make


def found(typed: str, **rest) -> list[tuple[str, int]]:
    return [(hit.kind, hit.row_id) for hit in search.find(typed, **rest)]


def test_a_serial_is_found_with_and_without_its_hyphen(database):
    device = make.device(serial="SP5-0147")

    assert found("SP5-0147") == [("device", device.id)]
    assert found("sp50147") == [("device", device.id)]
    assert found("0147") == [("device", device.id)]


def test_exact_comes_before_beginning_and_beginning_before_the_middle(database):
    middle, begins, exact = (make.company(name) for name in ("Etelä-Kivi Oy", "Kivi Oy Harjula", "Kivi Oy"))

    hits = search.find("kivi oy")

    assert [(hit.row_id, hit.rank) for hit in hits] == [(exact.id, 0), (begins.id, 1), (middle.id, 3)]


@pytest.mark.parametrize("typed", ["040 588 2755", "+358405882755", "00358 40 5882755", "(040) 588-2755", "5882755"])
def test_a_phone_is_found_however_it_is_typed(database, typed):
    person = make.person(direct_phone="+358 40 588 2755")

    assert found(typed) == [("person", person.id)]


@pytest.mark.parametrize("typed", ["äänekosken louhinta", "AANEKOSKEN", "louhinta äänekosken"])
def test_accents_case_and_order_of_words_do_not_matter(database, typed):
    company = make.company("Äänekosken Louhinta Oy")

    assert found(typed, only=["company"]) == [("company", company.id)]


def test_a_batch_is_found_by_our_number_and_by_the_suppliers(database):
    batch = make.batch(batch_no="E003", supplier_batch_no="TI/17611")

    assert ("batch", batch.id) in found("e003")
    assert ("batch", batch.id) in found("TI/17611")


def test_short_words_are_found_exactly(database):
    device = make.device(serial="7")
    make.device(serial="17")

    assert found("7", only=["device"])[0] == ("device", device.id)


@pytest.mark.parametrize("typed", ["", "  ", '"', "%", "_", "'; --", "AND", "kind:device", "\n"])
def test_any_text_may_be_typed(database, typed):
    make.company("Kivi Oy")

    assert found(typed) == []


def test_an_edit_a_delete_and_an_undo_keep_the_index_true(database):
    company = make.company("Kivi Oy")
    with ledger.change_set("rename"):
        company.name = "Graniitti Oy"
        db.session.commit()
    act = db.session.scalar(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1))

    renamed = found("kivi"), found("graniitti")
    undo.undo(act)
    db.session.commit()
    undone = found("kivi"), found("graniitti")

    assert renamed == ([], [("company", company.id)])
    assert undone == ([("company", company.id)], [])


def test_bulk_rows_are_found_too(database):
    ids = ledger.bulk_insert(Company.__table__, [{"customer_no": "A1", "name": "Louhos Oy"}])
    db.session.commit()

    assert found("louhos") == [("company", ids[0])]


def test_a_typing_error_is_forgiven_when_nothing_else_is_found(database):
    company = make.company("Graniittipiha Oy")
    make.company("Kivi Oy")

    assert found("granittipiha") == []
    assert [hit.row_id for hit in search.find_nearly("granittipiha")] == [company.id]


def test_a_lost_index_is_built_anew(database):
    company = make.company("Kivi Oy")
    db.session.execute(search_index.SearchEntry.__table__.delete())

    count = search_index.rebuild(db.session.connection())

    assert count == 1
    assert found("kivi") == [("company", company.id)]

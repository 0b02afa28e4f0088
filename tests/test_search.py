import pytest
from sqlalchemy import select

from rockrobot import ledger, search, search_index, search_upkeep, undo
from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Company, Worksite
from rockrobot.contacts.rules import AddressKind
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

    assert [(hit.row_id, hit.rank) for hit in hits] == [(exact.id, 0), (begins.id, 1), (middle.id, 4)]


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


@pytest.mark.parametrize(
    "unseen", ["\u00ad", "\u200d", "\ufeff", "\U000e0001", "\x07", "\0", "\x7f", "\ud800", "\u0378"]
)
def test_what_nobody_sees_parts_no_word(database, unseen):
    company = make.company("Kivi Oy")

    assert found(f"ki{unseen}vi")[:1] == [("company", company.id)]
    assert found(f"k{unseen}i")[:1] == [("company", company.id)]
    assert found(unseen) == []


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

    assert [(hit.row_id, hit.is_near) for hit in search.find("granittipiha")] == [(company.id, True)]


def test_a_lost_index_is_built_anew(database):
    company = make.company("Kivi Oy")
    db.session.execute(search_index.SearchEntry.__table__.delete())

    count = search_upkeep.rebuild(db.session.connection())

    assert count == 1
    assert found("kivi") == [("company", company.id)]


# ---------- phones ----------

SPELLINGS = [
    "+358 40 588 2755", "+358 (0)40 588 2755", "00358405882755", "040-588 2755", "0405882755", "040 5882755",
    "358405882755", "40 588 2755", "(040) 5882755",
]  # fmt: skip
PASTED = [
    "040\u00a0588\u00a02755", "040/5882755", "040\u2011588\u20112755", "Puh. 040 588 2755",
    "Tel: +358 40 588 2755 (koti)",
    "soita Matille: 0405882755, kiitos", "040 588 2755 / 15",
]  # fmt: skip


@pytest.mark.parametrize("stored", ["+358 40 588 2755", "040-588 2755", "00358405882755"])
@pytest.mark.parametrize("typed", [*SPELLINGS, *PASTED])
def test_every_spelling_of_a_phone_finds_the_same_person(database, stored, typed):
    person = make.person(direct_phone=stored)
    make.person(direct_phone="+358 50 123 4567")

    assert [(hit.kind, hit.row_id, hit.fact) for hit in search.find(typed)] == [("person", person.id, "phone")]


@pytest.mark.parametrize("place", range(len("0405882755") - 3))
def test_any_four_digits_in_a_row_find_the_phone(database, place):
    person = make.person(direct_phone="+358 40 588 2755")

    assert ("person", person.id) in found("0405882755"[place : place + 4])


# ---------- what it was found by ----------


def facts(typed: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.fact) for hit in search.find(typed)]


def test_a_person_is_found_by_an_employer_even_after_leaving_and_after_its_new_name(database):
    company = make.company("Louhinta Virta Oy")
    person = make.person("Aino", "Aho", company=company)

    by_name = facts("louhinta virta")
    with ledger.change_set("rename"):
        company.name = "Graniitti Oy"
        db.session.commit()

    assert by_name == [("company", "name"), ("person", "employer")]
    assert found("graniitti") == [("company", company.id), ("person", person.id)]
    assert found("virta") == []


def test_a_worksite_is_found_by_its_name_and_by_where_its_address_is_now(database):
    company = make.company("Kivi Oy")
    address = make.address(company, kind=AddressKind.WORKSITE, street="Rantatie 5", city="Äänekoski")
    worksite = Worksite(address_id=address.id, name="Satama")
    db.session.add(worksite)
    db.session.commit()

    before = facts("satama"), facts("rantatie"), facts("aanekoski")
    with ledger.change_set("move"):
        address.street = "Mäkitie 1"
        db.session.commit()

    assert before == ([("worksite", "name")], [("worksite", "street")], [("worksite", "city")])
    assert (found("rantatie"), found("mäkitie")) == ([], [("worksite", worksite.id)])


@pytest.mark.parametrize(
    ("typed", "fact"), [("2583133-7", "business_id"), ("25831337", "business_id"), ("info@kivi.example", "email")]
)
def test_a_company_is_found_by_business_id_and_email(database, typed, fact):
    make.company("Kivi Oy", business_id="2583133-7", email="info@kivi.example")

    assert facts(typed) == [("company", fact)]


def test_a_batch_says_by_whose_number_it_was_found(database):
    make.batch(batch_no="E003", supplier_batch_no="TI/17611")

    assert [facts("E003")[0], facts("ti17611")[0]] == [("batch", "batch_no"), ("batch", "supplier_batch_no")]


@pytest.mark.parametrize("typed", ["SPS-0147", "SP5-O147", "5P5-0I47", "spsqi47"])
def test_signs_of_a_serial_that_look_alike_find_it(database, typed):
    device = make.device(serial="SP5-0147")

    assert found(typed) == [("device", device.id)]


def test_a_name_is_not_read_as_it_looks(database):
    make.company("Silo Oy")

    assert found("5110") == []


def test_what_a_row_is_called_itself_comes_before_what_is_called_so_nearby(database):
    company = make.company("Louhinta Oy")
    worker = make.person("Aino", "Aho", company=company)
    namesake = make.person("Louhinta", "Eero")

    assert found("louhinta") == [("person", namesake.id), ("company", company.id), ("person", worker.id)] or found(
        "louhinta"
    ) == [("company", company.id), ("person", namesake.id), ("person", worker.id)]


def test_a_machine_is_found_by_its_own_number_before_its_models(database):
    device = make.device(make.device_model("KR200-R"), "KR200-0101")

    assert [(hit.row_id, hit.fact) for hit in search.find("kr200", only=["device"])] == [(device.id, "serial")]
    assert [(hit.row_id, hit.fact) for hit in search.find("kr200-r", only=["device"])] == [(device.id, "model")]


def test_among_hundreds_alike_the_exact_one_comes_first(database):
    rows = [{"customer_no": f"A{n}", "name": f"Kivi {n} Oy"} for n in range(400)]
    ledger.bulk_insert(Company.__table__, [*rows, {"customer_no": "B1", "name": "Kivi"}])
    make.device(serial="KIVI-1")

    hits = search.find("kivi", limit=5)

    assert (hits[0].kind, hits[0].rank, hits[0].line) == ("company", search.LINE, "kivi")
    assert [hit.kind for hit in hits].count("company") == 5
    assert "device" in [hit.kind for hit in hits]


@pytest.mark.parametrize("typed", ["ki", "k", "ki oy", "oy"])
def test_one_or_two_letters_begin_a_word(database, typed):
    company = make.company("Kivi Oy")
    make.company("Aki Tmi")

    assert found(typed) == [("company", company.id)]


@pytest.mark.parametrize(
    "typed",
    ['"', "'", "a" * 10_000, "NEAR(a b)", "a* OR b*", "\0\0", "^kivi", "kivi AND", "(((", "\\", "%%%", "🙂🙂🙂"],
)
def test_hostile_text_is_only_text(database, typed):
    make.company("Kallio Ky")

    assert found(typed[:200]) == []


def test_text_that_a_tsquery_would_read_is_only_text(database):
    company = make.company("O'Brien & Kivi \\ | !Oy:*")

    assert found("o'brien") == [("company", company.id)]
    assert found("o'brein") == [("company", company.id)]
    assert found("!oy:*") == [("company", company.id)]

from datetime import date

import pytest
from sqlalchemy import select

from rockrobot.db import db
from rockrobot.parts.actions import block_batch
from rockrobot.parts.models import Batch, BatchContent, BatchStock, LooseDelivery, Part
from tests import make


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def test_batches_are_found_by_our_number_the_suppliers_and_the_supplier(workshop):
    part = make.part("PT-7", "Painetiiviste")
    make.batch(part, "E003", "Tiiviste Oy", supplier_batch_no="TI/17611")
    make.batch(part, "X-1", "Slang AS")

    pages = [
        workshop.get("/batches/", query_string=q).text
        for q in ({"q": "e003"}, {"q": "17611"}, {"supplier": "Tiiviste Oy"})
    ]

    assert all(">E003</a>" in html and ">X-1</a>" not in html for html in pages)
    assert ">X-1</a>" in workshop.get(f"/batches/?part={part.id}").text


def test_the_batch_card_shows_where_the_pieces_are(workshop):
    batch, outer = make.batch(batch_no="E003", quantity=100), make.batch(batch_no="V001", quantity=10)
    device, customer = make.device(serial="SP5-0147"), make.company("Kivi Oy")
    make.fitting(device, batch, pieces=3)
    db.session.add_all(
        [
            BatchContent(batch_id=outer.id, contained_batch_id=batch.id, pieces=2),
            BatchStock(batch_id=batch.id, counted_on=date(2026, 1, 1), in_stock=5, quarantined=4),
            LooseDelivery(batch_id=batch.id, company_id=customer.id, quantity=25, delivered_on=date(2024, 3, 1)),
        ]
    )
    db.session.commit()

    html = workshop.get(f"/batches/{batch.id}").text

    for shown in ("SP5-0147", "V001", "Kivi Oy", "<strong>100</strong> saatu", "<strong>43</strong> selvittämättä"):
        assert shown in html


def test_the_balance_of_an_unknown_quantity_says_so(workshop):
    batch = make.batch(quantity=None)

    html = workshop.get(f"/batches/{batch.id}").text

    assert "<strong>ei tiedossa</strong> saatu" in html


def test_a_part_and_a_batch_are_added(workshop):
    workshop.post("/parts/new", data={"part_no": "PT-9", "name": "Tiiviste"})
    form = {
        "part_no": "PT-9",
        "supplier": "Tiiviste Oy",
        "batch_no": "E1",
        "received_on": "1.2.2026",
        "quantity": "1 200",
    }
    workshop.post("/batches/new", data=form)
    again = workshop.post("/batches/new", data=form)

    assert [part.name for part in rows(Part)] == ["Tiiviste"]
    assert [(b.batch_no, b.received_on, b.quantity) for b in rows(Batch)] == [("E1", date(2026, 2, 1), 1200)]
    assert again.status_code == 422
    assert "on jo erä E1 tästä osasta" in again.text


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("part_no", "ZZ", "Osaa ZZ ei ole."),
        ("batch_no", "", "Kirjoita eränumero."),
        ("quantity", "paljon", "Kirjoita kokonaisluku"),
        ("quantity", "-3", "nollasta ylöspäin"),
        ("used_up_on", "1.1.2026", "Loppu on ennen saapumista."),
    ],
)
def test_a_wrong_field_of_a_batch_says_so(workshop, field, typed, error):
    make.part("PT-9")
    form = {"part_no": "PT-9", "supplier": "Tiiviste Oy", "batch_no": "E1", "received_on": "1.2.2026"} | {field: typed}

    answer = workshop.post("/batches/new", data=form)

    assert answer.status_code == 422
    assert error in answer.text
    assert 'value="Tiiviste Oy"' in answer.text


def test_a_count_of_the_same_day_replaces_the_earlier(workshop):
    batch = make.batch()

    for in_stock in ("7", "5"):
        workshop.post(
            f"/batches/{batch.id}/count", data={"counted_on": "1.11.2026", "in_stock": in_stock, "scrapped": "2"}
        )

    assert [(row.in_stock, row.scrapped, row.returned) for row in rows(BatchStock)] == [(5, 2, 0)]


def test_a_loose_delivery_of_a_blocked_batch_asks_for_a_reason(workshop):
    batch = make.batch()
    make.company("Kivi Oy", customer_no="A1")
    block_batch([batch.id], "Tiiviste vuotaa", "R-1", is_drill=False)
    db.session.commit()
    form = {"customer": "A1", "quantity": "3", "delivered_on": "1.11.2026"}

    refused = workshop.post(f"/batches/{batch.id}/deliver", data=form)
    none_yet = rows(LooseDelivery)
    workshop.post(f"/batches/{batch.id}/deliver", data=form | {"override_reason": "Asiakas palauttaa vialliset"})

    assert refused.status_code == 422
    assert "Erä on estetty." in refused.text
    assert none_yet == []
    assert [(row.quantity, row.override_reason) for row in rows(LooseDelivery)] == [(3, "Asiakas palauttaa vialliset")]


def test_a_reason_typed_for_a_free_batch_is_not_kept(workshop):
    batch = make.batch()
    make.company("Kivi Oy", customer_no="A1")

    workshop.post(
        f"/batches/{batch.id}/deliver",
        data={"customer": "kivi oy", "quantity": "3", "delivered_on": "1.11.2026", "override_reason": "turha"},
    )

    assert [row.override_reason for row in rows(LooseDelivery)] == [""]


def test_a_drills_block_is_shown_and_stops_nothing(workshop):
    batch = make.batch()
    make.company("Kivi Oy", customer_no="A1")
    block_batch([batch.id], "Kokeillaan", "H-1", is_drill=True)
    db.session.commit()

    html = workshop.get(f"/batches/{batch.id}").text
    workshop.post(f"/batches/{batch.id}/deliver", data={"customer": "A1", "quantity": "1", "delivered_on": "1.11.2026"})

    assert "Harjoitus H-1" in html
    assert len(rows(LooseDelivery)) == 1

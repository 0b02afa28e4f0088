import re
from datetime import date

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.chain import ChangeSet
from rockrobot.db import db
from rockrobot.devices.models import Device, DeviceFate, Fitting, Ownership
from rockrobot.parts.actions import block_batch
from tests import make


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def undo_of(html: str) -> str:
    return re.search(r'action="(/history/\d+/undo)"', html)[1]


def test_the_list_narrows_by_serial_model_owner_and_fate(office):
    model = make.device_model("RR-1")
    sold, ours = make.device(model, "SP5-0147"), make.device(serial="XX-9")
    make.ownership(sold, make.company("Louhinta Oy"))

    pages = [
        office.get(f"/devices/?{query}").text for query in ("q=0147", f"model={model.id}", "owner=owned", "q=louhinta")
    ]

    assert all("SP5-0147" in html and "XX-9" not in html for html in pages)
    assert "XX-9" in office.get("/devices/?owner=stock").text
    assert ours.serial in office.get("/devices/?fate=none").text
    assert "Yhtään laitetta ei löydy" in office.get("/devices/?fate=stolen").text


def test_typing_in_the_filter_gets_the_rows_alone(office):
    make.device(serial="SP5-0147")

    html = office.get("/devices/?q=sp5", headers={"HX-Request": "true", "HX-Target": "section#device_rows"}).text

    assert html.strip().startswith("<section")
    assert "SP5-0147" in html


def test_the_list_pages_in_fifties(office):
    model = make.device_model()
    db.session.add_all(Device(device_model_id=model.id, serial=f"S-{n:03}") for n in range(120))
    db.session.commit()

    last = office.get("/devices/?page=3").text

    assert "101–120 / 120" in last
    assert "S-119" in last
    assert "S-099" not in last


def test_the_card_shows_parts_owners_and_logs_the_person(office):
    device, batch, person = make.device(serial="SP5-0147"), make.batch(batch_no="E003"), make.person("Aino", "Aho")
    make.fitting(device, batch)
    make.ownership(device, person)

    html = office.get(f"/devices/{device.id}").text

    assert "E003" in html
    assert "Aino Aho" in html
    assert '<svg role="img" aria-label="1.3.2024 alkaen"' in html


def test_the_workshop_sees_a_persons_number_only(workshop):
    device, person = make.device(), make.person("Aino", "Aho", person_no="P00077")
    make.ownership(device, person)
    make.address(person, street="Salakuja 7")

    for address in (f"/devices/{device.id}", "/devices/"):
        html = workshop.get(address).text
        assert "P00077" in html
        assert "Aino" not in html
        assert "Salakuja" not in html


def test_a_new_device_with_its_owner_can_be_undone(office):
    model, company = make.device_model(), make.company("Kivi Oy", customer_no="A7")
    form = {
        "model": model.id,
        "serial": "SP5-0147",
        "year": "2025",
        "built_on": "1.2.2025",
        "owner": "A7",
        "sold_on": "eilen",
    }

    html = office.post("/devices/new", data=form, follow_redirects=True).text
    owner = rows(Ownership)[0]
    assert "Laite lisätty." in html
    assert (owner.company_id, owner.from_on) == (company.id, clock.today().replace() - (clock.today() - owner.from_on))
    office.post(undo_of(html), data={"back": "/devices/1"})

    assert rows(Device) == []
    assert rows(Ownership) == []


def test_the_same_form_sent_twice_makes_one_device(office):
    form = {"model": make.device_model().id, "serial": "SP5-0147", "idempotency_key": "once-only"}

    answers = [office.post("/devices/new", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(rows(Device)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("serial", "", "Kirjoita sarjanumero."),
        ("serial", "TAKEN-1", "Sarjanumero TAKEN-1 on jo tämän mallin laitteella."),
        ("year", "1066", "Vuosi 1066 ei voi olla valmistusvuosi."),
        ("built_on", "joskus", "Päivää «joskus» ei ymmärretty."),
        ("built_on", "1.1.2999", "Päivä 1.1.2999 on tulevaisuudessa. Kirjoita tämä päivä tai aiempi."),
        ("owner", "Ei Ole Oy", "Omistajaa «Ei Ole Oy» ei löydy."),
    ],
)
def test_a_wrong_field_says_so_beside_it_and_nothing_is_lost(office, field, typed, error):
    device = make.device(serial="TAKEN-1")
    form = {"model": device.device_model_id, "serial": "NEW-1", "year": "2020", "built_on": "1.2.2020"} | {field: typed}

    answer = office.post("/devices/new", data=form)

    assert answer.status_code == 422
    assert answer.text.count(error) == 2
    assert "<title>Virhe: " in answer.text
    assert all(f'value="{kept}"' in answer.text for name, kept in form.items() if name not in {"model"} and kept)


def test_an_owner_is_changed_and_the_change_undone(office):
    device, old, new = make.device(), make.company("Vanha Oy"), make.company("Uusi Oy", customer_no="A9")
    make.ownership(device, old, from_on=date(2024, 6, 1))

    html = office.post(
        f"/devices/{device.id}/owner",
        data={"kind": "resold", "party_text": "uusi oy", "on": "1.5.2025"},
        follow_redirects=True,
    ).text
    changed = [(row.company_id, row.to_on) for row in rows(Ownership)]
    office.post(undo_of(html), data={"back": f"/devices/{device.id}"})

    assert changed == [(old.id, date(2025, 5, 1)), (new.id, None)]
    assert [(row.company_id, row.to_on) for row in rows(Ownership)] == [(old.id, None)]


def test_overlapping_owners_are_refused_beside_the_day(office):
    device = make.device()
    make.ownership(device, make.company(), from_on=date(2024, 6, 1))
    make.company("Uusi Oy", customer_no="A9")

    answer = office.post(f"/devices/{device.id}/owner", data={"kind": "resold", "party_text": "A9", "on": "1.1.2024"})

    assert answer.status_code == 422
    assert "Laitteella on jo omistaja 1.6.2024 alkaen." in answer.text
    assert len(rows(Ownership)) == 1


def test_a_part_is_fitted_from_a_batch_picked_by_its_number(workshop):
    device, batch = make.device(), make.batch(batch_no="E003", supplier_batch_no="TI/1")

    workshop.post(
        f"/devices/{device.id}/fittings/new",
        data={"batch_no": "TI/1", "fitted_on": "1.5.2024", "pieces": "2", "reason": "service"},
    )

    fitting = rows(Fitting)[0]
    assert (fitting.batch_id, fitting.pieces, fitting.fitted_on) == (batch.id, 2, date(2024, 5, 1))


def test_a_number_of_two_batches_asks_which(workshop):
    device, part = make.device(), make.part()
    one, other = make.batch(part, "003", "Letku GmbH"), make.batch(part, "003", "Slang AS")
    form = {"batch_no": "003", "fitted_on": "1.5.2024", "pieces": "1", "reason": "service"}

    asked = workshop.post(f"/devices/{device.id}/fittings/new", data=form)
    workshop.post(f"/devices/{device.id}/fittings/new", data=form | {"batch_id": str(other.id)})

    assert asked.status_code == 422
    assert "Slang AS" in asked.text
    assert [row.batch_id for row in rows(Fitting)] == [other.id]
    assert one.id != other.id


def test_an_unknown_batch_is_said_to_be_unknown(workshop):
    device = make.device()

    answer = workshop.post(
        f"/devices/{device.id}/fittings/new", data={"batch_no": "E999", "fitted_on": "1.5.2024", "pieces": "1"}
    )

    assert answer.status_code == 422
    assert "Erää E999 ei ole." in answer.text


def test_a_blocked_batch_asks_for_a_reason_and_keeps_it(workshop):
    device, batch = make.device(), make.batch(batch_no="E003")
    block_batch([batch.id], "Tiiviste vuotaa", "R-2026-01", is_drill=False)
    db.session.commit()
    form = {"batch_no": "E003", "fitted_on": "1.5.2024", "pieces": "1", "reason": "service"}

    refused = workshop.post(f"/devices/{device.id}/fittings/new", data=form)
    workshop.post(f"/devices/{device.id}/fittings/new", data=form | {"override_reason": "Tarkastettu yksittäin"})

    assert refused.status_code == 422
    assert "Erä on estetty." in refused.text
    assert "Tiiviste vuotaa" in refused.text
    assert [row.override_reason for row in rows(Fitting)] == ["Tarkastettu yksittäin"]


def test_a_part_outside_its_batchs_days_is_warned_of(workshop):
    device = make.device()
    make.batch(batch_no="E003", used_up_on=date(2024, 12, 31))

    html = workshop.post(
        f"/devices/{device.id}/fittings/new",
        data={"batch_no": "E003", "fitted_on": "1.5.2025", "pieces": "1", "reason": "service"},
        follow_redirects=True,
    ).text

    assert "Päivä on erän käyttöpäivien ulkopuolella" in html


def test_a_part_is_removed_and_put_back_by_undo(workshop):
    fitting = make.fitting(make.device(), make.batch())
    address = f"/devices/{fitting.device_id}/fittings/{fitting.id}/remove"

    early = workshop.post(address, data={"on": "1.1.2024"})
    html = workshop.post(address, data={"on": "1.5.2024"}, follow_redirects=True).text
    removed = rows(Fitting)[0].removed_on
    workshop.post(undo_of(html), data={"back": "/devices/"})

    assert "Osa ei voi irrota ennen kuin se asennettiin." in early.text
    assert removed == date(2024, 5, 1)
    assert rows(Fitting)[0].removed_on is None


def test_a_scrapped_device_says_so_on_its_card_and_in_the_list(workshop):
    device = make.device()

    html = workshop.post(
        f"/devices/{device.id}/fate", data={"fate": "scrapped", "on": "eilen"}, follow_redirects=True
    ).text

    assert "Romutettu" in html
    assert "Romutettu" in workshop.get("/devices/?fate=scrapped").text
    assert len(rows(DeviceFate)) == 1


@pytest.mark.parametrize("path", ["/devices/999", "/devices/999/owner", "/devices/1/fittings/9/remove"])
def test_what_does_not_exist_is_a_plain_404(office, path):
    assert office.get(path).status_code == 404


def test_an_undo_that_would_leave_two_owners_is_refused_and_changes_nothing(office):
    device = make.device()
    for number in ("A1", "A2", "A3"):
        make.company(f"Kivi {number}", customer_no=number)
    for number, kind, day in (("A1", "sold", "1.3.2026"), ("A2", "resold", "1.6.2026"), ("A3", "resold", "1.7.2026")):
        office.post(f"/devices/{device.id}/owner", data={"party_text": number, "kind": kind, "on": day})
    before = [(row.company_id, row.from_on, row.to_on) for row in ownerships()]
    changes = select(ChangeSet.id).where(ChangeSet.event == "devices.change_owner")
    acts = db.session.scalars(changes.order_by(ChangeSet.id)).all()
    db.session.rollback()

    answer = office.post(f"/history/{acts[1]}/undo", follow_redirects=True)

    assert len(before) == 3
    assert "Kumoa ensin myöhempi omistajan muutos." in answer.text
    assert [(row.company_id, row.from_on, row.to_on) for row in ownerships()] == before


def ownerships() -> list[Ownership]:
    db.session.rollback()
    return list(db.session.scalars(select(Ownership).order_by(Ownership.id)))


def test_a_day_of_handing_over_without_an_owner_is_not_dropped_silently(office):
    model = make.device_model()

    answer = office.post("/devices/new", data={"model": model.id, "serial": "T-1", "sold_on": "1.3.2026"})

    assert answer.status_code == 422
    assert "Kirjoita myös omistaja, tai tyhjennä päivä." in answer.text


def test_a_hire_ends_on_a_day_that_is_not_before_it_began(office):
    device = make.device()
    hire = make.ownership(device, make.company(), kind="hired", from_on=date(2026, 5, 1))
    here = f"/devices/{device.id}/owner/{hire.id}/end"
    db.session.rollback()

    early = office.post(here, data={"on": "30.4.2026"})
    office.post(here, data={"on": "1.6.2026"})

    assert "Vuokra ei voi päättyä ennen alkuaan." in early.text
    assert [row.to_on for row in rows(Ownership)] == [date(2026, 6, 1)]

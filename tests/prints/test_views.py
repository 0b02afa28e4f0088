"""Cards, sheets, calling lists and labels: what stands on the paper, read back from the PDF."""

import io
import re
from datetime import date

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.exports.rules import sticker_lines
from rockrobot.worksites.actions import add_worksite, move_devices
from tests import make


def words_of(answer) -> str:
    """Everything that stands on the pages of a PDF."""
    assert answer.status_code == 200, answer.text[:2000]
    assert answer.mimetype == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.data)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def code_on(answer) -> str:
    picture: Image.Image = pypdfium2.PdfDocument(answer.data)[0].render(scale=200 / 72).to_pil()
    return zxingcpp.read_barcodes(picture)[0].text


def views() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(LedgerEntry.action == "view"))


def test_a_customer_card_has_what_one_needs_on_the_road_and_is_a_view(office):
    company = make.company("Kivi Oy", switchboard="03 123 4567")
    person = make.person("Aino", "Aho", company=company, title="Louhija", direct_phone="040 588 2755")
    make.address(person, street="Kivitie 9")
    make.ownership(make.device(serial="SP5-0147"), person)
    before = views()

    words = words_of(office.get(f"/people/{person.id}/card.pdf"))

    assert all(
        text in words for text in ("Aino Aho", "Louhija", "040 588 2755", "03 123 4567", "Kivitie 9", "SP5-0147")
    )
    assert views() == before + 1


def test_a_company_card_names_its_people_of_today(office):
    company = make.company("Kivi Oy", switchboard="03 123 4567")
    make.person("Aino", "Aho", company=company, direct_phone="040 588 2755")

    words = words_of(office.get(f"/companies/{company.id}/card.pdf"))

    assert all(text in words for text in ("Kivi Oy", "03 123 4567", "Aino Aho", "040 588 2755"))


def test_a_machine_card_carries_a_code_that_leads_to_the_machine_and_names_nobody_inside(office):
    device = make.device(serial="SP5-0147")
    make.fitting(device, make.batch(batch_no="E001"))
    make.ownership(device, make.person("Aino", "Aho"))

    answer = office.get(f"/devices/{device.id}/card.pdf")

    assert all(text in words_of(answer) for text in ("SP5-0147", "E001", "Aino Aho", "Muistiinpanot"))
    assert code_on(answer).endswith(f"/devices/{device.id}")


def test_the_workshop_prints_a_machine_without_names(workshop):
    device = make.device()
    make.ownership(device, make.person("Aino", "Aho"))

    assert "Aho" not in words_of(workshop.get(f"/devices/{device.id}/card.pdf"))


def test_labels_of_machines_lead_a_phone_to_the_form_of_a_visit_and_name_nobody(workshop):
    device, other = make.device(serial="SP5-0147"), make.device(serial="KR2-0001")
    make.ownership(device, make.person("Aino", "Aho"))

    one, found = workshop.get(f"/devices/{device.id}/sticker.pdf"), workshop.get("/devices/stickers.pdf?q=KR2")
    form = workshop.get(re.search(r"/devices/.*", code_on(one))[0]).text

    assert code_on(one).endswith(f"/devices/{device.id}/events/new?channel=visit")
    assert "Tarkastettu, kunnossa" in form
    assert ("SP5-0147" in words_of(one), "Aho" in words_of(one)) == (True, False)
    assert code_on(found).endswith(f"/devices/{other.id}/events/new?channel=visit")
    assert "SP5-0147" not in words_of(found)


def test_a_list_longer_than_the_labels_is_printed_in_parts(workshop, monkeypatch):
    model = make.device_model()
    machines = [make.device(model, serial=serial) for serial in ("AA-1", "AA-2")]

    fitting = workshop.get("/devices/").text
    monkeypatch.setattr("rockrobot.prints.views.MOST_STICKERS", len(machines) - 1)
    longer = workshop.get("/devices/?q=AA").text
    second = words_of(workshop.get("/devices/stickers.pdf?q=AA&part=2"))

    assert ">QR-tarrat</a>" in fitting
    assert "QR-tarrat, 1 laitetta osassa: osa 1–2" in longer
    assert re.search(r'stickers.pdf">\s*<input type="hidden" name="q" value="AA">', longer)
    assert ("AA-1" in second, "AA-2" in second) == (False, True)
    assert workshop.get("/devices/stickers.pdf?q=AA&part=3").status_code == 404


def test_a_worksite_sheet_lists_every_machine_there_with_a_box_to_tick(office):
    contact = make.person("Aino", "Aho")
    place = {"street": "Louhos 3", "city": "Kokemäki"}
    site = add_worksite(make.company(), place, access_note="Portti 2", contact_id=contact.id)
    model = make.device_model("KR-1")
    machines = [make.device(model, f"SN-{number:03}") for number in range(60)]
    move_devices(machines, site, on=date(2026, 1, 1))
    db.session.commit()

    words = words_of(office.get(f"/worksites/{site.id}/sheet.pdf"))

    assert "Portti 2" in words
    assert "Aino Aho" in words
    assert all(machine.serial in words for machine in machines)


def test_a_paper_is_tagged_and_its_fonts_are_embedded(office):
    answer = office.get(f"/people/{make.person('Aino', 'Łukasz').id}/card.pdf")

    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert "Łukasz" in words_of(answer)


def test_a_calling_list_has_who_and_which_number_for_those_who_may_be_called(office):
    make.person("Aino", "Aho", direct_phone="040 588 2755")
    stopped = make.person("Eero", "Kielto", direct_phone="050 111 2222")
    office.post(
        f"/people/{stopped.id}/objections/new",
        data={"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "tänään"},
    )
    asked = {"responsible": "none", "purpose": "marketing", "channel": "phone", "file": "soittolista.pdf"}

    words = words_of(office.get("/exports/people/file", query_string=asked))

    assert "Aino Aho" in words
    assert "040 588 2755" in words
    assert "Kielto" not in words


def test_labels_have_the_address_with_the_country_last_and_skip_who_has_none(office):
    abroad = make.company("Fjell AS")
    make.address(abroad, street="Storgata 5", postcode="9008", city="Tromsø", country="NO")
    make.company("Osoitteeton Oy")
    asked = {"responsible": "none", "purpose": "recall", "channel": "letter", "file": "tarrat.pdf"}

    words = words_of(office.get("/exports/companies/file", query_string=asked))

    assert "Fjell AS" in words
    assert "NORWAY" in words
    assert "Osoitteeton" not in words


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        ({"company": "Kivi Oy", "street": "", "city": ""}, []),
        (
            {"first_name": "Aino", "last_name": "Aho", "company": "Kivi Oy", "street": "Tie 1", "city": "Kokemäki"},
            ["Kivi Oy", "Aino Aho", "Tie 1", "32800 KOKEMÄKI"],
        ),
    ],
)
def test_the_lines_of_a_label(row, lines):
    assert sticker_lines({"postcode": "32800", "place_country": "FI"} | row) == lines

import csv
import io
import json

import pypdfium2
from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.reports import queries


def test_the_report_is_plain_data(running):
    report = queries.report_of(running.case)

    again = json.loads(json.dumps(report))
    assert again == report
    assert report["units"]["adds_up"]
    assert report["percent"]["corrected"] == 10.0
    assert [party["owner_name"] for party in report["responses"]["silent_recipients"]] == ["Aino 1 Meikäläinen"]


def test_the_screen_shows_equations_curves_and_both_percentages(running, office):
    html = office.get(f"/recalls/{running.case.id}/report").text

    assert "Täsmää" in html
    assert "10,0&nbsp;%" in html
    assert "11,1&nbsp;%" in html
    assert '<svg class="plot"' in html
    assert "Aino 1 Meikäläinen" in html


def test_the_silent_named_on_the_report_are_logged(running, office):
    office.get(f"/recalls/{running.case.id}/report")

    db.session.rollback()
    viewed = select(LedgerEntry.row_id).where(LedgerEntry.action == "view")
    assert db.session.scalars(viewed).all() == [running.people[1].id]


def test_the_csv_gives_every_figure_its_path(running, office):
    text = office.get(f"/recalls/{running.case.id}/report.csv").text

    figures = dict(csv.reader(io.StringIO(text)))
    assert figures["units.by_state.corrected"] == "1"
    assert figures["batches.1.pieces.unaccounted"] == "2"
    assert figures["percent.corrected_of_reachable"] == "11.1"


def test_the_report_prints_as_a_pdf(running, office):
    body = office.get(f"/recalls/{running.case.id}/report.pdf").data

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
    assert "Vaikuttavuusraportti" in text
    assert "10 = " in text
    assert "Aino 1 Meikäläinen" in text
    assert "Vastausten mediaani 10 päivää" in text


def test_the_pdf_has_the_ages_of_open_units_and_the_quarters(running, office):
    body = office.get(f"/recalls/{running.case.id}/report.pdf").data

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
    assert "Avoinna odotusajan mukaan" in text
    assert "yli 90 pv" in text
    assert "Neljännesvuosittain" in text


def test_each_number_opens_its_rows(running, office):
    here = f"/recalls/{running.case.id}"

    assert "SN-9" in office.get(f"{here}/numbers/state-stolen").text
    assert "SN-9" not in office.get(f"{here}/numbers/open").text
    assert "Aino 2 Meikäläinen" in office.get(f"{here}/letters/letters-returned").text
    assert "Ei yhtään" in office.get(f"{here}/numbers/released").text
    assert office.get(f"{here}/numbers/invented").status_code == 404


def test_the_workshop_sees_units_and_no_letters(running, workshop):
    assert "SN-1" in workshop.get(f"/recalls/{running.case.id}/numbers/affected").text
    assert workshop.get(f"/recalls/{running.case.id}/letters/letters-posted").status_code == 403
    assert workshop.get(f"/recalls/{running.case.id}/report").status_code == 403

"""Files out: for a purpose, without those who object to it, logged, harmless, and unchanged when they come in again."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.actions import add_point
from rockrobot.contacts.rules import PointKind
from rockrobot.db import db
from rockrobot.exports.queries import rows_of
from rockrobot.exports.rules import FileFormat, Subject, calling_cells, card_of, sticker_lines
from rockrobot.objections import actions
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.rules import PurposeCode
from tests import make

CHOSEN = "responsible=none&purpose=marketing&channel=letter&file=csv"


def table(answer) -> list[dict[str, str]]:
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def objection(party, **rest):
    values = {"purpose": PurposeCode.MARKETING, "channel": Channel.ALL, "told_on": date(2026, 5, 1), "told": Told.PHONE}
    actions.record_objection(party, **(values | rest))
    db.session.commit()


def newest_export() -> ChangeSet:
    db.session.rollback()
    events = select(ChangeSet).where(ChangeSet.event == "exports.download").order_by(ChangeSet.id.desc())
    return db.session.scalars(events).first()


def test_a_list_goes_out_with_what_is_known_of_each(office):
    company = make.company("Louhinta Oy", customer_no="A1")
    person = make.person(
        "Aino", "Aho", company=company, title="kuljettaja", direct_phone="+358 40 588", email="a@b.fi", person_no="P1"
    )
    make.address(person)

    answer = office.get(f"/exports/people/file?{CHOSEN}")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert table(answer) == [
        {
            "Henkilönumero": "P1", "Etunimi": "Aino", "Sukunimi": "Aho", "Asiakasnumero": "A1", "Yritys": "Louhinta Oy",
            "Titteli": "kuljettaja", "Suora puhelin": "'+358 40 588", "Matkapuhelin": "", "Sähköposti": "a@b.fi",
            "Katuosoite": "Kivitie 1", "Postinumero": "32800", "Postitoimipaikka": "Kokemäki", "Maa": "FI", "Kieli": "",
            "Avainsanat": "",
        }
    ]  # fmt: skip


def test_the_filter_of_the_list_is_the_filter_of_the_file(office):
    make.person("Aino", "Aho")
    make.person("Eero", "Erkki")
    make.company("Louhinta Oy", contact_type="asiakas")
    make.company("Tiiviste Oy", contact_type="toimittaja")

    people = table(office.get(f"/exports/people/file?q=aho&{CHOSEN}"))
    companies = table(office.get(f"/exports/companies/file?type=toimittaja&{CHOSEN}"))

    assert [row["Sukunimi"] for row in people] == ["Aho"]
    assert [row["Yritys"] for row in companies] == ["Tiiviste Oy"]
    assert "/exports/people?q=aho" in office.get("/people/?q=aho").text
    assert "/exports/companies?type=toimittaja" in office.get("/companies/?type=toimittaja").text


def test_no_file_without_a_purpose(office):
    make.person("Aino", "Aho")

    answers = [
        office.get(f"/exports/people/file{rest}") for rest in ("", "?purpose=", "?purpose=fun&channel=all&file=csv")
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all("Aho" not in answer.text for answer in answers)
    assert "Valitse, mihin tietoja käytetään." in answers[0].text


def test_the_page_asks_for_a_purpose_and_tells_who_is_left_out_and_why(office):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Erkki")
    make.person("Ilmari", "Ilo", contact_type="asiakas")
    objection(aino)
    objection(eero, purpose=None)

    first = office.get("/exports/people").text
    chosen = office.get("/exports/people?responsible=none&purpose=marketing&channel=email&file=csv").text

    assert "Rajauksessa on 3 riviä." in first
    assert "/file" not in first
    assert "2 jää pois:" in chosen
    assert "1: kieltänyt" in chosen
    assert "1: ei halua yhteydenottoja" in chosen
    assert "Lataa 1 rivi" in chosen


def test_an_objection_recorded_a_moment_ago_keeps_its_party_out(office):
    person, company = make.person("Aino", "Aho"), make.company("Louhinta Oy")
    before = [len(table(office.get(f"/exports/{kind}/file?{CHOSEN}"))) for kind in ("people", "companies")]

    for path in (f"/people/{person.id}", f"/companies/{company.id}"):
        data = {"purpose": "marketing", "channel": "all", "told": "phone", "told_on": "tänään"}
        office.post(f"{path}/objections/new", data=data)

    after = [len(table(office.get(f"/exports/{kind}/file?{CHOSEN}"))) for kind in ("people", "companies")]
    for_recall = CHOSEN.replace("marketing", "recall")
    assert (before, after) == ([1, 1], [0, 0])
    assert len(table(office.get(f"/exports/people/file?{for_recall}"))) == 1


def test_an_objection_to_one_channel_leaves_the_others(office):
    objection(make.person("Aino", "Aho"), channel=Channel.PHONE)

    by_channel = {
        channel: len(table(office.get(f"/exports/people/file?q=aho&purpose=marketing&file=csv&channel={channel}")))
        for channel in ("letter", "phone", "all")
    }

    assert by_channel == {"letter": 1, "phone": 0, "all": 0}


def test_an_export_is_logged_before_it_is_sent(office):
    aino, eero = make.person("Aino", "Aho"), make.person("Eero", "Aho")
    objection(eero)

    office.get(f"/exports/people/file?q=aho&{CHOSEN}")

    act = newest_export()
    views = db.session.execute(
        select(LedgerEntry.action, LedgerEntry.table_name, LedgerEntry.row_id).where(
            LedgerEntry.change_set_id == act.id
        )
    ).all()
    assert act.actor == f"staff:{office.member_id}"
    assert act.purpose.startswith("marketing; letter; csv; rows 1; left out 1; filter ")
    assert "aho" not in act.purpose.lower()
    assert views == [("view", "people", aino.id)]
    assert "Suoramarkkinointi, kirje, csv: vietiin 1, jäi 1, rajaus" in office.get(f"/history/{act.id}").text


def test_the_ledger_knows_a_filter_again_and_tells_filters_apart(office):
    make.person("Aino", "Aho")

    words = []
    for rest in ("q=aho&", "q=aho&", "q=aino&"):
        office.get(f"/exports/people/file?{rest}{CHOSEN}")
        words.append(newest_export().purpose.rpartition("filter ")[2])

    assert words[0] == words[1] != words[2]
    assert len(words[0]) == 16


def test_an_export_of_companies_is_logged_too(protection):
    company = make.company("Louhinta Oy")

    protection.get(f"/exports/companies/file?{CHOSEN}")

    act = newest_export()
    entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.change_set_id == act.id)).all()
    assert [(entry.table_name, entry.row_id) for entry in entries] == [("companies", company.id)]


@pytest.mark.parametrize("path", ["/exports/people", "/exports/companies", f"/exports/companies/file?{CHOSEN}"])
def test_exports_need_a_right(workshop, administrator, path):
    assert workshop.get(path).status_code == 403
    assert administrator.get(path).status_code == 403


def test_a_workbook_holds_texts_and_phones_as_they_were_typed(office):
    make.person("=1+1", "Aho", direct_phone="+358 40 588 2755")

    answer = office.get("/exports/people/file?responsible=none&purpose=contract&channel=all&file=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["henkilöt"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (row["Etunimi"].value, row["Etunimi"].data_type) == ("'=1+1", "s")
    assert (row["Suora puhelin"].value, row["Suora puhelin"].data_type) == ("+358 40 588 2755", "s")


# ---------- and in again ----------

HOSTILE = ["=1+1", "+cmd", "-2+3", "@SUM(1)", "＝1", "'=1", '";=1', "%0A=1", "a;=1", "Åsa & Søn <b>"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("subject", ["people", "companies"])
def test_what_went_out_imports_into_the_register_without_change(app, office, tmp_path, subject, kind):
    for n, text in enumerate(HOSTILE):
        company = make.company(
            text, switchboard="+358 20 555 0000", email="info@kivi.example", country="FI", language="fi"
        )
        person = make.person(text, "Aho", company=company, title=text, direct_phone=f"040 588 27{n:02}", language="sv")
        add_point(person, PointKind.MOBILE, "050 1")
        make.address(person)
    db.session.commit()
    answer = office.get(f"/exports/{subject}/file?responsible=none&purpose=contract&channel=all&file={kind}")
    path = tmp_path / {"people": f"henkilöt.{kind}", "companies": f"yritykset.{kind}"}[subject]
    path.write_bytes(answer.data)

    result = app.test_cli_runner().invoke(args=["import", "register", str(path)])

    counts = json.loads(result.output.strip().splitlines()[-1])
    assert counts == {"new": 0, "changed": 0, "unchanged": len(HOSTILE), "refused": 0}, result.output


# ---------- vCard ----------


def test_a_card_tells_who_where_and_how(office):
    company = make.company("Louhinta; Poraus, Oy")
    person = make.person("Aino", "Aho", company=company, title="kuljettaja", direct_phone="+358 40 588", email="a@b.fi")
    add_point(person, PointKind.MOBILE, "050 123")
    make.address(person)
    db.session.commit()

    answer = office.get("/exports/people/file?q=aho&purpose=contract&channel=all&file=vcf")

    lines = answer.text.split("\r\n")
    assert answer.mimetype == "text/vcard"
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    for line in (
        "N:Aho;Aino;;;",
        "FN:Aino Aho",
        r"ORG:Louhinta\; Poraus\, Oy",
        "TITLE:kuljettaja",
        "TEL;TYPE=WORK,VOICE:+358 40 588",
        "TEL;TYPE=CELL:050 123",
        "EMAIL;TYPE=INTERNET:a@b.fi",
        "ADR;TYPE=WORK:;;Kivitie 1;Kokemäki;;32800;FI",
    ):
        assert line in lines


@pytest.mark.parametrize("text", ["a\r\nTEL:112", "a\nEND:VCARD", "a\rNOTE:x", "a\u2028TEL:112", "a\0b", "a\x85TEL:1"])
def test_nothing_typed_makes_a_line_of_its_own(text):
    fields = ("person_no", "first_name", "last_name", "company", "title", "direct_phone", "mobile", "email")
    row = dict.fromkeys((*fields, "street", "city", "postcode", "country"), text)

    lines = card_of(row).split("\r\n")

    assert [line.partition(":")[0].partition(";")[0] for line in lines] == [
        "BEGIN", "VERSION", "N", "FN", "UID", "ORG", "TITLE", "TEL", "TEL", "EMAIL", "ADR", "END", "",
    ]  # fmt: skip
    assert all(line.isprintable() for line in lines)


def test_long_lines_are_folded_between_letters():
    row = dict.fromkeys(("person_no", "first_name", "company", "title", "direct_phone", "mobile", "email"), "")
    row |= dict.fromkeys(("street", "city", "postcode", "country"), "") | {"last_name": "ä" * 200}

    card = card_of(row)

    assert max(len(line.encode()) for line in card.split("\r\n")) <= 75
    assert "ä" * 200 in card.replace("\r\n ", "")


def test_a_days_address_is_the_one_that_holds(office):
    person = make.person("Aino", "Aho")
    make.address(person, street="Vanha tie 1", valid_to=clock.today())
    make.address(person, street="Uusi tie 2", valid_from=date(2020, 1, 1))

    assert table(office.get(f"/exports/people/file?{CHOSEN}"))[0]["Katuosoite"] == "Uusi tie 2"


def test_paper_reaches_people_at_work_where_they_have_nothing_of_their_own(office):
    company = make.company("Louhinta Oy", switchboard="+358 20 555 0000")
    make.address(company, street="Kaivostie 1")
    at_work, at_home = make.person("Aino", "Aho", company=company), make.person("Eero", "Erkki", company=company)
    make.address(at_home, street="Kotitie 2")

    rows = list(rows_of(Subject.PEOPLE, [at_work.id, at_home.id], clock.today(), kind=FileFormat.STICKERS))

    assert sticker_lines(rows[0])[:3] == ["Louhinta Oy", "Aino Aho", "Kaivostie 1"]
    assert "Kotitie 2" in sticker_lines(rows[1])
    assert [calling_cells(row)[2] for row in rows] == ["+358 20 555 0000"] * 2


def test_the_page_tells_how_many_get_no_label_or_no_call(office):
    make.person("Aino", "Aho", direct_phone="+358 40 588 2755")
    make.person("Eero", "Erkki")

    def told(kind: str) -> str:
        return office.get(f"/exports/people?responsible=none&purpose=relations&channel=all&file={kind}").text

    assert "2 osoitetta puuttuu: niistä ei tule tarraa." in told("tarrat.pdf")
    assert "1 puhelinnumero puuttuu: rivi jää ilman numeroa." in told("soittolista.pdf")
    assert "puuttuu" not in told("csv")

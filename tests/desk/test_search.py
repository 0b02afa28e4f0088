"""The search page, the palette's hits, the caller's page and the command."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rockrobot.chain import LedgerEntry
from rockrobot.contacts import actions as contacts
from rockrobot.contacts.models import Affiliation
from rockrobot.db import db
from rockrobot.events.actions import add_event
from rockrobot.events.rules import Channel
from rockrobot.search_hits import kinds_shown
from rockrobot.search_index import kinds
from tests import make
from tests.test_commands import run

PALETTE = {"HX-Request": "true", "HX-Target": "div#palette_hits"}
NUMBER = "+358 40 588 2755"


def viewed() -> list[int]:
    db.session.rollback()
    views = select(LedgerEntry.row_id).where(LedgerEntry.action == "view").order_by(LedgerEntry.id)
    return list(db.session.scalars(views))


def found_by_command(app, *arguments: str) -> list[dict]:
    result = run(app, "search", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_kind_that_is_indexed_is_shown(app):
    assert set(kinds_shown()) == set(kinds())


def test_each_hit_says_why_and_links_to_what_was_found(office):
    company = make.company("Louhinta Oy", business_id="2583133-7", switchboard="020 123 4567", email="info@lou.example")
    device = make.device(make.device_model("RR-9"), "SP5-0147")
    batch = make.batch(make.part("PT-7"), "E003", supplier_batch_no="TI/17611")
    person = make.person("Aino", "Aho", direct_phone=NUMBER)
    wanted = {
        "louhinta": (f"/companies/{company.id}", "nimi"),
        "2583133-7": (f"/companies/{company.id}", "Y-tunnus"),
        "0201234567": (f"/companies/{company.id}", "puhelin"),
        "info@lou.example": (f"/companies/{company.id}", "sähköposti"),
        "sp5-0147": (f"/devices/{device.id}", "sarjanumero"),
        "E003": (f"/batches/{batch.id}", "eränumero"),
        "ti/17611": (f"/batches/{batch.id}", "toimittajan eränumero"),
        "aho": (f"/people/{person.id}", "nimi"),
        "ahq": (f"/people/{person.id}", "nimi, lähes sama"),
    }

    for typed, (url, why) in wanted.items():
        hits = office.get("/search", query_string={"q": typed}).text.partition('id="search_hits"')[2]
        first = re.search(r'<a[^>]*href="([^"]+)">.*?<p class="small muted">([^<]*)</p>', hits, re.DOTALL)
        assert first[1] == url, typed
        assert first[2].split(" · ")[-1] == why, typed


def test_a_former_employer_is_told_from_the_employer_of_today(office, app):
    old, new = make.company("Louhinta Oy"), make.company("Graniitti Oy")
    person = make.person("Aino", "Aho", company=old)
    left = db.session.scalar(select(Affiliation).where(Affiliation.person_id == person.id))
    left.to_on = date(2020, 1, 1)
    db.session.commit()
    contacts.add_affiliation(person, new, title="")
    db.session.commit()

    whys = [
        {(hit["kind"], hit["why"]) for hit in found_by_command(app, name)} for name in ("louhinta oy", "graniitti oy")
    ]

    assert whys[0] == {("company", "nimi"), ("person", "entinen työnantaja")}
    assert whys[1] == {("company", "nimi"), ("person", "työnantaja")}


def test_the_workshop_finds_no_people_events_or_letters(office, workshop):
    person = make.person("Aino", "Aho")
    add_event(
        {"people": [person.id]},
        channel=Channel.PHONE,
        happened_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        text="Soitti Aho",
    )
    db.session.commit()
    make.device(serial="AHO-1")

    shown, hidden = (person.get("/search?q=aho").text.partition('id="search_hits"')[2] for person in (office, workshop))

    assert all(one in shown for one in ("Aino Aho", "Soitti Aho", "AHO-1"))
    assert [one in hidden for one in ("Aino", "Soitti", "AHO-1")] == [False, False, True]
    assert 'href="/people' not in hidden.partition("</main>")[0]


def test_how_companies_are_reached_stands_on_no_list_and_in_no_search_of_the_workshop(office, workshop):
    company = make.company("Louhinta Kivinen Oy", switchboard="050 123 4567", email="merkki@kivinen.example")
    person = make.person("Aino", "Aho", company=company, direct_phone="050 123 4567", email="merkki@kivinen.example")
    make.ownership(make.device(serial="SP5-0147"), company)
    make.worksite(company)
    told = {"channel": Channel.PHONE, "happened_at": datetime(2026, 11, 1, 9, tzinfo=UTC), "text": "merkki muistiossa"}
    add_event({"people": [person.id], "companies": [company.id]}, **told)
    db.session.commit()
    closed = ("/companies/", "/people/", "/exports/companies", "/s?tel=0501234567")
    reached_by = ("0501234567", "4567", "merkki@kivinen.example", "kivinen 0501234567", "kivinen 4567")
    card = f'href="/companies/{company.id}"'

    shown = [workshop.get(place).text for place in ("/devices/", "/worksites/", "/search?q=kivinen", "/search?q=aho")]
    by_point = [[card in who.get(f"/search?q={one}").text for one in reached_by] for who in (workshop, office)]

    assert [workshop.get(place).status_code for place in closed] == [403] * len(closed)
    assert [mark for html in shown for mark in ("050 123", "0501234567", "merkki") if mark in html] == []
    assert card in shown[2]
    assert by_point == [[False] * 5, [True] * 5]
    assert card in workshop.get("/search?q=louhinta+kivinen").text
    assert "050 123 4567" in workshop.get(f"/companies/{company.id}").text


def test_whoever_is_shown_is_logged_once_a_list(office):
    person = make.person("Aino", "Aho")
    make.person("Eero", "Erkki")

    office.get("/search?q=aho", headers=PALETTE)

    assert viewed() == [person.id]


def test_the_palette_gets_hits_alone_best_first_across_kinds(office):
    make.company("Louhos Oy Harjula")
    device = make.device(serial="LOUHOS")

    html = office.get("/search?q=louhos&go=1", headers=PALETTE).text

    assert html.strip().startswith('<div id="palette_hits">')
    assert re.findall(r'href="(/[a-z]+)/', html) == ["/devices", "/companies"]
    assert f"/devices/{device.id}" in html
    assert "2 osumaa" in html


def test_enter_on_the_only_meaning_leads_there_and_a_near_one_does_not(office):
    person = make.person("Aino", "Aho", direct_phone=NUMBER)

    exact = office.get("/search", query_string={"q": "040 588 2755", "go": "1"})
    near = office.get("/search", query_string={"q": "aino ahq", "go": "1"})

    assert (exact.status_code, exact.location) == (303, f"/people/{person.id}")
    assert near.status_code == 200


@pytest.mark.parametrize("typed", ['"', "'; DROP TABLE people --", "\0", "x" * 10_000, "NEAR(", "<b>", "%", "\\"])
def test_hostile_text_gives_a_page(office, typed):
    for headers in ({}, PALETTE):
        answer = office.get("/search", query_string={"q": typed}, headers=headers)
        assert answer.status_code == 200
        assert "<b>" not in answer.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_desk_phone_leads_to_the_caller_or_to_all_who_may_be_it(office, method):
    def ask(number: str):
        values = {"query_string" if method == "get" else "data": {"tel": number}}
        return getattr(office, method)("/s", **values)

    person = make.person("Aino", "Aho", direct_phone=NUMBER)
    one, nobody = ask(NUMBER), ask("+358 50 999 9999")
    other = make.person("Eero", "Erkki", direct_phone=NUMBER)
    many = ask(NUMBER)

    assert (one.status_code, one.location) == (303, f"/people/{person.id}")
    assert "Ei osumia" in nobody.text
    assert all(f'href="/people/{party.id}"' in many.text for party in (person, other))
    assert "tel=" not in many.text
    assert viewed()[0] == person.id
    assert sorted(viewed()[1:]) == [person.id, other.id]


def test_companies_found_by_what_is_closed_push_no_name_out(workshop):
    for number in range(9):
        make.company(f"Yritys {number} Oy", email=f"graniitti{number}@firma.example")
    named = make.company("Etelän Suuri Graniitti ja Kivi Oy")
    db.session.commit()

    assert f"/companies/{named.id}" in workshop.get("/search?q=graniitti").text


def test_callers_are_for_those_who_see_people(workshop, administrator):
    assert [who.get("/s?tel=1234").status_code for who in (workshop, administrator)] == [403, 403]


def test_the_command_prints_one_json_list_best_first(app, database):
    company = make.company("Kivi Oy")
    person = make.person("Kivi", "Aino", company=company)

    found = found_by_command(app, "kivi oy")

    assert found[0] == {
        "kind": "company", "id": company.id, "title": "Kivi Oy", "why": "nimi", "url": f"/companies/{company.id}",
    }  # fmt: skip
    assert [hit["id"] for hit in found if hit["kind"] == "person"] == [person.id]
    assert viewed() == [person.id]


def test_the_command_says_nothing_found_with_an_empty_list(app, database):
    make.company("Kivi Oy")

    assert found_by_command(app, "qqqqqq") == []
    assert run(app, "search", "qqqqqq").output == ""


def test_the_command_keeps_to_its_limit_and_prints_lines_too(app, database):
    for number in range(5):
        make.company(f"Kivi {number} Oy")

    lines = run(app, "search", "kivi", "--limit", "2").output.splitlines()

    assert len(found_by_command(app, "kivi", "--limit", "3")) == 3
    assert [line.partition(" /companies/")[0] for line in lines] == [f"Yritykset: Kivi {n} Oy (nimi)" for n in (0, 1)]


def test_events_letters_and_cases_are_found(app, database):
    add_event(
        {},
        channel=Channel.MEETING,
        happened_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        text="Sovittiin kaapelin vaihdosta",
    )
    db.session.commit()

    hit = found_by_command(app, "kaapelin")[0]

    assert (hit["kind"], hit["why"], hit["title"]) == ("event", "tapahtuma", "Sovittiin kaapelin vaihdosta")

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.access import Role
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.cli.terminal import actor
from rockrobot.clock import HOME
from rockrobot.db import db
from rockrobot.passkeys.models import Passkey
from rockrobot.second_factors.actions import make_key, offer_key, remove_factors
from rockrobot.staff.models import SignIn
from tests import make
from tests.referrals.cases import enquiry
from tests.test_paper import page_texts


@pytest.fixture
def at(app, monkeypatch):
    """Set the clock of the house: November 2026, day and hour; nobody's session ends meanwhile."""
    for limit in ("SESSION_IDLE", "SESSION_LENGTH"):
        monkeypatch.setitem(app.config, limit, timedelta(days=365))

    def set_clock(day: int, hour: int = 12) -> None:
        moment = datetime(2026, 11, day, hour, tzinfo=HOME)
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(clock.UTC))

    return set_clock


def cells(html: str) -> str:
    return " ".join(html.split())


def marks(html: str) -> str:
    return re.search(r'data-label="Huomioitavaa">(.*?)</td>', html).group(1)


def test_a_persons_card_leads_to_who_has_seen_it_when_and_how(office, protection):
    person = make.person("Aino", "Aho")
    other = make.person("Eero", "Erkki")
    db.session.commit()

    office.get(f"/people/{person.id}")
    office.get(f"/people/{other.id}")
    card = protection.get(f"/people/{person.id}").text
    seen = protection.get(f"/people/{person.id}/viewings").text

    assert f"/people/{person.id}/viewings" in card
    assert "Aino Aho" in seen
    assert "Olga Office" in seen
    assert "Tiina Tieto" in seen
    assert "2</b>" in cells(seen)
    assert "Eero" not in seen


def test_looking_who_has_seen_is_a_viewing_too(office):
    person = make.person()
    db.session.commit()

    office.get(f"/people/{person.id}/viewings")

    assert "Katsottu, kuka on katsonut" in office.get(f"/people/{person.id}/viewings").text


def test_a_week_counts_acts_and_different_people_and_knows_the_night(office, protection, at):
    people = [make.person("Aino", f"Aho{number}") for number in range(3)]
    db.session.commit()
    at(18)
    for person in (*people, people[0]):
        office.get(f"/people/{person.id}")
    at(19, 23)
    office.get(f"/people/{people[1].id}")
    at(23, 0)
    office.get(f"/people/{people[2].id}")
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)
    over = cells(protection.get("/viewings/").text)
    sheet = protection.get("/viewings/sheet.pdf?week=2026-W47")

    assert 'data-label="Katseluja">5<' in page
    assert 'data-label="Eri henkilöitä">3<' in page
    assert 'data-label="Yöllä">1<' in page
    assert "yöllä" in marks(page)
    assert "viikolla 47/2026" in over
    assert sheet.data.startswith(b"%PDF")


def test_a_week_counts_the_enquiries_that_were_read_though_nobody_of_the_register_sent_them(office, protection, at):
    for number in range(3):
        enquiry(name=f"Kari {number}", email="", phone="")
    at(18)
    office.get("/enquiries/")
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)
    own = protection.get(f"/viewings/{office.member_id}?week=2026-W47").text

    assert 'data-label="Eri henkilöitä">3<' in page
    assert "Yhteydenotot katsottu" in own


def test_commands_at_the_server_that_showed_people_stand_on_the_sheet_by_account(app, protection, at):
    aino = make.person("Aino", "Aho")
    make.device()
    db.session.commit()
    at(17)
    for _time in range(2):
        assert app.test_cli_runner().invoke(args=["search", "Aho"]).exit_code == 0
    assert app.test_cli_runner().invoke(args=["search", "000100"]).exit_code == 0  # a machine tells of nobody
    at(24)
    account = actor().removeprefix("cli:")

    page = cells(protection.get("/viewings/?week=2026-W47").text)
    seen = protection.get(f"/people/{aino.id}/viewings").text
    sheet = page_texts(protection.get("/viewings/sheet.pdf?week=2026-W47").data)[0]
    later = protection.get("/viewings/?week=2026-W48").text

    assert f'<th scope="row">{account}</th><td data-label="Mitä tehtiin">Haettu komennolla</td>' in page
    assert '<td class="num" data-label="Kertoja">2</td><td class="num" data-label="Eri henkilöitä">1</td>' in page
    assert f"komento palvelimella: {account}" in seen
    assert f"{account} Haettu komennolla 2 1" in cells(sheet)
    assert "Mikään komento ei näyttänyt henkilötietoja" in later


def test_own_and_colleagues_data_and_unusual_amounts_are_marked(office, protection, at):
    make.staff_member(Role.WORKSHOP, name="Pekka Paja", email="pekka@rockrobot.example")
    own = make.person("Olga", "Office")
    colleague = make.person("P.", "P.", email="pekka@rockrobot.example")
    many = [make.person("Aino", f"Aho{number}") for number in range(60)]
    db.session.commit()
    for monday in (2, 9):
        at(monday)
        office.get(f"/people/{many[0].id}")
    at(18)
    office.get(f"/people/{own.id}")
    office.get(f"/people/{colleague.id}")
    office.get("/people/")
    office.get("/people/?page=2")
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)
    before = cells(protection.get("/viewings/?week=2026-W46").text)

    assert all(mark in marks(page) for mark in ("oma tieto", "työtoverin tieto", "tavallista enemmän"))
    assert 'data-label="Tavallisesti">1 / 1<' in page
    assert marks(before).strip() == ""


def test_the_same_few_over_and_over_are_marked_too(office, protection, at):
    few = [make.person("Aino", f"Aho{number}").id for number in range(11)]
    at(18)
    for number in range(154):
        with ledger.change_set("people.show", actor=f"staff:{office.member_id}"):
            ledger.log_view([few[number % 11]])
            db.session.commit()
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)

    assert 'data-label="Katseluja">154<' in page
    assert 'data-label="Eri henkilöitä">11<' in page
    assert re.findall(r"</svg>(.*?)</span>", marks(page)) == ["tavallista enemmän"]


def test_what_one_member_saw_in_a_week_is_listed(office, protection, at):
    person = make.person()
    db.session.commit()
    at(18)
    office.get(f"/people/{person.id}")
    at(26)

    listed = protection.get(f"/viewings/{office.member_id}?week=2026-W47").text
    empty = protection.get(f"/viewings/{office.member_id}?week=2026-W46").text

    assert "Henkilö katsottu" in listed
    assert "Ei katseluja tällä viikolla" in empty


@pytest.mark.parametrize("path", ["", "{id}", "sheet.pdf"])
def test_looking_at_what_others_saw_is_written_down_too(office, protection, at, path):
    person = make.person()
    db.session.commit()
    at(18)
    office.get(f"/people/{person.id}")
    at(26)

    protection.get(f"/viewings/{path.format(id=office.member_id)}")

    looks = select(LedgerEntry.row_id, ChangeSet.actor).join(ChangeSet).where(LedgerEntry.table_name == "staff_members")
    viewed = db.session.execute(looks.where(LedgerEntry.action == "view")).all()
    assert viewed == [(office.member_id, f"staff:{protection.member_id}")]


def test_weeks_begin_at_midnight_in_finland(office, protection, at, monkeypatch):
    person = make.person()
    db.session.commit()
    moment = datetime(2026, 11, 23, 0, 0, tzinfo=HOME)
    for when in (moment - timedelta(seconds=1), moment):
        monkeypatch.setattr(clock, "now", lambda when=when: when.astimezone(clock.UTC))
        office.get(f"/people/{person.id}")
    at(26)

    for week in ("2026-W47", "2026-W48"):
        assert 'data-label="Katseluja">1<' in cells(protection.get(f"/viewings/?week={week}").text)


def test_a_week_tells_what_was_changed_of_users_and_rules(administrator, office, protection, at):
    pekka = make.staff_member(Role.CUSTOMER_CARE, name="Pekka Paja")
    db.session.commit()
    at(18)
    here = f"/staff/{pekka.id}"
    administrator.post("/staff/new", data={"name": "Uusi Tulija", "email": "uusi@kivi.example", "role": "workshop"})
    administrator.post(f"{here}/edit", data={"name": "Pekka Paja", "role": "workshop"})
    administrator.post(f"{here}/link")
    administrator.post(f"{here}/deactivate")
    administrator.post("/organisation/edit", data={"name": "Kivi Oy", "country": "FI", "duplex_letters": "y"})
    office.post("/theme", data={"theme": "dark"})
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)
    sheets = [protection.get(f"/viewings/sheet.pdf?week=2026-W{week}").data for week in (47, 46)]
    full, quiet = (cells(" ".join(page_texts(sheet))) for sheet in sheets)

    for told in (
        "Käyttäjä lisätty: nimi Uusi Tulija; rooli huolto; pääsy kyllä",
        "Käyttäjän tiedot muutettu: rooli asiakaspalvelu, nyt huolto",
        "Linkki salasanaan tehty: laji",
        "Käyttäjän pääsy lopetettu: pääsy kyllä, nyt ei",
        "kirjeet kaksipuolisina ei, nyt kyllä",
    ):
        assert told in page
    assert 'data-label="Ketä koskee">Pekka Paja<' in page
    assert "Näkymä valittu" not in page
    assert "viikko 47/2026" in full
    assert "rooli asiakaspalvelu, nyt huolto" in full
    assert "Kukaan ei katsonut" in quiet
    assert "Ei muutoksia tällä viikolla." in quiet


def test_a_factor_taken_away_and_a_passkey_added_stand_among_the_weeks_changes(office, administrator, protection, at):
    at(18)
    with ledger.change_set("passkeys.new", actor=f"staff:{office.member_id}"):
        told = {"name": "puhelin", "credential_id": b"x", "public_key": b"x", "made_at": clock.now()}
        db.session.add(Passkey(staff_member_id=office.member_id, **told))
        db.session.commit()
    make_key(administrator.member_id)
    offer_key(protection.member_id)
    db.session.commit()
    for client in (administrator, protection):
        with ledger.change_set("second_factors.reset", actor=f"staff:{client.member_id}"):
            remove_factors(client.member_id)
            db.session.commit()
    at(26)

    page = cells(protection.get("/viewings/?week=2026-W47").text)

    assert page.count("Toinen tunniste poistettu") == 1
    assert page.count("Pääsyavain lisätty") == 1


def test_only_data_protection_reads_the_weekly_sheet(office, workshop, administrator):
    for client in (office, workshop, administrator):
        assert client.get("/viewings/").status_code == 403


@pytest.fixture
def newcomer(app, office):
    """Customer care just signed in, who has not said yet what for."""
    for row in db.session.query(SignIn):
        row.purpose = ""
    db.session.commit()
    return office


def test_what_for_is_asked_before_the_first_look_and_not_again(newcomer):
    person = make.person("Aino", "Aho")
    db.session.commit()

    machines = newcomer.get("/devices/")
    asked = newcomer.get(f"/people/{person.id}")
    page = newcomer.get(asked.location)
    answered = newcomer.post("/purpose", data={"purpose": "service", "next": f"/people/{person.id}"})
    shown = newcomer.get(f"/people/{person.id}")
    seen = newcomer.get(f"/people/{person.id}/viewings").text

    assert machines.status_code == 200
    assert (asked.status_code, asked.location) == (303, f"/purpose?next=/people/{person.id}")
    assert f'value="/people/{person.id}"' in page.text
    assert (answered.status_code, answered.location) == (303, f"/people/{person.id}")
    assert shown.status_code == 200
    assert "Huolto tai korjaus" in seen


def test_nothing_but_a_purpose_of_the_list_is_taken(newcomer):
    person = make.person()
    db.session.commit()

    for text in ("", "uteliaisuus", "case 2026-001", "Huolto tai korjaus"):
        answer = newcomer.post("/purpose", data={"purpose": text})
        assert answer.status_code == 422
        assert "Valitse yksi näistä" in answer.text

    assert newcomer.get(f"/people/{person.id}").status_code == 303


def test_by_htmx_the_whole_page_goes_to_the_question(newcomer):
    make.person("Aino", "Aho")
    db.session.commit()

    answer = newcomer.get("/people/?q=aho", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/purpose")


def test_the_question_never_leads_out_of_the_house(newcomer):
    answer = newcomer.post("/purpose", data={"purpose": "contact", "next": "//evil.example/"})

    assert answer.location == "/"

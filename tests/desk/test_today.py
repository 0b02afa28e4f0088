"""What waits today: overdue, today and the next seven days, mine and everybody's."""

import re
from datetime import timedelta

from rockrobot import clock
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.events import actions
from rockrobot.events.models import EventTask
from rockrobot.events.rules import Channel
from rockrobot.second_factors.actions import make_key, make_recovery_codes
from tests import make


def waits(days: int, member_id: int, what: str, channel: Channel = Channel.PHONE, **links: list[int]) -> EventTask:
    event = actions.add_event(links, channel=channel, happened_at=clock.now(), text="Soitettu")
    due_on = clock.today() + timedelta(days=days)
    task = actions.add_task(event, what=what, due_on=due_on, assigned_to_id=member_id)
    db.session.commit()
    return task


def sections(html: str) -> list[tuple[str, str]]:
    return re.findall(r"<h2[^>]*>(?:<svg.*?</svg>)?(Myöhässä|Tänään|Seuraavat seitsemän päivää) <b>(\d+)</b>", html)


def test_follow_ups_stand_in_their_sections_and_later_ones_are_counted(office):
    for days, what in ((-1, "Myöhäinen"), (0, "Tämä päivä"), (7, "Viikko"), (8, "Kaukainen")):
        waits(days, office.member_id, what)

    html = office.get("/").text

    assert sections(html) == [("Myöhässä", "1"), ("Tänään", "1"), ("Seuraavat seitsemän päivää", "1")]
    assert "Kaukainen" not in html


def test_mine_are_shown_first_and_everybodys_on_their_tab(office, supervisor):
    waits(0, office.member_id, "Oma asia")
    waits(0, supervisor.member_id, "Toisen asia")

    mine, everybodys = office.get("/").text, office.get("/?tasks=all").text

    assert "Oma asia" in mine
    assert "Toisen asia" not in mine
    assert "Toisen asia" in everybodys
    assert "Esa Esimies" in everybodys


def test_a_follow_up_is_ticked_off_and_the_tick_undone(office):
    task = waits(0, office.member_id, "Oma asia")

    html = office.post(f"/event-tasks/{task.id}/done", data={"tasks": ""}, follow_redirects=True).text
    office.post(max(re.findall(r"/history/\d+/undo", html)), data={"back": "/"})

    assert "Seuranta merkitty tehdyksi." in html
    assert sections(html) == []
    assert sections(office.get("/").text) == [("Tänään", "1")]


def test_names_on_the_page_are_logged_as_seen_and_hidden_from_the_workshop(office, workshop):
    person = make.person("Aino", "Aho")
    waits(0, office.member_id, "Soita", people=[person.id])
    waits(0, workshop.member_id, "Tarkista kone", Channel.VISIT, people=[person.id])

    seen, hidden = office.get("/").text, workshop.get("/").text

    db.session.rollback()
    views = [row.row_id for row in db.session.query(LedgerEntry).filter_by(action="view", table_name="people")]
    assert "Aino Aho" in seen
    assert "Tarkista kone" in hidden
    assert "Aho" not in hidden
    assert views == [person.id]


def test_an_administrator_has_no_follow_ups_and_an_empty_day_says_so(administrator, office):
    assert "Seurannat" not in administrator.get("/").text
    assert "Ei erääntyviä seurantoja seitsemään päivään." in office.get("/").text


def test_on_the_first_day_each_role_is_told_its_next_step(office, workshop, administrator):
    pages = [browser.get("/").text for browser in (office, administrator, workshop)]

    links = [set(re.findall(r'href="(/imports/new|/contact-files/|/staff/new|/organisation/edit)"', p)) for p in pages]
    assert all("Rekisteri on vielä tyhjä: aloita tästä" in page for page in pages)
    assert links[0] >= {"/imports/new", "/contact-files/"}
    assert links[1] >= {"/staff/new", "/organisation/edit"}
    assert "Asiakaspalvelu tuo tai lisää" in pages[2]


def test_a_register_with_anything_in_it_has_begun(office):
    make.device()
    db.session.commit()

    assert "Rekisteri on vielä tyhjä" not in office.get("/").text


def test_whoever_has_an_app_and_no_recovery_codes_is_told_until_they_have(office):
    make_key(office.member_id)
    db.session.commit()
    without = [office.get(page).text for page in ("/", "/account/")]

    make_recovery_codes(office.member_id)
    db.session.commit()

    assert 'href="/account/">Tee varakoodit</a>' in without[0]
    assert "Sinulla ei ole varakoodeja." in without[1]
    assert all("varakoodit</a>" not in office.get(page).text for page in ("/", "/account/"))
    assert "Sinulla ei ole varakoodeja." not in office.get("/account/").text

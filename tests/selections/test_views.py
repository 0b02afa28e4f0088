"""Lists as pages: the count first, heads that sort, filters that stay while one pages and sorts."""

import re

import pytest

from rockrobot.db import db
from rockrobot.devices.models import Device
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.rules import Register
from tests import make

PLACES = {"people": "/people/", "companies": "/companies/", "devices": "/devices/", "worksites": "/worksites/"}


def test_the_count_is_told_first(office):
    make.person(), make.person()

    html = office.get("/people/").text

    assert "<h2>2 henkilöä</h2>" in html


@pytest.mark.parametrize("register", Register)
def test_a_head_sorts_and_says_so(office, register):
    make.person(company=make.company())
    make.device(), make.worksite()
    sort = {"devices": "serial"}.get(register, "name")

    rising = office.get(f"{PLACES[register]}?sort={sort}").text
    falling = office.get(f"{PLACES[register]}?sort=-{sort}").text

    assert len(re.findall('aria-sort="ascending"', rising)) == 1
    assert f"?sort=-{sort}" in rising
    assert len(re.findall('aria-sort="descending"', falling)) == 1


def test_filter_and_sort_stay_while_one_pages(office):
    model = make.device_model()
    db.session.add_all(Device(device_model_id=model.id, serial=f"S{number:03}") for number in range(60))
    db.session.commit()

    html = office.get(f"/devices/?model={model.id}&sort=-serial").text

    assert f"?model={model.id}&amp;sort=-serial&amp;page=2" in html
    assert html.index("S059") < html.index("S010")


def test_a_list_by_a_deleted_tag_says_so_and_shows_nobody(office):
    company = make.company("Louhinta Oy")
    tag = tags_for(["VIP"])[0]
    put_tags(Register.COMPANIES, [company.id], [tag])
    db.session.commit()
    tag_id = tag.id
    office.post(f"/tags/{tag_id}/delete")

    html = office.get(f"/companies/?tag={tag_id}").text

    assert "Rajausta ei enää ole: avainsana." in html
    assert "Louhinta Oy" not in html


def test_a_row_shows_its_tags(office):
    company = make.company()
    put_tags(Register.COMPANIES, [company.id], tags_for(["VIP", "messut"]))
    db.session.commit()

    assert "messut, VIP" in office.get("/companies/").text


def test_the_workshop_can_not_narrow_machines_by_a_person(workshop):
    person, device = make.person(), make.device(serial="OMA-1")
    make.device(serial="MUU-2")
    make.ownership(device, person)

    html = workshop.get(f"/devices/?person={person.id}").text

    assert "OMA-1" in html
    assert "MUU-2" in html

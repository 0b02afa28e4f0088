"""Two people edit one row: nothing of what either typed is lost."""

import html
import re

import pytest
from sqlalchemy import func, select

from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Affiliation, ContactPoint
from rockrobot.db import db
from tests import make
from tests.conftest import Visitor

FIELD = re.compile(
    r'<input[^>]*\bname="(?P<name>[^"]+)"[^>]*>|<textarea[^>]*name="(?P<area>[^"]+)"[^>]*>(?P<text>[^<]*)'
)
VALUE = re.compile(r'\bvalue="([^"]*)"')
CHOSEN = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


def opened(visitor: Visitor, path: str) -> dict[str, str]:
    """What the form on a page would send if nothing were changed."""
    page = visitor.get(path).text
    form = next(form for form in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL) if "seen_values" in form)
    values = {}
    for found in FIELD.finditer(form):
        value = VALUE.search(found[0])
        if found["area"]:
            values[found["area"]] = html.unescape(found["text"].strip())
        elif 'type="checkbox"' not in found[0] or " checked" in found[0]:
            values[found["name"]] = html.unescape(value[1]) if value else ""
    for name, options in CHOSEN.findall(form):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"|value="([^"]*)"[^>]*selected', options)
        values[name] = (chosen[1] or chosen[2] or "") if chosen else ""
    values.pop("csrf_token")
    return values


@pytest.fixture
def company(database):
    return make.company("Kivi Oy", country="FI", language="fi")


def named(company) -> tuple[str, str]:
    db.session.rollback()
    db.session.refresh(company)
    return company.name, company.language


def test_changes_of_different_fields_both_land(office, supervisor, company):
    path = f"/companies/{company.id}/edit"
    mine, theirs = opened(office, path), opened(supervisor, path)

    supervisor.post(path, data=theirs | {"language": "sv"})
    answer = office.post(path, data=mine | {"name": "Kallio Oy"})

    assert answer.status_code == 303
    assert named(company) == ("Kallio Oy", "sv")


def test_the_same_field_shows_both_values_and_stores_nothing(office, supervisor, company):
    path = f"/companies/{company.id}/edit"
    mine = opened(office, path)
    supervisor.post(path, data=opened(supervisor, path) | {"name": "Louhinta Oy"})

    answer = office.post(path, data=mine | {"name": "Kallio Oy", "language": "en"})

    assert answer.status_code == 422
    assert "Toinen muutti tätä samalla: Louhinta Oy" in answer.text
    assert "Sen teki Esa Esimies." in answer.text
    assert 'value="Kallio Oy"' in answer.text
    assert named(company) == ("Louhinta Oy", "fi")


@pytest.mark.parametrize(("more", "stays"), [({}, "Kallio Oy"), ({"take_theirs": "name"}, "Louhinta Oy")])
def test_the_second_one_chooses_which_value_stays(office, supervisor, company, more, stays):
    path = f"/companies/{company.id}/edit"
    mine = opened(office, path) | {"name": "Kallio Oy", "language": "en"}
    supervisor.post(path, data=opened(supervisor, path) | {"name": "Louhinta Oy"})
    again = office.post(path, data=mine).text
    seen = html.unescape(re.search(r'name="seen_values" value="([^"]*)"', again)[1])

    answer = office.post(path, data=mine | {"seen_values": seen if not more else mine["seen_values"]} | more)

    assert answer.status_code == 303
    assert named(company) == (stays, "en")


def test_both_typing_the_same_value_is_no_conflict(office, supervisor, company):
    path = f"/companies/{company.id}/edit"
    mine, theirs = opened(office, path), opened(supervisor, path)

    answers = [
        who.post(path, data=form | {"name": "Kallio Oy"}) for who, form in ((supervisor, theirs), (office, mine))
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert named(company)[0] == "Kallio Oy"


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"name": 7}', '{"name": "0000000000000000"}'])
def test_a_form_with_spoiled_marks_loses_nothing(office, company, seen):
    path = f"/companies/{company.id}/edit"

    answer = office.post(path, data=opened(office, path) | {"seen_values": seen, "language": "sv"})

    assert answer.status_code in {303, 422}
    assert named(company)[0] == "Kivi Oy"


def edit_pages() -> list[tuple[str, str, str]]:
    """(address, a field, another value for it) of a row of each kind that two people may edit."""
    person = make.person("Aino", "Aho", company=make.company("Louhos Oy", customer_no="A7"), direct_phone="09 123 456")
    part = make.part("PT-1")
    batch = make.batch(part, "E001")
    address = make.address(person)
    model = make.device_model("KR-1")
    point, row = db.session.scalar(select(ContactPoint.id)), db.session.scalar(select(Affiliation.id))
    return [
        (f"/people/{person.id}/edit", "last_name", "Ahola"),
        (f"/addresses/{address.id}/edit", "street", "Kivitie 9"),
        (f"/contact-points/{point}/edit", "raw", "09 999 999"),
        (f"/affiliations/{row}/edit", "title", "Johtaja"),
        (f"/models/{model.id}/edit", "name", "Toinen nimi"),
        (f"/parts/{part.id}/edit", "name", "Toinen nimi"),
        (f"/batches/{batch.id}/edit", "supplier_batch_no", "S-9"),
    ]


def test_no_form_of_a_stored_row_lets_the_last_one_win_unseen(office, supervisor):
    lost = []

    for path, name, value in edit_pages():
        mine, theirs = opened(office, path), opened(supervisor, path)
        first = supervisor.post(path, data=theirs | {name: value})
        second = office.post(path, data=mine | {name: f"{value} x"})
        if (first.status_code, second.status_code) != (303, 422) or value not in second.text:
            lost.append((path, first.status_code, second.status_code))

    assert lost == []


def test_a_form_sent_as_it_came_changes_nothing_and_says_so(office, company):
    path = f"/companies/{company.id}/edit"
    acts = select(func.count()).select_from(ChangeSet).where(ChangeSet.event == "companies.edit")

    office.post(path, data=opened(office, path))
    told = office.get(f"/companies/{company.id}").text

    db.session.rollback()
    assert "Mitään ei muutettu." in told
    assert "/undo" not in told.split("Mitään ei muutettu.")[1].split("</")[0]
    assert db.session.scalar(acts) == 0

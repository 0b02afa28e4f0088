"""Kept filters: private or shared, counted, dead ones say so, renamed and deleted with undo."""

import re

from sqlalchemy import event, select

from rockrobot.db import db
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.models import Tag
from rockrobot.tags.rules import Register
from tests import make


def kept() -> list[SavedFilter]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedFilter).order_by(SavedFilter.id)))


def keep(visitor, register: str = "companies", name: str = "Asiakkaat", **words):
    shared = {"is_shared": "y"} if words.pop("shared", False) else {}
    return visitor.post(f"/saved-filters/{register}/new", query_string=words, data={"name": name} | shared)


def test_a_filter_is_kept_by_name_and_shown_over_its_list_with_its_count(office):
    make.company(contact_type="asiakas"), make.company(contact_type="asiakas"), make.company(contact_type="toimittaja")

    offered = office.get("/companies/?type=asiakas").text
    keep(office, type="asiakas", sort="-number")
    html = office.get("/companies/").text

    assert "/saved-filters/companies/new?type=asiakas" in offered
    assert re.search(r'href="/companies/\?type=asiakas&amp;sort=-number">Asiakkaat <b>2</b>', html)


def test_a_private_filter_is_seen_by_its_owner_and_a_shared_one_by_all(office, supervisor):
    make.company(contact_type="asiakas")
    keep(office, name="Oma", type="asiakas")
    keep(office, name="Yhteinen", type="asiakas", shared=True)

    mine, theirs = office.get("/companies/").text, supervisor.get("/companies/").text

    assert "Oma <b>" in mine
    assert "Yhteinen <b>" in mine
    assert "Oma <b>" not in theirs
    assert "Yhteinen <b>" in theirs


def test_a_filter_of_a_deleted_tag_says_so_and_lives_again_when_the_tag_comes_back(office):
    company = make.company("Louhinta Oy")
    put_tags(Register.COMPANIES, [company.id], tags_for(["VIP"]))
    db.session.commit()
    tag_id = db.session.scalar(select(Tag.id))
    keep(office, name="Tärkeät", tag=tag_id)
    deleted = office.post(f"/tags/{tag_id}/delete", follow_redirects=True).text

    dead = office.get("/companies/").text
    listed = office.get("/saved-filters/").text
    opened = office.get(f"/companies/?tag={tag_id}").text
    office.post(re.findall(r"/history/\d+/undo", deleted)[-1])

    assert re.search(r"Tärkeät <span[^>]*>\(ei enää ole\)", dead)
    assert "Rajausta ei enää ole" in listed
    assert "Louhinta Oy" not in opened
    assert "Tärkeät <b>1</b>" in office.get("/companies/").text


def test_what_was_typed_and_whom_it_names_is_not_kept(office):
    make.company("Aho Oy", contact_type="asiakas")

    page = office.get("/saved-filters/companies/new?type=asiakas&q=Aho").text
    keep(office, type="asiakas", q="Aho")

    assert "Hakusanaa ja henkilöä ei tallenneta" in page
    assert kept()[0].words == {"type": "asiakas"}


def test_there_is_nothing_to_keep_of_a_whole_or_a_dead_list(office):
    assert keep(office).status_code == 404
    assert keep(office, q="Aho").status_code == 404
    assert keep(office, tag="99").status_code == 404


def test_a_filter_needs_a_name(office):
    make.company(contact_type="asiakas")

    answer = keep(office, name=" ", type="asiakas")

    assert answer.status_code == 422
    assert "Kirjoita nimi, josta rajauksen tunnistaa." in answer.text


def test_a_filter_is_renamed_and_deleted_with_undo(office):
    make.company(contact_type="asiakas")
    keep(office, type="asiakas")
    filter_id = kept()[0].id

    office.post(f"/saved-filters/{filter_id}/edit", data={"name": "Kaikki asiakkaat", "is_shared": "y"})
    renamed = [(row.name, row.is_shared) for row in kept()]
    html = office.post(f"/saved-filters/{filter_id}/delete", follow_redirects=True).text
    gone = kept()
    office.post(re.findall(r"/history/\d+/undo", html)[-1])

    assert renamed == [("Kaikki asiakkaat", True)]
    assert gone == []
    assert [row.name for row in kept()] == ["Kaikki asiakkaat"]


def test_nobody_changes_somebody_elses_filter(office, supervisor):
    make.company(contact_type="asiakas")
    keep(office, type="asiakas", shared=True)
    filter_id = kept()[0].id

    answers = [
        supervisor.get(f"/saved-filters/{filter_id}/edit"),
        supervisor.post(f"/saved-filters/{filter_id}/delete"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert f"/saved-filters/{filter_id}/edit" not in supervisor.get("/saved-filters/").text


def test_the_workshop_keeps_lists_of_machines_and_none_of_people(workshop, office):
    model = make.device_model()
    make.person(contact_type="asiakas")
    keep(office, "people", name="Ihmiset", type="asiakas", shared=True)

    keep(workshop, "devices", name="Sahat", model=model.id)
    refused = keep(workshop, "people", type="asiakas")

    assert refused.status_code == 404
    page = workshop.get("/saved-filters/").text
    assert "Sahat" in page
    assert "Ihmiset" not in page


def test_twelve_filters_are_counted_in_as_many_queries_as_one(office):
    make.company(contact_type="asiakas")
    keep(office, type="asiakas")
    one = queries_of(office)
    for number in range(11):
        keep(office, name=f"Rajaus {number}", type="asiakas")

    assert queries_of(office) == one


def queries_of(visitor) -> int:
    """How many queries the list of companies makes, once the notices of earlier acts are read."""
    visitor.get("/companies/")
    asked: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    visitor.get("/companies/")
    event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)

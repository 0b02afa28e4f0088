"""What carries a tag is found by it, as long as it carries it."""

import pytest
from sqlalchemy import select

from rockrobot import search
from rockrobot.comparisons.queries import compare
from rockrobot.db import db
from rockrobot.merges.actions import merge
from rockrobot.tags.actions import put_tags, rename, tags_for, take_tag
from rockrobot.tags.models import Tag
from rockrobot.tags.queries import KINDS
from rockrobot.tags.rules import Register
from rockrobot.trash.actions import remove
from tests import make
from tests.desk.test_search import found_by_command
from tests.tags.test_views import make_row, tagged


def found(typed: str) -> list[tuple[str, int]]:
    return [(hit.kind, hit.row_id) for hit in search.find(typed)]


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("typed", ["Messut 2026", "messut", "MESSUT2026", "mesut"])
def test_what_carries_a_tag_is_found_by_it(database, register, typed):
    row = make_row(register)
    tagged(register, row, "messut 2026")

    hits = search.find(typed)

    assert [(hit.kind, hit.row_id, hit.fact) for hit in hits] == [(KINDS[register], row.id, "tag")]


def test_the_search_box_and_the_command_say_that_it_was_the_tag(office, app):
    company = make.company("Louhinta Oy")
    tagged(Register.COMPANIES, company, "suurasiakas")

    html = office.get("/search?q=suurasiakas").text
    hits = found_by_command(app, "suurasiakas")

    assert "avainsana" in html.partition('id="search_hits"')[2]
    assert [(hit["kind"], hit["id"], hit["why"]) for hit in hits] == [("company", company.id, "avainsana")]


def test_what_is_called_so_comes_before_what_is_tagged_so(database):
    tagged_one, called = make.company("Louhinta Oy"), make.company("Messut Oy")
    tagged(Register.COMPANIES, tagged_one, "messut")

    assert found("messut") == [("company", called.id), ("company", tagged_one.id)]


def test_a_renamed_tag_is_found_by_its_new_name_only(database):
    device, person = make.device(), make.person()
    tagged(Register.DEVICES, device, "messut")
    tagged(Register.PEOPLE, person, "messut")

    rename(db.session.scalar(select(Tag)), "näyttely")
    db.session.commit()

    assert found("messut") == []
    assert set(found("nayttely")) == {("device", device.id), ("person", person.id)}


def test_a_tag_taken_off_or_deleted_finds_nothing_any_more(database):
    first, second = make.company("Louhinta Oy"), make.company("Kallio Oy")
    tagged(Register.COMPANIES, first, "messut")
    tagged(Register.COMPANIES, second, "messut")
    tag = db.session.scalar(select(Tag))

    take_tag(Register.COMPANIES, [first.id], tag.id)
    db.session.commit()
    taken = found("messut")
    remove(tag)
    db.session.commit()

    assert taken == [("company", second.id)]
    assert found("messut") == []


def test_the_kept_record_is_found_by_the_tags_of_the_one_merged_into_it(database):
    kept, lost = make.person("Aino", "Aho"), make.person("Aino", "Ahola")
    put_tags(Register.PEOPLE, [lost.id], tags_for(["messut"]))
    db.session.commit()

    merge(compare(kept, lost), {}, {})
    db.session.commit()

    assert found("messut") == [("person", kept.id)]

"""Lists in the database: each filter, each sort, both ways, on both databases."""

from datetime import date

import pytest

from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.selections.queries import SORTED_BY, counts_of, find, ids_of, understand
from rockrobot.selections.rules import SORTS, Selection
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.rules import Register
from tests import make


def found(register: Register, **words: str) -> list[int]:
    return ids_of(understand(register, words)[0])


def tag_of(register: Register, *rows, name: str = "VIP") -> str:
    tag = tags_for([name])[0]
    put_tags(register, [row.id for row in rows], [tag])
    db.session.commit()
    return str(tag.id)


def test_people_are_narrowed_by_type_language_responsible_company_and_tag(database):
    olga = make.staff_member(Role.CUSTOMER_CARE)
    company = make.company()
    aino = make.person("Aino", "Aho", company=company, contact_type="asiakas", language="fi", responsible_id=olga.id)
    make.person("Eero", "Erkki", contact_type="toimittaja", language="sv")
    tag = tag_of(Register.PEOPLE, aino)

    words = [("type", "asiakas"), ("language", "fi"), ("responsible", olga.id), ("company", company.id), ("tag", tag)]
    only = [found(Register.PEOPLE, **{name: str(value)}) for name, value in words]

    assert only == [[aino.id]] * 5
    assert len(found(Register.PEOPLE, responsible="none")) == 1


def test_companies_machines_and_worksites_are_narrowed_by_tag(database):
    companies = [make.company(), make.company()]
    devices = [make.device(), make.device()]
    sites = [make.worksite(), make.worksite()]
    tags = [
        tag_of(Register.COMPANIES, companies[0]),
        tag_of(Register.DEVICES, devices[0]),
        tag_of(Register.WORKSITES, sites[0]),
    ]

    assert len(set(tags)) == 1
    assert found(Register.COMPANIES, tag=tags[0]) == [companies[0].id]
    assert found(Register.DEVICES, tag=tags[0]) == [devices[0].id]
    assert found(Register.WORKSITES, tag=tags[0]) == [sites[0].id]


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("value", ["999999", "x", "-1", "99999999999999999999", "²"])
def test_a_dead_filter_finds_nothing_rather_than_everything(database, register, value):
    make.person(), make.device(), make.worksite()

    selection, _ = understand(register, {"tag": value})

    assert selection.dead == ("tag",)
    assert find(selection).total == 0


@pytest.mark.parametrize("register", Register)
def test_every_sort_gives_each_row_once_and_turns_round(database, register):
    for number in range(3):
        make.person("Aino", "Aho", company=make.company(country="FI"))
        make.worksite()
        make.device(built_on=date(2024, 1, number + 1))

    for sort in SORTS[register]:
        rising = ids_of(Selection(register, sort=sort))
        falling = ids_of(Selection(register, sort=f"-{sort}"))
        assert len(set(rising)) == len(rising)
        assert falling == list(reversed(rising))


def test_rows_without_a_value_come_last_both_ways(database):
    old, new, unknown = (make.device(built_on=day) for day in (date(2020, 1, 1), date(2024, 1, 1), None))

    assert found(Register.DEVICES, sort="built") == [old.id, new.id, unknown.id]
    assert found(Register.DEVICES, sort="-built") == [new.id, old.id, unknown.id]


def test_every_sort_of_the_rules_has_its_columns():
    for register, names in SORTS.items():
        assert set(names[1:]) - {"added"} == set(SORTED_BY[register])


def test_many_lists_are_counted_at_once(database):
    make.company(contact_type="asiakas"), make.company(contact_type="asiakas"), make.company(contact_type="toimittaja")
    make.device()

    lists = [
        understand(Register.COMPANIES, {"type": "asiakas"})[0],
        understand(Register.COMPANIES, {"tag": "1"})[0],
        understand(Register.DEVICES, {})[0],
    ]

    assert counts_of(lists) == [2, 0, 1]


def test_pages_of_a_list_hold_fifty_rows_and_none_twice(database):
    model = make.device_model()
    for number in range(120):
        db.session.add(make.Device(device_model_id=model.id, serial=f"S{number:03}"))
    db.session.commit()

    pages = [find(Selection(Register.DEVICES, sort="-built"), number=number) for number in (1, 2, 3)]

    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert len({row.id for page in pages for row in page.rows}) == 120

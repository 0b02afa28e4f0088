"""Tags on cards: put, taken off, renamed, deleted, each with its undo; merge and erasure know them."""

import re

import pytest
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.chain import LedgerEntry
from rockrobot.comparisons.queries import compare
from rockrobot.db import db
from rockrobot.merges.actions import merge
from rockrobot.merges.queries import EVENT
from rockrobot.tags.actions import put_tags, tags_for
from rockrobot.tags.models import Tag, Tagging
from rockrobot.tags.queries import tags_of
from rockrobot.tags.rules import Register
from rockrobot.trash.actions import remove
from rockrobot.undo import undo
from tests import make


def names_on(register: Register, row_id: int) -> list[str]:
    db.session.rollback()
    return [tag.name for tag in tags_of(register, [row_id]).get(row_id, [])]


def tagged(register: Register, row, *names: str) -> None:
    put_tags(register, [row.id], tags_for(names))
    db.session.commit()


def undo_told_in(office, html: str) -> None:
    office.post(re.search(r"/history/\d+/undo", html)[0])


def make_row(register: Register):
    makers = {Register.PEOPLE: make.person, Register.COMPANIES: make.company, Register.DEVICES: make.device}
    return makers.get(register, make.worksite)()


@pytest.mark.parametrize("register", Register)
def test_a_tag_is_put_on_a_card_and_taken_off_each_with_undo(office, register):
    row_id = make_row(register).id

    put = office.post(f"/tags/{register}/{row_id}/new", data={"names": "VIP, messut"}, follow_redirects=True).text
    both = names_on(register, row_id)
    tag = db.session.scalar(select(Tag).where(Tag.name == "VIP"))
    taken = office.post(f"/tags/{register}/{row_id}/take", data={"tag_id": tag.id}, follow_redirects=True).text
    one = names_on(register, row_id)
    undo_told_in(office, taken)

    assert "Avainsana lisätty." in put
    assert "VIP" in put
    assert both == ["messut", "VIP"]
    assert one == ["messut"]
    assert names_on(register, row_id) == ["messut", "VIP"]


def test_the_same_tag_in_other_letters_is_no_other_tag(office):
    first, second = make.company(), make.company()

    office.post(f"/tags/companies/{first.id}/new", data={"names": "VIP"})
    office.post(f"/tags/companies/{second.id}/new", data={"names": "vip"})
    office.post(f"/tags/companies/{second.id}/new", data={"names": "Vip"})

    assert names_on(Register.COMPANIES, second.id) == ["VIP"]
    assert len(db.session.scalars(select(Tag)).all()) == 1


@pytest.mark.parametrize("typed", ["", " , ", "a" * 61, ",".join("abcdefghijklmnopqrstuvw")])
def test_what_is_no_tag_is_refused_beside_its_field(office, typed):
    company = make.company()

    answer = office.post(f"/tags/companies/{company.id}/new", data={"names": typed})

    assert answer.status_code == 422
    assert 'id="names-error"' in answer.text
    assert names_on(Register.COMPANIES, company.id) == []


def test_a_renamed_tag_has_its_new_name_everywhere_and_no_two_share_one(office):
    company = make.company()
    tagged(Register.COMPANIES, company, "vip", "messut")
    vip = db.session.scalar(select(Tag).where(Tag.name == "vip"))

    taken = office.post(f"/tags/{vip.id}/edit", data={"name": "Messut"})
    office.post(f"/tags/{vip.id}/edit", data={"name": "Avain"})

    assert "Avainsana Messut on jo olemassa." in taken.text
    assert names_on(Register.COMPANIES, company.id) == ["Avain", "messut"]


def test_a_deleted_tag_leaves_all_rows_and_comes_back_to_all_of_them(office):
    company, device = make.company(), make.device()
    tagged(Register.COMPANIES, company, "vip")
    tagged(Register.DEVICES, device, "vip")
    vip = db.session.scalar(select(Tag))

    html = office.post(f"/tags/{vip.id}/delete", follow_redirects=True).text
    gone = [names_on(Register.COMPANIES, company.id), names_on(Register.DEVICES, device.id)]
    undo_told_in(office, html)

    assert gone == [[], []]
    assert names_on(Register.COMPANIES, company.id) == ["vip"]
    assert names_on(Register.DEVICES, device.id) == ["vip"]


def test_the_workshop_sees_tags_of_machines_and_changes_none(workshop):
    device = make.device()
    tagged(Register.DEVICES, device, "vip")

    card = workshop.get(f"/devices/{device.id}").text
    answer = workshop.post(f"/tags/devices/{device.id}/new", data={"names": "oma"})

    assert "vip" in card
    assert "Lisää avainsana" not in card
    assert answer.status_code == 403


def test_a_tag_leads_the_workshop_to_no_list_that_is_closed_to_it(office, workshop):
    company = make.company()
    tagged(Register.COMPANIES, company, "VIP")

    theirs, ours = workshop.get(f"/companies/{company.id}").text, office.get(f"/companies/{company.id}").text

    assert "VIP" in theirs
    assert "/companies/?tag=" not in theirs
    assert "/companies/?tag=" in ours


def test_the_page_of_tags_counts_rows_and_leads_to_them(office):
    company, person = make.company(), make.person()
    tagged(Register.COMPANIES, company, "vip")
    tagged(Register.PEOPLE, person, "vip")
    vip = db.session.scalar(select(Tag))

    html = office.get("/tags/").text

    assert f'href="/companies/?tag={vip.id}">1</a>' in html
    assert f'href="/people/?tag={vip.id}">1</a>' in html


def test_a_tag_that_both_have_is_no_conflict_of_a_merge_and_unmerging_gives_each_its_own(office):
    kept, other = make.company("Kivi Oy"), make.company("Kivi Oy")
    tagged(Register.COMPANIES, kept, "vip")
    tagged(Register.COMPANIES, other, "vip", "messut")

    page = office.get(f"/merges/companies/{kept.id}/{other.id}").text
    found = compare(kept, other)
    with ledger.change_set(EVENT) as act:
        merge(found, {}, {})
        db.session.commit()
    merged = names_on(Register.COMPANIES, kept.id)
    undo(act.change_set_id)
    db.session.commit()

    assert found.asked == []
    assert "vain yksi voi olla" not in page
    assert merged == ["messut", "vip"]
    assert names_on(Register.COMPANIES, kept.id) == ["vip"]
    assert names_on(Register.COMPANIES, other.id) == ["messut", "vip"]


def test_tags_go_with_a_deleted_person(office):
    person = make.person()
    tagged(Register.PEOPLE, person, "vip")

    remove(person)
    db.session.commit()

    assert db.session.scalars(select(Tagging)).all() == []
    assert db.session.scalars(select(Tag)).one().name == "vip"


def test_a_person_whose_card_shows_tags_is_written_down_as_seen(office):
    person = make.person()
    tagged(Register.PEOPLE, person, "vip")

    office.get(f"/people/{person.id}")

    db.session.rollback()
    views = select(LedgerEntry).where(LedgerEntry.action == "view", LedgerEntry.row_id == person.id)
    assert len(db.session.scalars(views).all()) == 1


def test_undo_leaves_a_tag_that_was_put_on_again_meanwhile(office):
    company = make.company()
    tagged(Register.COMPANIES, company, "vip")
    vip = db.session.scalar(select(Tag))
    taken = office.post(f"/tags/companies/{company.id}/take", data={"tag_id": vip.id}, follow_redirects=True).text
    tagged(Register.COMPANIES, company, "vip")

    html = office.post(re.search(r"/history/\d+/undo", taken)[0], follow_redirects=True).text

    assert "1 riviä jäi" in html
    assert names_on(Register.COMPANIES, company.id) == ["vip"]


def test_undo_leaves_a_tagging_whose_tag_or_owner_is_gone(office):
    company = make.company()
    tagged(Register.COMPANIES, company, "vip")
    vip = db.session.scalar(select(Tag))
    taken = office.post(f"/tags/companies/{company.id}/take", data={"tag_id": vip.id}, follow_redirects=True).text
    office.post(f"/tags/{vip.id}/delete")

    html = office.post(re.search(r"/history/\d+/undo", taken)[0], follow_redirects=True).text

    assert "1 riviä jäi" in html
    assert names_on(Register.COMPANIES, company.id) == []


def test_undo_of_a_renaming_leaves_a_name_that_another_tag_has_now(office):
    first = tags_for(["vip"])[0]
    db.session.commit()
    renamed = office.post(f"/tags/{first.id}/edit", data={"name": "avain"}, follow_redirects=True).text
    tags_for(["vip"])
    db.session.commit()

    html = office.post(re.search(r"/history/\d+/undo", renamed)[0], follow_redirects=True).text

    assert "1 riviä jäi" in html
    db.session.rollback()
    assert sorted(db.session.scalars(select(Tag.name))) == ["avain", "vip"]

"""Deleted things go with what belonged to them, stay in the trash, and come back as they were."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from rockrobot import clock, ledger, undo
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.comparisons.queries import compare
from rockrobot.contacts import queries as contacts
from rockrobot.contacts.models import Affiliation, Company, ContactPoint, Person, Worksite
from rockrobot.db import Base, db
from rockrobot.events.models import Attachment
from rockrobot.merges.actions import merge
from rockrobot.merges.queries import EVENT
from rockrobot.selections.queries import find
from rockrobot.selections.rules import Selection
from rockrobot.tags.rules import Register
from rockrobot.trash import actions, queries
from rockrobot.trash.rules import KEPT
from rockrobot.worksites.actions import add_worksite
from tests import make
from tests.events.test_views import happened
from tests.statements import Count

KEEPS_NO_FACTS = {"change_sets", "ledger_entries", "search_entries", "idempotency_keys", "sign_ins"}


def snapshot() -> dict[str, list[str]]:
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in KEEPS_NO_FACTS]
    return {table.name: sorted(map(str, db.session.execute(select(table)))) for table in tables}


def removed(row: Base) -> None:
    with ledger.change_set("trash.delete"):
        actions.remove(row)
        db.session.commit()


def newest_act() -> int:
    return db.session.scalar(select(func.max(ChangeSet.id)))


def test_a_person_goes_with_their_numbers_employers_and_addresses_and_comes_back_the_same(office):
    person = make.person("Aino", "Aho", company=make.company(), direct_phone="09 123 456", email="aino@kivi.fi")
    make.address(person, kind="worksite", street="Louhos 3")
    before = snapshot()

    office.post(f"/people/{person.id}/delete")
    gone, listed = snapshot(), office.get("/trash").text
    office.post(re.search(r"/history/\d+/undo", listed)[0])

    assert not any(gone[name] for name in ("people", "contact_points", "affiliations", "addresses", "worksites"))
    assert "Aino Aho" in listed
    assert snapshot() == before
    assert "Roskakori on tyhjä." in office.get("/trash").text


def test_what_must_stay_is_in_the_way_and_nothing_is_deleted(office):
    company = make.company("Kivi Oy")
    make.ownership(make.device(), company)
    before = snapshot()

    office.post(f"/companies/{company.id}/delete")

    assert "Ei voi poistaa: tähän liittyy laitteen omistus (1)." in office.get(f"/companies/{company.id}").text
    assert snapshot() == before


def test_what_belongs_to_a_card_goes_alone_and_comes_back_the_same(office):
    person = make.person("Aino", "Aho", company=make.company())
    rows = {
        "addresses": make.address(person).id,
        "affiliations": db.session.scalar(select(Affiliation.id)),
        "worksites": make.worksite(person).id,
        "companies": make.company("Louhinta Oy").id,
    }
    before = snapshot()

    for table, row_id in rows.items():
        office.post(f"/{table}/{row_id}/delete")
        assert snapshot()[table] != before[table]
        office.post(f"/history/{newest_act()}/undo")

    assert snapshot() == before


def test_a_contact_on_site_who_is_deleted_leaves_the_worksite_and_returns_to_it(database):
    person = make.person("Aino", "Aho")
    site = add_worksite(make.company(), {"street": "Louhos 3", "city": "Kokemäki"}, contact_id=person.id)
    db.session.commit()

    removed(contacts.person_with(person.id))
    alone = db.session.scalar(select(Worksite.contact_id).where(Worksite.id == site.id))
    undo.undo(newest_act())
    db.session.commit()

    assert alone is None
    assert db.session.scalar(select(Worksite.contact_id).where(Worksite.id == site.id)) == person.id


def test_a_deleted_number_counts_as_changed_by_hand(database):
    person = make.person(direct_phone="09 123 456")
    person.hand_changed = []
    db.session.commit()

    removed(contacts.point_with(db.session.scalar(select(ContactPoint.id))))

    assert db.session.scalar(select(Person.hand_changed)) == ["direct_phone"]
    assert find(Selection(Register.PEOPLE, "09 123", sort="name")).total == 0


def test_the_trash_forgets_after_its_days_and_lists_no_undone_creations(office, monkeypatch):
    kept, old = make.company("Kivi Oy"), make.company("Vanha Oy")
    removed(contacts.company_with(old.id))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + KEPT + timedelta(seconds=1))
    removed(contacts.company_with(kept.id))

    found = queries.removed_lately()

    assert [one.name for one in found.rows] == ["Kivi Oy"]


def test_what_the_trash_forgot_is_not_shown_or_brought_back_by_its_address(office, monkeypatch):
    person = make.person("Aino", "Aho")
    person_id, act = person.id, deleted_together(office, [person])
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + KEPT + timedelta(seconds=1))

    found, one = queries.removed_in(act), queries.removed_record(act, person_id)

    assert (found.rows, one) == ([], None)


def test_one_value_goes_back_from_the_history_and_the_rest_stays(office):
    company = make.company("Kivi Oy", language="fi")
    office.post(
        f"/companies/{company.id}/edit",
        data={"name": "Kallio Oy", "customer_no": company.customer_no, "language": "sv"},
    )
    act = newest_act()
    page = office.get(f"/history/{act}").text

    office.post(re.search(r"/history/entries/\d+/put-back", page)[0], data={"field": "name"})

    db.session.expire_all()
    assert [(row.name, row.language) for row in db.session.scalars(select(Company))] == [("Kivi Oy", "sv")]


def test_a_number_goes_back_with_what_was_understood_of_it(office):
    make.person(direct_phone="09 123 456")
    point = db.session.scalar(select(ContactPoint.id))
    office.post(f"/contact-points/{point}/edit", data={"kind": "direct", "raw": "040 588 2755", "source": "other"})
    page = office.get(f"/history/{newest_act()}").text

    office.post(re.search(r"/history/entries/\d+/put-back", page)[0], data={"field": "raw"})

    db.session.expire_all()
    assert db.session.execute(select(ContactPoint.raw, ContactPoint.normal)).all() == [("09 123 456", "+3589123456")]


@pytest.mark.parametrize("field", ["", "nothing", "id"])
def test_a_field_that_did_not_change_cannot_go_back(office, field):
    company = make.company("Kivi Oy")
    office.post(f"/companies/{company.id}/edit", data={"name": "Kallio Oy", "customer_no": company.customer_no})
    page = office.get(f"/history/{newest_act()}").text

    office.post(re.search(r"/history/entries/\d+/put-back", page)[0], data={"field": field})

    db.session.expire_all()
    assert db.session.scalar(select(Company.name)) == "Kallio Oy"


def test_the_history_says_what_can_never_be_undone(office):
    html = office.get("/history").text

    assert "Mitä ei voi kumota" in html
    assert "Hyväksyntä" in html[html.index("Mitä ei voi kumota") :]


def test_only_customer_care_deletes(workshop, protection, administrator):
    person = make.person()

    answers = [
        client.post(f"/people/{person.id}/delete").status_code for client in (workshop, protection, administrator)
    ]

    assert answers == [403, 403, 403]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


# ---------- whose data it shows ----------


def views_of(visitor, path: str) -> set[tuple[str, int]]:
    """Whose data a page shows by what is written down of it: table and row."""
    before = db.session.scalar(select(func.max(LedgerEntry.id)))
    assert visitor.get(path).status_code == 200
    db.session.rollback()
    viewed = select(LedgerEntry).where(LedgerEntry.id > before, LedgerEntry.action == "view")
    return {(entry.table_name, entry.row_id) for entry in db.session.scalars(viewed)}


@pytest.fixture
def aino(database) -> Person:
    return make.person("Aino", "Aho", direct_phone="09 123 456", company=make.company())


def the_number(aino):
    return f"/contact-points/{db.session.scalar(select(ContactPoint.id))}"


def an_address(aino):
    return f"/addresses/{make.address(aino).id}"


def her_employer(aino):
    return f"/affiliations/{db.session.scalar(select(Affiliation.id))}"


def an_event(aino):
    return f"/events/{happened(people=[aino]).id}"


def a_worksite(aino):
    return f"/worksites/{make.worksite(aino).id}"


def herself(aino):
    return f"/people/{aino.id}"


@pytest.mark.parametrize("of", [herself, the_number, an_address, her_employer, an_event, a_worksite])
def test_whose_things_the_trash_shows_is_written_down(office, protection, aino, of):
    aino_id = aino.id
    office.post(f"{of(aino)}/delete")

    viewed = [views_of(protection, path) for path in ("/trash", f"/trash/{newest_act()}")]

    assert viewed == [{("people", aino_id)}] * 2


def test_a_file_of_an_event_that_went_later_shows_whose_the_event_was(office, protection, aino):
    path = an_event(aino)
    office.post(f"{path}/attachments/new", data={"files": (BytesIO(b"%PDF-1.7"), "aino.pdf")})
    file = db.session.scalar(select(Attachment.id))
    office.post(f"/attachments/{file}/delete")
    act = newest_act()
    office.post(f"{path}/delete")

    assert views_of(protection, f"/trash/{act}") == {("people", aino.id)}


def test_a_number_of_a_worksite_that_went_later_shows_whose_it_was(office, protection, aino):
    site = make.worksite(aino)
    point = ContactPoint(worksite_id=site.id, kind="direct", raw="09 765 432", normal="+3589765432")
    db.session.add(point)
    db.session.commit()
    removed(point)
    act = newest_act()
    before = views_of(protection, f"/trash/{act}")
    office.post(f"/worksites/{db.session.scalar(select(Worksite.id))}/delete")

    assert [before, views_of(protection, f"/trash/{act}")] == [{("people", aino.id)}] * 2


def test_what_a_company_lost_names_no_person(office, protection):
    company = make.company("Kivi Oy", switchboard="09 123 456")
    office.post(f"/contact-points/{db.session.scalar(select(ContactPoint.id))}/delete")
    office.post(f"/addresses/{make.address(company).id}/delete")

    assert views_of(protection, "/trash") == set()


def test_a_longer_trash_asks_the_database_no_more(office, protection, aino):
    asked = []
    for _ in range(2):
        for of in (an_address, an_event, a_worksite):
            office.post(f"{of(aino)}/delete")
        with Count() as count:
            protection.get("/trash")
        asked.append(count.statements)

    assert asked[0] == asked[1]


# ---------- many at once ----------


def deleted_together(office, people: list[Person]) -> int:
    """Delete these people from the list, in one act; its id."""
    seen = f"{len(people)}/{len(people)}"
    office.post("/bulk/people", data={"act": "delete", "step": "confirm", "seen": seen, "ids": [p.id for p in people]})
    return db.session.scalar(select(func.max(ChangeSet.id)).where(ChangeSet.event == "bulk.delete"))


def names_there() -> set[str]:
    db.session.rollback()
    return {person.name for person in db.session.scalars(select(Person).where(Person.merged_into_id.is_(None)))}


def test_each_of_many_deleted_together_comes_back_alone_and_the_others_later(office):
    people = [make.person(first, "Aho", direct_phone=f"040 588 275{n}") for n, first in enumerate(("Aino", "Eero"))]
    aino = people[0].id
    before = snapshot()

    act = deleted_together(office, people)
    line, page = office.get("/trash").text, office.get(f"/trash/{act}").text
    answer = office.post(f"/trash/{act}/{aino}/restore", follow_redirects=True).text
    one = names_there()
    again = office.post(f"/trash/{act}/{aino}/restore", follow_redirects=True).text
    office.post(f"/history/{act}/undo")

    assert "ja 1 muu" in line
    assert "Aino Aho" in page
    assert "Eero Aho" in page
    assert "Palautettu." in answer
    assert one == {"Aino Aho"}
    assert "se on jo palautettu" in again
    assert snapshot() == before


def test_an_act_leaves_the_trash_once_each_was_brought_back_alone_and_returns_with_the_undo_of_one(office):
    people = [make.person(first, "Aho") for first in ("Aino", "Eero")]
    first, second = (person.id for person in people)
    act = deleted_together(office, people)

    office.post(f"/trash/{act}/{first}/restore")
    half = queries.removed_lately().total
    office.post(f"/trash/{act}/{second}/restore")
    whole = queries.removed_lately().total
    office.post(f"/history/{newest_act()}/undo")

    assert (half, whole, queries.removed_lately().total) == (1, 0, 1)


def test_what_came_back_alone_goes_again_with_its_undo(office):
    people = [make.person(first, "Aho", email=f"{first}@aho.example") for first in ("Aino", "Eero")]
    aino = people[0].id
    act = deleted_together(office, people)
    gone = snapshot()

    office.post(f"/trash/{act}/{aino}/restore")
    office.post(f"/history/{newest_act()}/undo")

    assert snapshot()["people"] == gone["people"]
    assert snapshot()["contact_points"] == gone["contact_points"]


def test_only_what_an_act_deleted_is_brought_back(office):
    person = make.person("Aino", "Aho")
    act = deleted_together(office, [person])
    other = make.person("Eero", "Aho")

    assert office.post(f"/trash/{act}/{other.id}/restore").status_code == 404
    assert office.get("/trash/999999").status_code == 404


def test_a_kept_record_goes_and_returns_with_those_merged_into_it_and_comes_apart_after(office):
    kept, lost = (make.person("Aino", last, direct_phone=f"09 123 45{n}") for n, last in enumerate(("Aho", "Ahola")))
    make.address(lost)
    apart = snapshot()
    with ledger.change_set(EVENT) as merging:
        merge(compare(kept, lost), {}, {})
        db.session.commit()
    together = snapshot()

    office.post(f"/people/{kept.id}/delete")
    gone, listed = snapshot(), office.get("/trash").text
    office.post(re.search(r"/history/\d+/undo", listed)[0])
    back = snapshot()
    office.post(f"/history/{merging.change_set_id}/undo")

    assert (gone["people"], gone["contact_points"], gone["addresses"]) == ([], [], [])
    assert "ja 1 muu" not in listed
    assert back == together
    assert snapshot() == apart


def test_of_many_deleted_together_one_comes_back_with_those_merged_into_it(office):
    kept, lost, other = (make.person("Aino", last) for last in ("Aho", "Ahola", "Salo"))
    with ledger.change_set(EVENT):
        merge(compare(kept, lost), {}, {})
        db.session.commit()
    kept_id, lost_id = kept.id, lost.id
    act = deleted_together(office, [kept, other])

    page = office.get(f"/trash/{act}").text
    html = office.post(f"/trash/{act}/{kept_id}/restore", follow_redirects=True).text
    there = {person.id: person.merged_into_id for person in db.session.scalars(select(Person))}

    assert "Ahola" not in page
    assert "Palautettu." in html
    assert there == {kept_id: None, lost_id: kept_id}

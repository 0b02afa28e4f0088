"""Who may undo what was done to a table: the roles that its model names, and customer care where it names none."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rockrobot import clock, ledger
from rockrobot.access import Role, permission_of
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import Base, db
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.organisation.queries import organisation
from rockrobot.purposes.queries import purpose_names
from rockrobot.purposes.rules import PurposeCode
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.staff.models import StaffMember
from rockrobot.undoers import undoers_of
from tests import make
from tests.enquiries.test_enquiries import enquiry
from tests.events.test_views import form

CARE = Role.CUSTOMER_CARE
FORM = {"name": "Kivi Oy", "country": "FI"}
WORDS = {"name": "Uutiskirje", "basis": "6(1)(a)", "source": "Laki 917/2014"}


def newest() -> int:
    db.session.rollback()
    return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()


def entry_of(act: int) -> int:
    return db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.change_set_id == act)).one()


def undo(visitor, act: int):
    answer = visitor.post(f"/history/{act}/undo")
    db.session.rollback()
    return answer


def is_offered(visitor, act: int, *pages: str) -> bool:
    return any(f"/history/{act}/undo" in visitor.get(page).text for page in (f"/history/{act}", *pages))


@pytest.fixture
def renamed(administrator) -> int:
    """The administrator named the organisation anew; the act."""
    ensure_organisation()
    organisation().may_approve_own_cases = True
    db.session.commit()
    administrator.post("/organisation/edit", data=FORM)
    return newest()


def test_what_the_administrator_alone_edits_customer_care_neither_undoes_nor_puts_back(renamed, office, protection):
    offered = [is_offered(one, renamed, "/organisation/") for one in (office, protection)]
    put_back_offered = "put-back" in office.get(f"/history/{renamed}").text
    undone = [undo(one, renamed).status_code for one in (office, protection)]
    office.post(f"/history/entries/{entry_of(renamed)}/put-back", data={"field": "may_approve_own_cases"})

    db.session.rollback()
    assert (offered, put_back_offered) == ([False, False], False)
    assert undone == [404, 404]
    assert (organisation().name, organisation().may_approve_own_cases) == ("Kivi Oy", False)


def test_the_administrator_undoes_their_own_edit_after_proving_who_they_are(renamed, administrator, monkeypatch):
    offered, now = is_offered(administrator, renamed, "/organisation/"), clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + timedelta(minutes=9))
        asked = undo(administrator, renamed).location
    kept = organisation().may_approve_own_cases
    undo(administrator, renamed)

    assert offered
    assert asked.startswith("/sign-in/confirm")
    assert (kept, organisation().may_approve_own_cases) == (False, True)


def test_what_data_protection_alone_edits_it_alone_undoes(protection, office, administrator):
    protection.post("/purposes/marketing/edit", data=WORDS)
    protection.post("/purposes/marketing/edit", data=WORDS | {"name": "Kirje"})
    act = newest()

    offered = [is_offered(one, act, "/purposes/") for one in (office, protection)]
    undone = [undo(one, act).status_code for one in (office, administrator)]
    office.post(f"/history/entries/{entry_of(act)}/put-back", data={"field": "name"})
    db.session.rollback()
    kept = purpose_names()[PurposeCode.MARKETING]
    undo(protection, act)

    assert offered == [False, True]
    assert undone == [404, 404]
    assert (kept, purpose_names()[PurposeCode.MARKETING]) == (
        "Kirje",
        "Uutiskirje",
    )


def test_nobody_undoes_what_others_did_to_their_filters(workshop, office, supervisor):
    workshop.post("/saved-filters/devices/new?owner=owned", data={"name": "Oma"})
    workshop.post("/saved-filters/1/edit", data={"name": "Omani"})
    act = newest()

    offered = [is_offered(one, act, "/saved-filters/") for one in (office, supervisor)]
    undone = [undo(one, act).status_code for one in (office, supervisor)]
    office.post(f"/history/entries/{entry_of(act)}/put-back", data={"field": "name"})
    db.session.rollback()
    kept = db.session.scalar(select(SavedFilter.name))
    undo(workshop, act)

    assert offered == [False, False]
    assert undone == [404, 404]
    assert (kept, db.session.scalar(select(SavedFilter.name))) == ("Omani", "Oma")


def test_who_left_customer_care_does_not_undo_what_they_did_to_people(office):
    person = make.person("Aino", "Aho")
    office.post(f"/people/{person.id}/edit", data={"first_name": "Aina", "last_name": "Aho"})
    act = newest()
    with ledger.change_set("staff.edit"):
        db.session.get(StaffMember, office.member_id).role = Role.WORKSHOP
        db.session.commit()

    refused = undo(office, act).status_code

    db.session.refresh(person)
    assert (refused, person.first_name) == (404, "Aina")


def test_the_workshop_undoes_its_own_acts(workshop):
    machine = make.device()
    workshop.post("/parts/new", data={"part_no": "PT-7", "name": "Painetiiviste"})
    acts = [newest()]
    workshop.post(f"/devices/{machine.id}/fate", data={"fate": "scrapped", "on": "eilen"})
    acts.append(newest())
    visit = form(channel="visit", text="", result="inspected_ok", devices=machine.id, assigned_to=workshop.member_id)
    workshop.post(f"/devices/{machine.id}/events/new", data=visit)
    acts.append(newest())

    undone = [undo(workshop, act).status_code for act in acts]

    assert len(set(acts)) == 3
    assert undone == [303, 303, 303]
    assert newest() == acts[-1] + 3


def test_data_protection_undoes_its_own_link_of_an_enquiry(protection):
    person = make.person("Aino", "Aho")
    asked = enquiry().id

    html = protection.post(f"/enquiries/{asked}/link", data={"number": person.person_no}, follow_redirects=True).text
    act = max(e.change_set_id for e in db.session.scalars(select(LedgerEntry)) if e.action == "update")

    assert f"/history/{act}/undo" in html
    assert undo(protection, act).status_code == 303


def test_beside_what_happened_no_undo_is_offered_to_whom_it_would_be_refused(workshop, monkeypatch):
    monkeypatch.setitem(Base.metadata.tables["parts"].info, "undone_by", (CARE,))

    html = workshop.post("/parts/new", data={"part_no": "PT-7", "name": "Painetiiviste"}, follow_redirects=True).text

    assert "Osa lisätty." in html
    assert "/undo" not in html


# ---------- the registry ----------


def written_by_rooms(app) -> dict[str, set[tuple[frozenset[Role], bool]]]:
    """The doors of each room behind which something changes: who may, and whether they prove again who they are."""
    found: dict[str, set[tuple[frozenset[Role], bool]]] = {}
    with app.app_context():
        for rule in app.url_map.iter_rules():
            permission, room = permission_of(rule.endpoint), rule.endpoint.partition(".")[0]
            if permission and permission.roles and "POST" in (rule.methods or ()):
                found.setdefault(room, set()).add((permission.roles, permission.fresh))
    return found


def tables_undone(app) -> list[tuple[str, str]]:
    """The tables that may be undone, and the room of each."""
    with app.app_context():
        rooms = {m.local_table.name: m.class_.__module__.split(".")[1] for m in Base.registry.mappers}
    names = [table.name for table in Base.metadata.sorted_tables if ledger.is_covered(table)]
    return [(name, rooms[name]) for name in names if Base.metadata.tables[name].info.get("undo", "free") == "free"]


def test_what_a_room_does_not_let_a_role_write_that_role_does_not_undo(app):
    """So a table whose doors are shut to customer care says who may undo it: the next one too."""
    written = written_by_rooms(app)

    beyond = {
        name: undoers_of(name) - may
        for name, room in tables_undone(app)
        if (may := frozenset().union(*(roles for roles, _ in written.get(room, ())))) and undoers_of(name) - may
    }

    assert beyond == {}


def test_what_is_written_only_with_fresh_proof_is_undone_only_with_it(app):
    written = written_by_rooms(app)
    weighty = {room for room, doors in written.items() if all(is_fresh for _, is_fresh in doors)}

    silent = [
        n for n, r in tables_undone(app) if r in weighty and not Base.metadata.tables[n].info["undone_when_fresh"]
    ]

    assert weighty & {room for _, room in tables_undone(app)} == {"organisation"}
    assert silent == []


def test_what_has_one_owner_of_us_is_undone_by_who_did_it(app):
    owned = [name for name, _ in tables_undone(app) if "owner_id" in Base.metadata.tables[name].c]

    assert owned == ["saved_filters"]
    assert all(Base.metadata.tables[name].info["undone_by_oneself"] for name in owned)


def test_every_role_that_a_table_names_is_one_of_ours(app):
    named = {role for table in Base.metadata.tables.values() for role in table.info.get("undone_by", ())}

    assert named <= set(Role)

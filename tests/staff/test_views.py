"""The administrator's pages about members of staff."""

import contextlib
import threading

import pytest

from rockrobot import ledger
from rockrobot.access import Role
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.staff import actions
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import member_with_email, running_sign_ins
from tests import make
from tests.conftest import visitor


def stored(member_id: int) -> StaffMember:
    db.session.rollback()
    return db.session.get(StaffMember, member_id, populate_existing=True)


def test_only_the_administrator_manages_users(office, workshop, protection, administrator):
    assert [browser.get("/staff/").status_code for browser in (office, workshop, protection)] == [403, 403, 403]
    assert "Yrjö Ylläpito" in administrator.get("/staff/").text


def test_a_taken_address_is_refused_and_what_was_typed_stays(administrator):
    make.staff_member(Role.WORKSHOP, email="olga@rockrobot.example")
    form = {"name": "Uusi Nimi", "email": "Olga@rockrobot.example", "role": "workshop"}

    answer = administrator.post("/staff/new", data=form)

    assert answer.status_code == 422
    assert "on jo käyttäjä" in answer.text
    assert "Uusi Nimi" in answer.text


def test_ending_access_signs_out_at_once(app, administrator):
    other = visitor(app, Role.WORKSHOP, "Pekka Toinen")
    before = other.get("/").status_code

    administrator.post(f"/staff/{other.member_id}/deactivate")

    assert before == 200
    assert other.get("/").status_code == 303


def test_a_role_taken_away_binds_the_next_request(app, administrator):
    other = visitor(app, Role.CUSTOMER_CARE, "Olga Toinen")
    before = other.get("/people/").status_code

    administrator.post(f"/staff/{other.member_id}/edit", data={"name": "Olga Toinen", "role": "workshop"})

    assert before == 200
    assert other.get("/people/").location.startswith("/sign-in?")
    assert running_sign_ins(other.member_id) == []


def test_of_a_sign_in_that_was_copied_nothing_is_left_for_a_greater_role(app, administrator):
    other, thief = visitor(app, Role.WORKSHOP, "Pekka Toinen"), app.test_client()
    thief.set_cookie("rockrobot", other.get_cookie("rockrobot").value)
    copied = thief.get("/devices/").status_code

    administrator.post(f"/staff/{other.member_id}/edit", data={"name": "Pekka Toinen", "role": "data_protection"})

    assert copied == 200
    assert [one.get("/people/").status_code for one in (thief, other)] == [303, 303]


def test_nobody_changes_their_own_role_or_access(administrator):
    me = administrator.member_id
    make.staff_member(Role.ADMINISTRATOR)

    answers = [
        administrator.post(f"/staff/{me}/edit", data={"name": "Minä", "role": "workshop"}),
        administrator.post(f"/staff/{me}/deactivate"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert (stored(me).role, stored(me).is_active, stored(me).name) == (Role.ADMINISTRATOR, True, "Yrjö Ylläpito")


def test_the_last_administrator_is_neither_demoted_nor_removed(app, administrator):
    me = stored(administrator.member_id)
    invited = actions.make_member("Kutsuttu", "kutsuttu@rockrobot.example", Role.ADMINISTRATOR)

    for change in (
        lambda: actions.set_access(me, is_active=False),
        lambda: actions.change_member(me, name="x", role=Role.WORKSHOP),
    ):
        with pytest.raises(actions.LastAdministratorError):
            change()

    assert invited.is_invited
    assert (me.role, me.is_active) == (Role.ADMINISTRATOR, True)


def test_two_administrators_who_demote_each_other_at_once_leave_one(app, database):
    ids = [make.staff_member(Role.ADMINISTRATOR).id for _ in range(2)]
    db.session.rollback()
    gate = threading.Barrier(2, timeout=20)

    def demote(other: int) -> None:
        with app.app_context(), ledger.change_set("test", actor="test"):
            gate.wait()
            member = db.session.get(StaffMember, other)
            with contextlib.suppress(actions.LastAdministratorError):
                actions.change_member(member, name="x", role=Role.WORKSHOP)
                db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=demote, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(stored(id_).role for id_ in ids) == ["administrator", "workshop"]


def test_a_deactivated_user_can_be_let_back_in(app, administrator):
    member = make.staff_member(Role.WORKSHOP)
    administrator.post(f"/staff/{member.id}/deactivate")
    administrator.post(f"/staff/{member.id}/activate")

    db.session.rollback()

    assert actions.check_password(member.email, make.PASSWORD) is not None


def test_an_administrator_ends_all_sign_ins_of_a_member(app, administrator):
    other = visitor(app, Role.WORKSHOP, "Pekka Toinen")

    page = administrator.get(f"/staff/{other.member_id}").text
    administrator.post(f"/staff/{other.member_id}/sign-outs")

    assert "Kirjaa ulos kaikkialta" in page
    assert other.get("/").status_code == 303


def test_the_ledger_holds_the_member_and_no_secret(app, administrator):
    administrator.post("/staff/new", data={"name": "Uusi", "email": "uusi@rockrobot.example", "role": "workshop"})
    db.session.rollback()
    actions.set_password(member_with_email("uusi@rockrobot.example"), "aivan uusi tunnuslause")
    db.session.commit()

    kept = {entry.table_name: entry.changes for entry in db.session.query(LedgerEntry).order_by(LedgerEntry.id.desc())}

    assert "token_digest" not in kept["one_time_links"]
    assert not any("argon2" in str(changes) or "password_hash" in changes for changes in kept.values())

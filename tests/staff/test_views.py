from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.staff import actions
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import member_with_email
from tests import make
from tests.conftest import visitor


def test_only_the_administrator_manages_users(office, workshop, protection, administrator):
    assert [browser.get("/staff/").status_code for browser in (office, workshop, protection)] == [403, 403, 403]
    assert "Yrjö Ylläpito" in administrator.get("/staff/").text


def test_a_new_user_can_sign_in(administrator, stranger):
    form = {"name": "Uusi", "email": "Uusi@rockrobot.example", "role": "workshop", "password": make.PASSWORD}

    administrator.post("/staff/new", data=form)
    answer = stranger.post("/sign-in", data={"email": "uusi@rockrobot.example", "password": make.PASSWORD})

    assert answer.status_code == 303
    assert member_with_email("uusi@rockrobot.example").role is Role.WORKSHOP


def test_a_weak_password_and_a_taken_address_are_refused_and_not_shown(administrator):
    make.staff_member(Role.WORKSHOP, email="olga@rockrobot.example")
    form = {"name": "Uusi", "email": "olga@rockrobot.example", "role": "workshop"}

    answers = [
        administrator.post("/staff/new", data=form | {"password": word}) for word in ("lyhyt", "olga on hieno ihminen")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "on jo käyttäjä" in answers[0].text
    assert "vähintään 12 merkkiä" in answers[0].text
    assert "hieno" not in answers[1].text


def test_ending_access_signs_out_at_once(app, administrator):
    other = visitor(app, Role.WORKSHOP, "Pekka Toinen")
    before = other.get("/").status_code

    administrator.post(f"/staff/{other.member_id}/deactivate")

    assert before == 200
    assert other.get("/").status_code == 303


def test_nobody_ends_their_own_access(administrator):
    administrator.post(f"/staff/{administrator.member_id}/deactivate")

    assert administrator.get("/").status_code == 200


def test_a_new_password_ends_the_old_sign_ins(app, administrator):
    other = visitor(app, Role.WORKSHOP, "Pekka Toinen")

    administrator.post(f"/staff/{other.member_id}/password", data={"password": "aivan uusi salasana"})

    db.session.rollback()
    member = db.session.get(StaffMember, other.member_id)
    assert other.get("/").status_code == 303
    assert actions.check_password(member.email, "aivan uusi salasana") is not None


def test_a_deactivated_user_can_be_let_back_in(app, administrator):
    member = make.staff_member(Role.WORKSHOP)
    administrator.post(f"/staff/{member.id}/deactivate")
    administrator.post(f"/staff/{member.id}/activate")

    db.session.rollback()

    assert actions.check_password(member.email, make.PASSWORD) is not None

"""One's own page: where one is signed in, and ending it."""

import pytest
from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.chain import ChangeSet, LedgerEntry, verify
from rockrobot.db import db
from rockrobot.staff.actions import sign_in
from rockrobot.staff.models import SignIn
from rockrobot.staff.queries import member_with
from tests import make
from tests.conftest import visitor


def second_sign_in(app, office):
    key = sign_in(member_with(office.member_id), browser="Firefox, Windows", address="192.0.2.7")
    db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["sign_in"] = key
    row_id = db.session.scalar(select(SignIn.id).order_by(SignIn.id.desc()).limit(1))
    db.session.rollback()
    return browser, row_id


def test_the_page_tells_where_one_is_signed_in(app, office):
    second_sign_in(app, office)

    page = office.get("/account/").text

    assert "Firefox, Windows, 192.0.2.7" in page
    assert "Tämä selain" in page


def test_one_of_ones_own_sign_ins_can_be_ended(app, office):
    elsewhere, row_id = second_sign_in(app, office)

    office.post(f"/account/sign-ins/{row_id}/end")

    assert (elsewhere.get("/account/").status_code, office.get("/account/").status_code) == (303, 200)


def test_all_others_can_be_ended_at_once(app, office):
    elsewhere, _ = second_sign_in(app, office)
    copied, cookie = app.test_client(), app.config["SESSION_COOKIE_NAME"]
    copied.set_cookie(cookie, office.get_cookie(cookie).value)
    let_in = copied.get("/account/").status_code

    office.post("/account/sign-ins/end-others")

    assert (let_in, copied.get("/account/").status_code) == (200, 303)
    assert (elsewhere.get("/account/").status_code, office.get("/account/").status_code) == (303, 200)


def test_the_sign_in_of_another_does_not_exist(app, office):
    other = visitor(app, Role.WORKSHOP, "Pekka Toinen")
    theirs = db.session.scalar(select(SignIn.id).where(SignIn.staff_member_id == other.member_id))
    db.session.rollback()

    answers = [office.post(f"/account/sign-ins/{row_id}/end").status_code for row_id in (theirs, 0, 999_999)]

    assert answers == [404, 404, 404]
    assert other.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("place", "event", "by"),
    [
        ("/account/sign-ins/{row_id}/end", "own_account.end_sign_in", "office"),
        ("/account/sign-ins/end-others", "own_account.end_others", "office"),
        ("/staff/{member_id}/sign-outs", "staff.end_sign_ins", "administrator"),
    ],
)
def test_whose_sign_ins_were_ended_by_whom_stands_in_the_ledger(app, office, administrator, place, event, by):
    """The member has no calendar and no passkey: nothing that the ledger covers ends with the sign-ins."""
    elsewhere, row_id = second_sign_in(app, office)
    who = office if by == "office" else administrator

    who.post(place.format(row_id=row_id, member_id=office.member_id), environ_base={"REMOTE_ADDR": "192.0.2.9"})

    told = select(ChangeSet.actor, LedgerEntry.table_name, LedgerEntry.changes)
    ((actor, table, changes),) = db.session.execute(told.join(LedgerEntry).where(ChangeSet.event == event))
    named = {name: changes[name][1] for name in ("staff_member_id", "outcome", "address")}
    assert (actor, table) == (f"staff:{who.member_id}", "sign_in_facts")
    assert named == {"staff_member_id": office.member_id, "outcome": "ended", "address": "192.0.2.9"}
    assert verify(db.session.connection()).fault is None
    assert elsewhere.get("/account/").status_code == 303
    page = administrator.get(f"/staff/{office.member_id}").text
    assert "Kirjautuminen lopetettu" in page
    assert "192.0.2.9" not in page, "it may be the administrator's, and would be taken for the member's"


def test_no_end_is_written_down_of_a_sign_in_that_is_not_there(office, administrator):
    office.post("/account/sign-ins/999999/end")
    office.post("/account/sign-ins/end-others")
    administrator.post(f"/staff/{make.staff_member(Role.WORKSHOP).id}/sign-outs")

    events = ("own_account.end_sign_in", "own_account.end_others", "staff.end_sign_ins")
    assert db.session.scalar(select(ChangeSet.id).where(ChangeSet.event.in_(events))) is None


def test_single_keys_can_be_switched_off_and_on(office):
    first = office.get("/people/").text

    office.post("/account/keys", data={"keys": "off"})
    off = office.get("/people/").text
    told = office.get("/account/").text
    office.post("/account/keys", data={"keys": "on"})

    assert "/static/keys.js" in first
    assert "/static/keys.js" not in off
    assert 'id="keys"' not in off
    assert "Pois päältä." in told
    assert "/static/keys.js" in office.get("/people/").text

"""Devices of the staff: listed and checked by administrators, taken into use by their owner, lost in one click."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.browser_key import keep_device_key
from rockrobot.db import db
from rockrobot.staff.actions import sign_in
from rockrobot.staff.models import SignInFact, StaffMember
from rockrobot.staff.queries import row_of_key, running_sign_ins
from rockrobot.staff_devices import actions, queries
from rockrobot.staff_devices.models import DeviceCheck, DeviceSignIn, StaffDevice
from rockrobot.staff_devices.rules import DeviceKind, Finding
from tests import make
from tests.conftest import visitor

GOOD = dict.fromkeys(("screen_lock", "firewall", "security_software", "disk_encryption"), "yes")
COOKIE = "rockrobot-device"


def count_of(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def device_of(member_id: int, name: str = "Olgan puhelin") -> StaffDevice:
    made = actions.make_device(owner_id=member_id, kind=DeviceKind.PHONE, name=name, serial="356")
    db.session.commit()
    return made


def link_to(administrator, device_id: int) -> str:
    page = administrator.post(f"/staff-devices/{device_id}/link").text
    return re.search(r'value="http://127\.0\.0\.1:8000(/this-device/[^"]+)"', page).group(1)


def take_into_use(administrator, owner) -> int:
    """A device of this visitor that they have taken into use in their browser."""
    id_ = device_of(owner.member_id).id
    assert owner.post(link_to(administrator, id_)).status_code == 303
    db.session.rollback()
    return id_


def test_an_administrator_lists_and_checks_a_device(administrator):
    form = {"name": "Olgan puhelin", "kind": "phone", "owner_id": administrator.member_id, "serial": "356938035643809"}

    card = administrator.post("/staff-devices/new", data=form).location
    before = administrator.get("/staff-devices/").text
    checked = administrator.post(f"{card}/check", data=GOOD | {"checked_on": "tänään", "note": "PIN vaihdettu"})

    page = administrator.get(card).text
    assert "Tarkasta</span>" in before
    assert checked.status_code == 303
    assert all(word in page for word in ("Kunnossa</span>", "PIN vaihdettu", "356938035643809", "Yrjö Ylläpito"))
    assert "Kunnossa</span>" in administrator.get("/staff-devices/").text


def test_a_missing_protection_is_seen_in_the_list(administrator):
    device = device_of(administrator.member_id)

    administrator.post(f"/staff-devices/{device.id}/check", data=GOOD | {"firewall": "no", "checked_on": "eilen"})

    assert "Puute</span>" in administrator.get("/staff-devices/").text


def test_what_lacks_in_a_form_stands_beside_the_field_and_nothing_typed_is_lost(administrator):
    device = device_of(administrator.member_id)

    new = administrator.post("/staff-devices/new", data={"serial": "S-123"})
    check = administrator.post(
        f"/staff-devices/{device.id}/check", data={"note": "jäi kesken", "checked_on": "1.1.2999"}
    )

    assert (new.status_code, check.status_code) == (422, 422)
    assert all(word in new.text for word in ("Kirjoita nimi", "Valitse laji", "Valitse, kenen", "S-123"))
    assert all(word in check.text for word in ("tulevaisuudessa", "mitä laitteesta löytyi", "jäi kesken"))
    assert db.session.scalar(select(DeviceCheck)) is None


def test_data_protection_reads_and_the_others_see_nothing(administrator, protection, office, workshop):
    id_ = device_of(administrator.member_id).id

    read = [protection.get(path).status_code for path in ("/staff-devices/", f"/staff-devices/{id_}")]
    acts = [protection.post(f"/staff-devices/{id_}/{act}").status_code for act in ("check", "link", "retire", "edit")]
    others = {one.get("/staff-devices/").status_code for one in (office, workshop)}

    assert (read, acts, others) == ([200, 200], [403] * 4, {403})
    assert protection.post(f"/staff-devices/{id_}/lose").status_code == 404


def test_the_list_on_paper_names_each_device_in_use(administrator):
    device_of(administrator.member_id)

    answer = administrator.get("/staff-devices/list.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")


def test_devices_not_looked_at_for_180_days_are_counted(database, monkeypatch):
    owner = make.staff_member(Role.WORKSHOP)
    good = dict.fromkeys(GOOD, Finding.YES)
    today = clock.today()
    for age in (179, 180):
        actions.record_check(device_of(owner.id, f"{age}"), today - timedelta(days=age), **good)
    partly = device_of(owner.id, "osin")
    actions.record_check(partly, today, **(good | {"firewall": Finding.UNKNOWN}))
    device_of(owner.id, "ei koskaan")
    actions.lose(device_of(owner.id, "kadonnut"))
    db.session.commit()

    assert queries.count_due(today) == 3


# ---------- taken into use ----------


def test_the_owner_takes_a_device_into_use_by_a_link_that_works_once(administrator, office):
    device = device_of(office.member_id)
    path = link_to(administrator, device.id)

    shown, done, again = office.get(path), office.post(path), office.post(path)

    cookie = office.get_cookie(COOKIE)
    db.session.rollback()
    assert "Ota tämä laite käyttöön" in shown.text
    assert (done.status_code, again.status_code) == (303, 410)
    assert queries.device_of_key(cookie.value).id == device.id
    assert (cookie.http_only, cookie.same_site, cookie.path, len(cookie.value)) == (True, "Lax", "/", 43)


def test_looking_at_a_link_uses_nothing_up(administrator, office):
    path = link_to(administrator, device_of(office.member_id).id)

    office.get(path)

    assert office.get_cookie(COOKIE) is None
    assert office.post(path).status_code == 303


def test_key_and_link_stand_in_the_database_only_as_digests(administrator, office):
    id_ = take_into_use(administrator, office)
    token = link_to(administrator, id_).rpartition("/")[2]
    db.session.rollback()

    row = db.session.get(StaffDevice, id_)

    assert {len(row.key_digest), len(row.link_digest)} == {64}
    assert not {row.key_digest, row.link_digest} & {token, office.get_cookie(COOKIE).value}


def test_with_https_the_cookie_is_bound_to_the_house(app):
    secure = {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-rockrobot"}
    kept = {name: app.config[name] for name in secure}
    app.config.update(secure)
    try:
        with app.app_context():
            cookie = keep_device_key(Response(), "key").headers["Set-Cookie"]
    finally:
        app.config.update(kept)

    assert cookie.startswith("__Host-rockrobot-device=key; Expires=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=34560000"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_only_the_owner_takes_a_device_into_use(administrator, office, workshop, stranger):
    path = link_to(administrator, device_of(office.member_id).id)

    other, unsigned = workshop.post(path), stranger.get(path)

    assert (other.status_code, workshop.get_cookie(COOKIE)) == (403, None)
    assert "Olga Office" in other.text
    assert (unsigned.status_code, unsigned.location) == (303, "/sign-in?next=" + path)


def test_a_link_ends_after_a_day_by_a_newer_one_and_with_the_device(administrator, office, monkeypatch):
    id_ = device_of(office.member_id).id
    first, second = link_to(administrator, id_), link_to(administrator, id_)
    void = [office.get(first).status_code]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=24, seconds=1))
    void.append(queries.device_of_link(second.rpartition("/")[2]))
    monkeypatch.setattr(clock, "now", lambda: now)
    administrator.post(f"/staff-devices/{id_}/retire")
    void.append(office.get(second).status_code)

    assert void == [410, None, 410]


def test_another_owner_takes_the_device_into_use_anew(administrator, office, workshop):
    id_ = take_into_use(administrator, office)
    form = {"name": "Puhelin", "kind": "phone", "owner_id": workshop.member_id}

    administrator.post(f"/staff-devices/{id_}/edit", data=form)

    db.session.rollback()
    assert queries.device_of_key(office.get_cookie(COOKIE).value) is None
    assert running_sign_ins(office.member_id) == []


# ---------- lost ----------


def signed_in(member_id: int, device: StaffDevice | None = None) -> int:
    """A further sign-in of a member, on a device where one is given."""
    row = row_of_key(sign_in(db.session.get(StaffMember, member_id)))
    if device:
        actions.enrol(device, row)
    db.session.commit()
    return row.id


def test_a_lost_device_ends_its_sign_ins_in_one_click_and_spares_other_devices_in_use(app, administrator, office):
    id_ = take_into_use(administrator, office)
    kept_id = signed_in(office.member_id, device_of(office.member_id, "Olgan kannettava"))
    signed_in(office.member_id)

    told = administrator.post(f"/staff-devices/{id_}/lose", follow_redirects=True)

    db.session.rollback()
    assert "2 kirjautumista lopetettu. Omistajalla on auki vielä 1 kirjautuminen." in told.text
    assert "Kadonnut</span>" in told.text
    assert office.get("/devices/").status_code == 303
    assert [row.id for row in running_sign_ins(office.member_id)] == [kept_id]
    assert queries.device_of_key(office.get_cookie(COOKIE).value) is None


def test_a_lost_device_that_nobody_took_into_use_ends_all_its_owners_sign_ins(administrator, office):
    id_ = device_of(office.member_id).id
    signed_in(office.member_id)

    told = administrator.post(f"/staff-devices/{id_}/lose", follow_redirects=True)

    assert "2 kirjautumista lopetettu. Jos omistajalla" in told.text
    assert office.get("/account/").status_code == 303
    assert administrator.get("/account/").status_code == 200


def test_who_tells_of_their_own_lost_device_elsewhere_stays_signed_in_there_alone(office):
    id_ = device_of(office.member_id).id
    signed_in(office.member_id)

    told = office.post(f"/staff-devices/{id_}/lose", follow_redirects=True)

    assert told.status_code == 200
    assert "1 kirjautuminen lopetettu. Omistajalla on auki vielä 1 kirjautuminen." in told.text


def test_a_sign_in_is_forgotten_90_days_after_it_ran_out_and_the_fact_stays(app, database):
    olga = make.staff_member(Role.CUSTOMER_CARE, name="Olga")
    old, new = (row_of_key(sign_in(olga)) for _ in range(2))
    device = device_of(olga.id)
    for row in (old, new):
        actions.remember(row, device)
    old.begun_at = clock.now() - timedelta(days=91)
    facts = count_of(SignInFact)
    db.session.commit()

    forgotten, again = actions.forget_old_sign_ins(), actions.forget_old_sign_ins()

    assert (forgotten, again) == (1, 0)
    assert db.session.scalars(select(DeviceSignIn.sign_in_id)).all() == [new.id]
    assert count_of(SignInFact) == facts


def test_the_owner_may_say_that_their_own_device_is_lost(administrator, office, workshop):
    id_ = take_into_use(administrator, office)

    offered = office.get("/account/").text
    stranger_to_it, own = workshop.post(f"/staff-devices/{id_}/lose"), office.post(f"/staff-devices/{id_}/lose")

    assert f'action="/staff-devices/{id_}/lose"' in offered
    assert "Omat laitteet" not in workshop.get("/account/").text
    assert (stranger_to_it.status_code, own.status_code) == (404, 303)
    assert office.get("/account/").status_code == 303


@pytest.mark.parametrize("act", ["lose", "retire", "check", "link"])
def test_nothing_more_is_done_to_a_lost_device(administrator, office, act):
    device = device_of(office.member_id)
    actions.lose(device)
    db.session.commit()

    assert administrator.post(f"/staff-devices/{device.id}/{act}").status_code == 409


def test_no_undo_is_offered_for_a_lost_device(administrator):
    device = device_of(administrator.member_id)

    page = administrator.post(f"/staff-devices/{device.id}/lose", follow_redirects=True).text

    assert "Kumoa" not in page


def test_a_device_that_is_not_there_is_not_found(administrator):
    statuses = {administrator.get(f"/staff-devices/{999}{path}").status_code for path in ("", "/edit", "/check")}

    assert statuses == {404}
    assert administrator.post("/staff-devices/999/lose").status_code == 404


def test_somebody_without_access_owns_no_new_device(app, administrator):
    gone = make.staff_member(Role.WORKSHOP, name="Lähti Pois")
    gone.is_active = False
    db.session.commit()

    page = administrator.get("/staff-devices/new").text

    assert "Lähti Pois" not in page
    assert visitor(app, Role.WORKSHOP, "Pekka").get("/staff-devices/new").status_code == 403

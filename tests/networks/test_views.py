"""The list of networks and its rules: typed in one plain form, and never so that their author is locked out."""

import pytest
from sqlalchemy import select

from rockrobot.db import db
from rockrobot.networks.models import EntryRules, KnownNetwork
from rockrobot.networks.queries import entry_rules
from rockrobot.networks.rules import Unlisted
from rockrobot.staff_devices import actions as devices
from rockrobot.staff_devices.rules import DeviceKind
from tests.test_commands import run

HERE = "127.0.0.1"


def add(administrator, cidr: str, name: str = "Toimisto"):
    return administrator.post("/networks/new", data={"name": name, "cidr": cidr})


def listed() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(KnownNetwork.cidr).order_by(KnownNetwork.cidr)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("127.0.0.0/8", "127.0.0.0/8"),
        (" 127.0.0.1 ", "127.0.0.1/32"),
        ("::ffff:127.0.0.0/104", "127.0.0.0/8"),
        ("127.0.0.0/08", "127.0.0.0/8"),
    ],
)
def test_a_network_is_kept_in_its_one_form(administrator, typed, kept):
    answer = add(administrator, typed)

    assert (answer.status_code, listed()) == (303, [kept])
    assert kept in administrator.get("/networks/").text


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Kirjoita verkko"),
        ("toimisto", "ei ymmärretty"),
        ("127.0.0.1/8", "Tarkoititko 127.0.0.0/8?"),
        ("127.0.0.1:80", "ei ymmärretty"),
        ("127.0.0.0/255.0.0.0", "Tarkoititko 127.0.0.0/8?"),
        ("0127.0.0.1", "ei ymmärretty"),
        ("fe80::1%eth0", "ei ymmärretty"),
        ("0.0.0.0/0", "liian laaja"),
        ("::/0", "liian laaja"),
        ("9" * 400, "ei ymmärretty"),
    ],
)
def test_what_is_no_network_is_refused_beside_the_field(administrator, typed, advice):
    answer = add(administrator, typed)

    assert (answer.status_code, listed()) == (422, [])
    assert advice in answer.text
    assert "Toimisto" in answer.text


def test_a_network_is_listed_once(administrator):
    add(administrator, "127.0.0.0/8")

    again = add(administrator, "::ffff:127.0.0.0/104", "Toinen")

    assert again.status_code == 422
    assert "nimellä Toimisto" in again.text


# ---------- nobody locks themselves out ----------


def test_the_first_network_must_hold_its_author(administrator):
    refused = add(administrator, "10.0.0.0/8")

    assert (refused.status_code, listed()) == (422, [])
    assert HERE in refused.text
    assert "et itse pääsisi sisään" in refused.text


def test_nobody_narrows_or_strikes_the_network_they_are_in(administrator):
    add(administrator, "127.0.0.0/8")
    add(administrator, "10.0.0.0/8", "Paja")
    mine = db.session.scalar(select(KnownNetwork.id).where(KnownNetwork.cidr == "127.0.0.0/8"))

    narrowed = administrator.post(f"/networks/{mine}/edit", data={"name": "Toimisto", "cidr": "127.0.1.0/24"})
    struck = administrator.post(f"/networks/{mine}/delete", follow_redirects=True)

    assert narrowed.status_code == 422
    assert "et itse pääsisi sisään" in struck.text
    assert listed() == ["10.0.0.0/8", "127.0.0.0/8"]


def test_a_network_gets_another_name_and_range(administrator):
    add(administrator, "127.0.0.0/8")
    mine = db.session.scalar(select(KnownNetwork.id))
    db.session.rollback()

    administrator.post(f"/networks/{mine}/edit", data={"name": "Toimisto", "cidr": "127.0.0.0/16"})

    assert listed() == ["127.0.0.0/16"]


def test_the_last_network_may_go_and_then_every_network_is_as_good_as_listed(administrator):
    add(administrator, "127.0.0.0/8")
    mine = db.session.scalar(select(KnownNetwork.id))

    administrator.post(f"/networks/{mine}/delete")

    assert listed() == []
    assert administrator.get("/networks/", environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_rules_that_would_refuse_their_author_are_refused(administrator, office):
    device = devices.make_device(owner_id=office.member_id, kind=DeviceKind.PHONE, name="Puhelin")
    path = "/this-device/" + devices.make_link(device)
    db.session.commit()
    office.post(path)
    form = {"unlisted_network": "allow", "unlisted_device": "refuse"}

    refused = administrator.post("/networks/rules", data=form)

    db.session.rollback()
    assert refused.status_code == 422
    assert "et itse pääsisi sisään" in refused.text
    assert db.session.scalar(select(EntryRules)) is None


def test_rules_are_kept_and_shown(administrator, protection):
    add(administrator, "127.0.0.0/8")

    administrator.post("/networks/rules", data={"unlisted_network": "refuse", "unlisted_device": "second_factor"})

    db.session.rollback()
    rules = entry_rules()
    assert (rules.unlisted_network, rules.unlisted_device) == (Unlisted.REFUSE, Unlisted.SECOND_FACTOR)
    assert "Ei pääse</span>" in protection.get("/networks/").text


def test_before_anybody_has_said_so_a_network_is_proved_and_a_device_is_not(database):
    rules = entry_rules()

    assert (rules.unlisted_network, rules.unlisted_device) == (Unlisted.SECOND_FACTOR, Unlisted.ALLOW)


def test_a_rule_that_is_none_is_refused(administrator):
    answer = administrator.post("/networks/rules", data={"unlisted_network": "perhaps", "unlisted_device": "allow"})

    assert answer.status_code == 422


def test_only_administrators_change_the_list(administrator, protection, office):
    add(administrator, "127.0.0.0/8")
    id_ = db.session.scalar(select(KnownNetwork.id))

    statuses = {
        one.post(path).status_code
        for one in (protection, office)
        for path in ("/networks/new", f"/networks/{id_}/edit", f"/networks/{id_}/delete", "/networks/rules")
    }

    assert statuses == {403}
    assert (protection.get("/networks/").status_code, office.get("/networks/").status_code) == (200, 403)


def test_a_command_opens_the_door_again(app, administrator):
    add(administrator, "127.0.0.0/8")
    administrator.post("/networks/rules", data={"unlisted_network": "refuse", "unlisted_device": "refuse"})
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    before = administrator.get("/networks/", environ_overrides=elsewhere).status_code

    done = run(app, "networks", "open")

    assert (done.exit_code, before) == (0, 403)
    assert administrator.get("/networks/", environ_overrides=elsewhere).status_code == 200

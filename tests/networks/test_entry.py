"""Coming in: every forgery of an address is denied, and rules bind the next request of those who are in already."""

from contextlib import contextmanager
from ipaddress import ip_network

import pytest
from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.networks.actions import set_rules
from rockrobot.networks.models import KnownNetwork
from rockrobot.networks.rules import Unlisted
from rockrobot.second_factors.actions import make_key
from rockrobot.staff.models import SignInFact
from rockrobot.staff.queries import running_sign_ins
from rockrobot.staff.rules import Outcome
from rockrobot.staff_devices import actions as devices
from rockrobot.staff_devices.models import StaffDevice
from rockrobot.staff_devices.rules import DeviceKind
from tests import make
from tests.conftest import ON_ONE_DATABASE, visitor

pytestmark = ON_ONE_DATABASE  # no matter of the database
OFFICE, ELSEWHERE, PROXY, OUTER = "10.0.0.5", "203.0.113.9", "192.168.7.7", "192.168.8.8"
EMAIL = "olga@rockrobot.example"
COOKIE = "rockrobot-device"


def listed(*cidrs: str) -> None:
    db.session.add_all(KnownNetwork(name=cidr, cidr=cidr) for cidr in cidrs)
    db.session.commit()


def rule(network: Unlisted = Unlisted.REFUSE, device: Unlisted = Unlisted.ALLOW) -> None:
    set_rules(network, device)
    db.session.commit()


@contextmanager
def behind(app, hops: int):
    """The app with so many proxies in front, which stand in 192.168.7.0/24 and 192.168.8.0/24."""
    proxy_fix, real = app.wsgi_app, app.wsgi_app.app
    kept = (real.hops, real.proxies)
    real.hops, real.proxies = hops, (ip_network("192.168.7.0/24"), ip_network("192.168.8.0/24"))
    proxy_fix.x_proto = proxy_fix.x_host = app.config["PROXY_HOPS"] = hops
    try:
        yield
    finally:
        real.hops, real.proxies = kept
        proxy_fix.x_proto = proxy_fix.x_host = app.config["PROXY_HOPS"] = kept[0]


def asked(browser, peer: str | None, path: str = "/devices/", **headers: str):
    """A page asked for by this peer; None: the server says nothing of it."""
    environ = {} if peer is None else {"REMOTE_ADDR": peer}
    return browser.get(path, environ_overrides={"REMOTE_ADDR": ""} | environ, headers=headers)


def claim(*addresses: str) -> dict[str, str]:
    return {"X-Forwarded-For": ", ".join(addresses)}


# ---------- forgeries ----------

FORGERIES = {
    "no proxy, a claim": (0, ELSEWHERE, claim(OFFICE)),
    "no proxy, many claims": (0, ELSEWHERE, claim(OFFICE, OFFICE)),
    "no proxy, other headers": (0, ELSEWHERE, {"X-Real-IP": OFFICE, "Forwarded": f"for={OFFICE}", "Client-IP": OFFICE}),
    "no proxy, no peer": (0, None, claim(OFFICE)),
    "around the proxy": (1, ELSEWHERE, claim(OFFICE)),
    "around the proxy, from a listed network": (1, OFFICE, {}),
    "around the proxy, from a listed network with a claim": (1, OFFICE, claim(OFFICE)),
    "around the proxy, naming it": (1, ELSEWHERE, claim(OFFICE, PROXY)),
    "through the proxy, a claim before its word": (1, PROXY, claim(OFFICE, ELSEWHERE)),
    "a proxy that adds nothing": (1, PROXY, {}),
    "a proxy that adds an empty word": (1, PROXY, claim(OFFICE, "")),
    "a proxy that adds a port": (1, PROXY, claim(f"{OFFICE}:4444")),
    "an address with zeros in front": (1, PROXY, claim("010.0.0.5")),
    "an address with a zone": (1, PROXY, claim("fe80::1%eth0")),
    "an address in brackets": (1, PROXY, claim(f"[::ffff:{OFFICE}]")),
    "an address as one number": (1, PROXY, claim("167772165")),
    "a short address": (1, PROXY, claim("10.5")),
    "an address in quotes": (1, PROXY, claim(f'"{OFFICE}"')),
    "a quote that is never closed": (1, PROXY, claim(f'"{OFFICE}', ELSEWHERE)),
    "a word": (1, PROXY, claim("unknown")),
    "fewer proxies than counted": (2, PROXY, claim(OFFICE, ELSEWHERE)),
    "fewer proxies than counted, no claim": (2, PROXY, claim(ELSEWHERE)),
    "fewer proxies, an empty word": (2, PROXY, claim(OFFICE, "")),
    "two proxies, a claim before their words": (2, PROXY, claim(OFFICE, ELSEWHERE, OUTER)),
    "two proxies, the outer one unknown": (2, PROXY, claim(OFFICE, "192.168.9.9")),
    "two proxies, the inner one unknown": (2, "192.168.9.9", claim(OFFICE, OUTER)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_address_opens_no_door(app, office, name):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)
    hops, peer, headers = FORGERIES[name]

    with behind(app, hops):
        inside = asked(office, peer, **headers)
        at_the_door = asked(app.test_client(), peer, "/sign-in", **headers)

    assert (inside.status_code, at_the_door.status_code) == (403, 403)
    assert "pääse" in inside.text
    assert "Laitteet" not in inside.text


HONEST = {
    "no proxy": (0, OFFICE, {}),
    "no proxy, a claim of something else": (0, OFFICE, claim(ELSEWHERE)),
    "inside IPv6": (0, f"::ffff:{OFFICE}", {}),
    "one proxy": (1, PROXY, claim(OFFICE)),
    "one proxy, inside IPv6": (1, f"::ffff:{PROXY}", claim(f"::ffff:{OFFICE}")),
    "one proxy, a claim before its word": (1, PROXY, claim(ELSEWHERE, OFFICE)),
    "two proxies": (2, PROXY, claim(OFFICE, OUTER)),
    "two proxies, claims before their words": (2, PROXY, claim(ELSEWHERE, OUTER, OFFICE, OUTER)),
}


@pytest.mark.parametrize("name", HONEST)
def test_whoever_is_in_a_listed_network_comes_in(app, office, name):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)
    hops, peer, headers = HONEST[name]

    with behind(app, hops):
        answer = asked(office, peer, **headers)

    assert answer.status_code == 200


def test_around_the_proxy_nobody_comes_in_though_no_network_is_listed(app, office):
    with behind(app, 1):
        around, through = asked(office, OFFICE), asked(office, PROXY, **claim(OFFICE))

    assert (around.status_code, through.status_code) == (403, 200)
    assert "Tätä kautta" in around.text


def test_a_forged_host_is_refused_behind_the_proxy_too(app, office):
    with behind(app, 1):
        answer = asked(office, PROXY, **claim(OFFICE), **{"X-Forwarded-Host": "evil.test"})

    assert answer.status_code == 400


# ---------- networks ----------


def test_until_a_network_is_listed_every_network_is(office):
    rule(Unlisted.REFUSE)

    assert asked(office, ELSEWHERE).status_code == 200


def test_a_session_ends_to_count_in_a_network_that_is_no_longer_allowed(office):
    listed("10.0.0.0/8", "203.0.113.0/24")
    rule(Unlisted.REFUSE)
    before = asked(office, ELSEWHERE).status_code
    db.session.delete(db.session.scalar(select(KnownNetwork).where(KnownNetwork.cidr == "203.0.113.0/24")))
    db.session.commit()

    refused, back = asked(office, ELSEWHERE), asked(office, OFFICE)

    again = asked(office, ELSEWHERE)
    facts = db.session.execute(select(SignInFact.staff_member_id, SignInFact.outcome, SignInFact.address)).all()
    assert (before, refused.status_code, back.status_code, again.status_code) == (200, 403, 200, 403)
    assert facts == [(office.member_id, Outcome.UNLISTED, ELSEWHERE)]
    account = asked(office, OFFICE, "/account/").text
    assert "networks.refused" not in account
    assert "Tultu verkosta tai laitteelta, josta ei pääse" in account
    assert "Tästä verkosta rekisteriin ei pääse" in refused.text
    assert ELSEWHERE in refused.text
    assert "script-src 'self'" in refused.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/people/", "/no-such-page", "/sign-in", "/link/x", "/account/", "/search?q=a"])
def test_from_an_unlisted_network_no_page_answers(office, stranger, path):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)

    assert {asked(one, ELSEWHERE, path).status_code for one in (office, stranger)} == {403}


def test_a_post_from_an_unlisted_network_changes_nothing(office):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)

    refused = office.post("/companies/new", data={"name": "Kivi Oy"}, environ_overrides={"REMOTE_ADDR": ELSEWHERE})

    db.session.rollback()
    assert refused.status_code == 403
    assert db.session.execute(select(db.metadata.tables["companies"])).all() == []


@pytest.mark.parametrize("path", ["/health", "/static/css/app.css"])
def test_health_and_our_own_files_answer_anywhere(stranger, path):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)

    assert asked(stranger, ELSEWHERE, path).status_code == 200


def test_one_may_sign_out_anywhere(office):
    listed("10.0.0.0/8")
    rule(Unlisted.REFUSE)

    answer = office.post("/sign-out", environ_overrides={"REMOTE_ADDR": ELSEWHERE})

    assert (answer.status_code, running_sign_ins(office.member_id)) == (303, [])


# ---------- the second factor ----------


@pytest.fixture
def olga(database):
    return make.staff_member(Role.CUSTOMER_CARE, name="Olga", email=EMAIL)


def try_in(browser, address: str = OFFICE, target: str = ""):
    form = {"email": EMAIL, "password": make.PASSWORD, "next": target}
    return browser.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": address})


def test_elsewhere_a_password_alone_signs_nobody_in(stranger, olga):
    listed("10.0.0.0/8")

    page, elsewhere = asked(stranger, ELSEWHERE, "/sign-in"), try_in(stranger, ELSEWHERE)

    db.session.rollback()
    assert (page.status_code, elsewhere.status_code) == (200, 403)
    assert "vain vahvistuskoodilla" in elsewhere.text
    assert db.session.scalars(select(SignInFact.outcome)).all() == [Outcome.UNLISTED]
    assert running_sign_ins(olga.id) == []
    assert try_in(stranger, OFFICE).status_code == 303


def test_elsewhere_a_wrong_password_tells_nothing_of_networks(stranger, olga):
    listed("10.0.0.0/8")

    answer = stranger.post(
        "/sign-in", data={"email": EMAIL, "password": "väärä"}, environ_overrides={"REMOTE_ADDR": ELSEWHERE}
    )

    assert answer.status_code == 422
    assert "vahvistuskoodilla" not in answer.text


def test_elsewhere_one_with_a_second_factor_is_asked_for_it(stranger, olga):
    make_key(olga.id)
    listed("10.0.0.0/8")

    answer = try_in(stranger, ELSEWHERE, "/devices/")

    assert (answer.status_code, answer.location) == (303, "/sign-in/code?next=/devices/")


def test_a_session_without_a_second_factor_does_not_count_elsewhere(office):
    listed("10.0.0.0/8")
    before = asked(office, ELSEWHERE).status_code
    make_key(office.member_id)
    db.session.commit()

    assert (before, asked(office, ELSEWHERE).status_code) == (403, 200)


def test_nobody_takes_their_first_factor_into_use_elsewhere(app, stranger, olga):
    listed("10.0.0.0/8")
    app.config["SECOND_FACTOR_REQUIRED"] = True
    try:
        answer = try_in(stranger, ELSEWHERE)
    finally:
        app.config["SECOND_FACTOR_REQUIRED"] = False

    assert answer.status_code == 403


# ---------- devices ----------


def device_of(member_id: int) -> StaffDevice:
    made = devices.make_device(owner_id=member_id, kind=DeviceKind.PHONE, name="Puhelin")
    db.session.commit()
    return made


def link_of(device: StaffDevice) -> str:
    path = "/this-device/" + devices.make_link(device)
    db.session.commit()
    return path


def enrolled(app, name: str = "Pekka Paja"):
    """A visitor on a device that they have taken into use."""
    client = visitor(app, Role.WORKSHOP, name)
    assert client.post(link_of(device_of(client.member_id))).status_code == 303
    db.session.rollback()
    return client


def test_until_a_device_is_taken_into_use_every_device_is_known(office):
    device_of(office.member_id)
    rule(device=Unlisted.REFUSE)

    assert asked(office, OFFICE).status_code == 200


def test_on_an_unlisted_device_nobody_comes_in_nor_stays(app, office, stranger, olga):
    known = enrolled(app)
    rule(device=Unlisted.REFUSE)

    stays, page, comes = asked(office, OFFICE), asked(stranger, OFFICE, "/sign-in"), try_in(stranger)

    assert (asked(known, OFFICE).status_code, stays.status_code) == (200, 403)
    assert (page.status_code, comes.status_code) == (200, 403)
    assert "Tällä laitteella rekisteriin ei pääse" in comes.text
    assert running_sign_ins(olga.id) == []


@pytest.mark.parametrize("key", ["", "x", "x" * 43, "ä" * 400, "0" * 64])
def test_a_device_key_made_up_is_worth_nothing(app, office, key):
    enrolled(app)
    rule(device=Unlisted.REFUSE)
    office.set_cookie(COOKIE, key)

    assert asked(office, OFFICE).status_code == 403


def test_the_digest_from_the_database_is_no_key(app, office):
    enrolled(app)
    rule(device=Unlisted.REFUSE)
    office.set_cookie(COOKIE, db.session.scalar(select(StaffDevice.key_digest)))

    assert asked(office, OFFICE).status_code == 403


def test_a_device_signs_in_whoever_works_on_it_and_ends_them_all_when_lost(app, stranger, olga):
    key = enrolled(app).get_cookie(COOKIE).value
    rule(device=Unlisted.REFUSE)
    stranger.set_cookie(COOKIE, key)

    inside = try_in(stranger)
    device = db.session.scalar(select(StaffDevice))
    ended = devices.lose(device)
    db.session.commit()

    assert (inside.status_code, ended) == (303, (2, 0))
    assert running_sign_ins(olga.id) == []
    assert try_in(stranger).status_code == 403


def test_a_lost_device_does_not_open_the_list_again(app, office):
    enrolled(app)
    devices.lose(db.session.scalar(select(StaffDevice)))
    rule(device=Unlisted.REFUSE)

    assert asked(office, OFFICE).status_code == 403


def test_with_a_link_the_owner_signs_in_on_a_new_device_and_takes_it_into_use(app, stranger, olga):
    enrolled(app)
    rule(device=Unlisted.REFUSE)
    path = link_of(device_of(olga.id))

    led = asked(stranger, OFFICE, path)
    signed_in = try_in(stranger, target=path)
    elsewhere, here = asked(stranger, OFFICE), asked(stranger, OFFICE, path)
    taken = stranger.post(path, environ_overrides={"REMOTE_ADDR": OFFICE})

    assert (led.status_code, signed_in.location) == (303, path)
    assert (elsewhere.status_code, here.status_code, taken.status_code) == (403, 200, 303)
    assert asked(stranger, OFFICE).status_code == 200


def test_a_link_for_somebody_else_or_out_of_thin_air_lets_nobody_in(app, stranger, olga, office):
    enrolled(app)
    rule(device=Unlisted.REFUSE)
    foreign = link_of(device_of(office.member_id))

    answers = [try_in(stranger, target=path) for path in (foreign, "/this-device/x", "/devices/this-device/x", "")]

    assert [answer.status_code for answer in answers] == [403] * 4


def test_by_the_second_factor_one_comes_in_on_any_device(app, office):
    enrolled(app)
    rule(device=Unlisted.SECOND_FACTOR)
    before = asked(office, OFFICE)
    make_key(office.member_id)
    db.session.commit()

    assert (before.status_code, asked(office, OFFICE).status_code) == (403, 200)
    assert "Tällä laitteella pääsee vain vahvistuskoodilla" in before.text

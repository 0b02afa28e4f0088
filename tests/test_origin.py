"""Where a request comes from: only what a known proxy saw counts, and what can be read in two ways is nobody's."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from rockrobot import create_app
from rockrobot.origin import client_of, is_among, read_address, read_network
from tests.conftest import settings

PROXY, OUTER, CLIENT, FORGED = "127.0.0.1", "10.9.9.9", "203.0.113.9", "10.0.0.5"
PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.9.9.0/24"))
EVERYWHERE = "0.0.0.0"  # noqa: S104 (what must be refused)
LONG = "a-secret-of-your-own-that-is-long-enough"


def client(peer: str, forwarded_for: str = "", hops: int = 1) -> str | None:
    found = client_of(peer, forwarded_for, hops=hops, proxies=PROXIES)
    return str(found) if found else None


DOUBTFUL = [
    "", " ", "10.0.0.5:4444", "010.0.0.5", "10.5", "fe80::1%eth0", "::1%1", "[::1]", "[::1]:80", "10.0.0.5 ",
    "\t10.0.0.5", "10.0.0.5\n", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "10.0.0.256", "10.0.0.5/x",
    "٣.0.0.1", "localhost", "unknown",
    "_hidden", "10.0.0.5,10.0.0.6", '"10.0.0.5"', "1" * 4000, "::ffff:010.0.0.5", "null", "10.0.0.5\0",
]  # fmt: skip


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_can_be_read_in_two_ways_is_nobodys_address(text):
    assert read_address(text) is None


@pytest.mark.parametrize("text", ["10.0.0.5", "::ffff:10.0.0.5", "::ffff:a00:5", "0:0:0:0:0:FFFF:0A00:0005"])
def test_an_address_inside_ipv6_is_the_address_inside(text):
    assert read_address(text) == IPv4Address("10.0.0.5")
    assert is_among(read_address(text), [IPv4Network("10.0.0.0/8")])


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text):
    address = read_address(text)

    assert address is None or (read_address(str(address)) == address and getattr(address, "ipv4_mapped", None) is None)


@given(st.ip_addresses())
def test_an_address_reads_back_as_itself(address):
    inside = getattr(address, "ipv4_mapped", None)

    assert read_address(str(address)) == (inside or address)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_is_in_every_network_around_it_however_it_is_written(address, bits):
    network = read_network(str(ip_network((address, bits), strict=False)))

    assert is_among(read_address(str(address)), [network])
    assert is_among(read_address(str(IPv6Address(f"::ffff:{address}"))), [network])


@pytest.mark.parametrize(
    "text", [*DOUBTFUL, "10.0.0.5/8", "10.0.0.0/255.0.0.0", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/33", "10.0.0.0/-1"]
)
def test_a_network_that_is_not_in_one_plain_form_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (the text is that of ipaddress)
        read_network(text)


@given(st.text(max_size=60))
def test_any_text_is_a_network_or_refused(text):
    try:
        network = read_network(text)
    except ValueError:
        return

    assert read_network(str(network)) == network


def test_a_network_inside_ipv6_is_the_network_inside():
    assert read_network("::ffff:10.0.0.0/104") == IPv4Network("10.0.0.0/8")
    assert not is_among(ip_address("10.0.0.5"), [read_network("::/0")])
    assert not is_among(None, [read_network("0.0.0.0/0")])


@pytest.mark.parametrize(
    ("hops", "peer", "claim", "found"),
    [
        (0, CLIENT, "", CLIENT),
        (0, CLIENT, FORGED, CLIENT),
        (0, "", FORGED, None),
        (1, PROXY, CLIENT, CLIENT),
        (1, PROXY, f"{FORGED}, {CLIENT}", CLIENT),
        (1, PROXY, f"{FORGED},{FORGED} ,\t{CLIENT}", CLIENT),
        (1, "::ffff:127.0.0.1", f"::ffff:{CLIENT}", CLIENT),
        (1, CLIENT, FORGED, None),
        (1, CLIENT, f"{FORGED}, {PROXY}", None),
        (1, PROXY, "", None),
        (1, PROXY, f"{CLIENT}:4444", None),
        (1, PROXY, f'"{FORGED}, {CLIENT}', CLIENT),
        (1, "", CLIENT, None),
        (2, PROXY, f"{CLIENT}, {OUTER}", CLIENT),
        (2, PROXY, f"{FORGED}, {CLIENT}, {OUTER}", CLIENT),
        (2, PROXY, f"{FORGED}, {CLIENT}", None),
        (2, PROXY, CLIENT, None),
        (2, PROXY, f"{FORGED}, ", None),
        (2, PROXY, f"{FORGED}, {OUTER}:80", None),
        (2, CLIENT, f"{FORGED}, {OUTER}", None),
    ],
)
def test_only_the_address_that_the_outermost_known_proxy_saw_counts(hops, peer, claim, found):
    assert client(peer, claim, hops) == found


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(1, 4))
def test_no_claim_of_a_client_comes_before_what_the_proxies_wrote(claims, hops):
    written = [CLIENT, *[OUTER] * (hops - 1)]

    assert client(PROXY, ", ".join([*claims, *written]), hops) == CLIENT


@given(st.text(max_size=80), st.integers(1, 4))
def test_whoever_asks_us_directly_is_nobody(claim, hops):
    assert client(CLIENT, claim, hops) is None


# ---------- settings ----------


def read(*arguments: str, **words: str) -> config.Config:
    return config.from_environment({"ROCKROBOT_SECRET_KEY": LONG} | words, arguments=arguments)


@pytest.mark.parametrize("hops", ["-1", "1.5", "two", "99", "²", "٣", "1e1", " 1"])
def test_a_hop_count_that_is_no_small_number_stops_the_start(hops):
    with pytest.raises(config.ConfigError, match="ROCKROBOT_PROXY_HOPS"):
        read(ROCKROBOT_PROXY_HOPS=hops)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "80.81.82.83", "2001:db9::1", "rekisteri.example", ""])
@pytest.mark.parametrize("how", ["two words", "one word", "environment"])
def test_behind_proxies_the_server_does_not_start_at_a_public_address(host, how):
    arguments = {"two words": ["granian", "--host", host], "one word": [f"--host={host}"], "environment": []}[how]
    words = {"GRANIAN_HOST": host or "::"} if how == "environment" else {}

    with pytest.raises(config.ConfigError, match=r"127\.0\.0\.1"):
        read(*arguments, ROCKROBOT_PROXY_HOPS="1", **words)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "::1", "localhost", "192.168.0.4"])
def test_behind_proxies_the_server_starts_in_the_inner_network(host):
    assert read("granian", "--host", host, ROCKROBOT_PROXY_HOPS="1").proxy_hops == 1


def test_without_proxies_any_address_will_do():
    assert read("granian", "--host", EVERYWHERE).proxy_hops == 0


def test_the_proxies_are_named_by_address_or_network():
    named = read(ROCKROBOT_PROXIES="10.0.0.1, 10.9.0.0/16").proxies

    assert [str(network) for network in named] == ["10.0.0.1/32", "10.9.0.0/16"]
    assert [str(network) for network in read().proxies] == ["127.0.0.1/32", "::1/128"]
    with pytest.raises(config.ConfigError, match="ROCKROBOT_PROXIES"):
        read(ROCKROBOT_PROXIES="10.0.0.1:80")


# ---------- the name that is asked for ----------


@pytest.fixture
def house(tmp_path):
    """The app as an installation has it, behind one proxy."""
    named = {"base_url": "https://rekisteri.example", "proxy_hops": 1, "proxies": PROXIES}
    made = config.Config(LONG, tmp_path, f"sqlite:///{tmp_path / 'house.db'}", **named)
    return create_app(made)


def asked(app, host: str, **rest):
    environ = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": CLIENT, "HTTP_HOST": host} | rest
    return app.test_client().get("/static/mark.svg", environ_overrides=environ)


@pytest.mark.parametrize("host", ["rekisteri.example", "rekisteri.example:443"])
def test_the_house_answers_to_its_name(house, host):
    assert asked(house, host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test", "rekisteri.example:80@evil.test", "rekisteri.example.evil.test", "evil.test#rekisteri.example", "",
        "127.0.0.1", "localhost", "rekisteri.example,evil.test", "rekisteri.example evil.test", ".rekisteri.example",
    ],
)  # fmt: skip
def test_any_other_name_is_refused(house, host):
    answer = asked(house, host)

    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_forged_for_the_proxy_is_refused(house):
    assert asked(house, "rekisteri.example", HTTP_X_FORWARDED_HOST="evil.test").status_code == 400


def test_a_forged_name_gets_nothing_on_the_sign_in_page_either(app, stranger):
    answer = stranger.post("/sign-in", data={"email": "a@b.fi"}, headers={"Host": "evil.test"})

    assert answer.status_code == 400
    assert settings(app.config["DATA_DIR"], "").trusted_hosts == ["127.0.0.1", "localhost", "127.0.0.1"]

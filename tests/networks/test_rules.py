"""Who is turned away for where they come from."""

from ipaddress import ip_address, ip_network

import pytest

from rockrobot.networks.rules import Place, Refusal, Unlisted, is_listed, is_too_wide, refusal_of_unlisted

OFFICE = ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    ("address", "networks", "answer"),
    [
        ("10.0.0.5", [OFFICE], True),
        ("11.0.0.5", [OFFICE], False),
        ("::ffff:10.0.0.5", [OFFICE], False),
        (None, [OFFICE], False),
        ("203.0.113.9", [], True),
        (None, [], True),
    ],
)
def test_an_address_is_listed_inside_a_network_and_while_none_is(address, networks, answer):
    assert is_listed(address and ip_address(address), networks) is answer


@pytest.mark.parametrize(
    ("unlisted", "has_second_factor", "refusal"),
    [
        (Unlisted.ALLOW, False, None),
        (Unlisted.ALLOW, True, None),
        (Unlisted.SECOND_FACTOR, True, None),
        (Unlisted.SECOND_FACTOR, False, Refusal.NETWORK_NEEDS_FACTOR),
        (Unlisted.REFUSE, True, Refusal.NETWORK),
        (Unlisted.REFUSE, False, Refusal.NETWORK),
    ],
)
def test_the_setting_decides_of_those_who_come_from_elsewhere(unlisted, has_second_factor, refusal):
    assert refusal_of_unlisted(Place.NETWORK, unlisted, has_second_factor=has_second_factor) is refusal


def test_a_device_is_judged_like_a_network():
    found = {refusal_of_unlisted(Place.DEVICE, one, has_second_factor=False) for one in Unlisted}

    assert found == {None, Refusal.DEVICE, Refusal.DEVICE_NEEDS_FACTOR}


@pytest.mark.parametrize(
    ("cidr", "answer"),
    [("0.0.0.0/0", True), ("10.0.0.0/7", True), ("10.0.0.0/8", False), ("::/0", True), ("fd00::/16", False)],
)
def test_a_network_of_half_the_world_is_too_wide(cidr, answer):
    assert is_too_wide(ip_network(cidr, strict=False)) is answer

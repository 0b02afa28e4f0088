"""What tells a person or company from others, and what does not."""

import pytest

from rockrobot.contacts.rules import PointKind
from rockrobot.traits.rules import business_id_of, domains, is_of_a_role, names_house, place_of, telling_points


def test_a_switchboard_a_role_a_company_and_an_extension_tell_nobody_apart():
    points = [
        (PointKind.SWITCHBOARD, "+35821234567"),
        (PointKind.EMAIL, "info@kivi.example"),
        (PointKind.DIRECT, "+35821234500"),
        (PointKind.DIRECT, "123"),
        (PointKind.SOCIAL, "linkedin.com/in/matti"),
        (PointKind.MOBILE, "+358405882755"),
        (PointKind.EMAIL, "matti@kivi.example"),
    ]

    found = telling_points(points, shared={"+35821234500"})

    assert (found.phones, found.mobiles, found.emails) == (set(), {"+358405882755"}, {"matti@kivi.example"})


@pytest.mark.parametrize(
    ("email", "is_role"), [("info@a.fi", True), ("myynti.turku@a.fi", True), ("matti@a.fi", False)]
)
def test_mailboxes_of_roles_are_known(email, is_role):
    assert is_of_a_role(email) is is_role


def test_free_mail_is_nobodys_house():
    assert domains(["a@gmail.com", "b@kivi.example", "broken"]) == {"kivi.example"}


def test_a_domain_names_its_house_without_hyphens_and_parts_before():
    assert [names_house(one) for one in ("oulun-pora.fi", "mail.kivi.example", "kivi")] == ["oulunpora", "kivi", "kivi"]


def test_a_place_is_the_house_whatever_the_flat():
    assert place_of("33 200", "koivukuja 3 a 12") == place_of("33200", "koivukuja 3")
    assert place_of("33200", "pl 3") != place_of("33200", "pl 4")


@pytest.mark.parametrize("text", ["0737546-2", "737546-2", "FI07375462", "07375462"])
def test_a_business_id_is_its_digits_in_any_writing(text):
    assert business_id_of(text) == "07375462"


def test_no_business_id_stays_none():
    assert business_id_of("") == business_id_of("ei ole") == ""

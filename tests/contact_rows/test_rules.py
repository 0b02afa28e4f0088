"""What a row says: names, numbers, addresses, and what in it is doubtful."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rockrobot.contact_cells.rules import phone_doubt, split_name
from rockrobot.contact_columns.rules import Field
from rockrobot.contact_rows.rules import Contact, read_contact
from rockrobot.contacts.rules import PointKind
from rockrobot.exchange.queries import country_names
from tests.conftest import SHARED

NEAR = ("FI", "SE", "NO", "DK", "EE")


def row(**cells: str) -> Contact:
    fields = [Field(name) for name in cells]
    return read_contact(2, list(cells.values()), fields, list(cells), country_names())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Aino Aho", ("Aino", "Aho")),
        ("Aho, Aino Maria", ("Aino Maria", "Aho")),
        ("Kaj von Knorring", ("Kaj", "von Knorring")),
        ("Ludwig van der Berg", ("Ludwig", "van der Berg")),
        ("Madonna", ("", "Madonna")),
    ],
)
def test_a_name_in_one_cell_is_parted(text, names):
    assert split_name(text) == names


@pytest.mark.parametrize(
    ("raw", "region", "doubt"),
    [
        ("4,05E+11", "FI", "spoiled"),
        ("4.05882755E+08", "FI", "spoiled"),
        ("405882755", "FI", "lost_zero"),
        ("22123456", "NO", None),
        ("0405882755", "FI", None),
        ("358405882755", "FI", None),
        ("0401234567 0501234567", "FI", "merged"),
    ],
)
def test_what_a_spreadsheet_did_to_a_number_is_told(raw, region, doubt):
    assert phone_doubt(raw, region) == doubt


def test_several_numbers_and_addresses_in_one_cell_are_parted():
    contact = row(last_name="Aho", mobile="040 111 1111 / 050 222 2222", email="a@aho.example; Aino <b@aho.example>")

    assert [(p.kind, p.normal) for p in contact.points] == [
        (PointKind.EMAIL, "a@aho.example"),
        (PointKind.EMAIL, "b@aho.example"),
        (PointKind.MOBILE, "+358401111111"),
        (PointKind.MOBILE, "+358502222222"),
    ]


def test_a_number_without_country_code_is_of_the_country_of_the_address():
    contact = row(last_name="Ek", work_phone="08-123 456", work_street="Ågatan 5", work_country="Sverige")

    assert contact.points[0].normal == "+468123456"


def test_a_row_without_a_name_is_its_companys_and_its_number_the_switchboards():
    contact = row(company="Kivi Oy", work_phone="09 123 4567")

    assert contact.is_company
    assert contact.points[0].kind is PointKind.SWITCHBOARD


def test_an_unknown_country_is_told_and_the_rest_of_the_address_kept():
    contact = row(last_name="Aho", home_street="Tie 1", home_country="Narnia")

    assert contact.doubts[0].code == "unknown_country"
    assert contact.addresses[0].street == "Tie 1"


@given(st.lists(st.text(max_size=300), min_size=6, max_size=6))
def test_no_text_breaks_a_row(cells):
    fields = [Field.FULL_NAME, Field.COMPANY, Field.MOBILE, Field.EMAIL, Field.WORK_STREET, Field.WORK_COUNTRY]

    contact = read_contact(2, cells, fields, ["a", "b", "c", "d", "e", "f"], {})

    assert contact.fault or contact.name
    assert all(len(point.raw) <= 254 and len(point.normal) <= 254 for point in contact.points)


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
def test_no_naughty_string_breaks_a_row():
    strings = json.loads((SHARED / "data/real/strings/blns_blns.json").read_text("utf-8"))

    contacts = [row(full_name=text, company=text, mobile=text, email=text, home_street=text) for text in strings]

    assert all(contact.fault or contact.name for contact in contacts)


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
def test_real_numbers_typed_at_home_are_those_of_their_country():
    examples = json.loads((SHARED / "data/real/phones/libphonenumber_examples.json").read_text("utf-8"))["examples"]
    near = [one for one in examples if one["country"] in NEAR and one["type"] in {"fixedLine", "mobile"}]
    wrong = []

    for one in near:
        typed = (one["national_prefix"] or "") + one["national"]
        contact = row(last_name="X", mobile=typed, home_street="Tie 1", home_country=one["country"])
        if contact.points[0].normal != one["e164"]:
            wrong.append((typed, contact.points[0].normal, one["e164"]))

    assert near
    assert wrong == []


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
def test_real_addresses_come_in_whole():
    found = 0
    for path in (SHARED / "data/real/addresses").glob("*.yaml"):
        for text in path.read_text("utf-8").split("---"):
            said = dict(re.findall(r"^ +(road|postcode|city|country|country_code): *'?\"?([^'\"\n]+)", text, re.M))
            if {"road", "country"} <= said.keys():
                cells = {"street": said["road"], "postcode": said.get("postcode", ""), "city": said.get("city", "")}
                cells = {f"work_{part}": cell for part, cell in (cells | {"country": said["country"]}).items()}
                (address,) = row(last_name="X", **cells).addresses
                assert (address.street, address.country) == (said["road"], said["country_code"].upper())
                found += 1

    assert found

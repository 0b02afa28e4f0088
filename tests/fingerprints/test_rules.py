import pytest

from rockrobot.fingerprints.rules import marks


def of(**known):
    return marks(**(dict.fromkeys(("names", "postcodes", "emails", "phones"), ()) | known))


def test_each_address_phone_and_name_with_its_postcode_is_a_mark():
    found = of(names=["Aino Aho"], postcodes=["32800", "33310"], emails=["a@b.fi"], phones=["+358405882755"])

    assert found == {"email a@b.fi", "phone +358405882755", "name aho aino 32800", "name aho aino 33310"}


@pytest.mark.parametrize("name", ["AINO AHO", "Aho Aino", "  aino   aho "])
def test_a_name_is_known_in_any_order_and_case(name):
    assert of(names=[name], postcodes=["32 800"]) == of(names=["Aino Aho"], postcodes=["32800"])


def test_what_tells_nobody_apart_is_no_mark():
    assert of(names=["Aino Aho"]) == of(names=[""], postcodes=["32800"]) == of(phones=["112", ""], emails=[""]) == set()

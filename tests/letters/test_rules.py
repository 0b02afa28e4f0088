import pytest

from rockrobot.letters.rules import AddressFault, address_faults, address_lines


def lines(country="FI", postcode="32800", city="Kokemäki", street="Louhostie 1", names=("Kivi Oy",)):
    return address_lines(names, street=street, postcode=postcode, city=city, country=country)


def test_a_finnish_address_has_no_country():
    assert lines() == ["Kivi Oy", "Louhostie 1", "32800 KOKEMÄKI"]


@pytest.mark.parametrize(
    ("country", "postcode", "city", "last"),
    [
        ("NO", "9008", "Tromsø", ["9008 TROMSØ", "NORWAY"]),
        ("SE", "113 30", "Stockholm", ["113 30 STOCKHOLM", "SWEDEN"]),
        ("DK", "8000", "Aarhus", ["8000 AARHUS", "DENMARK"]),
        ("GB", "LS1 4AP", "Leeds", ["LEEDS LS1 4AP", "UNITED KINGDOM"]),
        ("AX", "22100", "Mariehamn", ["22100 MARIEHAMN"]),
        ("PL", "90-001", "Łódź", ["90-001 ŁÓDŹ", "POLAND"]),
        ("JP", "100-0001", "Tokyo", ["100-0001 TOKYO", "JAPAN"]),
    ],
)
def test_the_country_stands_last_in_capitals(country, postcode, city, last):
    assert lines(country, postcode, city)[2:] == last


def test_empty_lines_and_loose_commas_are_dropped():
    found = lines(names=("Kivi Oy,", "  ", "c/o  Aino"), street="PL 1\n")

    assert found == ["Kivi Oy", "c/o Aino", "PL 1", "32800 KOKEMÄKI"]


def test_a_good_address_has_no_fault():
    assert address_faults(lines()) == []
    assert address_faults(lines("NO", "9008", "Tromsø"), country="NO") == []


@pytest.mark.parametrize(
    ("found", "country", "fault"),
    [
        ([], "FI", AddressFault.EMPTY),
        (["Kivi Oy", "32800 KOKEMÄKI"], "FI", AddressFault.TOO_FEW_LINES),
        (["a", "b", "c", "d", "e", "32800 KOKEMÄKI"], "FI", AddressFault.TOO_MANY_LINES),
        (["Kivi Oy", "Louhostie 1", "3280 KOKEMÄKI"], "FI", AddressFault.BAD_POSTCODE),
        (["Kivi Oy", "Louhostie 1", "KOKEMÄKI"], "FI", AddressFault.BAD_POSTCODE),
        (["Fjell AS", "Vei 1", "908 TROMSØ", "NORWAY"], "NO", AddressFault.BAD_POSTCODE),
        (["=Kivi", "Louhostie 1", "32800 KOKEMÄKI"], "FI", AddressFault.BAD_CHARACTER),
        (["---", "Louhostie 1", "32800 KOKEMÄKI"], "FI", AddressFault.BAD_CHARACTER),
    ],
)
def test_each_fault_has_its_name(found, country, fault):
    assert fault in address_faults(found, country=country)

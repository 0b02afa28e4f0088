"""Which column says what: by its header in three languages, by what stands in it."""

import pytest

from rockrobot.contact_columns.rules import Field, Product, header_row, product_of, signature, suggest
from tests.contact_files import lists


@pytest.mark.parametrize(
    ("source", "product"),
    [
        (lists.OUTLOOK, Product.OUTLOOK),
        (lists.OUTLOOK_FI, Product.OUTLOOK),
        (lists.OUTLOOK_SV, Product.OUTLOOK),
        (lists.GOOGLE_OLD, Product.GOOGLE),
        (lists.GOOGLE, Product.GOOGLE),
        (lists.THUNDERBIRD, Product.THUNDERBIRD),
        (lists.FREE_FI, Product.LIST),
    ],
)
def test_the_program_that_wrote_a_list_is_known(source, product):
    assert product_of(source[0]) is product


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Matkapuhelin", Field.MOBILE),
        ("Mobiltelefon", Field.MOBILE),
        ("Työpuhelin 2", Field.WORK_PHONE),
        ("Telefon, hem", Field.HOME_PHONE),
        ("Home Postal Code", Field.HOME_POSTCODE),
        ("Land/region, arbete", Field.WORK_COUNTRY),
        ("Yrityksen nimi", Field.COMPANY),
        ("Företag", Field.COMPANY),
        ("Asiakasnumero", Field.CUSTOMER_NO),
        ("Customer number", Field.CUSTOMER_NO),
        ("E-postadress", Field.EMAIL),
        ("Business Fax", None),
        ("Syntymäaika", None),
        ("Ei markkinointia", None),
        ("Do not email marketing", None),
        ("Notes", Field.NOTES),
    ],
)
def test_a_header_tells_what_its_column_says(title, field):
    assert suggest([title], []) == [field]


def test_a_title_of_courtesy_gives_way_to_a_job_title():
    assert suggest(["Title", "Job Title"], []) == [None, Field.TITLE]
    assert suggest(["Title"], []) == [Field.TITLE]


def test_a_column_with_an_unknown_header_is_told_by_its_content():
    rows = [["aino@aho.example", "040 123 4567", "12"], ["eero@erkki.example", "+358 9 123 456", "7"]]

    assert suggest(["Osoite verkossa?", "Mihin soitan", "Koko"], rows)[1:] == [Field.OTHER_PHONE, None]
    assert suggest(["a", "b", "c"], rows) == [Field.EMAIL, Field.OTHER_PHONE, None]


def test_the_header_stands_under_titles_and_over_contacts():
    assert header_row([["Asiakkaat 2026"], ["Nimi", "Puhelin"], ["Aino Aho", "0401234567"]]) == 1
    assert header_row([["Aino Aho", "0401234567"]]) is None


def test_a_file_of_refused_rows_has_the_header_of_its_own_file():
    assert signature(["Nimi", "Puh.", "henkilönumero", "virhe"]) == signature([" NIMI ", "puh", ""])

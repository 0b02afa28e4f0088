from dataclasses import replace

import pytest

from rockrobot.notices.rules import Element, Notice, forbidden_words, is_concrete_hazard, missing_elements

GOOD = Notice(
    language="fi",
    heading="Takaisinveto",
    subject="Painetiiviste voi pettää",
    product_name="Kivirobotti",
    brand="Stonepower",
    has_product_picture=True,
    has_plate=True,
    has_units=True,
    hazard="Tiiviste voi revetä ja kuuma öljy voi polttaa ihon.",
    stop_use="Lopeta laitteen käyttö heti.",
    instructions="Palauta vastauslomake.",
    remedies_text="Vaihdamme tiivisteen maksutta.",
    remedies=("repair",),
    phone="0800 123 456",
    pass_on="Välitä tieto uudelle omistajalle.",
)


@pytest.mark.parametrize(
    ("language", "bad"),
    [
        ("fi", "Vapaaehtoinen takaisinveto"),
        ("fi", "Varmuuden vuoksi pyydämme tarkistamaan"),
        ("fi", "Ei ole ilmoitettu yhtään vakavaa onnettomuutta"),
        ("fi", "vika on HARVINAINEN"),
        ("en", "This is a voluntary recall"),
        ("en", "No accidents have been reported"),
        ("en", "as a precautionary measure"),
        ("sv", "en frivillig återkallelse"),
        ("sv", "Inga olyckor har rapporterats"),
        ("nb", "for sikkerhets skyld"),
        ("nb", "Ingen ulykker er meldt"),
        ("da", "af forsigtighedshensyn"),
        ("da", "Ingen ulykker er indberettet"),
    ],
)
def test_words_that_play_the_risk_down_are_found(language, bad):
    assert forbidden_words(language, bad)


@pytest.mark.parametrize(
    ("language", "good"),
    [
        ("fi", "Metsän harvennus ja taimikonhoito. Lopeta käyttö heti, tiiviste voi revetä."),
        ("en", "Stop using the machine. The seal can burst and hot oil can burn you."),
        ("sv", "Sluta genast använda maskinen. Tätningen kan brista."),
        ("nb", "Slutt å bruke maskinen straks. Tetningen kan ryke."),
        ("da", "Stop straks brugen. Pakningen kan briste."),
    ],
)
def test_plain_speech_is_let_through(language, good):
    assert forbidden_words(language, good) == []


def test_a_complete_notice_lacks_nothing():
    assert missing_elements(GOOD) == []


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"heading": " "}, Element.HEADING),
        ({"subject": ""}, Element.SUBJECT),
        ({"brand": ""}, Element.PRODUCT),
        ({"has_product_picture": False}, Element.PRODUCT_PICTURE),
        ({"has_units": False}, Element.UNITS),
        ({"has_plate": False}, Element.PLATE),
        ({"hazard": "Turvallisuuspuute."}, Element.HAZARD),
        ({"stop_use": "Ota yhteyttä."}, Element.STOP_USE),
        ({"instructions": ""}, Element.INSTRUCTIONS),
        ({"remedies": ()}, Element.REMEDIES),
        ({"recipients_are_consumers": True}, Element.REMEDIES),
        ({"phone": "", "online": ""}, Element.CONTACT),
        ({"pass_on": ""}, Element.PASS_ON),
        ({"hazard": "Tiiviste voi harvoin revetä ja kuuma öljy polttaa."}, Element.WORDS),
        ({"language": "xx"}, Element.LANGUAGE),
    ],
)
def test_each_missing_element_is_named(change, element):
    assert element in missing_elements(replace(GOOD, **change))


def test_a_consumer_needs_two_remedies_or_a_reason():
    two = replace(GOOD, recipients_are_consumers=True, remedies=("repair", "refund"))
    one = replace(GOOD, recipients_are_consumers=True, one_remedy_reason="Vaihto on mahdoton, osaa ei enää tehdä.")

    assert missing_elements(two) == missing_elements(one) == []


def test_an_override_with_a_reason_lets_a_word_stand():
    notice = replace(GOOD, hazard="Tiiviste voi harvoin revetä ja öljy polttaa.", linter_override="Viranomaisen sana.")

    assert missing_elements(notice) == []


def test_a_bare_safety_defect_is_no_hazard():
    assert not is_concrete_hazard("en", "Safety defect")
    assert is_concrete_hazard("en", "The seal can burst and burn your hands")

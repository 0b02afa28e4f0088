from rockrobot import undo
from rockrobot.purposes import queries
from rockrobot.purposes.rules import PurposeCode

WORDS = {"name": "Uutiskirje", "basis": "6(1)(a)", "source": "Laki 917/2014", "description": "Kuukausikirje"}


def test_shipped_purposes_are_shown_and_said_to_be_unchecked(office):
    html = office.get("/purposes/").text

    assert "Takaisinveto ja turvallisuus" in html
    assert "6(1)(c), ammattikoneet 6(1)(f)" in html
    assert html.count("Tarkistamatta") == len(PurposeCode)
    assert "/purposes/marketing/edit" not in html


def test_data_protection_changes_the_words_and_says_who_checked(protection):
    protection.post("/purposes/marketing/edit", data=WORDS | {"checked_by": "Tiina Tieto", "checked_on": "24.11.2026"})

    html = protection.get("/purposes/").text
    assert "Uutiskirje" in html
    assert "24.11.2026</time>, Tiina Tieto" in html
    assert queries.purpose_names()[PurposeCode.MARKETING] == "Uutiskirje"
    assert queries.purpose_names()[PurposeCode.RECALL] == "Takaisinveto ja turvallisuus"


def test_words_of_a_purpose_are_no_markup_and_have_no_places(protection):
    script = "<script>alert(1)</script> 10 % %(name)s"
    protection.post("/purposes/marketing/edit", data=dict.fromkeys(WORDS, script))

    for html in (protection.get("/purposes/").text, protection.get("/purposes/marketing/edit").text):
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 10 % %(name)s" in html


def test_who_checked_and_when_are_told_together(protection):
    answer = protection.post("/purposes/marketing/edit", data=WORDS | {"checked_by": "Tiina Tieto"})

    assert answer.status_code == 422
    assert "Kirjoita sekä tarkistaja että päivä" in answer.text


def test_customer_care_does_not_change_purposes(office):
    assert office.post("/purposes/marketing/edit", data=WORDS).status_code == 403


def test_a_changed_purpose_can_be_undone(protection, database):
    protection.post("/purposes/marketing/edit", data=WORDS)
    protection.post("/purposes/marketing/edit", data=WORDS | {"name": "Kirje"})
    database.session.rollback()

    undo.undo(database.session.scalar(database.text("SELECT max(id) FROM change_sets")))
    database.session.commit()

    assert queries.purpose_names()[PurposeCode.MARKETING] == "Uutiskirje"

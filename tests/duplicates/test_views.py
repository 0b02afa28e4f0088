"""The queue, the decision, and the warning while typing and after."""

import re

import pytest
from sqlalchemy import select

from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.db import db
from rockrobot.duplicates import actions
from rockrobot.duplicates.models import NotSame
from rockrobot.duplicates.queries import SCAN
from rockrobot.duplicates.rules import Kind
from rockrobot.jobs import Job, run_waiting
from rockrobot.staff.models import SignIn
from tests import make

MOBILE = "040 588 2755"


def viewed() -> set[int]:
    db.session.rollback()
    entries = select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    return set(db.session.scalars(entries))


def twins() -> tuple[int, int]:
    kivi = make.company("Louhinta Oy")
    first = make.person("Matti", "Virtanen", direct_phone=MOBILE, company=kivi)
    return first.id, make.person("Virtanen", "Matti", direct_phone="+358 40 5882755", email="m@x.example").id


def test_the_queue_says_why_shows_what_differs_and_logs_whom_it_shows(office):
    pair = twins()
    actions.scan()

    html = office.get("/duplicates/").text

    assert "Sama puhelin, nimet toisin päin" in html
    assert "Louhinta Oy" in html
    assert "m@x.example" in html
    assert f"/merges/people/{pair[0]}/{pair[1]}" in html
    assert viewed() == set(pair)


def test_the_menu_counts_what_waits(office):
    twins()
    actions.scan()

    assert 'Kaksoiskappaleet <b>1<span class="sr"> odottaa</span></b>' in office.get("/").text


def test_one_click_says_that_they_are_two_and_undo_takes_it_back(office):
    one, other = twins()
    actions.scan()

    answer = office.post(f"/duplicates/people/{one}/{other}/not-same", data={"page": "1"}, follow_redirects=True)
    db.session.rollback()
    decided = db.session.scalars(select(NotSame)).one()
    told = (decided.ids, decided.decided_by)
    change_set = db.session.scalar(select(ChangeSet.id).where(ChangeSet.event == "duplicates.say_not_same"))
    office.post(f"/history/{change_set}/undo")

    assert "eivät ole sama" in answer.text
    assert "Kaksoiskappaleita ei ole." in answer.text
    assert told == ((one, other), f"staff:{office.member_id}")
    assert "Sama puhelin" in office.get("/duplicates/").text


def test_a_decision_is_listed_and_can_be_taken_back(office):
    pair = twins()
    actions.scan()
    decision_id = actions.say_not_same(Kind.PEOPLE, *pair).id
    db.session.commit()

    listed = office.get("/duplicates/decided").text
    office.post(f"/duplicates/decided/{decision_id}/take-back")
    again = office.post(f"/duplicates/decided/{decision_id}/take-back")

    assert "Matti Virtanen" in listed
    assert again.status_code == 303
    assert "Sama puhelin" in office.get("/duplicates/").text


@pytest.mark.parametrize("path", ["people/1/1", "people/998/999", "companies/998/999"])
def test_nobody_decides_of_who_is_not_there(office, path):
    assert office.post(f"/duplicates/{path}/not-same").status_code == 404


def test_a_scan_is_asked_for_once_however_often_the_button_is_pressed(office):
    twins()

    for _ in range(2):
        office.post("/duplicates/scan")
    waiting = office.get("/duplicates/").text
    asked = len(db.session.scalars(select(Job).where(Job.kind == SCAN)).all())
    run_waiting()
    html = office.get("/duplicates/").text

    assert "Etsitään …" in waiting
    assert asked == 1
    assert "Etsitty viimeksi" in html
    assert "Sama puhelin" in html


# ---------- while typing ----------


def typed(office, **form: str):
    return office.post("/duplicates/typed/people", data=form, headers={"HX-Request": "true"})


def test_typing_a_known_number_tells_who_has_it_and_why(office):
    person = make.person("Matti", "Virtanen", direct_phone=MOBILE)

    html = typed(office, last_name="Virtanen", mobile="+358 (0)40-588 2755").text

    assert html.lstrip().startswith('<div id="alike"')
    assert f'href="/people/{person.id}" target="_blank"' in html
    assert "sama matkapuhelin, sama sukunimi" in html
    assert viewed() == {person.id}


@pytest.mark.parametrize(
    "form",
    [
        {"first_name": "matti", "last_name": "virtanen", "company": "Oy Louhinta Ab"},
        {"first_name": "Virtanen", "last_name": "Matti", "company": "Louhinta Oy"},
        {"first_name": "Matti", "last_name": "Virtannen", "company": "LOUHINTA"},
        {"first_name": "Matti", "last_name": "Virtanen"},
        {"first_name": "Matti", "last_name": "Virtanen", "email": "matti@louhinta.example"},
    ],
)
def test_typing_a_name_and_company_in_many_writings_finds_the_person(office, form):
    make.person("Matti", "Virtanen", company=make.company("Louhinta Oy"))

    assert "Matti Virtanen" in typed(office, **form).text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"last_name": "Virtanen"},
        {"first_name": "Mikko", "last_name": "Virtanen", "company": "Louhinta Oy", "direct_phone": "02 123 4567"},
        {"first_name": "Matti", "last_name": "Virtanen", "company": "Sahaus Oy"},
        {"first_name": "Sari", "last_name": "Lehto", "email": "info@louhinta.example"},
    ],
)
def test_typing_what_is_no_evidence_stays_silent(office, form):
    kivi = make.company("Louhinta Oy", switchboard="02 123 4567", email="info@louhinta.example")
    make.person("Matti", "Virtanen", company=kivi)

    html = typed(office, **form).text

    assert " hidden" in html
    assert viewed() == set()


def test_at_most_five_are_told_the_likeliest_first(office):
    for _ in range(6):
        make.person("Aino", "Aho")
    best = make.person("Aino", "Aho", direct_phone=MOBILE)

    html = typed(office, first_name="Aino", last_name="Aho", direct_phone=MOBILE).text

    assert html.count("<li>") == 5
    assert html.index(f"/people/{best.id}") < html.index("muuta verrattavaa")


def test_a_company_is_told_by_business_id_or_name(office):
    company = make.company("Kivi Oy", business_id="2583133-7")

    by_id = office.post("/duplicates/typed/companies", data={"name": "Uusi nimi", "business_id": "FI25831337"}).text
    by_name = office.post("/duplicates/typed/companies", data={"name": "Oy Kivi Ab"}).text
    other = office.post("/duplicates/typed/companies", data={"name": "Oy Kivi Ab", "business_id": "0112038-9"}).text

    assert "sama Y-tunnus" in by_id
    assert f"/companies/{company.id}" in by_name
    assert " hidden" in other


def test_changing_a_name_tells_of_others_but_neither_of_oneself_nor_of_whom_it_was_decided(office):
    one, other = twins()
    url = f"/duplicates/typed/people/{one}"

    before = office.post(url, data={"first_name": "Matti", "last_name": "Virtanen"}).text
    actions.say_not_same(Kind.PEOPLE, one, other)
    db.session.commit()
    after = office.post(url, data={"first_name": "Matti", "last_name": "Virtanen"}).text

    assert f'href="/people/{other}"' in before
    assert f'href="/people/{one}"' not in before
    assert " hidden" in after


def test_a_new_person_is_saved_in_spite_of_it_and_the_card_tells_once_and_later(office):
    known = make.person("Matti", "Virtanen", direct_phone=MOBILE)

    answer = office.post(
        "/people/new", data={"first_name": "Matti", "last_name": "Virtanen", "mobile": MOBILE, "language": "fi"}
    )
    card = office.get(answer.location).text

    assert answer.status_code == 303
    assert "Mahdollisesti sama kuin" in card
    assert f'href="/people/{known.id}"' in card
    assert "Mahdollisesti sama kuin" in office.get(f"/people/{known.id}").text


def test_an_edit_after_which_they_no_longer_match_takes_the_pair_away(office):
    one, _ = twins()
    actions.scan()

    office.post(f"/people/{one}/edit", data={"first_name": "Raija", "last_name": "Salo", "language": "fi"})

    assert "Mahdollisesti" not in office.get(f"/people/{one}").text


def test_a_new_company_is_told_on_its_card(office):
    make.company("Kivi Oy")

    answer = office.post("/companies/new", data={"name": "Oy Kivi Ab", "country": "FI", "language": "fi"})

    assert "Mahdollisesti sama kuin" in office.get(answer.location).text


def test_only_customer_care_sees_duplicates(workshop, protection, administrator):
    for who in (workshop, protection, administrator):
        assert who.get("/duplicates/").status_code == 403
        assert who.post("/duplicates/typed/people", data={"last_name": "Aho"}).status_code == 403


def test_the_front_page_tells_how_many_pairs_wait(office):
    before = office.get("/").text
    twins()
    actions.scan()

    after = office.get("/").text

    assert "Mahdolliset kaksoiskappaleet" not in before
    assert "1 pari" in after


@pytest.fixture
def newcomer(office):
    """Customer care just signed in, who has not said yet what they look for."""
    for row in db.session.query(SignIn):
        row.purpose = ""
    db.session.commit()
    return office


def test_what_for_is_asked_before_somebody_types_and_not_meanwhile(newcomer):
    make.person("Aino", "Aho")

    opened = newcomer.get("/people/new")
    told = typed(newcomer, first_name="Aino", last_name="Aho")

    assert (opened.status_code, opened.location) == (303, "/purpose?next=/people/new")
    assert (told.status_code, told.text, told.headers.get("HX-Redirect")) == (204, "", None)
    assert viewed() == set()


def test_nobody_whose_sign_in_ran_out_is_led_away_from_what_they_type(stranger):
    told = typed(stranger, first_name="Aino", last_name="Aho")

    assert (told.status_code, told.text, told.headers.get("HX-Redirect")) == (204, "", None)


def test_an_empty_queue_counts_no_pages(office):
    page = office.get("/duplicates/").text

    assert "Kaksoiskappaleita ei ole." in page
    assert 'class="pager"' not in page


# ---------- at once ----------


def told_on(office, url: str) -> bool:
    return "Mahdollisesti sama kuin" in office.get(url).text


def test_a_number_added_on_a_card_tells_of_the_other_at_once_and_no_more_once_it_is_undone(office):
    make.person("Matti", "Virtanen", direct_phone=MOBILE)
    new = make.person("M", "Virtanen")
    card = f"/people/{new.id}"

    before = told_on(office, card)
    added = {"kind": "mobile", "raw": MOBILE, "source": "other"}
    html = office.post(f"{card}/contact-points/new", data=added, follow_redirects=True).text
    office.post(re.search(r"/history/\d+/undo", html)[0])

    assert not before
    assert "Mahdollisesti sama kuin" in html
    assert not told_on(office, card)


def test_an_address_or_employer_of_a_card_counts_at_once_too(office):
    company = make.company("Louhinta Oy")
    one = make.person("Matti", "Virtanen", company=company, email="matti@kivi.example")
    make.address(one)
    at_home, at_work = (make.person("Matti", "Virtanen", email=f"m{n}@x.example") for n in (1, 2))
    place = {"kind": "postal", "street": "Kivitie 1", "postcode": "32800", "city": "Kokemäki", "country": "FI"}

    before = [told_on(office, f"/people/{person.id}") for person in (at_home, at_work)]
    office.post(f"/people/{at_home.id}/addresses/new", data=place)
    office.post(f"/people/{at_work.id}/affiliations/new", data={"company": company.customer_no})

    assert before == [False, False]
    assert told_on(office, f"/people/{at_home.id}")
    assert told_on(office, f"/people/{at_work.id}")


def test_a_number_of_a_company_counts_at_once(office):
    make.company("Louhinta Virta Oy", switchboard="020 123 4567")
    other = make.company("Virta Louhinta", switchboard="")
    card = f"/companies/{other.id}"
    number = {"kind": "switchboard", "raw": "0201234567", "source": "other"}

    before = told_on(office, card)
    point = office.post(f"{card}/contact-points/new", data=number, follow_redirects=True).text
    point_id = re.search(r"/contact-points/(\d+)/edit", point)[1]
    after = told_on(office, card)
    office.post(f"/contact-points/{point_id}/edit", data=number | {"raw": "020 999 8888"})

    assert (before, after) == (False, True)
    assert not told_on(office, card)

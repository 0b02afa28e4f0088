"""What was typed when the sign-in had ended is back after signing in again: for the same person, and nobody else."""

import re
from datetime import timedelta
from html import unescape

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select

from rockrobot import clock, jobs
from rockrobot.access import Role
from rockrobot.chain import ChangeSet
from rockrobot.contacts.models import Company, Person
from rockrobot.db import db
from rockrobot.drafts.models import Draft
from rockrobot.staff.actions import change_member
from rockrobot.staff.models import SignInFact
from rockrobot.staff.queries import member_with
from rockrobot.staff.rules import Outcome
from tests import make
from tests.conftest import CSRF, SECRET, Visitor

FORM = {"name": "Louhinta Kivinen Oy", "kind": "owner", "idempotency_key": "k-1"}


def later(monkeypatch, **span) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(**span))


def sign_in_again(browser: Visitor, target: str):
    member = member_with(browser.member_id)
    return browser.post("/sign-in", data={"email": member.email, "password": make.PASSWORD, "next": target})


def next_of(address: str) -> str:
    return re.search(r"next=([^&]+)", address).group(1)


def hidden_fields(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    return {name: unescape(value) for name, value in found.items() if name != "csrf_token"}


def keep(browser: Visitor, path: str, form: dict[str, str]) -> str:
    """Send a form too late, and sign in again: the address one is led to."""
    sent = browser.post(path, data=form)
    return sign_in_again(browser, next_of(sent.location)).location


@pytest.fixture
def late(office, monkeypatch):
    """Olga has been to lunch."""
    later(monkeypatch, minutes=45)
    return office


def test_what_was_typed_is_back_after_signing_in_and_can_be_stored(late):
    sent = late.post("/companies/new", data=FORM)
    back = sign_in_again(late, next_of(sent.location))
    page = late.get(back.location, follow_redirects=True)
    wrong = late.post("/companies/new", data=hidden_fields(page.text) | FORM | {"name": "", "idempotency_key": "k-2"})
    stored = late.post("/companies/new", data=hidden_fields(wrong.text) | {"name": "Louhinta Kivinen Oy"})

    assert (sent.status_code, back.status_code, back.location) == (303, 303, next_of(sent.location))
    assert page.request.path == "/companies/new"
    assert 'value="Louhinta Kivinen Oy"' in page.text
    assert "Kirjoittamasi on tallessa" in page.text
    assert (wrong.status_code, stored.status_code) == (422, 303)
    assert "Louhinta Kivinen Oy" in late.get("/companies/").text
    assert late.get(back.location).location == "/"


def test_what_others_changed_meanwhile_is_told_of_a_kept_form_too(office, monkeypatch):
    company = make.company("Kivi Oy")
    place = f"/companies/{company.id}/edit"
    form = hidden_fields(office.get(place).text) | {"name": "Kivi Ab"}
    company.name = "Kivi ja Louhe Oy"
    db.session.commit()
    later(monkeypatch, minutes=45)

    page = office.get(keep(office, place, form), follow_redirects=True).text
    answer = office.post(place, data=hidden_fields(page) | {"name": "Kivi Ab"})

    assert 'value="Kivi Ab"' in page
    assert answer.status_code == 422
    assert "Toinen muutti tätä samalla: Kivi ja Louhe Oy" in answer.text


def test_what_no_form_of_its_page_takes_is_listed(late):
    form = {"name": "Kadonnut Oy", "kind": "direct", "source": "file", "unheard_of": "muuta"}

    kept = keep(late, "/companies/99/edit", form)
    gone = late.get(kept, follow_redirects=True)
    led = [answer for answer in gone.history if answer.location.endswith("listed=1")]

    assert [answer.headers["X-Content-Type-Options"] for answer in led] == ["nosniff"]
    assert all("script-src 'self'" in answer.headers["Content-Security-Policy"] for answer in led)
    told = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", gone.text))
    assert gone.request.path.startswith("/drafts/")
    assert told == {"Nimi": "Kadonnut Oy", "Laji": "suora", "Lähde": "tiedosto", "Muuta": "muuta"}


def test_an_act_without_a_page_of_its_own_is_offered_anew(office, monkeypatch):
    person = make.person("Aino", "Aho")
    later(monkeypatch, minutes=45)
    act = office.get(keep(office, f"/people/{person.id}/delete", {}), follow_redirects=True)

    assert act.request.path.startswith("/drafts/")
    assert f'action="/people/{person.id}/delete"' in act.text
    assert db.session.scalars(select(Person)).all() == [person]


def test_who_is_asked_first_what_for_finds_the_form_after_it(office, monkeypatch):
    person = make.person("Aino", "Aho")
    place = f"/people/{person.id}/edit"
    form = hidden_fields(office.get(place).text) | {"first_name": "Aino", "last_name": "Kivinen"}
    later(monkeypatch, minutes=45)
    asked = office.get(keep(office, place, form), follow_redirects=True)
    after = {"purpose": "contact", "next": hidden_fields(asked.text)["next"]}

    page = office.post("/purpose", data=after, follow_redirects=True)

    assert (asked.request.path, page.request.path) == ("/purpose", place)
    assert 'value="Kivinen"' in page.text


def test_nobody_fills_a_form_with_what_another_or_another_page_kept(late, supervisor):
    company = make.company("Kivi Oy")
    draft = int(keep(late, "/companies/new", FORM).rpartition("/")[2])

    others = supervisor.get(f"/companies/new?draft_id={draft}").text
    elsewhere = late.get(f"/companies/{company.id}/edit?draft_id={draft}").text

    assert ["Louhinta" in page for page in (others, elsewhere)] == [False, False]


def test_by_htmx_the_whole_page_goes_to_sign_in_and_the_text_is_kept(late):
    sent = late.post("/companies/new", data=FORM, headers={"HX-Request": "true"} | token(late))

    assert (sent.status_code, sent.text) == (204, "")
    assert re.fullmatch(r"/sign-in\?next=/drafts/\d+", sent.headers["HX-Redirect"])


def token(browser: Visitor) -> dict[str, str]:
    with browser.session_transaction() as session:
        session["csrf_token"] = CSRF
    return {"X-CSRFToken": URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(CSRF)}


class HoursAgo(TimestampSigner):
    """Signs as of sixteen hours ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 16 * 3600


def test_a_form_left_open_overnight_is_kept(office, monkeypatch):
    overnight = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token", signer=HoursAgo).dumps(CSRF)
    token(office)
    later(monkeypatch, hours=16)

    sent = office.post("/companies/new", data=FORM, headers={"X-CSRFToken": overnight})
    page = office.get(sign_in_again(office, next_of(sent.location)).location, follow_redirects=True)

    assert 'value="Louhinta Kivinen Oy"' in page.text


OTHER_TAB = {
    "X-CSRFToken": URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps("raw-token-before-this-sign-in")
}
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


def test_a_form_of_another_tab_is_shown_again_after_signing_in_and_can_be_stored(late):
    sign_in_again(late, "/")

    sent = late.post("/companies/new", data=FORM, headers=OTHER_TAB | OUR_PAGE)
    none_yet = db.session.scalars(select(Company)).all()
    page = late.get(sent.location, follow_redirects=True)
    stored = late.post("/companies/new", data=FORM | hidden_fields(page.text))

    assert (sent.status_code, none_yet) == (303, [])
    assert 'value="Louhinta Kivinen Oy"' in page.text
    assert (stored.status_code, late.get(sent.location).location) == (303, "/")


def test_a_form_of_another_tab_is_shown_again_by_htmx_too(office):
    sent = office.post("/companies/new", data=FORM, headers=OTHER_TAB | OUR_PAGE | {"HX-Request": "true"})
    typed = office.post("/duplicates/typed/companies", data=FORM, headers=OTHER_TAB | OUR_PAGE | {"HX-Request": "true"})

    assert (sent.status_code, sent.headers["HX-Redirect"]) == (204, "/drafts/1")
    assert (typed.status_code, "HX-Redirect" in typed.headers) == (400, False)
    assert len(db.session.scalars(select(Draft)).all()) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_no_other_site_plants_a_form(office, site):
    sender = {"Sec-Fetch-Site": site} if site else {}

    sent = office.post("/companies/new", data=FORM, headers=OTHER_TAB | sender)

    assert sent.status_code in {400, 403}
    assert db.session.scalars(select(Draft)).all() == []


def test_a_form_of_another_tab_keeps_nothing_of_who_is_not_in_and_no_password(office, stranger):
    strange = stranger.post("/sign-in", data={"email": "olga@rockrobot.example"}, headers=OTHER_TAB | OUR_PAGE)
    here = office.post("/sign-in", data={"email": "olga@rockrobot.example"}, headers=OTHER_TAB | OUR_PAGE)
    secret = office.post("/sign-in/confirm", data={"password": "salaisuus"}, headers=OTHER_TAB | OUR_PAGE)

    assert [answer.status_code for answer in (strange, here)] == [400, 400]
    assert (secret.status_code, secret.location) == (303, "/sign-in/confirm")
    assert db.session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("query", ["", "?listed=1"])
def test_who_was_given_another_role_sees_no_form_that_it_may_not_send(late, query):
    person = make.person("Aino", "Aho")
    sent = late.post(f"/people/{person.id}/edit", data={"first_name": "Aino", "last_name": "Kivinen"})
    change_member(member_with(late.member_id), name="Olga", role=Role.WORKSHOP)
    db.session.commit()
    sign_in_again(late, "/")

    listed = late.get(next_of(sent.location) + query)
    filled = late.get(f"/people/{person.id}/edit?draft_id=1")

    db.session.rollback()
    denials = select(SignInFact.outcome, SignInFact.door).where(SignInFact.door != "")
    assert ["Kivinen" in answer.text for answer in (listed, filled)] == [False, False]
    assert (listed.status_code, filled.status_code) == (404, 403)
    assert (Outcome.WITHHELD, "drafts.show") in db.session.execute(denials).all()


def test_an_undo_that_was_kept_is_offered_anew(office, monkeypatch):
    office.post("/companies/new", data=FORM)
    made = db.session.scalars(select(ChangeSet.id).where(ChangeSet.event == "companies.new")).one()
    later(monkeypatch, minutes=45)

    offered = office.get(keep(office, f"/history/{made}/undo", {}), follow_redirects=True)

    assert f'action="/history/{made}/undo"' in offered.text


def test_by_htmx_a_look_leads_back_to_the_page_it_was_on(late):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/people/?q=a"}

    answer = late.get("/devices/?q=ab", headers=headers)

    assert answer.headers["HX-Redirect"] == "/sign-in?next=/people/?q%3Da"


def test_by_htmx_what_was_typed_into_a_search_is_kept(late):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/devices/"}

    answer = late.get("/devices/?q=ab", headers=headers)

    assert answer.headers["HX-Redirect"] == "/sign-in?next=/devices/?q%3Dab"


def test_nobody_else_gets_the_text(late, supervisor):
    sent = late.post("/companies/new", data=FORM)

    answer = supervisor.get(next_of(sent.location))

    first = supervisor.get(answer.location).text
    assert (answer.status_code, answer.location) == (303, "/")
    assert "se on toisen käyttäjän." in first
    assert "Louhinta" not in first
    assert supervisor.post(next_of(sent.location) + "/discard").status_code == 404


def test_the_database_holds_the_text_sealed_and_no_password_at_all(late):
    late.post("/companies/new", data=FORM | {"password": "salaisuus", "csrf_token": "t"})

    db.session.rollback()
    sealed = db.session.scalars(select(Draft.sealed)).one()

    assert b"Louhinta" not in sealed
    sign_in_again(late, "/")
    assert "salaisuus" not in late.get(f"/drafts/{db.session.scalars(select(Draft.id)).one()}").text


def test_strangers_ended_sign_ins_and_forged_forms_keep_nothing(late, stranger, administrator):
    stranger.post("/companies/new", data=FORM)
    late.post("/companies/new", data=FORM, headers={"X-CSRFToken": "forged"})
    administrator.post("/sign-out")
    administrator.post("/companies/new", data=FORM)

    db.session.rollback()

    assert db.session.scalars(select(Draft)).all() == []


def test_a_disabled_member_keeps_nothing(late):
    member_with(late.member_id).is_active = False
    db.session.commit()

    sent = late.post("/companies/new", data=FORM)

    assert (sent.status_code, sent.location) == (303, "/sign-in")


def test_a_day_later_the_text_is_gone(late, monkeypatch):
    sent = late.post("/companies/new", data=FORM)
    later(monkeypatch, hours=24)

    sign_in_again(late, "/")
    page = late.get(next_of(sent.location))
    db.session.rollback()
    jobs.run_waiting()

    assert (page.status_code, page.location) == (303, "/")
    assert db.session.scalars(select(Draft)).all() == []


def test_a_form_that_asks_for_fresh_proof_goes_on_after_it(administrator, monkeypatch):
    member = make.staff_member(Role.WORKSHOP, name="Pekka")
    later(monkeypatch, minutes=6)
    form = {"name": "Pekka Uusi", "role": "customer_care"}

    asked = administrator.post(f"/staff/{member.id}/edit", data=form)
    confirmed = administrator.post(
        "/sign-in/confirm", data={"password": make.PASSWORD, "next": next_of(asked.location)}
    )
    page = administrator.get(confirmed.location, follow_redirects=True).text
    done = administrator.post(f"/staff/{member.id}/edit", data=form | hidden_fields(page))

    db.session.refresh(member)
    assert asked.location.startswith("/sign-in/confirm?next=/drafts/")
    assert 'value="Pekka Uusi"' in page
    assert re.search(r'value="customer_care" (selected|checked)|(selected|checked) value="customer_care"', page)
    assert done.status_code == 303
    assert (member.name, member.role) == ("Pekka Uusi", Role.CUSTOMER_CARE)


def test_a_kept_form_whose_answer_is_a_page_is_kept_no_longer_once_it_is_stored(administrator, monkeypatch):
    later(monkeypatch, minutes=45)
    form = {"name": "Uusi Ukko", "email": "uusi@rockrobot.example", "role": "workshop", "idempotency_key": "k-9"}
    page = administrator.get(keep(administrator, "/staff/new", form), follow_redirects=True).text

    made = administrator.post("/staff/new", data=form | hidden_fields(page))

    db.session.rollback()
    assert made.status_code == 200
    assert db.session.scalars(select(Draft)).all() == []


def test_a_kept_form_can_be_thrown_away(late):
    sent = late.post("/companies/new", data=FORM)
    sign_in_again(late, "/")
    page = next_of(sent.location)

    late.post(page + "/discard")

    assert late.get(page).location == "/"

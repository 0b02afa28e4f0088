"""A refusal and an erasure need two people, and what the second approved is what happens."""

import pytest
from sqlalchemy import select

from rockrobot.access import Role
from rockrobot.answers.models import Answer
from rockrobot.chain import verify
from rockrobot.contacts.models import Person
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.decisions.rules import GROUND_TEXTS, GROUNDS, KEPT_TEXTS, RefusalGround
from rockrobot.dual_control.models import RequestedAct
from rockrobot.erasures.models import Erasure
from rockrobot.erasures.rules import Ground
from rockrobot.privacy_requests.rules import Outcome, Right
from tests import make
from tests.answers.test_views import house, text_of  # noqa: F401 (a fixture)
from tests.approving import approve
from tests.conftest import visitor
from tests.privacy_requests.test_views import request_of
from tests.test_access_table import withheld_doors

LETTER = {"language": "fi", "recipient": "Aino Aho\nKivitie 7\n32800 KOKEMÄKI"}


def act():
    return db.session.scalar(select(RequestedAct))


def test_a_refusal_needs_a_ground_and_a_second_person_and_prints_both(house, protection, supervisor):  # noqa: F811
    row = request_of(make.person("Aino", "Aho"), right=Right.ACCESS)
    here = f"/privacy-requests/{row.id}"
    words = LETTER | {"told": "Pyysit samat tiedot viime viikolla."}

    without = protection.post(f"{here}/refuse", data=words)
    seen = protection.post(f"{here}/refuse", data=words | {"ground": "excessive", "preview": "1"})
    asked = protection.post(f"{here}/refuse", data=words | {"ground": "excessive"})
    proposal = f"{here}/proposals/{act().id}"
    early = protection.post(f"{proposal}/carry-out")
    told = supervisor.get(f"/requested-acts/{act().id}").text
    approved = approve(supervisor, f"/requested-acts/{act().id}")
    done = protection.post(f"{proposal}/carry-out")

    db.session.expire_all()
    letter, card = text_of(protection.get(f"{here}/answer.pdf").data), protection.get(here).text
    assert ("evätty" in card, "kieltäytyi" in card) == (True, False)
    assert [without.status_code, seen.status_code, asked.status_code] == [422, 200, 303]
    assert "Valitse peruste." in without.text
    assert early.status_code != 303 or early.location != here
    assert "Pyysit samat tiedot viime viikolla." in told
    assert [approved.status_code, done.status_code] == [303, 303]
    assert row.outcome is Outcome.REFUSED
    for needed in (
        "12 artiklan 5 kohta",
        "Pyysit samat tiedot viime viikolla.",
        "tietosuoja@om.fi",
        "hallinto-oikeudelta",
    ):
        assert needed in letter
    assert db.session.query(Answer).count() == 1
    assert protection.post(f"{proposal}/carry-out").status_code != 200
    assert db.session.query(Answer).count() == 1


def test_who_asked_does_not_approve(house, protection):  # noqa: F811
    row = request_of(make.person(), right=Right.ACCESS)
    protection.post(f"/privacy-requests/{row.id}/refuse", data=LETTER | {"told": "Ei", "ground": "excessive"})

    answer = approve(protection, f"/requested-acts/{act().id}")

    db.session.expire_all()
    assert answer.status_code != 200
    assert act().decision is None


def test_a_proposal_of_a_colleague_is_not_theirs_to_carry_out(app, house, protection, supervisor):  # noqa: F811
    row = request_of(make.person("Aino", "Aho"), right=Right.ACCESS)
    here = f"/privacy-requests/{row.id}"
    protection.post(f"{here}/refuse", data=LETTER | {"told": "Pyysit samat tiedot.", "ground": "excessive"})
    approve(supervisor, f"/requested-acts/{act().id}")
    colleague = visitor(app, Role.DATA_PROTECTION, "Timo Toinen")

    refused = colleague.post(f"{here}/proposals/{act().id}/carry-out")
    absent = colleague.get(f"{here}/proposals/{act().id + 1}")

    assert (refused.status_code, absent.status_code) == (404, 404)
    assert withheld_doors() == ["answers.carry_out"]
    assert db.session.query(Answer).count() == 0


def test_an_erasure_shows_its_plan_and_is_carried_out_once_approved(house, protection, supervisor):  # noqa: F811
    person = make.person("Aino", "Aho", email="aino@example.com")
    make.address(person, street="Kivitie 7")
    make.ownership(make.device(serial="SP-0147"), person)
    row = request_of(person)
    here = f"/privacy-requests/{row.id}"

    plan = protection.get(f"{here}/erase").text
    protection.post(f"{here}/erase", data=LETTER | {"told": "Nimesi ja osoitteesi jäävät takaisinvetoja varten."})
    waits = protection.get(here).text
    approve(supervisor, f"/requested-acts/{act().id}")
    page = protection.get(f"{here}/proposals/{act().id}").text
    done = protection.post(f"{here}/proposals/{act().id}/carry-out")

    db.session.expire_all()
    after = protection.get(here).text
    stays = db.session.get(Person, person.id)
    letter = text_of(protection.get(f"{here}/answer.pdf").data)
    for told in (
        "Poistetaan",
        "Yhteystieto",
        "Kivitie 7",
        "Kunnes laite on romutettu",
        "jäävät vain takaisinvetoja varten",
    ):
        assert told in plan
    assert "odottaa toista henkilöä" in waits
    assert "Poistoa ei voi kumota" in page
    assert done.status_code == 303
    assert db.session.scalar(select(Erasure.request_id)) == row.id
    assert (stays.erased_on is not None, stays.last_name) == (True, "Aho")
    assert "Olemme poistaneet tietosi" in letter
    assert "poistettu" in after
    assert protection.get(f"/people/{person.id}").status_code == 404
    assert verify(db.session.connection()).fault is None


@pytest.mark.parametrize("path", ["refuse", "erase"])
def test_customer_care_does_not_decide(house, office, path):  # noqa: F811
    row = request_of(make.person())

    assert office.get(f"/privacy-requests/{row.id}/{path}").status_code == 403


def test_nobody_is_erased_whom_no_request_names_or_asks_for(house, protection):  # noqa: F811
    rows = [request_of(), request_of(make.person(), right=Right.ACCESS)]

    assert [protection.get(f"/privacy-requests/{row.id}/erase").status_code for row in rows] == [409, 409]


def test_every_ground_has_its_words_in_every_language_and_a_withdrawn_consent_is_never_refused():
    for language in (Language.FI, Language.SV, Language.EN):
        assert set(GROUND_TEXTS[language]) == set(RefusalGround)
        assert set(KEPT_TEXTS[language]) == set(Ground)
    assert GROUNDS[Right.WITHDRAWAL] == ()
    assert set(GROUNDS) == set(Right)

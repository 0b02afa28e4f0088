"""A refusal and an erasure need two people, and what the second approved is what happens."""

from datetime import date

import pytest
from sqlalchemy import select

from rockrobot import ledger
from rockrobot.access import Role
from rockrobot.answers.models import Answer
from rockrobot.chain import verify
from rockrobot.comparisons.queries import compare
from rockrobot.contacts.models import Person
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.decisions.rules import GROUND_TEXTS, GROUNDS, KEPT_TEXTS, RefusalGround
from rockrobot.dual_control.models import RequestedAct
from rockrobot.erasures.models import Erasure
from rockrobot.erasures.rules import Ground
from rockrobot.merges.actions import merge
from rockrobot.privacy_requests.actions import correct
from rockrobot.privacy_requests.rules import Outcome, Right
from tests import make
from tests.answers.test_views import house, text_of  # noqa: F401 (a fixture)
from tests.approving import approve, digest_on
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
    unread = colleague.get(f"{here}/proposals/{act().id}")
    absent = colleague.get(f"{here}/proposals/{act().id + 1}")

    assert (refused.status_code, unread.status_code, absent.status_code) == (404, 404, 404)
    assert withheld_doors() == ["answers.carry_out", "answers.proposal"]
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


# ---------- what was approved is what is done, to whom it was approved ----------


def proposed(protection, row, path="erase", **rest) -> str:
    """Propose a decision on a request; the address of the act."""
    protection.post(f"/privacy-requests/{row.id}/{path}", data=LETTER | {"told": "Näin päätimme."} | rest)
    return f"/requested-acts/{act().id}"


def carried_out(protection, row):
    return protection.post(f"/privacy-requests/{row.id}/proposals/{act().id}/carry-out")


def edited(visitor, row, **rest):
    """Mend a request, as its form would send it."""
    typed = {"received_on": "6.11.2026", "right": row.right.value, "channel": "letter", "who": row.who}
    return visitor.post(f"/privacy-requests/{row.id}/edit", data=typed | rest)


def merge_into(kept, other):
    with ledger.change_set("merges.merge"):
        merge(compare(kept, other), {}, {})
        db.session.commit()


def count_erased() -> int:
    db.session.rollback()
    return db.session.query(Erasure).count()


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_request_is_not_edited_while_its_decision_is_under_way(house, office, protection, supervisor, is_approved):  # noqa: F811
    first, second = make.person("Aino", "Aho", person_no="H1"), make.person("Aino", "Aalto", person_no="H2")
    row = request_of(first)
    request = proposed(protection, row)
    if is_approved:
        approve(supervisor, request)

    page = office.get(f"/privacy-requests/{row.id}/edit").text
    answer = edited(office, row, named="H2", about="Kaikki viestit")
    done = carried_out(protection, row)

    db.session.expire_all()
    assert answer.status_code == 422
    assert all(
        told in answer.text for told in ("ei tallennettu", "perua pyytämänsä päätöksen", "Kaikki viestit", request)
    )
    assert "perua pyytämänsä päätöksen" in page
    assert (row.person_id, row.about) == (first.id, "")
    assert done.status_code == (303 if is_approved else 409)
    assert [one.erased_on is not None for one in (first, second)] == [is_approved, False]


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_request_is_edited_again_once_its_decision_is_withdrawn(house, office, protection, supervisor, is_approved):  # noqa: F811
    row = request_of(make.person("Aino", "Aho"))
    second = make.person("Aino", "Aalto", person_no="H2")
    request = proposed(protection, row)
    if is_approved:
        approve(supervisor, request)
    protection.post(f"{request}/withdraw")

    answer = edited(office, row, named="H2")

    db.session.expire_all()
    assert answer.status_code == 303
    assert row.person_id == second.id
    assert carried_out(protection, row).status_code == 409
    assert count_erased() == 0


@pytest.mark.parametrize("changed", [{"named": "H2"}, {"received_on": date(2026, 11, 3)}, {"right": Right.ACCESS}])
def test_what_is_approved_names_whose_request_it_is_and_what_for(house, protection, supervisor, changed):  # noqa: F811
    first, second = make.person("Aino", "Aho", person_no="H1"), make.person("Aino", "Aho", person_no="H2")
    row = request_of(first)
    request = proposed(protection, row)
    page = supervisor.get(request).text
    if "named" in changed:
        changed = {"person_id": second.id}
    correct(row, **{"received_on": row.received_on} | changed)
    db.session.commit()

    late = supervisor.post(f"{request}/decide", data={"decision": "approved", "seen": digest_on(page)})

    db.session.expire_all()
    assert "H1, Aino Aho" in page
    assert "GDPR 17" in page
    assert late.status_code == 422
    assert act().decision is None
    assert ("H2, Aino Aho" in late.text) == ("person_id" in changed)


def test_nobody_is_erased_into_whom_the_person_was_merged_before_the_decision(house, protection, supervisor):  # noqa: F811
    first, second = make.person("Aino", "Aho", person_no="H1"), make.person("Aino", "Aho", person_no="H2")
    row = request_of(first)
    request = proposed(protection, row)
    seen = digest_on(supervisor.get(request).text)
    merge_into(second, first)

    late = supervisor.post(f"{request}/decide", data={"decision": "approved", "seen": seen})

    assert late.status_code == 422
    assert carried_out(protection, row).status_code == 409
    assert count_erased() == 0


@pytest.mark.parametrize("is_kept", [False, True])
def test_nobody_is_erased_who_was_merged_since_the_approval(house, protection, supervisor, is_kept):  # noqa: F811
    first, second = make.person("Aino", "Aho", person_no="H1"), make.person("Aino", "Aho", person_no="H2")
    row = request_of(first)
    approve(supervisor, proposed(protection, row))
    if is_kept:
        merge_into(first, second)
    else:
        merge_into(second, first)

    page = protection.get(f"/privacy-requests/{row.id}/proposals/{act().id}").text
    done = carried_out(protection, row)

    assert "carry-out" not in page
    assert all("Tiedot muuttuivat hyväksynnän jälkeen." in told for told in (page, done.text))
    assert done.status_code == 409
    assert count_erased() == 0
    assert act().used_at is None
    assert db.session.query(Answer).count() == 0


@pytest.mark.parametrize("changed", ["person_id", "right", "received_on"])
@pytest.mark.parametrize("path", ["erase", "refuse"])
def test_what_was_approved_is_not_done_to_a_request_that_changed_since(house, protection, supervisor, path, changed):  # noqa: F811
    row = request_of(make.person("Aino", "Aho"))
    values = {"person_id": make.person("Eero", "Aho").id, "right": Right.ACCESS, "received_on": date(2026, 11, 3)}
    approve(supervisor, proposed(protection, row, path, ground="excessive"))
    correct(row, **{"received_on": row.received_on, changed: values[changed]})
    db.session.commit()

    done = carried_out(protection, row)

    assert done.status_code == 409
    assert "Tiedot muuttuivat hyväksynnän jälkeen." in done.text
    assert count_erased() == 0
    assert db.session.query(Answer).count() == 0


def test_no_more_is_erased_than_was_approved(house, protection, supervisor):  # noqa: F811
    person = make.person("Aino", "Aho")
    row = request_of(person)
    request = proposed(protection, row)
    approve(supervisor, request)
    make.address(person, street="Kivitie 7")
    db.session.commit()

    page, done = protection.get(request).text, carried_out(protection, row)

    assert "1 (pyydettäessä 0)" in page
    assert done.status_code == 409
    assert count_erased() == 0

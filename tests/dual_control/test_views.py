"""What needs two people: asked for by one, seen and decided by another, kept with both names."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.dual_control import queries
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.rules import Decision
from rockrobot.full_exports.actions import KIND
from tests import make
from tests.approving import approve, digest_on
from tests.conftest import visitor
from tests.test_access_table import digest, withheld_doors
from tests.walk import ok

REGISTER = "/full-exports/register/new"
WHY = {"purpose": "rights", "reason": "viranomainen pyysi"}


def asked(office) -> str:
    return ok(office.post(REGISTER, data=WHY)).location


def the_act() -> RequestedAct:
    db.session.rollback()
    return db.session.scalars(select(RequestedAct)).one()


def test_a_request_waits_for_others_and_is_told_to_them(office, supervisor, protection):
    told = office.get(asked(office)).text

    todays = [one.get("/").text for one in (office, supervisor, protection)]
    lists = [one.get("/requested-acts/").text for one in (office, supervisor)]

    assert "Pyydä jotakuta näistä päättämään:" in told
    assert "Esa Esimies" in told
    assert ["1 pyyntö" in page for page in todays] == [False, True, True]
    assert "Mikään ei odota päätöstäsi." in lists[0]
    assert "Pyysi" in lists[1]
    assert ["viranomainen pyysi" in page for page in (told, lists[1])] == [True, False]


def test_a_decision_stands_with_name_time_and_reason(office, supervisor):
    request = asked(office)

    ok(supervisor.post(f"{request}/decide", data={"decision": "declined", "reason": "Rajaa ensin."}))

    act = the_act()
    page = office.get(request).text
    assert (act.decision, act.decided_by) == (Decision.DECLINED, f"staff:{supervisor.member_id}")
    assert "Hylkäsi Esa Esimies" in page
    assert "Rajaa ensin." in page


def test_once_approved_who_asked_is_led_on_from_the_page_of_the_day(office, supervisor):
    request = asked(office)
    ok(approve(supervisor, request))

    todays = [one.get("/").text for one in (office, supervisor)]

    assert ["hyväksytty, jatka" in page for page in todays] == [True, False]
    assert "/full-exports/1" in todays[0]


def test_who_asked_does_not_decide(office, supervisor):
    request = asked(office)
    before = digest()

    page = office.get(request).text
    answer = office.post(f"{request}/decide", data={"decision": "approved", "reason": "minä itse"})

    assert "Hyväksy</button>" not in page
    assert answer.status_code == 409
    assert "toinen henkilö" in answer.text
    assert digest() == before


def test_only_what_was_read_is_approved(office, supervisor):
    make.person()
    request = asked(office)
    seen = digest_on(supervisor.get(request).text)
    make.person()

    unread = supervisor.post(f"{request}/decide", data={"decision": "approved"})
    late = supervisor.post(f"{request}/decide", data={"decision": "approved", "seen": seen})
    again = digest_on(late.text)

    assert (unread.status_code, late.status_code) == (422, 422)
    assert "Lue ne uudelleen" in late.text
    assert the_act().decision is None
    ok(supervisor.post(f"{request}/decide", data={"decision": "approved", "seen": again}))


def test_what_is_decided_is_decided_once(office, supervisor, protection):
    request = asked(office)
    ok(approve(supervisor, request))

    answer = protection.post(f"{request}/decide", data={"decision": "declined", "reason": "en"})

    assert answer.status_code == 409
    assert the_act().decision is Decision.APPROVED


def test_declining_without_a_reason_keeps_what_was_typed_and_says_what_lacks(office, supervisor):
    request = asked(office)

    answer = supervisor.post(f"{request}/decide", data={"decision": "declined", "reason": " "})

    assert answer.status_code == 422
    assert "Kirjoita perustelu." in answer.text


def test_a_request_is_withdrawn_by_who_asked_alone(office, supervisor):
    request = asked(office)

    strange = supervisor.post(f"{request}/withdraw")
    ok(office.post(f"{request}/withdraw"))

    assert strange.status_code == 409
    assert the_act().decision is Decision.WITHDRAWN
    assert "Mikään ei odota päätöstäsi." in supervisor.get("/requested-acts/").text


def test_an_approval_that_is_not_used_can_be_given_up_by_who_asked_alone(office, supervisor):
    request = asked(office)
    ok(approve(supervisor, request))
    pages = [one.get(request).text for one in (office, supervisor)]

    strange = supervisor.post(f"{request}/withdraw")
    ok(office.post(f"{request}/withdraw"))

    made = office.post("/full-exports/1/make")
    assert ["Peru pyyntö" in page for page in pages] == [True, False]
    assert (strange.status_code, made.status_code) == (409, 409)
    assert the_act().decision is Decision.WITHDRAWN


def test_after_seven_days_it_waits_no_longer(office, supervisor):
    request = asked(office)
    act = the_act()
    act.expires_at = clock.now()
    db.session.commit()

    answer = supervisor.post(f"{request}/decide", data={"decision": "approved"})

    assert answer.status_code == 409
    assert "Mikään ei odota päätöstäsi." in supervisor.get("/requested-acts/").text
    assert "Vanhentunut" in office.get(request).text


@pytest.mark.parametrize("role", [Role.WORKSHOP, Role.ADMINISTRATOR])
def test_other_roles_see_no_requests(app, office, role):
    request = asked(office)

    other = visitor(app, role, "Muu")

    assert other.get(request).status_code == other.get("/requested-acts/").status_code == 403


def test_what_is_neither_theirs_nor_theirs_to_decide_is_withheld(office, supervisor, monkeypatch):
    request = asked(office)
    for_protection = replace(queries.kind_with(KIND), may_decide=frozenset({Role.DATA_PROTECTION}))
    monkeypatch.setitem(queries._kinds, KIND, for_protection)
    before = digest()

    answers = [
        supervisor.get(request),
        supervisor.post(f"{request}/decide", data={"decision": "declined", "reason": "ei"}),
        supervisor.post(f"{request}/withdraw"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert withheld_doors() == ["dual_control.decide", "dual_control.show", "dual_control.withdraw"]
    assert digest() == before


def test_alone_one_is_told_how_to_go_on(office):
    page = office.get(asked(office)).text

    assert "Kukaan muu ei voi päättää tästä." in page

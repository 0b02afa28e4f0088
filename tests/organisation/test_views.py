from rockrobot.db import db
from rockrobot.organisation.actions import ensure_organisation
from rockrobot.organisation.queries import organisation


def test_customer_care_reads_and_the_administrator_edits(office, workshop, administrator):
    ensure_organisation()
    db.session.commit()

    assert "Rockrobot Oy" in office.get("/organisation/").text
    assert office.get("/organisation/edit").status_code == 403
    assert workshop.get("/organisation/").status_code == 403
    assert administrator.get("/organisation/edit").status_code == 200


def test_the_first_edit_makes_the_organisation(administrator):
    form = {"name": "Kivi Oy", "country": "FI", "business_id": "2583133-7", "may_approve_own_cases": "y"}

    empty = administrator.get("/organisation/").text
    administrator.post("/organisation/edit", data=form)

    assert "ei ole vielä kirjoitettu" in empty
    assert organisation().name == "Kivi Oy"
    assert organisation().may_approve_own_cases


def test_a_wrong_business_id_is_refused(administrator):
    answer = administrator.post(
        "/organisation/edit", data={"name": "Kivi Oy", "country": "FI", "business_id": "2583133-1"}
    )

    assert answer.status_code == 422
    assert "tarkistusnumero ei täsmää" in answer.text


def test_where_two_may_decide_nobody_is_let_approve_their_own(administrator, office, supervisor, protection):
    form = {"name": "Kivi Oy", "country": "FI", "may_approve_own_cases": "y"}

    refused = administrator.post("/organisation/edit", data=form)

    assert refused.status_code == 422
    assert 'id="may_approve_own_cases-error"' in refused.text
    assert "Toinen henkilö voi päättää: Esa Esimies, Olga Office." in refused.text
    assert 'value="Kivi Oy"' in refused.text
    assert organisation() is None


def test_where_one_alone_approves_recalls_they_may_be_let_approve_their_own(administrator, office, protection):
    form = {"name": "Kivi Oy", "country": "FI", "may_approve_own_cases": "y"}

    saved = administrator.post("/organisation/edit", data=form)

    assert saved.status_code == 303
    assert "kun kukaan muu ei voi päättää" in administrator.get("/organisation/").text

import pytest

from tests import make


@pytest.fixture
def gaps(database):
    model = make.device_model("RR")
    machine = make.device(model, "LOST")
    company = make.company("Osoitteeton Oy")
    make.ownership(machine, company, to_on=machine.built_on or make.date(2024, 7, 1))
    make.ownership(make.device(model, "HELD"), make.person("Aino", "Aho"))
    batch = make.batch()
    make.fitting(machine, batch, batch_id=None)
    return model


def test_the_page_shows_a_share_for_each_model(gaps, office):
    html = office.get("/readiness/").text

    assert "0,0&nbsp;%" in html
    assert "/readiness/machines?reach=without_owner" in html


def test_each_number_opens_its_rows(gaps, office):
    assert "LOST" in office.get(f"/readiness/machines?reach=without_owner&model={gaps.id}").text
    assert "Aino Aho" in office.get("/readiness/owners-without-address").text
    assert "LOST" in office.get("/readiness/fittings-without-batch").text


def test_the_workshop_does_not_see_who_lacks_an_address(gaps, workshop):
    assert workshop.get("/readiness/").status_code == 200
    assert workshop.get("/readiness/owners-without-address").status_code == 403

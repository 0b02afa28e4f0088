"""The screen of posting and follow-up: what waits, page by page."""

from rockrobot.attempts.rules import AttemptState
from rockrobot.db import db
from rockrobot.recalls.rules import UnitState
from tests import make
from tests.effectiveness.conftest import POSTED, attempt, running

__all__ = ["running"]


def test_without_a_mail_server_the_screen_says_where_the_files_lie(running, office):
    here = f"/recalls/{running.case.id}/follow-up"

    without = office.get(here).text
    office.application.config["SMTP_URL"] = "smtp://mail.demo.example:25"
    with_server = office.get(here).text
    office.application.config["SMTP_URL"] = ""

    assert "datakansion alikansioon outbox" in without
    assert "outbox" not in with_server


def test_the_silent_stand_fifty_to_a_page(running, office):
    told = next(unit for unit in running.units if unit.state is UnitState.NOTIFIED)
    for n in range(60):
        attempt(running.case, make.person(f"Vaitelias {n:02}"), [told], AttemptState.POSTED, POSTED)
    db.session.commit()

    here = f"/recalls/{running.case.id}/follow-up"
    first, second = office.get(here).text, office.get(f"{here}?silent=2").text

    assert first.count('data-label="Seuraavaksi"') == 50
    assert second.count('data-label="Seuraavaksi"') == 12
    assert "51–" in second

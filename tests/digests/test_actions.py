"""The mail of the morning against a real SMTP server: counts alone, once a day, to who wants it."""

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.db import db
from rockrobot.digests.actions import choose, send_due
from rockrobot.digests.rules import is_time
from rockrobot.events.actions import add_event, add_task, end_task
from rockrobot.events.models import EventTask
from rockrobot.events.rules import Channel
from tests import make
from tests.mailing.test_actions import inbox  # noqa: F401 (a fixture)

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=clock.UTC)
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def follow_up(member, due_on: date = DAY, *, channel: Channel = Channel.PHONE) -> EventTask:
    event = add_event({"people": [make.person("Aino", "Aho").id]}, channel=channel, happened_at=MONDAY, text="Kysyi.")
    task = add_task(event, what="Soita Ainolle", due_on=due_on, assigned_to_id=member.id)
    db.session.commit()
    return task


def told(inbox) -> list[tuple[str, str]]:  # noqa: F811
    """To whom mails went, and their text."""
    mails = [message_from_bytes(body, policy=policy.default) for body in inbox.received]
    return [(mail["To"], mail.get_content()) for mail in mails]


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=clock.HOME), False),
        (datetime(2026, 11, 23, 7, 0, tzinfo=clock.HOME), True),
        (datetime(2026, 11, 27, 8, 59, tzinfo=clock.HOME), True),
        (datetime(2026, 11, 27, 9, 0, tzinfo=clock.HOME), False),
        (datetime(2026, 11, 28, 9, 0, tzinfo=clock.HOME), False),
        (datetime(2026, 11, 29, 9, 0, tzinfo=clock.HOME), False),
    ],
)
def test_the_mail_leaves_on_working_days_from_seven_to_nine(moment, answer):
    assert is_time(moment) is answer


def test_a_member_is_told_counts_once_a_day_and_nothing_of_any_customer(database, inbox, monkeypatch):  # noqa: F811
    olga = make.staff_member(Role.CUSTOMER_CARE, "Olga", "olga@rockrobot.example")
    for due_on in (DAY - timedelta(days=3), DAY, DAY, DAY + timedelta(days=1)):
        follow_up(olga, due_on)
    end_task(follow_up(olga))
    db.session.commit()

    sent = [send_due(), send_due()]
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=1))
    sent.append(send_due())

    (to, text), _next_day = told(inbox)
    assert sent == [1, 0, 1]
    assert to == "olga@rockrobot.example"
    assert "1 seuranta on myöhässä, 2 on tälle päivälle." in text
    assert "Ain" not in text


def test_nobody_is_told_who_has_nothing_does_not_want_it_left_or_may_not_see_it(database, inbox):  # noqa: F811
    make.staff_member(Role.CUSTOMER_CARE)
    not_wanting, gone = make.staff_member(Role.CUSTOMER_CARE), make.staff_member(Role.CUSTOMER_CARE)
    workshop = make.staff_member(Role.WORKSHOP, "Pekka", "paja@rockrobot.example")
    for member in (not_wanting, gone, workshop):
        follow_up(member)
    choose(not_wanting, wanted=False)
    gone.is_active = False
    db.session.commit()

    first = send_due()
    follow_up(workshop, channel=Channel.SERVICE)
    second = send_due()

    assert (first, second) == (0, 1)
    assert [to for to, _text in told(inbox)] == ["paja@rockrobot.example"]


def test_a_mail_that_is_refused_waits_for_the_next_morning_and_none_leaves_without_a_server(database, inbox, app):  # noqa: F811
    follow_up(make.staff_member(Role.CUSTOMER_CARE))
    server, app.config["SMTP_URL"] = app.config["SMTP_URL"], ""
    without = send_due()
    app.config["SMTP_URL"], inbox.refuse = server, "550 no"

    tried = [send_due(), send_due()]

    assert (without, tried, inbox.received) == (0, [1, 0], [])


def test_one_switches_it_off_and_on_on_ones_own_page(office):
    office.post("/account/digest", data={"digest": "off"})
    off = office.get("/account/").text
    office.post("/account/digest", data={"digest": "on"})

    assert 'name="digest" value="on"' in off
    assert 'name="digest" value="off"' in office.get("/account/").text

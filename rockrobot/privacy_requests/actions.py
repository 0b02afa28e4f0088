"""Registers requests and mends what was written of them."""

from datetime import date
from typing import Any

from rockrobot import clock, ledger
from rockrobot.db import db
from rockrobot.deadlines.rules import ENGINE, deadline
from rockrobot.events.rules import Channel
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import Right


def register(*, right: Right, channel: Channel, received_on: date, who: str, **rest: Any) -> PrivacyRequest:
    """Register a request: its clock runs from the day it reached us. rest: about, person_id."""
    row = PrivacyRequest(right=right, channel=channel, who=who, registered_at=clock.now(), registered_by=ledger.actor())
    _say(row, received_on=received_on, **rest)
    db.session.add(row)
    db.session.flush()
    return row


def correct(row: PrivacyRequest, **values: Any) -> None:
    """Mend what was written of a request that waits; another day of receipt gives another due day."""
    _say(row, **values)
    db.session.flush()


def _say(row: PrivacyRequest, *, received_on: date, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.received_on = received_on
    row.due_on, row.due_engine = deadline(received_on, clock.today()).due_on, ENGINE

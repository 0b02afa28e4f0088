from datetime import date
from decimal import Decimal

from sqlalchemy import select

from rockrobot.attempts.rules import Channel
from rockrobot.db import db
from rockrobot.effectiveness import queries
from rockrobot.effectiveness.rules import CloseFault
from rockrobot.letters.models import Letter, OutboxMessage, OutboxState
from rockrobot.recalls.models import PiecesExplanation
from tests.effectiveness.conftest import POSTED


def test_the_three_equations_hold(running):
    sums = queries.sums_of(running.case.id)

    assert (sums.units.affected, sums.units.open, sums.units.ended, sums.units.adds_up) == (10, 7, 3, True)
    assert (sums.letters.posted, sums.letters.replied, sums.letters.undeliverable, sums.letters.silent) == (3, 1, 1, 1)
    assert sums.letters.adds_up
    assert [row.pieces.unaccounted for row in sums.pieces] == [2]


def test_returned_and_printed_letters_notify_nobody(running):
    numbers = queries.numbers_of(running.case.id)

    assert numbers.notified == 4
    assert numbers.channels[Channel.LETTER] == (4, 2, POSTED)


def test_both_correction_percentages_stand_side_by_side(running):
    shares = queries.numbers_of(running.case.id).percentages()

    assert shares["corrected"] == Decimal(10)
    assert shares["corrected_of_reachable"] == Decimal("11.1")
    assert shares["returned_mail"] == Decimal("33.3")


def test_days_to_reply_are_counted_from_the_notice(running):
    numbers = queries.numbers_of(running.case.id)

    assert (numbers.responded, numbers.median_reply_days) == (2, 10)


def test_a_case_with_open_units_and_missing_pieces_may_not_close(running):
    faults = queries.why_not_close(running.case)

    assert {CloseFault.OPEN_UNITS, CloseFault.UNEXPLAINED_PIECES, CloseFault.NO_AUTHORITY_ANSWER} <= set(faults)


def test_a_signed_explanation_of_the_difference_is_enough(running):
    batch = queries.pieces_of_case(running.case.id)[0].batch
    signature = {"signed_by": "test", "signed_at": running.case.opened_at}
    db.session.add(
        PiecesExplanation(
            case_id=running.case.id, batch_id=batch.id, unaccounted=2, explanation="Koekäytössä rikki.", **signature
        )
    )
    db.session.commit()

    assert [row.is_explained for row in queries.pieces_of_case(running.case.id)] == [True]


def test_a_case_without_units_has_no_percentages(database, running):
    for unit in running.units:
        unit.released_in_version = 2
    db.session.commit()

    numbers = queries.numbers_of(running.case.id)

    assert numbers.percentages()["notified"] is None
    assert numbers.on >= date(2026, 1, 1)


def test_sent_mail_counts_as_a_channel_and_waiting_mail_does_not(running):
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    for letter, state in zip(letters, (OutboxState.SENT, OutboxState.QUEUED), strict=False):
        mail = {"to_address": "a@example.fi", "subject": "Takaisinveto", "body_text": "Lue.", "sent_by_hand_on": POSTED}
        db.session.add(OutboxMessage(letter_id=letter.id, message_id=letter.reference, state=state, **mail))
    db.session.commit()

    numbers = queries.numbers_of(running.case.id)

    assert numbers.efforts.emails == 1
    assert numbers.channels[Channel.EMAIL] == (2, 1, POSTED)

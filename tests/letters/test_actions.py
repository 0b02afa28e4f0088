"""Letters of a case are numbered on, however many there are."""

from datetime import UTC, datetime

from sqlalchemy import select

from rockrobot import ledger
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.letters.actions import LetterDraft, make_letters
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.letters.queries import letters_of, waiting_chunks

CASE = "TV-2026-001"
URL = "/recalls/units/{unit}?letter={reference}"


def draft() -> LetterDraft:
    units = [{"case_unit_id": 1}]
    return LetterDraft(LetterKind.FIRST, Language.FI, None, None, None, "Kivi Oy", [], [], units, {}, 1)


def test_letters_are_numbered_on_after_the_ten_thousandth(database):
    old = draft()._asdict() | {"case_number": CASE, "is_drill": False, "made_at": datetime(2026, 11, 1, tzinfo=UTC)}
    ledger.bulk_insert(Letter.__table__, [old | {"reference": f"{CASE}-{n:04}"} for n in range(9_998, 10_001)])

    ids = make_letters(CASE, [draft(), draft()], is_drill=False, reply_url=URL)
    db.session.commit()

    in_order = [f"{CASE}-{n:04}" for n in range(9_998, 10_003)]
    references = dict(db.session.execute(select(Letter.id, Letter.reference)).all())
    assert [references[id_] for id_ in ids] == in_order[3:]
    assert [letter.reference for letter in letters_of(CASE).rows] == in_order
    assert [references[id_] for chunk in waiting_chunks(CASE) for id_ in chunk.letter_ids] == in_order

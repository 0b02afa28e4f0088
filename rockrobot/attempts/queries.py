"""Who is still to be written to about which units, and which letters were written in vain."""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import or_, select

from rockrobot.attempts.models import Attempt, Reply
from rockrobot.attempts.rules import ReplyKind
from rockrobot.db import db
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recalls.rules import UNANSWERED
from rockrobot.recipients.queries import Party, Recipient, ScopeUnit, recipients_of, units_by_party, units_with

Pair = tuple[Party, int]


class Written(NamedTuple):
    """What the letters of a case told: (party, unit) pairs, those told in vain, addresses that reached nobody."""

    told: set[Pair]
    in_vain: set[Pair]
    dead_addresses: set[int]

    @property
    def unit_ids(self) -> set[int]:
        """Units about which somebody was written to."""
        return {unit_id for _, unit_id in self.told | self.in_vain}


class Waiting(NamedTuple):
    """A recipient whose letter is still to be written, and of which kind it will be."""

    recipient: Recipient
    kind: LetterKind


def written_in(case_number: str) -> Written:
    """Whom the letters of a case told about which units.

    A letter was written in vain when it came back, or when somebody else answered it (wrong contact).
    """
    wrong = select(Attempt.letter_id).join(Reply, Reply.attempt_id == Attempt.id)
    wrong = wrong.where(Reply.kind == ReplyKind.WRONG_CONTACT, Attempt.letter_id.is_not(None))
    is_vain = or_(Letter.returned_on.is_not(None), Letter.id.in_(wrong))
    columns = select(Letter.company_id, Letter.person_id, Letter.address_id, Letter.units, is_vain)
    written = Written(set(), set(), set())
    for company_id, person_id, address_id, units, vain in db.session.execute(
        columns.where(Letter.case_number == case_number)
    ):
        pairs = {((company_id, person_id), unit["case_unit_id"]) for unit in units}
        (written.in_vain if vain else written.told).update(pairs)
        if vain and address_id:
            written.dead_addresses.add(address_id)
    return written


def waiting_letters(case: RecallCase, *, only: Collection[int] | None = None) -> list[Waiting]:
    """Everybody who has units today about which they were not told yet, by recipient; only: these units, where given.

    A new owner waits like one who was never written to, and so does who was written to in vain and has another
    address, while the unit is unanswered. Their kinds: next address, new owner, else first.
    """
    written = written_in(case.number)
    untold = _units_untold(case.id, written)
    wanted = untold if only is None else untold & set(only)
    if not wanted:
        return []
    waiting = []
    for recipient in recipients_of(units_with(case.id, only=wanted), but=written.dead_addresses):
        owned, held = (_untold(recipient.key, units, written) for units in (recipient.owned, recipient.held))
        if owned or held:
            fresh = replace(recipient, owned=owned, held=held)
            waiting.append(Waiting(fresh, _kind(fresh, written)))
    return waiting


def _units_untold(case_id: int, written: Written) -> set[int]:
    """Units of which somebody who has them was not told, by id: once all are told, nothing else is read."""
    parties = units_by_party(case_id).items()
    return {unit.id for party, units in parties for unit in units if not _is_told(party, unit, written)}


def _untold(key: Party, units: Collection[CaseUnit], written: Written) -> list[CaseUnit]:
    return [unit for unit in units if not _is_told(key, unit, written)]


def _is_told(key: Party, unit: CaseUnit | ScopeUnit, written: Written) -> bool:
    pair = (key, unit.id)
    return pair in written.told or (pair in written.in_vain and unit.state not in UNANSWERED)


def _kind(recipient: Recipient, written: Written) -> LetterKind:
    units = recipient.units
    if any((recipient.key, unit.id) in written.in_vain for unit in units):
        return LetterKind.NEXT_ADDRESS
    known = written.unit_ids
    return LetterKind.NEW_OWNER if all(unit.id in known for unit in units) else LetterKind.FIRST

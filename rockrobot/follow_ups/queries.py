"""What waits after the first letters: unposted, silent, returned; to whom e-mail can go."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from rockrobot import clock
from rockrobot.db import db
from rockrobot.letters.models import Letter, PrintBatch
from rockrobot.lists import Listing, listing
from rockrobot.outcomes.models import Attempt, AttemptUnit
from rockrobot.recalls.models import RecallCase
from rockrobot.recipients.queries import Party
from rockrobot.replies.queries import silent_letters
from rockrobot.replies.rules import LadderStep, ladder_step


def _party_is(key: Party) -> Any:
    company_id, person_id = key
    return Letter.company_id == company_id if company_id else Letter.person_id == person_id


def was_written_about(key: Party, unit_ids: Collection[int]) -> bool:
    """True when this party has a letter about any of these units."""
    statement = (
        select(Letter.id)
        .join(Attempt, Attempt.letter_id == Letter.id)
        .join(AttemptUnit, AttemptUnit.attempt_id == Attempt.id)
        .where(_party_is(key), AttemptUnit.case_unit_id.in_(unit_ids))
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def has_letter(unit_id: int) -> bool:
    """True when somebody has an open letter about a unit: printed or posted and not come back."""
    statement = (
        select(Letter.id)
        .join(Attempt, Attempt.letter_id == Letter.id)
        .join(AttemptUnit, AttemptUnit.attempt_id == Attempt.id)
        .where(AttemptUnit.case_unit_id == unit_id, Attempt.state.in_(("printed", "posted")))
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def addresses_tried(letter: Letter) -> set[int]:
    """The addresses at which this party's letters of the case came back, and this letter's own."""
    statement = select(Letter.address_id).where(
        Letter.case_number == letter.case_number,
        _party_is((letter.company_id, letter.person_id)),
        Letter.returned_on.is_not(None),
    )
    return {id_ for id_ in db.session.scalars(statement) if id_} | ({letter.address_id} if letter.address_id else set())


def steps_for_letters(case: RecallCase, letters: Iterable[Letter]) -> dict[int, LadderStep]:
    """What to try next with the party of each of these letters of a case, by letter."""
    posted = {
        (company_id, person_id): (first, count)
        for company_id, person_id, first, count in db.session.execute(
            select(Letter.company_id, Letter.person_id, func.min(Letter.posted_on), func.count())
            .where(Letter.case_number == case.number, Letter.posted_on.is_not(None))
            .group_by(Letter.company_id, Letter.person_id)
        )
    }
    steps = {}
    for letter in letters:
        first, count = posted.get((letter.company_id, letter.person_id), (None, 0))
        steps[letter.id] = LadderStep.WAIT
        if first is not None:
            steps[letter.id] = ladder_step(
                posted_on=first,
                today=clock.today(),
                letters=count,
                is_serious=case.is_serious,
                has_other_address=True,
            )
    return steps


@dataclass(frozen=True)
class Silent:
    """A letter without an answer, and what to try next."""

    letter: Letter
    step: LadderStep


def silent_of(case: RecallCase) -> list[Silent]:
    """The silent letters of a case with their next step."""
    letters = silent_letters(case.id, clock.today())
    steps = steps_for_letters(case, letters)
    return [Silent(letter, steps[letter.id]) for letter in letters]


def unposted_batches(case_number: str) -> Sequence[Any]:
    """Print batches with letters not posted yet: (batch, how many)."""
    return db.session.execute(
        select(PrintBatch, func.count(Letter.id))
        .join(Letter, Letter.print_batch_id == PrintBatch.id)
        .where(PrintBatch.case_number == case_number, Letter.posted_on.is_(None))
        .group_by(PrintBatch.id)
        .order_by(PrintBatch.id)
    ).all()


def letters_of_batch(batch_id: int) -> Sequence[Letter]:
    """The letters of a print batch."""
    return db.session.scalars(select(Letter).where(Letter.print_batch_id == batch_id).order_by(Letter.reference)).all()


def posted_letters(case_number: str, number: int) -> Listing[Letter]:
    """Posted letters that have not come back, a page of them."""
    statement = (
        select(Letter)
        .where(Letter.case_number == case_number, Letter.posted_on.is_not(None), Letter.returned_on.is_(None))
        .order_by(Letter.reference)
    )
    return listing(statement, number)


def mailable(case_number: str) -> dict[str, list[tuple[Letter, str]]]:
    """Printed letters whose party has an e-mail address, by language: (letter, address)."""
    statement = (
        select(Letter)
        .where(Letter.case_number == case_number, Letter.print_batch_id.is_not(None))
        .options(joinedload(Letter.company), joinedload(Letter.person))
        .order_by(Letter.reference)
    )
    found: dict[str, list[tuple[Letter, str]]] = {}
    for letter in db.session.scalars(statement):
        party = letter.company or letter.person
        if party is not None and party.email:
            found.setdefault(letter.language.value, []).append((letter, party.email))
    return found


def letters_with(letter_ids: Collection[int]) -> Sequence[Letter]:
    """These letters with their parties."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.id.in_(letter_ids))
        .options(joinedload(Letter.company), joinedload(Letter.person))
        .order_by(Letter.id)
    ).all()

"""What waits after the first letters: unposted, silent, returned; to whom e-mail can go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from rockrobot import clock
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.queries import written_in
from rockrobot.attempts.rules import AttemptState
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.queries import email_of
from rockrobot.db import db
from rockrobot.letters.models import Letter, PrintBatch
from rockrobot.letters.rules import reference_in
from rockrobot.lists import Listing, listing
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recalls.rules import UnitState
from rockrobot.recipients.queries import Party, addresses_of
from rockrobot.replies.queries import silent_letters
from rockrobot.replies.rules import LadderStep, ladder_step


def units_with_letter(unit_ids: Collection[int]) -> set[int]:
    """Those of these units about which somebody has an open letter: printed or posted and not come back."""
    statement = (
        select(AttemptUnit.case_unit_id)
        .join(Attempt, AttemptUnit.attempt_id == Attempt.id)
        .where(
            AttemptUnit.case_unit_id.in_(unit_ids),
            Attempt.letter_id.is_not(None),
            Attempt.state.in_((AttemptState.PRINTED, AttemptState.POSTED)),
        )
    )
    return set(db.session.scalars(statement))


def unsettled_units(letters: Sequence[Letter]) -> dict[int, set[int]]:
    """Units about which the owner was told and said nothing, by letter; reminders speak of these only."""
    statement = (
        select(Attempt.letter_id, CaseUnit.id)
        .join(AttemptUnit, AttemptUnit.attempt_id == Attempt.id)
        .join(CaseUnit, CaseUnit.id == AttemptUnit.case_unit_id)
        .where(Attempt.letter_id.in_([letter.id for letter in letters]), CaseUnit.state == UnitState.NOTIFIED)
    )
    found: dict[int, set[int]] = {letter.id: set() for letter in letters}
    for letter_id, unit_id in db.session.execute(statement):
        found[letter_id or 0].add(unit_id)
    return found


def party_of(letter: Letter) -> Party:
    """Whom a letter was written to."""
    return (letter.company_id, letter.person_id)


def addresses_left(case_number: str, letters: Sequence[Letter]) -> dict[int, list[Address]]:
    """Where the party of each letter could still be reached, by letter: valid today, no letter there was in vain."""
    parties = {party_of(letter) for letter in letters}
    in_vain = written_in(case_number).dead_addresses
    valid = addresses_of(parties, clock.today())
    return {
        letter.id: [address for address in valid.get(party_of(letter), ()) if address.id not in in_vain]
        for letter in letters
    }


def other_address(letter: Letter, left: Sequence[Address]) -> Address | None:
    """The first address that is left and is not the one of this letter."""
    return next((address for address in left if address.id != letter.address_id), None)


def steps_for_letters(
    case: RecallCase, letters: Sequence[Letter], left: Mapping[int, Sequence[Address]]
) -> dict[int, LadderStep]:
    """What to try next with the party of each of these letters of a case, by letter. left: addresses_left."""
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
        first, count = posted.get(party_of(letter), (None, 0))
        steps[letter.id] = LadderStep.WAIT
        if first is not None:
            steps[letter.id] = ladder_step(
                posted_on=first,
                today=clock.today(),
                letters=count,
                is_serious=case.is_serious,
                has_other_address=other_address(letter, left[letter.id]) is not None,
            )
    return steps


@dataclass(frozen=True)
class Silent:
    """A letter without an answer, and what to try next."""

    letter: Letter
    step: LadderStep


def silent_of(case: RecallCase, number: int) -> Listing[Silent]:
    """The silent letters of a case with their next step, a page of them."""
    page = silent_letters(case.id, clock.today(), number)
    steps = steps_for_letters(case, page.rows, addresses_left(case.number, page.rows))
    return Listing([Silent(letter, steps[letter.id]) for letter in page.rows], page.total, page.number)


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
    out = (Letter.case_number == case_number, Letter.posted_on.is_not(None), Letter.returned_on.is_(None))
    return listing(select(Letter).where(*out).order_by(Letter.reference), number)


def sought_letters(case_number: str, typed: str, number: int) -> Listing[Letter]:
    """Printed letters of a case with these signs in their reference or recipient's name, a page of them.

    typed: a reference or its end, what a reader of the code gives, or part of a name.
    """
    named = func.lower(Letter.recipient_name).contains(" ".join(typed.split()).lower(), autoescape=True)
    statement = select(Letter).where(
        Letter.case_number == case_number,
        Letter.print_batch_id.is_not(None),
        or_(Letter.reference.contains(reference_in(typed), autoescape=True), named),
    )
    return listing(statement.order_by(Letter.reference), number)


def printed_on(batch_id: int) -> date:
    """The day in Finland on which a print batch was made."""
    return db.session.get_one(PrintBatch, batch_id).made_at.astimezone(clock.HOME).date()


def mailable(case_number: str) -> dict[str, list[tuple[Letter, str]]]:
    """Printed letters whose party has an e-mail address, by language: (letter, address)."""
    statement = (
        select(Letter)
        .where(Letter.case_number == case_number, Letter.print_batch_id.is_not(None))
        .options(joinedload(Letter.company).selectinload(Company.points))
        .options(joinedload(Letter.person).selectinload(Person.points))
        .order_by(Letter.reference)
    )
    found: dict[str, list[tuple[Letter, str]]] = {}
    for letter in db.session.scalars(statement):
        party = letter.company or letter.person
        email = email_of(party, clock.today()) if party else ""
        if email:
            found.setdefault(letter.language.value, []).append((letter, email))
    return found

"""Letters after the first: to the new owner, to the next address, reminders; and e-mails beside the paper."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from rockrobot import jobs
from rockrobot.attempts.actions import print_letters, write_waiting
from rockrobot.attempts.queries import Waiting, waiting_letters
from rockrobot.case_letters.actions import check_letters, write_letters
from rockrobot.case_letters.queries import studio_of
from rockrobot.contacts.models import Address
from rockrobot.db import db
from rockrobot.dispatches.actions import ask_for_addresses, mark_returned
from rockrobot.follow_ups import queries
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.mailing.actions import queue_mail
from rockrobot.purposes.rules import PurposeCode
from rockrobot.recalls.actions import hold, require_public_notice
from rockrobot.recalls.models import RecallCase
from rockrobot.recipients.queries import Recipient, load_parties, units_with
from rockrobot.replies.rules import LadderStep

MAIL_TEXT = {
    "fi": "Liitteenä on tärkeä turvallisuuskirje laitteestanne. Lukekaa se heti ja vastatkaa siihen.",
    "sv": "Bifogat finns ett viktigt säkerhetsbrev om er maskin. Läs det genast och besvara det.",
    "en": "Attached is an important safety letter about your machine. Please read it at once and answer it.",
    "nb": "Vedlagt er et viktig sikkerhetsbrev om maskinen deres. Les det straks og svar på det.",
    "da": "Vedhæftet er et vigtigt sikkerhedsbrev om jeres maskine. Læs det straks, og besvar det.",
}
PRINT = "follow_ups.print"
DRAWN_AT_ONCE = 5
NO_LETTER_STEPS = frozenset({LadderStep.WAIT, LadderStep.PHONE})


def write_to_new_owner(case: RecallCase, unit_ids: Collection[int]) -> list[int]:
    """The letters to those who own, or hold, these units now and were not told yet; ids. Printed by the next printing.

    Raises LettersRefusedError.
    """
    check_letters(case)
    waiting = waiting_letters(case, only=unit_ids)
    reached = _units_in(waiting) | queries.units_with_letter(unit_ids)
    lost = [id_ for id_ in unit_ids if id_ not in reached]
    if lost:
        ask_for_addresses(case, [(id_, "") for id_ in lost])
        require_public_notice(case)
    return write_waiting(case, waiting)


def _units_in(waiting: Iterable[Waiting]) -> set[int]:
    return {unit.id for one in waiting for unit in one.recipient.units}


def take_back(case: RecallCase, letter: Letter, on: date, reason: str) -> list[int]:
    """A letter came back: the same units go to the party's next address at once; without one an address is looked for.

    Ids of the new letters. Raises LettersRefusedError when the letter is taken back but no other may be made yet: it
    then waits with those that are not written.
    """
    hold(case)
    unit_ids = {unit.id for unit in mark_returned(letter, on, reason)}
    waiting = waiting_letters(case, only=unit_ids)
    lost = unit_ids - _units_in(waiting)
    if lost:
        _look_for_addresses(case, [(letter, lost)])
    if waiting:
        check_letters(case)
    return write_waiting(case, waiting)


def _write(case: RecallCase, entries: Iterable[tuple[Letter, Address | None, set[int]]], kind: LetterKind) -> list[int]:
    """Letters to the parties of earlier ones, each about some of its units, to an address (None: no letter); ids."""
    wanted = [(queries.party_of(letter), address, ids) for letter, address, ids in entries if address]
    units = units_with(case.id, only={id_ for _, _, ids in wanted for id_ in ids})
    parties = load_parties({key for key, _, _ in wanted})
    letters = [
        (Recipient(parties[key], address, owned=owned), kind)
        for key, address, ids in wanted
        if key in parties and (owned := [unit for unit in units if unit.id in ids])
    ]
    return write_letters(studio_of(case, units), letters) if letters else []


def write_reminders(case: RecallCase, letters: Iterable[Letter]) -> list[int]:
    """Reminders of these letters, each about its unsettled units only; the second one to another address; ids.

    Owners whose ladder says phone get no letter here: they stand in the list of calls. Raises LettersRefusedError.
    """
    check_letters(case)
    letters = list(letters)
    left = queries.addresses_left(case.number, letters)
    steps = queries.steps_for_letters(case, letters, left)
    units = queries.unsettled_units(letters)
    due = [letter for letter in letters if units[letter.id] and steps[letter.id] not in NO_LETTER_STEPS]
    entries = [(letter, _reminder_address(letter, steps, left), units[letter.id]) for letter in due]
    _look_for_addresses(case, [(letter, ids) for letter, address, ids in entries if address is None])
    return _write(case, entries, LetterKind.REMINDER)


def _look_for_addresses(case: RecallCase, lost: Sequence[tuple[Letter, set[int]]]) -> None:
    """Owners without any address left: find one, and tell the public."""
    if lost:
        ask_for_addresses(case, [(id_, letter.reference) for letter, ids in lost for id_ in sorted(ids)])
        require_public_notice(case)


def _reminder_address(
    letter: Letter, steps: Mapping[int, LadderStep], left: Mapping[int, Sequence[Address]]
) -> Address | None:
    """Where a reminder goes: where the letter went while that is valid; another address when the ladder says so."""
    same = next((address for address in left[letter.id] if address.id == letter.address_id), None)
    other = queries.other_address(letter, left[letter.id])
    return other or same if steps[letter.id] is LadderStep.OTHER_ADDRESS else same or other


def print_soon(case: RecallCase, letter_ids: Collection[int]) -> None:
    """Print these letters: a few are drawn at once, many are a job, which prints all that waits. Commits."""
    db.session.flush()
    if len(letter_ids) <= DRAWN_AT_ONCE:
        print_letters(case, only=letter_ids)
        return
    jobs.enqueue(PRINT, {"case_id": case.id}, key=f"{PRINT}:{case.id}:{max(letter_ids)}")


@jobs.kind(PRINT)
def print_waiting(job: jobs.Job) -> dict[str, int]:
    """Print the letters of a case that wait."""
    case = db.session.get_one(RecallCase, job.payload["case_id"])
    made = print_letters(case, lambda done, total: jobs.progress(job, done, total))
    return {"batches": len(made)}


def mail_letters(case: RecallCase) -> int:
    """Queue an e-mail for every printed letter whose party has an address for it; a drill never writes to anybody.

    An objection to marketing keeps nobody from it; who wants no contact at all gets the printed letter alone.

    How many were queued.
    """
    if case.is_drill:
        return 0
    count = 0
    for language, pairs in queries.mailable(case.number).items():
        heading = pairs[0][0].content["heading"]
        subject = f"{heading}: {case.product_name}"[:150]
        count += queue_mail(pairs, purpose=PurposeCode.RECALL, subject=subject, text=MAIL_TEXT[language])
    return count

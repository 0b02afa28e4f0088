"""Letters after the first: to the new owner, to the next address, reminders; and e-mails beside the paper."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select

from rockrobot import clock
from rockrobot.case_letters.actions import check_letters, write_letters
from rockrobot.case_letters.queries import studio_of
from rockrobot.contacts.models import Address
from rockrobot.contacts.rules import address_order
from rockrobot.db import db
from rockrobot.follow_ups import queries
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.mailing.actions import queue_mail
from rockrobot.recalls.actions import require_public_notice
from rockrobot.recalls.models import CaseUnit, RecallCase
from rockrobot.recipients.queries import Recipient, load_parties, recipients_of, units_with
from rockrobot.replies.actions import ask_for_address, mark_returned, unsettled_units
from rockrobot.replies.rules import LadderStep

MAIL_TEXT = {
    "fi": "Liitteenä on tärkeä turvallisuuskirje laitteestanne. Lukekaa se heti ja vastatkaa siihen.",
    "sv": "Bifogat finns ett viktigt säkerhetsbrev om er maskin. Läs det genast och besvara det.",
    "en": "Attached is an important safety letter about your machine. Please read it at once and answer it.",
    "nb": "Vedlagt er et viktig sikkerhetsbrev om maskinen deres. Les det straks og svar på det.",
    "da": "Vedhæftet er et vigtigt sikkerhedsbrev om jeres maskine. Læs det straks, og besvar det.",
}


def write_to_new_owner(case: RecallCase, unit_ids: Collection[int]) -> list[int]:
    """The letters to those who own, or hold, these units now; ids. Printed by the next printing.

    Raises LettersRefusedError.
    """
    check_letters(case)
    units = units_with(case.id, only=unit_ids)
    fresh = [r for r in recipients_of(units) if not queries.was_written_about(r.key, unit_ids)]
    letters = write_letters(studio_of(case, units), fresh, LetterKind.NEW_OWNER) if fresh else []
    reached = {unit.id for recipient in fresh for unit in recipient.units}
    lost = [unit for unit in units if unit.id not in reached and not queries.has_letter(unit.id)]
    if lost:
        ask_for_address(case, lost, "")
        require_public_notice(case)
    return letters


def take_back(case: RecallCase, letter: Letter, on: date, reason: str) -> list[int]:
    """A letter came back: the same units go to the party's next address at once; without one an address is looked for.

    Ids of the new letters.
    """
    units = mark_returned(letter, on, reason)
    if not units:
        return []
    address = next_address(letter)
    if address is None:
        ask_for_address(case, units, letter.recipient_name)
        require_public_notice(case)
        return []
    return _write(case, letter, address, units, LetterKind.NEXT_ADDRESS)


def next_address(letter: Letter) -> Address | None:
    """The party's address after the one this letter used, among those valid today and not tried in vain."""
    column = Address.company_id if letter.company_id else Address.person_id
    statement = select(Address).where(column == (letter.company_id or letter.person_id))
    tried = queries.addresses_tried(letter)
    order = address_order(list(db.session.scalars(statement)), clock.today())
    return next((address for address in order if address.id not in tried), None)


def _write(
    case: RecallCase, letter: Letter, address: Address | None, units: Iterable[CaseUnit], kind: LetterKind
) -> list[int]:
    loaded = list(units_with(case.id, only=[unit.id for unit in units]))
    party = load_parties([(letter.company_id, letter.person_id)]).get((letter.company_id, letter.person_id))
    if party is None or not loaded:
        return []
    place = address or db.session.get(Address, letter.address_id or 0)
    return write_letters(studio_of(case, loaded), [Recipient(party, place, owned=loaded)], kind)


def write_reminders(case: RecallCase, letters: Iterable[Letter]) -> list[int]:
    """Reminders of these letters, each about its unsettled units only; the second one to another address; ids.

    Owners whose ladder says phone get no letter here: they stand in the list of calls. Raises LettersRefusedError.
    """
    check_letters(case)
    made: list[int] = []
    letters = list(letters)
    steps = queries.steps_for_letters(case, letters)
    for letter in letters:
        step = steps[letter.id]
        units = unsettled_units(letter.id)
        if not units or step in {LadderStep.WAIT, LadderStep.PHONE}:
            continue
        other = next_address(letter) if step is LadderStep.OTHER_ADDRESS else None
        made += _write(case, letter, other, units, LetterKind.REMINDER)
    return made


def mail_letters(case: RecallCase) -> int:
    """Queue an e-mail for every printed letter whose party has an address for it; a drill never writes to anybody.

    How many were queued.
    """
    if case.is_drill:
        return 0
    count = 0
    for language, pairs in queries.mailable(case.number).items():
        heading = pairs[0][0].content["heading"]
        count += queue_mail(pairs, subject=f"{heading}: {case.product_name}"[:150], text=MAIL_TEXT[language])
    return count

"""Mark letters posted and returned, note calls and visits; each takes its units on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

from rockrobot import clock, ledger
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.rules import AttemptState, Channel
from rockrobot.db import db
from rockrobot.dispatches import queries
from rockrobot.events.actions import Links, NewEvent, add_events
from rockrobot.events.rules import Channel as EventChannel
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.recalls.actions import NewTask, add_tasks, move_case
from rockrobot.recalls.models import CaseUnit, RecallCase, UnitStep
from rockrobot.recalls.rules import CaseState, TaskKind, UnitState
from rockrobot.scopes.queries import lines_of

LETTER_WORDS = {
    LetterKind.REMINDER: "Muistutus takaisinvedosta",
    LetterKind.HOLDER_COPY: "Takaisinvetokirjeen kopio haltijalle",
    LetterKind.IMPORTER: "Takaisinvetokirje maahantuojalle",
}
NOON = time(12)


def walk(units: Iterable[CaseUnit], to: UnitState, on: date, note: str) -> None:
    """Take open units to an open state, one step each."""
    now, by = clock.now(), ledger.actor()
    for unit in units:
        step = UnitStep(case_unit_id=unit.id, from_state=unit.state, to_state=to, on=on, at=now, by=by, note=note)
        db.session.add(step)
        unit.state, unit.state_on = to, on


def mark_posted(letters: Sequence[Letter], on: date, tracking_no: str = "") -> int:
    """A person says: these were posted on this day. Printing is not posting. How many were marked.

    Letters posted already stay as they are; their units become notified; the case goes to notifying.
    """
    fresh = [letter for letter in letters if letter.posted_on is None]
    by, tracking = ledger.actor(), tracking_no.strip()
    for letter in fresh:
        letter.posted_on, letter.posted_by, letter.tracking_no = on, by, tracking
    attempts = queries.attempts_of_letters([letter.id for letter in fresh])
    for attempt in attempts:
        attempt.reached_on = attempt.reached_on or on
        if attempt.state in {AttemptState.QUEUED, AttemptState.PRINTED}:
            attempt.state = AttemptState.POSTED
    units = queries.units_of_attempts([attempt.id for attempt in attempts])
    walk([u for u in units if u.state is UnitState.IDENTIFIED], UnitState.NOTIFIED, on, "posted")
    for case in queries.cases_of_attempts([attempt.id for attempt in attempts]):
        if case.state is CaseState.APPROVED:
            move_case(case, CaseState.NOTIFYING)
    db.session.flush()
    _tell_timelines([letter for letter in fresh if not letter.is_drill], on)
    return len(fresh)


def _tell_timelines(letters: Sequence[Letter], on: date) -> None:
    """Each letter becomes an event of its recipient and of the machines it is about.

    Nobody says at what hour it was posted: noon of the day, or now while that is still to come.
    """
    devices = queries.devices_of_units({unit["case_unit_id"] for letter in letters for unit in letter.units})
    posted_at = min(clock.moment_of(on, NOON), clock.now())
    add_events(
        [NewEvent(_links(one, devices), EventChannel.LETTER, posted_at, _told(one), one.reference) for one in letters]
    )


def _links(letter: Letter, devices: Mapping[int, int]) -> Links:
    about = [devices[unit["case_unit_id"]] for unit in letter.units if unit["case_unit_id"] in devices]
    return {
        "companies": [letter.company_id] if letter.company_id else [],
        "people": [letter.person_id] if letter.person_id else [],
        "devices": about,
    }


def _told(letter: Letter) -> str:
    tracking = f" Seurantatunnus {letter.tracking_no}." if letter.tracking_no else ""
    return f"{LETTER_WORDS.get(letter.kind, 'Takaisinvetokirje')} {letter.reference} postitettu.{tracking}"


def mark_returned(letter: Letter, on: date, reason: str) -> list[CaseUnit]:
    """A letter came back: the attempt ends; the units it was about that are notified, for the party's next letter.

    Those of them that nobody else was told of are identified again. The next address, where there is one, is the
    caller's next letter; where there is none an address is looked for.
    """
    letter.returned_on, letter.returned_reason = on, reason.strip()
    attempts = queries.attempts_of_letters([letter.id])
    for attempt in attempts:
        attempt.state = AttemptState.RETURNED
    units = [u for u in queries.units_of_attempts([a.id for a in attempts]) if u.state is UnitState.NOTIFIED]
    known = queries.units_known_to_others((letter.company_id, letter.person_id), [unit.id for unit in units])
    walk([unit for unit in units if unit.id not in known], UnitState.IDENTIFIED, on, "returned mail")
    db.session.flush()
    return units


def ask_for_addresses(case: RecallCase, lost: Iterable[tuple[int, str]]) -> None:
    """Make the tasks of finding an address, one a unit: (unit's id, reference of the letter that had none).

    A task names nobody: the workshop reads it too, and it outlives who is erased.
    """
    add_tasks(case, [NewTask(TaskKind.FIND_ADDRESS, unit_id, reference) for unit_id, reference in lost])


def record_attempt(case: RecallCase, units: Sequence[CaseUnit], *, channel: Channel, on: date, note: str) -> Attempt:
    """A call or a visit that reached, or tried to reach, who has these units today."""
    holders = {(who.company_id, who.person_id) for line in lines_of(units) if (who := line.holder)}
    company_id, person_id = holders.pop() if len(holders) == 1 else (None, None)
    attempt = Attempt(
        case_id=case.id,
        company_id=company_id,
        person_id=person_id,
        channel=channel,
        state=AttemptState.POSTED,
        made_at=clock.now(),
        made_by=ledger.actor(),
        reached_on=on,
        note=note.strip(),
    )
    db.session.add(attempt)
    db.session.flush()
    db.session.add_all(AttemptUnit(attempt_id=attempt.id, case_unit_id=unit.id) for unit in units)
    walk([u for u in units if u.state is UnitState.IDENTIFIED], UnitState.NOTIFIED, on, channel.value)
    db.session.flush()
    return attempt

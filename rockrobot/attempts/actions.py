"""Take letters out to people: compose, print, and keep the attempt that each letter is."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import select

from rockrobot import clock, jobs, ledger
from rockrobot.attempts.models import Attempt, AttemptUnit
from rockrobot.attempts.queries import Waiting, waiting_letters
from rockrobot.attempts.rules import AttemptState, Channel
from rockrobot.case_letters import actions as case_letters
from rockrobot.case_letters.queries import studio_of
from rockrobot.case_letters.rules import LettersFault
from rockrobot.db import db, reading
from rockrobot.letters import actions as letters
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.letters.queries import batches_of, waiting_chunks
from rockrobot.organisation.queries import organisation
from rockrobot.recalls.models import RecallCase
from rockrobot.recipients.queries import units_with

PRINT = "letters.print"
Progress = Callable[[int, int], None]


def notify(case: RecallCase, progress: Progress | None = None) -> list[int]:
    """Write to everybody who was not told yet, print what waits, register the attempts; ids of new batches.

    Work of a job or a command: commits after each batch. Run again it goes on where it was left, and makes nothing
    twice. Raises LettersRefusedError.
    """
    case_letters.check_letters(case)
    if write_waiting(case, waiting_letters(case)):
        db.session.commit()
    made = print_letters(case, progress)
    if not made and not batches_of(case.number):
        raise case_letters.LettersRefusedError([LettersFault.NO_RECIPIENTS])
    return made


def write_waiting(case: RecallCase, waiting: Sequence[Waiting]) -> list[int]:
    """Write the letters that wait, each of its kind; their ids. Who may be written to has been checked.

    Raises LettersRefusedError when what they show was changed meanwhile: then none is made.
    """
    if not waiting:
        return []
    in_order = [one for kind in LetterKind for one in waiting if one.kind is kind]
    return case_letters.write_letters(studio_of(case, units_with(case.id)), in_order)


def print_letters(
    case: RecallCase, progress: Progress | None = None, *, only: Collection[int] | None = None
) -> list[int]:
    """Print every letter of a case that waits, of whatever kind, and register it; ids of the new batches.

    only: the letters with these ids, where given.
    """
    chunks = waiting_chunks(case.number, only=only)
    ids = [id_ for chunk in chunks for id_ in chunk.letter_ids]
    album = studio_of(case, units_with(case.id)).album
    house = organisation()
    made = letters.print_waiting(
        case.number,
        chunks,
        album.bodies,
        is_duplex=bool(house and house.duplex_letters),
        progress=(lambda done: progress(done, len(ids))) if progress else None,
    )
    _settle_printed(case)
    db.session.commit()
    return made


def _settle_printed(case: RecallCase) -> None:
    """Attempts and tasks of printed letters that have none yet."""
    known = select(Attempt.letter_id).where(Attempt.case_id == case.id, Attempt.letter_id.is_not(None))
    printed = select(Letter).where(
        Letter.case_number == case.number, Letter.print_batch_id.is_not(None), Letter.id.not_in(known)
    )
    fresh = db.session.scalars(printed.order_by(Letter.reference)).all()
    if fresh:
        case.letters_ready_at = case.letters_ready_at or clock.now()
    _register_letters(case, fresh)
    case_letters.want_plain_envelopes(case, fresh)


def _register_letters(case: RecallCase, fresh: Sequence[Letter]) -> None:
    """The attempts that letters printed just now are, each with its units."""
    now, by = clock.now(), ledger.actor()
    rows = [
        {
            "case_id": case.id,
            "channel": Channel.LETTER,
            "state": AttemptState.PRINTED,
            "letter_id": letter.id,
            "company_id": letter.company_id,
            "person_id": letter.person_id,
            "made_at": now,
            "made_by": by,
        }
        for letter in fresh
    ]
    ids = ledger.bulk_insert(Attempt.__table__, rows)
    links = [
        {"attempt_id": attempt_id, "case_unit_id": unit["case_unit_id"]}
        for attempt_id, letter in zip(ids, fresh, strict=True)
        for unit in letter.units
    ]
    ledger.bulk_insert(AttemptUnit.__table__, links)


def ask_for_letters(case: RecallCase) -> jobs.Job:
    """Queue the work of writing and printing the letters of a case; the job that runs already, where there is one."""
    key = f"{PRINT}:{case.id}:"
    mine = select(jobs.Job).where(jobs.Job.idempotency_key.startswith(key)).order_by(jobs.Job.id.desc())
    earlier = db.session.scalars(mine).all()
    if earlier and earlier[0].state in (jobs.QUEUED, jobs.RUNNING):
        return earlier[0]
    return jobs.enqueue(PRINT, {"case_id": case.id}, key=f"{key}{len(earlier) + 1}")


def latest_job(case_id: int) -> jobs.Job | None:
    """The newest job of writing and printing letters of a case, or None."""
    mine = jobs.Job.idempotency_key.startswith(f"{PRINT}:{case_id}:")
    return db.session.scalar(select(jobs.Job).where(mine).order_by(jobs.Job.id.desc()).limit(1))


@jobs.kind(PRINT)
def print_by_job(job: jobs.Job) -> dict[str, Any]:
    """Write and print the letters of a case; refused ones are told to the person who asked."""
    job_id = job.id
    case = db.session.get_one(RecallCase, job.payload["case_id"])

    def tell(done: int, total: int) -> None:
        with reading():
            jobs.progress(db.session.get_one(jobs.Job, job_id), done, total)
            db.session.rollback()

    try:
        return {"batches": notify(case, tell)}
    except case_letters.LettersRefusedError as error:
        raise jobs.JobError(",".join(error.faults)) from error

"""Checks the chain, every night and when somebody asks."""

from collections.abc import Callable
from typing import Any

from rockrobot import chain, clock, jobs, ledger
from rockrobot.db import db, reading
from rockrobot.evidence import queries
from rockrobot.evidence.models import ChainCheck
from rockrobot.evidence.rules import FEWEST_DIGITS, Seal, read_seal, seal_text

SINCE_LAST = "as against check"


def check_chain(progress: Callable[[int], None] | None = None) -> ChainCheck:
    """Walk the chain, compare it with the last sound check, and keep what was found; commits.

    The walk holds no lock that others wait for; what is written meanwhile is left to the next check. progress: told how
    many entries were read.
    """
    db.session.rollback()
    with reading():
        verdict = chain.verify(db.session.connection(), progress)
        last = queries.latest_sound_check()
        since = queries.fault_of(last.seal) if last else None
        fault = verdict.fault or (f"{since} {SINCE_LAST} {last.id}" if last and since else "")
        db.session.rollback()
    check = ChainCheck(
        made_at=clock.now(),
        made_by=ledger.actor(),
        entries=verdict.entries,
        last_entry_id=verdict.last_id,
        head=verdict.head,
        fault=fault[:200],
    )
    db.session.add(check)
    db.session.commit()
    return check


def ask_for_check(seal: Seal | None = None) -> jobs.Job:
    """Queue a check, also against a seal from paper; the same one that waits or runs already, where there is one."""
    payload = {"seal": seal_text(seal)} if seal else {}
    running = next((job for job in queries.running_jobs() if job.payload == payload), None)
    if running:
        return running
    mark = seal.head[:FEWEST_DIGITS] if seal else ""
    return jobs.enqueue(queries.JOB, payload, key=f"{queries.JOB}:{mark}:{clock.now().isoformat()}")


@jobs.kind(queries.JOB)
def check_by_job(job: jobs.Job) -> dict[str, Any]:
    """Check the chain because somebody asked; whether it bears their seal counts only where the chain is whole.

    A seal that it does not bear leaves the check as it is: what was typed may be wrong.
    """
    sealed, total = job.payload.get("seal"), queries.count_entries()
    check = check_chain(lambda done: jobs.progress(job, done, max(done, total)))
    against = queries.fault_of(read_seal(sealed)) if sealed else None
    return {"check_id": check.id, "fault": check.fault or against or ""}


@jobs.sweep
def check_nightly() -> int:
    """Check the chain where the night's check is due; how many were made. The worker calls this."""
    with reading():
        last = queries.latest_check()
        is_due = last is None or last.made_at < clock.last_night()
        db.session.rollback()
    if not is_due:
        return 0
    with ledger.change_set("evidence.check", actor="worker"):
        check_chain()
    return 1

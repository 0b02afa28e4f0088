"""Checks the chain, every night and when somebody asks."""

from typing import Any

from rockrobot import chain, clock, jobs, ledger
from rockrobot.db import db, reading
from rockrobot.evidence import queries
from rockrobot.evidence.models import ChainCheck

SINCE_LAST = "as against check"


def check_chain() -> ChainCheck:
    """Walk the chain, compare it with the last sound check, and keep what was found; commits.

    The walk holds no lock that others wait for; what is written meanwhile is left to the next check.
    """
    db.session.rollback()
    with reading():
        verdict = chain.verify(db.session.connection())
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


def ask_for_check() -> jobs.Job:
    """Queue a check; the one that waits or runs already, where there is one."""
    running = queries.running_job()
    if running:
        return running
    return jobs.enqueue(queries.JOB, {}, key=f"{queries.JOB}:{clock.now().isoformat()}")


@jobs.kind(queries.JOB)
def check_by_job(_job: jobs.Job) -> dict[str, Any]:
    """Check the chain because somebody asked."""
    check = check_chain()
    return {"check_id": check.id, "fault": check.fault}


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

"""The checks of the chain, and whether it still bears a seal."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rockrobot.chain import GENESIS, LedgerEntry
from rockrobot.db import db
from rockrobot.evidence.models import ChainCheck
from rockrobot.evidence.rules import Seal, fault_against
from rockrobot.jobs import QUEUED, RUNNING, Job
from rockrobot.lists import Listing, listing

JOB = "evidence.check"


def checks(*, number: int = 1) -> Listing[ChainCheck]:
    """The checks, newest first."""
    return listing(select(ChainCheck).order_by(ChainCheck.id.desc()), number)


def check_with(check_id: int) -> ChainCheck | None:
    """The check with this id, or None."""
    return db.session.get(ChainCheck, check_id)


def latest_check() -> ChainCheck | None:
    """The newest check, or None before the first."""
    return db.session.scalar(select(ChainCheck).order_by(ChainCheck.id.desc()).limit(1))


def latest_sound_check() -> ChainCheck | None:
    """The newest check that found nothing wrong."""
    sound = select(ChainCheck).where(ChainCheck.fault == "").order_by(ChainCheck.id.desc())
    return db.session.scalar(sound.limit(1))


def running_jobs() -> Sequence[Job]:
    """The checks that wait or run, the oldest first."""
    waiting = select(Job).where(Job.kind == JOB, Job.state.in_((QUEUED, RUNNING)))
    return db.session.scalars(waiting.order_by(Job.id)).all()


def comparison_with(job_id: int | None) -> Job | None:
    """The check against a seal that this job is, or None."""
    job = db.session.get(Job, job_id) if job_id else None
    return job if job and job.kind == JOB and "seal" in job.payload else None


def count_entries() -> int:
    """How many entries the chain has."""
    return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def fault_of(seal: Seal) -> str | None:
    """Code of what is wrong with the chain as against a seal (rules.fault_against), or None.

    It trusts the hashes that the entries carry, so it proves something only of a chain that was walked and found whole.
    """
    if seal.entry_id == 0:
        return fault_against(seal, GENESIS, 0)
    entries = LedgerEntry.__table__.c
    hash_there = db.session.scalar(select(entries.hash).where(entries.id == seal.entry_id))
    count = db.session.scalar(select(func.count()).select_from(LedgerEntry).where(entries.id <= seal.entry_id)) or 0
    return fault_against(seal, hash_there, count)

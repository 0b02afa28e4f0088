"""Work that outlives a request: rows with leases, a worker loop, progress."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, inspect, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from rockrobot import clock, ledger
from rockrobot.db import Base, Moment, db, is_sqlite, writing_now

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


class Job(Base):
    """One piece of work; taken by one worker at a time, taken again when its lease runs out."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "lease_until"), {"info": {"ledger": False}})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    actor: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(300), default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class JobError(RuntimeError):
    """The work can't be done, and trying again won't help; the text is shown to the person who asked."""


Work = Callable[[Job], dict[str, Any]]
_kinds: dict[str, Work] = {}
_sweeps: list[Callable[[], int]] = []


def kind(name: str) -> Callable[[Work], Work]:
    """Register the function that does jobs of this kind; it returns the job's result."""

    def register(work: Work) -> Work:
        _kinds[name] = work
        return work

    return register


def sweep(work: Callable[[], int]) -> Callable[[], int]:
    """Register work that the worker looks for in every round (the outbox); returns how much it did."""
    _sweeps.append(work)
    return work


def enqueue(kind_name: str, payload: dict[str, Any], *, key: str) -> Job:
    """Queue work in the running transaction; the same key gives the job that is there already."""
    job = db.session.scalar(select(Job).where(Job.idempotency_key == key))
    if job is None:
        job = Job(kind=kind_name, payload=payload, idempotency_key=key, actor=ledger.actor(), made_at=clock.now())
        db.session.add(job)
        db.session.flush()
    return job


def progress(job: Job, done: int, total: int) -> None:
    """Tell how far the work is and lengthen the lease; a short transaction of its own, so not inside a writing one."""
    job_id = (inspect(job).identity or (0,))[0]  # the id without loading the row, which would begin a transaction
    values = {"done_count": done, "total_count": total, "lease_until": clock.now() + LEASE}
    with writing_now(), db.engine.begin() as connection:
        connection.execute(Job.__table__.update().where(Job.__table__.c.id == job_id).values(values))


def take() -> int | None:
    """Take the oldest job that waits or whose lease ran out; its id, or None."""
    now = clock.now()
    waiting = or_(Job.state == QUEUED, (Job.state == RUNNING) & (Job.lease_until < now))
    statement = select(Job).where(waiting).order_by(Job.id).limit(1)
    if not is_sqlite():
        statement = statement.with_for_update(skip_locked=True)
    job = db.session.scalar(statement)
    if job is None:
        db.session.rollback()
        return None
    job.state, job.attempts, job.lease_until = RUNNING, job.attempts + 1, now + LEASE
    if job.attempts > MAX_ATTEMPTS:
        job.state, job.fault, job.ended_at = FAILED, "too many attempts", now
    db.session.commit()
    return job.id if job.state == RUNNING else None


def run(job_id: int) -> None:
    """Do one taken job to its end; a fault is kept on its row."""
    job = db.session.get_one(Job, job_id)
    try:
        with ledger.change_set(f"jobs.{job.kind}", actor=job.actor):
            result = _kinds[job.kind](job)
            db.session.commit()
        _end(job_id, DONE, result=result)
    except JobError as error:
        db.session.rollback()
        _end(job_id, FAILED, fault=str(error))
    except Exception as error:
        db.session.rollback()
        _end(job_id, FAILED, fault=type(error).__name__)
        raise


def _end(job_id: int, state: str, *, result: dict[str, Any] | None = None, fault: str = "") -> None:
    job = db.session.get_one(Job, job_id, populate_existing=True)
    job.state, job.result, job.fault, job.ended_at = state, result or {}, fault[:300], clock.now()
    db.session.commit()


def run_waiting() -> int:
    """Do what waits, once: all jobs and one round of the sweeps; how much was done."""
    count = 0
    while (job_id := take()) is not None:
        run(job_id)
        count += 1
    return count + sum(work() for work in _sweeps)


def work_forever(
    *, pause_seconds: float = 1.0, should_stop: Callable[[], bool], on_fault: Callable[[Exception], object]
) -> None:
    """The worker loop: does what waits, rests, until told to stop; one job's fault does not end the worker."""
    while not should_stop():
        try:
            busy = run_waiting()
        except Exception as error:
            on_fault(error)
            busy = 0
        db.session.remove()
        if not busy:
            time.sleep(pause_seconds)

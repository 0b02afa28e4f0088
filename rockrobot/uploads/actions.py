"""Keeps uploaded files, queues their reading and taking, and says how far each is."""

import os
import secrets
import shutil
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from rockrobot import clock, jobs, ledger
from rockrobot.db import db
from rockrobot.uploads.models import ImportRun, ImportState
from rockrobot.uploads.queries import ROWS_TOLD, folder, old_runs, path_of, refused_path
from rockrobot.workbooks import FileError, write_zip

KEPT = timedelta(days=30)


class ImportStateError(ValueError):
    """The file was taken or left already; run is the import that it belongs to."""

    def __init__(self, run: ImportRun) -> None:
        super().__init__(run.state.value)
        self.run = run


def keep_upload(files: Sequence[tuple[str, BinaryIO]], room: str) -> ImportRun:
    """Keep an uploaded file (several CSV files as one ZIP) under a name of our own and queue its reading.

    files: the name in its owner's words, which is only shown, and the content. room: whose jobs read and take it
    ("imports.read", "imports.apply"). Forgets what was kept too long.
    """
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    forget_old()
    name = Path(files[0][0].replace("\\", "/")).name
    stored_name = secrets.token_hex(16)
    with open(os.open(folder() / stored_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        if len(files) == 1:
            shutil.copyfileobj(files[0][1], target)
        else:
            target.write(write_zip((other, stream.read()) for other, stream in files))
            name = f"{name} + {len(files) - 1}"
    run = ImportRun(
        file_name=name[-200:], stored_name=stored_name, made_at=clock.now(), made_by=ledger.actor(), room=room
    )
    db.session.add(run)
    db.session.flush()
    ask(run, "read", ImportState.READING, since={ImportState.READING})
    return run


def ask(run: ImportRun, what: str, state: ImportState, *, since: Collection[ImportState], **payload: Any) -> None:
    """Queue a job of the file's room, and say how far the file is meanwhile.

    since: how far it may be until now; raises ImportStateError when it is elsewhere. payload: for the room's own job.
    """
    if run.state not in since:
        raise ImportStateError(run)
    kind = f"{run.room}.{what}"
    run.state = state
    run.job_id = jobs.enqueue(kind, {"run_id": run.id, **payload}, key=f"{kind}:{run.id}:{run.job_id or ''}").id


def forget_old() -> None:
    """Delete files kept too long, and what was told of their rows."""
    limit = clock.now() - KEPT
    for path in folder().iterdir():
        if path.stat().st_mtime < limit.timestamp():
            path.unlink(missing_ok=True)
    for run in old_runs(limit):
        run.report = {**run.report, **{name: [] for name in ROWS_TOLD}}
        run.choice = {}
        run.state = ImportState.LEFT if run.state is ImportState.CHOOSING else run.state


def forget_files(run: ImportRun) -> None:
    """Delete an uploaded file that nobody needs any more, and the one of its refused rows."""
    for path in (path_of(run), refused_path(run)):
        path.unlink(missing_ok=True)


def keep_refused(run: ImportRun, body: bytes | None) -> None:
    """Keep the workbook of the rows that were refused in place of an earlier one; None: there are none."""
    path = refused_path(run)
    path.unlink(missing_ok=True)
    if body is not None:
        path.write_bytes(body)
        path.chmod(0o600)


def take(run: ImportRun, *, is_good_only: bool, **payload: Any) -> None:
    """Queue the taking of a read file; payload is for the room's own job.

    Raises ImportStateError when it was taken or left already.
    """
    ask(run, "apply", ImportState.APPLYING, since={ImportState.READ}, good_only=is_good_only, **payload)


def leave(run: ImportRun) -> None:
    """Do not take a file. Raises ImportStateError when it was taken already."""
    if run.state not in {ImportState.CHOOSING, ImportState.READ, ImportState.BROKEN}:
        raise ImportStateError(run)
    run.state = ImportState.LEFT


# ---------- what the jobs say ----------


def say_broken(run_id: int, error: FileError) -> None:
    """The file can't be read as a whole; it is not kept."""
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.report = ImportState.BROKEN, {"code": error.code}
    db.session.commit()
    forget_files(run)


def let_choose(run_id: int, state: ImportState, report: dict[str, Any], choice: dict[str, Any] | None = None) -> None:
    """Say what was understood; a person decides."""
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.report = state, report
    run.choice = run.choice if choice is None else choice
    db.session.commit()


def take_in_one_act(run_id: int, write: Callable[[], None], report: Callable[[], dict[str, Any]]) -> None:
    """Write a file's rows in one change set, also when a first attempt was cut off on the way.

    write: writes and commits. report: what was understood, kept when this attempt is the first.
    """
    run = db.session.get_one(ImportRun, run_id)
    with ledger.change_set(f"{run.room}.apply", is_import=True) as act:
        is_first = run.change_set_id is None
        act.change_set_id = run.change_set_id
        run.change_set_id = ledger.open_change_set()
        db.session.commit()
        write()
        run = db.session.get_one(ImportRun, run_id)
        run.state = ImportState.APPLIED
        if is_first:
            run.report = report()
        db.session.commit()
        path_of(run).unlink(missing_ok=True)

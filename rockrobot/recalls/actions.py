"""Open a case, move it on, make and end its tasks, note what authorities were told."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, text

from rockrobot import clock, ledger
from rockrobot.db import db, is_sqlite
from rockrobot.devices.models import DeviceModel
from rockrobot.organisation.models import Organisation
from rockrobot.parts.actions import block_batch, lift_blocks
from rockrobot.recalls import queries
from rockrobot.recalls.models import (
    AuthorityEntry,
    CaseBatch,
    CaseDevice,
    CaseStep,
    CaseTask,
    PiecesExplanation,
    RecallCase,
)
from rockrobot.recalls.rules import (
    CaseOpening,
    CaseState,
    TaskKind,
    check_step,
    number_after,
    series_of,
)
from rockrobot.traces.queries import bad_batches

NUMBERS_LOCK = 7_311_001


class ReasonMissingError(ValueError):
    """An act that must say why."""


class NewTask(NamedTuple):
    """A task about to be made."""

    kind: TaskKind
    case_unit_id: int | None
    text: str


# ---------- open ----------


def open_case(opening: CaseOpening) -> RecallCase:
    """A new case in draft, numbered; its batches and all that contain them are blocked (a drill's block only shows).

    Raises ValueError when what it is opened from names nothing.
    """
    if not (opening.batch_ids or opening.device_ids or opening.device_model_id):
        raise ValueError("nothing to recall")
    now, house = clock.now(), db.session.get(Organisation, 1)
    case = RecallCase(
        number=_next_number(opening.is_drill),
        title=opening.title,
        is_drill=opening.is_drill,
        origin=opening.origin,
        origin_text=opening.origin_text,
        device_model_id=opening.device_model_id,
        built_from=opening.built_from,
        built_to=opening.built_to,
        known_on=clock.today(),
        opened_at=now,
        opened_by=ledger.actor(),
        brand=house.brand if house else "",
        service_phone=house.phone if house else "",
        service_email=house.email if house else "",
        service_online=house.website if house else "",
    )
    case.batches = [CaseBatch(batch_id=id_) for id_ in dict.fromkeys(opening.batch_ids)]
    db.session.add(case)
    db.session.flush()
    named = [{"case_id": case.id, "device_id": id_} for id_ in dict.fromkeys(opening.device_ids)]
    ledger.bulk_insert(CaseDevice.__table__, named)
    _block(case)
    case.product_name = _product_name(case)
    return case


def _next_number(is_drill: bool) -> str:
    """Numbers follow each other; where many can write at once, one at a time."""
    if not is_sqlite():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBERS_LOCK})
    series = series_of(clock.today().year, is_drill=is_drill)
    return number_after(series, queries.numbers_like(series))


def _product_name(case: RecallCase) -> str:
    """Names of the models in the case, as a first proposal."""
    codes = sorted({row.model_code for row in queries.fresh_trace(case) if row.model_code})
    known = select(DeviceModel).where(DeviceModel.model_code.in_(codes)).order_by(DeviceModel.model_code)
    names = [model.name or model.model_code for model in db.session.scalars(known)]
    return ", ".join(dict.fromkeys(names))[:200]


# ---------- tasks ----------


def require_public_notice(case: RecallCase) -> None:
    """Make the task of a public notice, unless one waits already."""
    add_tasks(case, [NewTask(TaskKind.PUBLIC_NOTICE, None, "")])


def add_tasks(case: RecallCase, tasks: Iterable[NewTask]) -> list[int]:
    """New tasks of a case, without those that wait already; the new ones' ids."""
    now = clock.now()
    columns = (CaseTask.kind, CaseTask.case_unit_id, CaseTask.text)
    waiting = select(*columns).where(CaseTask.case_id == case.id, CaseTask.done_on.is_(None))
    known = {NewTask(*row) for row in db.session.execute(waiting)}
    fresh = [task for task in dict.fromkeys(tasks) if task not in known]
    return ledger.bulk_insert(CaseTask.__table__, [{"case_id": case.id, "made_at": now} | t._asdict() for t in fresh])


def end_task(task: CaseTask, on: date, note: str = "") -> None:
    """A task is done."""
    task.done_on, task.done_by, task.note = on, ledger.actor(), note


# ---------- the case itself ----------


def hold(case: RecallCase) -> None:
    """Read the state of a case anew and keep it until the transaction ends.

    So nobody withdraws a case while somebody else writes its letters, and no two write the same ones.
    """
    db.session.refresh(case, ("state",), with_for_update=True)


def set_state(case: RecallCase, to: CaseState, reason: str = "") -> None:
    """Put the case into a state and keep who did so, when and why; nothing when it is there already."""
    if to is case.state:
        return
    step = CaseStep(
        case_id=case.id, from_state=case.state, to_state=to, at=clock.now(), by=ledger.actor(), reason=reason
    )
    db.session.add(step)
    case.state = to


def move_case(case: RecallCase, to: CaseState, reason: str = "") -> None:
    """Take the case one lawful step on; reopening a closed one needs a reason and blocks its batches again.

    Raises StepError, ReasonMissingError.
    """
    check_step(case.state, to)
    if case.state is CaseState.CLOSED:
        if not reason.strip():
            raise ReasonMissingError
        case.closed_at, case.closed_by = None, ""
        _block(case)
    set_state(case, to, reason.strip())


def close_case(case: RecallCase, reason: str = "") -> None:
    """Close the case and lift its blocks; whoever calls has checked that nothing is open.

    reason: why, where it is withdrawn before letters. Raises StepError.
    """
    check_step(case.state, CaseState.CLOSED)
    set_state(case, CaseState.CLOSED, reason)
    case.closed_at, case.closed_by = clock.now(), ledger.actor()
    lift_blocks(case.number)


def _block(case: RecallCase) -> None:
    batch_ids = queries.batch_ids_of(case.id)
    if batch_ids:
        block_batch(bad_batches(batch_ids), case.title, case.number, case.is_drill)


def explain_pieces(case: RecallCase, batch_id: int, *, unaccounted: int, explanation: str) -> PiecesExplanation:
    """Sign an explanation of pieces that nobody can account for; it counts while their number is the same."""
    row = PiecesExplanation(
        case_id=case.id,
        batch_id=batch_id,
        unaccounted=unaccounted,
        explanation=explanation.strip(),
        signed_by=ledger.actor(),
        signed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def tell_authority(case: RecallCase, entry: AuthorityEntry) -> AuthorityEntry:
    """Note that an authority was told, or answered."""
    entry.case_id, entry.recorded_by = case.id, ledger.actor()
    db.session.add(entry)
    db.session.flush()
    return entry

"""Ask for a full export, make its file in a job, keep it sealed for a day."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from rockrobot import clock, jobs
from rockrobot.contacts.queries import is_anybody_erased
from rockrobot.db import db, forget, reading, see_one_moment
from rockrobot.dual_control.actions import ask, ensure_holds, use
from rockrobot.dual_control.models import APPROVED, RequestedAct
from rockrobot.exports.rules import Subject, ledger_words
from rockrobot.full_exports import queries
from rockrobot.full_exports.models import FullExport
from rockrobot.full_exports.queries import FILE_SEAL, TEXT_SEAL
from rockrobot.full_exports.rules import KEPT_FOR, Asked, covers
from rockrobot.sealing import seal
from rockrobot.staff.models import StaffMember

KIND = "full_export"
JOB = "full_exports.make"


def ask_for(asked: Asked, by: StaffMember, reason: str) -> RequestedAct:
    """Ask a second person to approve a full export; what was searched for is sealed. Raises DualControlError."""
    act = ask(KIND, by, reason, details=queries.details_now(asked))
    sealed_text = seal(TEXT_SEAL, asked.text.encode()) if asked.text else None
    db.session.add(FullExport(requested_act_id=act.id, sealed_text=sealed_text))
    db.session.flush()
    return act


def start(act: RequestedAct, by: StaffMember) -> None:
    """Queue the making of an approved file, which uses the approval; again where the job failed.

    Raises DualControlError when it is not approved, not any more, was asked for by somebody else, or more would go out.
    """
    export = queries.export_of(act)
    job = queries.job_of(export) if export else None
    if export is None or job is None or job.state != jobs.FAILED:
        use(act, by)
    else:
        ensure_holds(act)
    if export:
        export.job_id = jobs.enqueue(JOB, {"act_id": act.id}, key=f"{JOB}:{act.id}:{export.job_id or ''}").id


@jobs.kind(JOB)
def make(job: jobs.Job) -> dict[str, Any]:
    """Make the file of a full export and keep it sealed; it is read without holding others up."""
    act_id: int = job.payload["act_id"]
    db.session.rollback()
    with reading():
        see_one_moment()
        act = db.session.get_one(RequestedAct, act_id)
        asked = queries.asked_for(act)
        if asked is None:
            raise jobs.JobError(_("Hakua ei voi enää lukea. Pyydä vienti uudelleen."))
        plan = queries.plan_of(asked)
        if not covers(act.details.get(APPROVED, {}), plan.counts):
            raise jobs.JobError(_("Tiedostoon tulisi nyt enemmän kuin hyväksyttiin. Pyydä vienti uudelleen."))
        content = queries.content_of(asked, plan, lambda done, total: jobs.progress(job, done, total))
        rows = len(plan.machines) if asked.is_devices else None
        told = ledger_words(asked.purpose, asked.channel, asked.file, plan.export, act.details["filter"], rows)
        db.session.rollback()
    mine = select(FullExport).where(FullExport.requested_act_id == act_id)
    export = db.session.scalars(mine.with_for_update()).one()
    if is_anybody_erased(plan.parties.get(Subject.PEOPLE, ())):
        raise jobs.JobError(_("Henkilön tiedot poistettiin, kun tiedostoa tehtiin. Tee tiedosto uudelleen."))
    export.sealed_file, export.told = seal(FILE_SEAL, content), told
    export.parties = {subject.value: sorted(ids) for subject, ids in plan.parties.items()}
    export.made_at = clock.now()
    return {"rows": len(plan.export.ids) if rows is None else rows}


def empty(export: FullExport) -> None:
    """Take the file away with all that tells of somebody; that it was made stays until its day is over."""
    export.sealed_file = export.sealed_text = None
    export.parties, export.told = {}, ""


@jobs.sweep
def forget_old() -> int:
    """Forget files a day after they were made, and what was asked for and never made; how many. The worker calls it."""
    limit = clock.now() - KEPT_FOR
    run_out = select(RequestedAct.id).where(RequestedAct.expires_at <= limit)
    old = or_(FullExport.made_at <= limit, and_(FullExport.made_at.is_(None), FullExport.requested_act_id.in_(run_out)))
    return forget(FullExport, old)

"""What a full export holds now, and how far its file is."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, select

from rockrobot import clock, jobs
from rockrobot.db import db
from rockrobot.device_lists import queries as device_lists
from rockrobot.device_lists.queries import parties_in
from rockrobot.devices.models import Device
from rockrobot.dual_control.models import APPROVED, RequestedAct
from rockrobot.dual_control.queries import Shown, counted, state_now
from rockrobot.dual_control.rules import ALIVE
from rockrobot.exchange.rules import SHEETS
from rockrobot.exports.queries import FORMAT_WORDS, file_of, hash_of_filter, plan_export
from rockrobot.exports.rules import Export, FileFormat, Parties, Subject
from rockrobot.full_exports.models import FullExport
from rockrobot.full_exports.rules import DEVICES, REGISTER, Asked, asked_of, details_of, is_kept
from rockrobot.imports.queries import company_ids, export_sheets, people_ids
from rockrobot.purposes.queries import purpose_names
from rockrobot.purposes.rules import PurposeCode
from rockrobot.screen_words import words_of
from rockrobot.sealing import unseal
from rockrobot.selections.queries import ids_of, understand
from rockrobot.selections.rules import Choices, Selection
from rockrobot.tags.rules import Register
from rockrobot.workbooks import write_workbook

TEXT_SEAL, FILE_SEAL = "search text of an export", "file of an export"
COUNTED: dict[str, Any] = {
    "people": lazy_gettext("Henkilöitä"),
    "companies": lazy_gettext("Yrityksiä"),
    "devices": lazy_gettext("Laitteita"),
}
SUBJECTS: dict[str, Any] = {
    "people": lazy_gettext("Henkilöiden luettelo"),
    "companies": lazy_gettext("Yritysten luettelo"),
    DEVICES: lazy_gettext("Laitteiden luettelo"),
    REGISTER: lazy_gettext("Koko rekisteri"),
}


class Plan(NamedTuple):
    """What goes out: the rows and who is left out, of whom it tells, how many of each kind, and which machines."""

    export: Export
    parties: Parties
    counts: dict[str, int]
    machines: Sequence[int] = ()


class Progress(Protocol):
    """Is told how much is done of how much."""

    def __call__(self, done: int, total: int) -> None:
        """Steps done, and in all."""


def export_of(act: RequestedAct) -> FullExport | None:
    """What is kept of a full export under way; None once its file is gone."""
    return db.session.scalar(select(FullExport).where(FullExport.requested_act_id == act.id))


def asked_for(act: RequestedAct) -> Asked | None:
    """What an act asks for, or None when its search text can't be read any more."""
    export = export_of(act)
    text = unseal(TEXT_SEAL, export.sealed_text) if export and export.sealed_text else None
    return asked_of(act.details, text.decode() if text else None)


def job_of(export: FullExport) -> jobs.Job | None:
    """The job that makes the file, or did."""
    return db.session.get(jobs.Job, export.job_id) if export.job_id else None


def has_file(export: FullExport | None) -> bool:
    """True while the file is there and can be fetched."""
    if export is None or not is_kept(export.made_at, clock.now()):
        return False
    is_there = select(FullExport.sealed_file.is_not(None)).where(FullExport.id == export.id)
    return bool(db.session.scalar(is_there))


def may_be_made(act: RequestedAct) -> bool:
    """True while a file may still be made: it waits, is approved, or the making failed."""
    export = export_of(act)
    job = job_of(export) if export else None
    return state_now(act) in ALIVE or (job is not None and job.state == jobs.FAILED)


def was_emptied(export: FullExport | None) -> bool:
    """True when an erasure took the file before its day was over."""
    return export is not None and is_kept(export.made_at, clock.now()) and not has_file(export)


# ---------- who goes out ----------


def plan_of(asked: Asked) -> Plan:
    """Who goes out and who is left out, read now; of the register all in it, of machines those they belong to."""
    if asked.is_register:
        return _plan_of_register()
    selection, _choices = understand(Register(asked.subject), asked.words)
    ids = ids_of(selection)
    if asked.is_devices:
        parties = parties_in(ids, clock.today())
        counts = {DEVICES: len(ids)} | {subject.value: len(whose) for subject, whose in parties.items()}
        return Plan(Export(sorted(parties[Subject.PEOPLE]), {}), parties, counts, ids)
    subject = Subject(asked.subject)
    export = plan_export(subject, ids, asked.purpose, asked.channel)
    return Plan(export, {subject: export.ids}, {asked.subject: len(export.ids)})


def _plan_of_register() -> Plan:
    people, companies = people_ids(), company_ids()
    counts = {
        "people": len(people),
        "companies": len(companies),
        "devices": db.session.scalar(select(func.count(Device.id))) or 0,
    }
    return Plan(Export(people, {}), {Subject.PEOPLE: people, Subject.COMPANIES: companies}, counts)


def content_of(asked: Asked, plan: Plan, progress: Progress) -> bytes:
    """The whole file; progress is told of steps done and in all."""
    if asked.is_register:
        return write_workbook(_sheets(progress))
    if asked.is_devices:
        with device_lists.file_of(plan.machines) as file:
            return file.read()
    ids = plan.export.ids
    told = functools.partial(progress, total=len(ids))
    with file_of(Subject(asked.subject), asked.file, ids, progress=told) as file:
        return file.read()


def _sheets(progress: Progress) -> Iterator[tuple[str, Sequence[str], list[list[Any]]]]:
    for number, sheet in enumerate(export_sheets("fi")):
        progress(number, total=len(SHEETS))
        yield sheet


# ---------- what is shown before it is decided ----------


def details_now(asked: Asked) -> dict[str, Any]:
    """What is kept of a full export, with the counts of now."""
    plan = plan_of(asked)
    left_out = plan.export.left_out_count
    return details_of(asked, filter_hash=hash_of_filter(asked.words), counts=plan.counts, left_out=left_out)


def shown(act: RequestedAct) -> Shown:
    """What goes out, for what and how many; beside the counts asked for those of now, or else those approved."""
    asked = asked_for(act)
    if asked and may_be_made(act):
        details = details_now(asked)
        return Shown(facts_of(details, asked, then=act.details), measure=details["counts"])
    approved = {"counts": act.details.get(APPROVED) or act.details["counts"]}
    return Shown(facts_of({**act.details, **approved}, asked, then=act.details))


def facts_of(details: Mapping[str, Any], asked: Asked | None, *, then: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What goes out, in words; then: what it was when it was asked for."""
    counts = ((str(COUNTED[name]), counted(count, then["counts"][name])) for name, count in details["counts"].items())
    return [
        (_("Mitä viedään"), str(SUBJECTS[details["subject"]])),
        (_("Rajaus"), _narrowed(details, asked)),
        (_("Käyttötarkoitus"), purpose_names()[PurposeCode(details["purpose"])]),
        (_("Tiedosto"), str(FORMAT_WORDS[FileFormat(details["file"])])),
        *counts,
        (_("Jää pois"), counted(details["left_out"], then["left_out"]) if details["subject"] in set(Subject) else ""),
    ]


def _narrowed(details: Mapping[str, Any], asked: Asked | None) -> str:
    """What narrows the list, as the list itself tells it; of the register nothing does."""
    if details["subject"] == REGISTER:
        return _("ei rajausta")
    if asked is None:
        return _("haku, jota ei enää säilytetä")
    return narrowed_by(*understand(Register(asked.subject), asked.words))


def narrowed_by(selection: Selection, choices: Choices) -> str:
    """What narrows a list, as the list itself tells it."""
    return str(words_of("selections/pieces.html").told(selection, choices)).strip() or _("ei rajausta")

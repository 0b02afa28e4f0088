"""What a full export holds now, and how far its file is."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from flask import get_template_attribute
from flask_babel import format_number, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy import func, select

from rockrobot import clock
from rockrobot.contacts.models import Company
from rockrobot.db import db
from rockrobot.device_lists import queries as device_lists
from rockrobot.device_lists.queries import parties_in
from rockrobot.devices.models import Device
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.queries import Shown, state_now
from rockrobot.dual_control.rules import State
from rockrobot.exchange.rules import SHEETS
from rockrobot.exports.queries import FORMAT_WORDS, file_of, hash_of_filter, plan_export
from rockrobot.exports.rules import Export, FileFormat, Subject
from rockrobot.full_exports.models import FullExport
from rockrobot.full_exports.rules import DEVICES, REGISTER, Asked, asked_of, details_of, is_kept
from rockrobot.imports.queries import export_sheets, people_ids
from rockrobot.jobs import Job
from rockrobot.purposes.queries import purpose_names
from rockrobot.purposes.rules import PurposeCode
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


def job_of(export: FullExport) -> Job | None:
    """The job that makes the file, or did."""
    return db.session.get(Job, export.job_id) if export.job_id else None


def has_file(export: FullExport | None) -> bool:
    """True while the file is there and can be fetched."""
    if export is None or not is_kept(export.made_at, clock.now()):
        return False
    is_there = select(FullExport.sealed_file.is_not(None)).where(FullExport.id == export.id)
    return bool(db.session.scalar(is_there))


def was_emptied(export: FullExport | None) -> bool:
    """True when an erasure took the file before its day was over."""
    return export is not None and is_kept(export.made_at, clock.now()) and not has_file(export)


# ---------- who goes out ----------


def plan_of(asked: Asked) -> Export:
    """Who goes out and who is left out, read now; of the register all its people, of machines those they belong to."""
    if asked.is_register:
        return Export(people_ids(), {})
    if asked.is_devices:
        return Export(sorted(parties_in(machines_of(asked), clock.today())[Subject.PEOPLE]), {})
    selection, _choices = understand(Register(asked.subject), asked.words)
    return plan_export(Subject(asked.subject), ids_of(selection), asked.purpose, asked.channel)


def machines_of(asked: Asked) -> list[int]:
    """The machines that a list of them holds now."""
    selection, _choices = understand(Register.DEVICES, asked.words)
    return ids_of(selection)


def counts_of(asked: Asked, export: Export) -> dict[str, int]:
    """How many of each kind go out."""
    if asked.is_devices:
        ids = machines_of(asked)
        parties = parties_in(ids, clock.today())
        return {DEVICES: len(ids)} | {subject.value: len(whose) for subject, whose in parties.items()}
    if not asked.is_register:
        return {asked.subject: len(export.ids)}
    companies = select(func.count(Company.id)).where(Company.merged_into_id.is_(None))
    return {
        "people": len(export.ids),
        "companies": db.session.scalar(companies) or 0,
        "devices": db.session.scalar(select(func.count(Device.id))) or 0,
    }


def content_of(asked: Asked, export: Export, progress: Progress) -> bytes:
    """The whole file; progress is told of steps done and in all."""
    if asked.is_register:
        return write_workbook(_sheets(progress))
    if asked.is_devices:
        with device_lists.file_of(machines_of(asked)) as file:
            return file.read()
    told = functools.partial(progress, total=len(export.ids))
    with file_of(Subject(asked.subject), asked.file, export.ids, progress=told) as file:
        return file.read()


def _sheets(progress: Progress) -> Iterator[tuple[str, Sequence[str], list[list[Any]]]]:
    for number, sheet in enumerate(export_sheets("fi")):
        progress(number, total=len(SHEETS))
        yield sheet


# ---------- what is shown before it is decided ----------


def details_now(asked: Asked) -> dict[str, Any]:
    """What is kept of a full export, with the counts of now."""
    export = plan_of(asked)
    filter_hash, counts = hash_of_filter(asked.words), counts_of(asked, export)
    return details_of(asked, filter_hash=filter_hash, counts=counts, left_out=export.left_out_count)


def shown(act: RequestedAct) -> Shown:
    """What goes out, for what and how many; while it can still be made, the counts of now beside those asked for."""
    asked = asked_for(act)
    is_alive = asked is not None and state_now(act) in {State.WAITING, State.APPROVED}
    return Shown(facts_of(details_now(asked) if asked and is_alive else act.details, asked, then=act.details))


def facts_of(details: Mapping[str, Any], asked: Asked | None, *, then: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What goes out, in words; then: what it was when it was asked for."""
    counts = ((str(COUNTED[name]), _counted(count, then["counts"][name])) for name, count in details["counts"].items())
    return [
        (_("Mitä viedään"), str(SUBJECTS[details["subject"]])),
        (_("Rajaus"), _narrowed(details, asked)),
        (_("Käyttötarkoitus"), purpose_names()[PurposeCode(details["purpose"])]),
        (_("Tiedosto"), str(FORMAT_WORDS[FileFormat(details["file"])])),
        *counts,
        (_("Jää pois"), _counted(details["left_out"], then["left_out"]) if details["subject"] in set(Subject) else ""),
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
    told = get_template_attribute("selections/pieces.html", "told")
    return str(told(selection, choices)).strip() or _("ei rajausta")


def _counted(now: int, then: int) -> str:
    if now == then:
        return str(format_number(now))
    return _("%(now)s (pyydettäessä %(then)s)", now=format_number(now), then=format_number(then))

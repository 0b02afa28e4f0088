"""What a list of machines tells of each."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from rockrobot import clock
from rockrobot.contacts.models import Address, Worksite
from rockrobot.db import among, db
from rockrobot.devices.models import Ownership
from rockrobot.devices.queries import devices_with, fates_of, ownerships_of
from rockrobot.devices.rules import owner_on
from rockrobot.exports.rules import Subject
from rockrobot.screen_words import words_of
from rockrobot.sheet_writer import write_sheet
from rockrobot.tags.queries import tags_of
from rockrobot.tags.rules import Register
from rockrobot.worksites.models import WorksiteStay

CHUNK = 500
NAME = "laitteet"
COLUMNS = (
    "mallikoodi",
    "sarjanumero",
    "valmistusvuosi",
    "valmistettu",
    "malli",
    "omistajan numero",
    "omistaja",
    "työmaa",
    "kohtalo",
    "avainsanat",
)
"""The first four are those by which the register import knows a machine; it passes over the others."""


def rows_of(ids: Sequence[int], day: date) -> Iterator[list[str]]:
    """A line for each machine in the order of the ids, some hundreds read at a time: where and whose it is on a day.

    Of an owner who is a person only the number goes out, never the name.
    """
    fate_words = words_of("devices/words.html").FATES
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        machines, chains, fates = devices_with(chunk), ownerships_of(chunk), fates_of(chunk)
        sites, tags = _worksites_of(chunk, day), tags_of(Register.DEVICES, chunk)
        for id_ in (one for one in chunk if one in machines):
            machine, model = machines[id_], machines[id_].device_model
            yield [
                model.model_code,
                machine.serial,
                str(machine.year or ""),
                machine.built_on.isoformat() if machine.built_on else "",
                model.name,
                *_owner(owner_on(chains.get(id_, []), day)),
                sites.get(id_, ""),
                str(fate_words[fates[id_].fate][2]) if id_ in fates else "",
                ", ".join(tag.name for tag in tags.get(id_, ())),
            ]


def parties_in(ids: Collection[int], day: date) -> dict[Subject, set[int]]:
    """Ids of those of whom a list of these machines tells: who owns one on a day, or whose the worksite of one is."""
    owners, stays = Ownership.__table__.c, WorksiteStay.__table__.c
    owning = select(owners.person_id, owners.company_id).where(among(owners.device_id, ids))
    living = (
        select(Address.person_id, Address.company_id)
        .join(Worksite, Worksite.address_id == Address.id)
        .join(WorksiteStay, WorksiteStay.worksite_id == Worksite.id)
        .where(among(stays.device_id, ids))
    )
    rows = [
        row
        for told, to_on in ((owning, owners.to_on), (living, stays.to_on))
        for row in db.session.execute(told.where(or_(to_on.is_(None), to_on > day)))
    ]
    people, companies = {row.person_id for row in rows}, {row.company_id for row in rows}
    return {Subject.PEOPLE: people - {None}, Subject.COMPANIES: companies - {None}}


def file_of(ids: Sequence[int]) -> BinaryIO:
    """The list of these machines today as a workbook, whole before its first byte is sent."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    write_sheet(file, NAME, COLUMNS, rows_of(ids, clock.today()))
    file.seek(0)
    return file


def _owner(row: Ownership | None) -> tuple[str, str]:
    """Number and name of who owns a machine."""
    if row is None:
        return "", ""
    if row.company:
        return row.company.customer_no, row.company.name
    return (row.person.person_no, _("henkilö")) if row.person else ("", _("me itse"))


def _worksites_of(ids: Collection[int], day: date) -> dict[int, str]:
    """What the worksite is called at which each machine stands on a day."""
    stays = WorksiteStay.__table__.c
    runs = and_(
        or_(stays.from_on.is_(None), stays.from_on <= day),
        or_(stays.to_on.is_(None), stays.to_on > day),
    )
    named = func.coalesce(func.nullif(Worksite.name, ""), Address.street)
    sites = (
        select(stays.device_id, named)
        .join(Worksite, Worksite.id == stays.worksite_id)
        .join(Address, Address.id == Worksite.address_id)
    )
    return dict(db.session.execute(sites.where(among(stays.device_id, ids), runs)).all())

"""Who goes out in an export, what of them, and the file it makes."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from rockrobot import clock, languages, paper
from rockrobot.chain import ChangeSet, LedgerEntry
from rockrobot.contacts.models import Address, Company, ContactPoint, Person
from rockrobot.contacts.queries import companies_with, people_with
from rockrobot.contacts.rules import PointKind, address_order
from rockrobot.db import among, db
from rockrobot.exports.rules import (
    COLUMNS,
    COUNTED_FOR,
    NAMES,
    ON_PAPER,
    PAPER,
    PHONE_FIELDS,
    PLACE_COUNTRY,
    Export,
    FileFormat,
    Parties,
    Row,
    Subject,
    calling_cells,
    card_of,
    choose,
    is_reached,
    needs_second_person,
    sticker_lines,
)
from rockrobot.fields import format_day
from rockrobot.keyed_hash import keyed_hash
from rockrobot.objections.queries import verdicts_of_companies, verdicts_of_people
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.sheet_writer import csv_for_spreadsheets, write_sheet
from rockrobot.tags.models import Tag
from rockrobot.tags.queries import tags_of
from rockrobot.tags.rules import Register
from rockrobot.workbooks import XLSX

Progress = Callable[[int], None]
CHUNK = 500
DOWNLOAD = "exports.download"
"""The act by which the ledger names an export that one person took out alone."""
COUNTED_TOGETHER = (DOWNLOAD, "device_lists.download", "traces.download")
"""The acts by which one person alone takes people's or companies' data out of the register, whatever the list."""
MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: XLSX,
    FileFormat.VCARD: "text/vcard; charset=utf-8",
    FileFormat.CALLING_LIST: "application/pdf",
    FileFormat.STICKERS: "application/pdf",
}
CHANNEL_WORDS = {
    Channel.ALL: lazy_gettext("Usealla tavalla tai ei vielä tiedossa"),
    Channel.LETTER: lazy_gettext("Kirjeellä"),
    Channel.EMAIL: lazy_gettext("Sähköpostilla"),
    Channel.PHONE: lazy_gettext("Puhelimella"),
    Channel.SMS: lazy_gettext("Tekstiviestillä"),
}
FORMAT_WORDS = {
    FileFormat.XLSX: lazy_gettext("Excel (XLSX)"),
    FileFormat.CSV: lazy_gettext("CSV"),
    FileFormat.VCARD: lazy_gettext("Käyntikortit (vCard)"),
    FileFormat.CALLING_LIST: lazy_gettext("Soittolista paperille (PDF)"),
    FileFormat.STICKERS: lazy_gettext("Osoitetarrat, 24 arkilla (PDF)"),
}


def hash_of_filter(chosen: Mapping[str, str]) -> str:
    """The keyed hash by which the ledger knows a filter again; empty for none."""
    return keyed_hash("filter of an export", repr(sorted(chosen.items())))[:16] if chosen else ""


def plan_export(subject: Subject, ids: Sequence[int], purpose: PurposeCode, channel: Channel) -> Export:
    """Who of these may go out for a purpose and channel, and who is left out and why."""
    verdicts = verdicts_of_people if subject is Subject.PEOPLE else verdicts_of_companies
    return choose(verdicts(purpose, channel, ids))


def taken_by(actor: str, subject: Subject) -> set[int]:
    """Whom somebody took out alone in the last 24 hours, in exports, lists of machines and traces.

    What a second person approved is not among them.
    """
    acts = (
        ChangeSet.actor == actor,
        ChangeSet.event.in_(COUNTED_TOGETHER),
        ChangeSet.at >= clock.now() - COUNTED_FOR,
    )
    taken = select(LedgerEntry.row_id).join(ChangeSet, ChangeSet.id == LedgerEntry.change_set_id)
    return set(db.session.scalars(taken.where(*acts, LedgerEntry.table_name == subject.value)))


def needs_second(actor: str, parties: Parties, *, is_whole: bool = False) -> bool:
    """True when a second person has to approve that somebody takes these out; a list that tells of nobody needs none.

    is_whole: a whole list of the register is asked for.
    """
    return any(
        needs_second_person(is_whole=is_whole, ids=ids, taken=taken_by(actor, subject))
        for subject, ids in parties.items()
        if ids
    )


def rows_of(subject: Subject, ids: Sequence[int], day: date, *, kind: FileFormat = FileFormat.CSV) -> Iterator[Row]:
    """What goes out of each, in the order of the ids, some hundreds read at a time; those gone since are left out.

    On paper people are reached at work too: who has no address or phone of their own has those of their company.
    """
    is_paper = kind in PAPER
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = _people(chunk, day, at_work=is_paper) if subject is Subject.PEOPLE else _companies(chunk, day)
        for id_ in chunk:
            if id_ in rows:
                yield {
                    field: rows[id_].get(field) or "" for field in (*COLUMNS[subject], *(ON_PAPER if is_paper else ()))
                }


def unreached_of(subject: Subject, ids: Sequence[int], kind: FileFormat) -> int:
    """How many of these get no label for want of an address, or stand in a calling list without a number."""
    if kind not in PAPER:
        return 0
    return sum(not is_reached(row, kind) for row in rows_of(subject, ids, clock.today(), kind=kind))


def _people(ids: Sequence[int], day: date, *, at_work: bool) -> dict[int, dict[str, Any]]:
    addresses = _addresses(Address.__table__.c.person_id, ids, day)
    rows, tags, people = {}, tags_of(Register.PEOPLE, ids), people_with(ids)
    employers = {person.company.id for person in people.values() if person.company} if at_work else set()
    homes = _companies(sorted(employers), day) if employers else {}
    for id_, person in people.items():
        company = person.company
        rows[id_] = _fields(person, ("person_no", "first_name", "last_name", "title", "language"))
        rows[id_] |= {
            "customer_no": company.customer_no if company else "",
            "company": company.name if company else "",
            "direct_phone": _point(person.points, PointKind.DIRECT),
            "mobile": _point(person.points, PointKind.MOBILE),
            "email": _point(person.points, PointKind.EMAIL),
            "tags": _names(tags.get(id_, ())),
        } | _place(addresses.get(id_))
        home = homes.get(company.id, {}) if company else {}
        wanted = ("switchboard",) if id_ in addresses else ("switchboard", "street", "postcode", "city", PLACE_COUNTRY)
        rows[id_] |= {name: home[name] for name in wanted if name in home}
    return rows


def _companies(ids: Sequence[int], day: date) -> dict[int, dict[str, Any]]:
    addresses = _addresses(Address.__table__.c.company_id, ids, day)
    rows, tags = {}, tags_of(Register.COMPANIES, ids)
    for id_, company in companies_with(ids).items():
        rows[id_] = _place(addresses.get(id_))
        rows[id_] |= _fields(company, ("customer_no", "business_id", "country", "language", "contact_type"))
        rows[id_] |= {
            "company": company.name,
            "switchboard": _point(company.points, PointKind.SWITCHBOARD),
            "email": _point(company.points, PointKind.EMAIL),
            "tags": _names(tags.get(id_, ())),
        }
    return rows


def _fields(party: Company | Person, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(party, name) for name in names}


def _names(tags: Iterable[Tag]) -> str:
    """Tags as they can be typed again, with commas between them."""
    return ", ".join(tag.name for tag in tags)


def _point(points: Sequence[ContactPoint], kind: PointKind) -> str:
    """The primary one as typed, as the exchange format gives it, so that what comes in again is the same."""
    return next((point.raw for point in points if point.kind is kind and point.is_primary), "")


def _place(address: Address | None) -> dict[str, Any]:
    names = ("street", "postcode", "city", "country")
    return {name: getattr(address, name) for name in names} | {PLACE_COUNTRY: address.country} if address else {}


def _addresses(column: Any, ids: Sequence[int], day: date) -> dict[int, Address]:
    """The address that a letter to each uses on a day."""
    owned: dict[int, list[Address]] = {}
    for address in db.session.scalars(select(Address).where(among(column, ids))):
        owned.setdefault(address.company_id or address.person_id or 0, []).append(address)
    return {id_: found[0] for id_, rows in owned.items() if (found := address_order(rows, day))}


# ---------- the file ----------


def file_of(
    subject: Subject, kind: FileFormat, ids: Sequence[int], *, progress: Progress = lambda _done: None
) -> BinaryIO:
    """A whole file with what goes out of each of these; progress is told how many are read.

    It is whole before its first byte is sent: a fault on the way gives an error page and not half a file.
    """
    return _written(subject, kind, _counted(rows_of(subject, ids, clock.today(), kind=kind), progress))


def _counted(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % CHUNK == 0:
            progress(number)
        yield row


def _written(subject: Subject, kind: FileFormat, rows: Iterable[Row]) -> BinaryIO:
    target: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    header = list(COLUMNS[subject].values())
    if kind is FileFormat.CALLING_LIST:
        target.write(paper.render_report(_calling_list(subject, rows)))
    elif kind is FileFormat.STICKERS:
        lines = (sticker_lines(row) for row in rows)
        target.write(paper.render_stickers(_("Osoitetarrat"), [one for one in lines if one]))
    elif kind is FileFormat.VCARD:
        target.writelines(card_of(row).encode() for row in rows)
    elif kind is FileFormat.CSV:
        target.writelines(csv_for_spreadsheets(header, (list(row.values()) for row in rows)))
    else:
        numbers = [place for place, field in enumerate(COLUMNS[subject]) if field in PHONE_FIELDS]
        write_sheet(target, NAMES[subject], header, (list(row.values()) for row in rows), numbers=numbers)
    target.seek(0)
    return target


def _calling_list(subject: Subject, rows: Iterable[Row]) -> dict[str, Any]:
    """Whom to call, with large gaps for what came of it."""
    columns = [_("Nimi"), _("Yritys"), _("Puhelin"), _("Tulos")]
    calls = [list(calling_cells(row)) for row in rows]
    return {
        "title": _("Soittolista"),
        "author": "Rockrobot",
        "language": languages.current(),
        "is_drill": False,
        "facts": [[_("Tulostettu"), format_day(clock.today())], [_("Soitettavia"), str(len(calls))]],
        "sections": [{"heading": NAMES[subject], "columns": columns, "rows": calls, "wide": [3], "row_padding_pt": 9}],
    }

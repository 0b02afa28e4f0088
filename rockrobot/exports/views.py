import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask import Blueprint, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from rockrobot import clock, ledger, paper
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.db import db
from rockrobot.exports import queries
from rockrobot.exports.forms import ExportForm
from rockrobot.exports.rules import (
    COLUMNS,
    NAMES,
    PHONE_FIELDS,
    PLACE_COUNTRY,
    Export,
    FileFormat,
    Row,
    Subject,
    calling_cells,
    card_of,
    ledger_words,
    sticker_lines,
)
from rockrobot.fields import format_day
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.selections.queries import ids_of, ids_there, understand
from rockrobot.selections.rules import Choices, Selection
from rockrobot.sheet_writer import csv_for_spreadsheets, write_sheet
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, page
from rockrobot.workbooks import XLSX

blueprint = Blueprint("exports", __name__, url_prefix="/exports")
SUBJECTS = ",".join(Subject)
MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: XLSX,
    FileFormat.VCARD: "text/vcard; charset=utf-8",
    FileFormat.CALLING_LIST: "application/pdf",
    FileFormat.STICKERS: "application/pdf",
}


@dataclass(frozen=True)
class Asked:
    """Who is asked for: the rows that were ticked in the list, or all that the list's own address finds."""

    selection: Selection
    choices: Choices
    ticked: list[int]

    @property
    def ids(self) -> list[int]:
        """The ids, read from the database now."""
        if not self.ticked:
            return ids_of(self.selection)
        there = ids_there(self.selection.register, self.ticked)
        return [id_ for id_ in dict.fromkeys(self.ticked) if id_ in there]

    @property
    def hash(self) -> str:
        """The keyed hash by which the ledger knows the choice again."""
        return queries.hash_of_filter({"ids": str(self.ticked)} if self.ticked else self.selection.words)


def _asked(subject: Subject) -> Asked:
    """Ticked rows are named in the body alone: which people were chosen stands in no address."""
    selection, choices = understand(Register(subject), request.args)
    return Asked(selection, choices, request.form.getlist("ids", int))


def _form() -> ExportForm:
    """What was chosen so far; a file of every kind of column and no channel yet, and never a purpose by itself."""
    first = {"channel": Channel.ALL.value, "file": FileFormat.XLSX.value}
    return ExportForm(formdata=MultiDict(first | request.values.to_dict()))


@blueprint.route(f"/<any({SUBJECTS}):subject>", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="exports.show")
def show(subject: str) -> Answer:
    """Choose a purpose, then see how many go out and who is left out and why."""
    form = _form()
    is_chosen = "purpose" in request.values and form.validate()
    return _page(Subject(subject), form, is_chosen)


def _page(subject: Subject, form: ExportForm, is_chosen: bool) -> Answer:
    asked = _asked(subject)
    ids, chosen = asked.ids, asked.selection.words
    export = _export(subject, ids, form) if is_chosen else None
    ledger.log_view([])
    answer = page(
        "exports/show.html",
        fragments=("export_preview",),
        form=form,
        subject=subject,
        asked=asked,
        total=len(ids),
        export=export,
        file_url=_address("exports.download", subject=subject, **_choices(form), **chosen),
        list_url=_address(f"{subject}.index", **chosen),
    )
    return answer, 422 if form.errors else 200


def _address(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def _choices(form: ExportForm) -> dict[str, str]:
    return {name: form[name].data for name in ("purpose", "channel", "file")}


def _export(subject: Subject, ids: Sequence[int], form: ExportForm) -> Export:
    return queries.plan_export(subject, ids, PurposeCode(form.purpose.data), Channel(form.channel.data))


@blueprint.route(f"/<any({SUBJECTS}):subject>/file", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="exports.download")
def download(subject: str) -> Answer:
    """The file; whose data is in it stands in the ledger before anything of it is sent."""
    what, form = Subject(subject), _form()
    if not form.validate():
        return _page(what, form, is_chosen=False)
    asked, kind = _asked(what), FileFormat(form.file.data)
    export = _export(what, asked.ids, form)
    more = [PLACE_COUNTRY] if kind is FileFormat.STICKERS else []
    file = _written(what, kind, queries.rows_of(what, export.ids, clock.today(), more=more))
    told = ledger_words(
        PurposeCode(form.purpose.data),
        Channel(form.channel.data),
        kind,
        export,
        asked.hash,
    )
    with ledger.change_set("exports.download", purpose=told):
        ledger.log_view(export.ids, table=what.value)
        db.session.commit()
    return send_file(
        file,
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=f"{NAMES[what]}.{kind}",
        max_age=0,
    )


def _written(subject: Subject, kind: FileFormat, rows: Iterable[Row]) -> BinaryIO:
    """The whole file, before its first byte is sent: a fault on the way gives an error page and not half a file."""
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
        "language": "fi",
        "is_drill": False,
        "facts": [[_("Tulostettu"), format_day(clock.today())], [_("Soitettavia"), str(len(calls))]],
        "sections": [{"heading": NAMES[subject], "columns": columns, "rows": calls, "wide": [3], "row_padding_pt": 9}],
    }

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, send_file, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from rockrobot import ledger
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.exports import queries
from rockrobot.exports.actions import take_out
from rockrobot.exports.forms import ExportForm
from rockrobot.exports.rules import (
    NAMES,
    NEEDS_SECOND_ABOVE,
    Export,
    FileFormat,
    Subject,
    ledger_words,
    needs_second_person,
)
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.selections.queries import ids_of, ids_there, understand
from rockrobot.selections.rules import Choices, Selection
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, page, sent_ids

blueprint = Blueprint("exports", __name__, url_prefix="/exports")
blueprint.add_app_template_global(lambda: NEEDS_SECOND_ABOVE, "largest_export_alone")
SUBJECTS = ",".join(Subject)


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
    def is_whole(self) -> bool:
        """True when all of the register's list is asked for."""
        return not self.ticked and not self.selection.is_narrowed

    def needs_second(self, export: Export, taken: Collection[int]) -> bool:
        """True when a second person has to approve it; taken: whom the asker took out lately."""
        return needs_second_person(is_whole=self.is_whole, ids=export.ids, taken=taken)

    @property
    def hash(self) -> str:
        """The keyed hash by which the ledger knows the choice again."""
        return queries.hash_of_filter({"ids": str(self.ticked)} if self.ticked else self.selection.words)


def _asked(subject: Subject) -> Asked:
    """Ticked rows are named in the body alone: which people were chosen stands in no address."""
    selection, choices = understand(Register(subject), request.args)
    return Asked(selection, choices, sent_ids("ids"))


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
    taken = queries.taken_by(ledger.actor(), subject)
    is_short = export is not None and len(export.ids) <= NEEDS_SECOND_ABOVE
    unreached = queries.unreached_of(subject, export.ids, form.kind) if export and is_short else 0
    ledger.log_view([])  # it tells how many, nothing of anybody
    answer = page(
        "exports/show.html",
        fragments=("export_preview",),
        form=form,
        subject=subject,
        asked=asked,
        total=len(ids),
        export=export,
        needs_second=export is not None and asked.needs_second(export, taken),
        taken_count=len(taken),
        unreached=unreached,
        ask_url=_address("full_exports.new_list", subject=subject, **_choices(form), **chosen),
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
    asked, kind = _asked(what), form.kind
    export = _export(what, asked.ids, form)
    if asked.needs_second(export, queries.taken_by(ledger.actor(), what)):
        return _needs_second(what, form, asked)
    file = queries.file_of(what, kind, export.ids)
    if not _take(what, form, asked, export):
        file.close()
        return _needs_second(what, form, asked)
    return send_file(
        file,
        mimetype=queries.MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=f"{NAMES[what]}.{kind}",
        max_age=0,
    )


def _needs_second(subject: Subject, form: ExportForm, asked: Asked) -> Answer:
    ask_url = _address("full_exports.new_list", subject=subject, **_choices(form), **asked.selection.words)
    return page("exports/second_person.html", ask_url=ask_url, is_ticked=bool(asked.ticked)), 409


def _take(subject: Subject, form: ExportForm, asked: Asked, export: Export) -> bool:
    """Write down whose data goes out; False when meanwhile, by another file made at once, it became too much."""
    told = ledger_words(PurposeCode(form.purpose.data), Channel(form.channel.data), form.kind, export, asked.hash)
    with ledger.change_set(queries.DOWNLOAD, purpose=told):
        return take_out(current_user, {subject: export.ids}, is_whole=asked.is_whole)

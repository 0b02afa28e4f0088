import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import PEOPLE_READERS, allow, in_view, missing
from rockrobot.device_lists import queries as device_lists
from rockrobot.dual_control.actions import DualControlError
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.queries import Kind, act_for, deciders_of, declare, state_now, still_holds
from rockrobot.dual_control.rules import Fault, State
from rockrobot.exports.queries import MEDIA_TYPES
from rockrobot.exports.rules import NAMES, FileFormat, Subject
from rockrobot.full_exports import actions, queries
from rockrobot.full_exports.actions import KIND
from rockrobot.full_exports.forms import AskForm, RegisterForm
from rockrobot.full_exports.queries import FILE_SEAL
from rockrobot.full_exports.rules import DEVICES, REGISTER, Asked, covers
from rockrobot.objections.rules import Channel
from rockrobot.purposes.rules import PurposeCode
from rockrobot.sealing import unseal
from rockrobot.selections.queries import understand
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, commit_and_go, form_page, once, page

blueprint = Blueprint("full_exports", __name__, url_prefix="/full-exports")
FIRST_APPROVED = lazy_gettext("Toinen henkilö hyväksyy viennin ensin.")
FILE_NAMES: dict[str, str] = {
    **{subject.value: name for subject, name in NAMES.items()},
    DEVICES: device_lists.NAME,
    REGISTER: "rekisteri",
}


def _page_of(act: RequestedAct) -> str:
    return url_for("full_exports.show", act_id=act.id)


declare(
    KIND,
    Kind(
        lazy_gettext("Laaja vienti"),
        may_ask=frozenset(PEOPLE_READERS),
        may_decide=frozenset(PEOPLE_READERS),
        shown=queries.shown,
        page_of=_page_of,
        covers=covers,
    ),
)


def _act(act_id: int) -> RequestedAct:
    """A full export that the person signed in asked for."""
    act = act_for(current_user, act_id)
    is_mine = act is not None and act.kind == KIND and act.asked_by == f"staff:{current_user.id}"
    return act if act and is_mine else missing(RequestedAct.id == act_id, RequestedAct.kind == KIND)


# ---------- asking ----------


def _asked(subject: str, purpose: PurposeCode) -> Asked:
    """What the address asks for; the register as a whole is one workbook for any channel, and so are machines."""
    if subject == REGISTER:
        return Asked(subject, purpose, Channel.ALL, FileFormat.XLSX, {})
    selection, _choices = understand(Register(subject), request.args)
    if subject == DEVICES:
        return Asked(subject, purpose, Channel.ALL, FileFormat.XLSX, selection.words)
    channel, file = request.args.get("channel", ""), request.args.get("file", "")
    return Asked(
        subject,
        purpose,
        Channel(channel) if channel in set(Channel) else Channel.ALL,
        FileFormat(file) if file in set(FileFormat) else FileFormat.XLSX,
        selection.words,
    )


@blueprint.route("/register/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="full_exports.new")
@once
def new() -> Answer:
    """Ask for the whole register."""
    form = RegisterForm()
    if form.validate_on_submit():
        return _ask(_asked(REGISTER, PurposeCode(form.purpose.data)), form)
    intro = _("Koko rekisteri lähtee taulukkona. Toinen henkilö hyväksyy viennin ensin.")
    return _form_page(form, (_("Tuonti ja vienti"), url_for("imports.index")), intro)


@blueprint.route("/devices/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="full_exports.new")
@once
def new_devices() -> Answer:
    """Ask for a list of machines with whose they are, narrowed as its address says."""
    form = RegisterForm()
    if form.validate_on_submit():
        return _ask(_asked(DEVICES, PurposeCode(form.purpose.data)), form)
    selection, choices = understand(Register.DEVICES, request.args)
    facts = [
        (_("Mitä viedään"), str(queries.SUBJECTS[DEVICES])),
        (_("Rajaus"), queries.narrowed_by(selection, choices)),
    ]
    back: dict[str, Any] = selection.words
    return _form_page(form, (_("Laitteet"), url_for("devices.index", **back)), FIRST_APPROVED, facts)


@blueprint.route(f"/<any({','.join(Subject)}):subject>/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="full_exports.new")
@once
def new_list(subject: str) -> Answer:
    """Ask for a list, for the purpose that its export was looked at for."""
    form, purpose = AskForm(), request.args.get("purpose", "")
    if purpose not in set(PurposeCode):
        return redirect(url_for("exports.show", subject=subject), 303)
    asked = _asked(subject, PurposeCode(purpose))
    if form.validate_on_submit():
        return _ask(asked, form)
    details = queries.details_now(asked)
    chosen: dict[str, Any] = {"purpose": purpose, "channel": asked.channel.value, "file": asked.file.value}
    back = url_for("exports.show", subject=subject, **chosen | dict(asked.words))
    facts = queries.facts_of(details, asked, then=details)
    return _form_page(form, (_("Vie tiedostoon"), back), FIRST_APPROVED, facts)


def _ask(asked: Asked, form: AskForm) -> Response:
    act = actions.ask_for(asked, current_user, form.reason.data)
    told = _("Hyväksyntä pyydetty. Kerro siitä jollekulle, joka voi päättää.")
    return commit_and_go(url_for("dual_control.show", act_id=act.id), told)


def _form_page(
    form: AskForm, back: tuple[str, str], intro: str | LazyString, facts: Sequence[tuple[str, str]] = ()
) -> Answer:
    """The form; back: the name and the address of the page it was asked from."""
    ledger.log_view([])
    deciders = deciders_of(KIND, f"staff:{current_user.id}")
    return form_page("full_exports/new.html", form, back=back, intro=intro, facts=facts, deciders=deciders)


# ---------- the file ----------


@blueprint.get("/<int:act_id>")
@allow(*PEOPLE_READERS, event="full_exports.show", object_rule=in_view)
def show(act_id: int) -> str:
    act = _act(act_id)
    export = queries.export_of(act)
    shown, is_readable = queries.shown(act), queries.asked_for(act) is not None
    has_file, was_emptied = queries.has_file(export), queries.was_emptied(export)
    ledger.log_view([])
    return page(
        "full_exports/show.html",
        fragments=("full_export",),
        act=act,
        shown=shown,
        export=export,
        has_file=has_file,
        was_emptied=was_emptied,
        is_readable=is_readable,
        holds=still_holds(act, shown),
        job=queries.job_of(export) if export else None,
    )


@blueprint.post("/<int:act_id>/make")
@allow(*PEOPLE_READERS, event="full_exports.make", object_rule=in_view, fresh=True)
def make(act_id: int) -> Response:
    act = _act(act_id)
    actions.start(act, current_user)
    return commit_and_go(_page_of(act))


@blueprint.get("/<int:act_id>/file")
@allow(*PEOPLE_READERS, event="full_exports.download", object_rule=in_view, fresh=True)
def download(act_id: int) -> Answer:
    """The file, to who asked for it; whose data is in it stands in the ledger before anything of it is sent."""
    act = _act(act_id)
    export = queries.export_of(act)
    if export is None or not queries.has_file(export):
        return _no_file(act)
    content = unseal(FILE_SEAL, export.sealed_file or b"")
    if content is None:
        return _no_file(act)
    subject, kind = act.details["subject"], FileFormat(act.details["file"])
    with ledger.change_set("full_exports.download", purpose=export.told):
        ledger.log_views(export.parties)
    return send_file(
        io.BytesIO(content),
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=f"{FILE_NAMES[subject]}.{kind}",
        max_age=0,
    )


def _no_file(act: RequestedAct) -> Response:
    """Why there is no file: nobody approved it (409), or its page says how far it is."""
    state = state_now(act)
    if state not in {State.APPROVED, State.USED}:
        raise DualControlError(Fault(state.value), act)
    return redirect(_page_of(act), 303)

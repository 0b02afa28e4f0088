from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import REGISTER_READERS, allow, in_view, may_open, withhold
from rockrobot.saved_filters import actions, queries
from rockrobot.saved_filters.forms import SavedFilterForm
from rockrobot.saved_filters.models import SavedFilter
from rockrobot.saved_filters.rules import kept_words
from rockrobot.selections.queries import understand
from rockrobot.tags.rules import Register
from rockrobot.web import Answer, commit_and_go, form_page, once, page

blueprint = Blueprint("saved_filters", __name__, url_prefix="/saved-filters")
REGISTERS = ",".join(Register)


def _own(filter_id: int) -> SavedFilter:
    """The filter, where the person signed in may change it; what is not theirs does not exist for them."""
    row = queries.filter_with(filter_id) or abort(404)
    if not queries.is_changeable_by(row, current_user.id) or not may_open(f"{row.register}.index"):
        withhold()
    return row


def _is_open_list(register: str) -> bool:
    return may_open(f"{register}.index")


@blueprint.get("/")
@allow(*REGISTER_READERS, event="saved_filters.index")
def index() -> str:
    open_lists = [register for register in Register if _is_open_list(register)]
    kept = {register: queries.kept_for(register, current_user.id) for register in open_lists}
    changeable = {
        one.row.id for rows in kept.values() for one in rows if queries.is_changeable_by(one.row, current_user.id)
    }
    ledger.log_view([])
    return page("saved_filters/index.html", kept=kept, changeable=changeable)


@blueprint.route(f"/<any({REGISTERS}):register>/new", methods=["GET", "POST"])
@allow(*REGISTER_READERS, event="saved_filters.new", object_rule=_is_open_list)
@once
def new(register: str) -> Answer:
    """The filter is the address of this page, as it is of the list."""
    where = Register(register)
    selection, choices = understand(where, request.args, sees_people=may_open("people.index"))
    if selection.dead or not kept_words(where, selection.words):
        abort(404)
    form = SavedFilterForm()
    ledger.log_view([])
    if form.validate_on_submit():
        actions.keep(selection, current_user.id, name=form.name.data, is_shared=form.is_shared.data)
        back = url_for(f"{where}.index", **selection.address())
        return commit_and_go(back, _("Rajaus tallennettu."), undo=True)
    return form_page("saved_filters/new.html", form, selection=selection, choices=choices)


@blueprint.route("/<int:filter_id>/edit", methods=["GET", "POST"])
@allow(*REGISTER_READERS, event="saved_filters.edit", object_rule=in_view)
def edit(filter_id: int) -> Answer:
    row = _own(filter_id)
    form = SavedFilterForm(obj=row)
    if form.validate_on_submit():
        actions.change(row, name=form.name.data, is_shared=form.is_shared.data)
        return commit_and_go(url_for("saved_filters.index"), _("Rajaus muutettu."), undo=True)
    return form_page("saved_filters/edit.html", form, row=row)


@blueprint.post("/<int:filter_id>/delete")
@allow(*REGISTER_READERS, event="saved_filters.delete", object_rule=in_view)
def delete(filter_id: int) -> Response:
    actions.delete(_own(filter_id))
    return commit_and_go(url_for("saved_filters.index"), _("Rajaus poistettu."), undo=True)

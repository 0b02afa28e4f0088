from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot.access import EVERYONE, Role, allow
from rockrobot.desk.queries import history_of
from rockrobot.fields import typed
from rockrobot.navigation import Link, add_link
from rockrobot.purposes import actions, queries
from rockrobot.purposes.forms import PurposeForm
from rockrobot.purposes.rules import PurposeCode
from rockrobot.web import Answer, commit_and_go, form_page, page

blueprint = Blueprint("purposes", __name__, url_prefix="/purposes")
COVERED = ("purposes.edit",)
add_link(
    Link(lazy_gettext("Hallinta"), 945, lazy_gettext("Käyttötarkoitukset"), "purposes.index", "scale", covers=COVERED)
)
FIELDS = ("name", "description", "basis", "source", "checked_by", "checked_on")
CODES = ",".join(PurposeCode)


@blueprint.get("/")
@allow(*EVERYONE, event="purposes.index")
def index() -> str:
    found = queries.purposes()
    ids = [row.id for row in found.values() if row.id]
    return page("purposes/index.html", purposes=found.values(), history=history_of({"purposes": ids}))


@blueprint.route(f"/<any({CODES}):code>/edit", methods=["GET", "POST"])
@allow(Role.DATA_PROTECTION, event="purposes.edit")
def edit(code: str) -> Answer:
    purpose = queries.purposes()[PurposeCode(code)]
    form = PurposeForm(obj=purpose)
    if form.validate_on_submit():
        actions.change_purpose(purpose.code, **typed(form, FIELDS))
        return commit_and_go(url_for("purposes.index"), _("Käyttötarkoitus muutettu."), undo=True)
    return form_page("purposes/edit.html", form, purpose=purpose)

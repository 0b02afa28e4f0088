from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from rockrobot import clock
from rockrobot import undo as undoing
from rockrobot.access import EVERYONE, Role, allow, allow_anyone
from rockrobot.db import db
from rockrobot.desk import queries
from rockrobot.desk.forms import faulty_example
from rockrobot.navigation import Link, add_link
from rockrobot.web import Answer, page, say

blueprint = Blueprint("desk", __name__)
add_link(Link("", 10, lazy_gettext("Tänään"), "desk.index", "calendar-check"))
add_link(Link(lazy_gettext("Hallinta"), 900, lazy_gettext("Historia"), "desk.history", "history"))


@blueprint.get("/")
@allow(*EVERYONE, event="desk.index")
def index() -> str:
    return page("desk/index.html")


@blueprint.get("/health")
@allow_anyone(event="desk.health")
def health() -> Answer:
    db.session.execute(db.text("SELECT 1"))
    return "ok\n"


@blueprint.get("/history")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, Role.ADMINISTRATOR, event="desk.history")
def history() -> str:
    number = max(request.args.get("page", 1, int), 1)
    return page("desk/history.html", change_sets=queries.latest_change_sets(page=number), number=number)


@blueprint.post("/history/<int:change_set_id>/undo")
@allow(Role.CUSTOMER_CARE, Role.WORKSHOP, Role.DATA_PROTECTION, Role.ADMINISTRATOR, event="desk.undo")
def undo(change_set_id: int) -> Response:
    try:
        undone = undoing.undo(change_set_id)
    except undoing.UndoError:
        db.session.rollback()
        say(_("Tätä ei voi enää kumota."), "warn")
        return redirect(url_for("desk.history"), 303)
    db.session.commit()
    if undone.left:
        say(_("Kumottu %(count)s riviä; %(left)s riviä jäi, koska niitä on muutettu sen jälkeen.",
              count=undone.count, left=len(undone.left)), "warn")  # fmt: skip
    else:
        say(_("Kumottu."))
    return redirect(request.form.get("back") or url_for("desk.history"), 303)


@blueprint.get("/components")
@allow_anyone(event="desk.components")
def components() -> str:
    if not current_app.config["IS_DEVELOPMENT"]:
        abort(404)
    return page("desk/components.html", form=faulty_example(), at=clock.now())

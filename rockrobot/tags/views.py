from typing import Any

from flask import Blueprint, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import REGISTER_READERS, Role, allow
from rockrobot.converters import as_id
from rockrobot.navigation import Link, add_link
from rockrobot.tags import actions, queries
from rockrobot.tags.forms import TagForm, TagsForm
from rockrobot.tags.models import Tag
from rockrobot.tags.rules import KEYS, Register
from rockrobot.trash.actions import remove
from rockrobot.web import Answer, commit_and_go, form_page, once, page

blueprint = Blueprint("tags", __name__, url_prefix="/tags")
REGISTERS = ",".join(Register)
add_link(Link(lazy_gettext("Rekisteri"), 280, lazy_gettext("Avainsanat"), "tags.index", "tag", covers=("tags.edit",)))


@blueprint.app_template_global("tag_name")
def tag_name(tag_id: int) -> str:
    """The name of a tag, as histories tell it."""
    if "tag_names" not in g:
        g.tag_names = {tag.id: tag.name for tag in queries.all_tags()}
    return str(g.tag_names.get(tag_id) or _("poistettu"))


def _tag(tag_id: int) -> Tag:
    return queries.tag_with(tag_id) or abort(404)


def _card(register: Register, row_id: int) -> str:
    """The address of the card of a row; 404 where the register has no such row."""
    if not queries.is_there(register, row_id):
        abort(404)
    named: dict[str, Any] = {KEYS[register]: row_id}
    return url_for(f"{register}.show", **named)


@blueprint.get("/")
@allow(*REGISTER_READERS, event="tags.index")
def index() -> str:
    tags, use = queries.all_tags(), queries.use_of_tags()
    ledger.log_view([])
    return page("tags/index.html", tags=tags, use=use)


@blueprint.route("/<int:tag_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="tags.edit")
def edit(tag_id: int) -> Answer:
    tag = _tag(tag_id)
    form = TagForm(obj=tag)
    if form.validate_on_submit():
        try:
            actions.rename(tag, form.name.data)
        except actions.NameTakenError:
            form.name.errors = [_("Avainsana %(name)s on jo olemassa.", name=form.name.data)]
        else:
            return commit_and_go(url_for("tags.index"), _("Avainsana nimetty uudelleen."), undo=True)
    return form_page("tags/edit.html", form, tag=tag)


@blueprint.post("/<int:tag_id>/delete")
@allow(Role.CUSTOMER_CARE, event="tags.delete")
def delete(tag_id: int) -> Response:
    remove(_tag(tag_id))
    return commit_and_go(url_for("tags.index"), _("Avainsana poistettu kaikilta."), undo=True)


@blueprint.route(f"/<any({REGISTERS}):register>/<int:row_id>/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="tags.put")
@once
def put(register: str, row_id: int) -> Answer:
    where = Register(register)
    card, form, known = _card(where, row_id), TagsForm(), queries.all_tags()
    ledger.log_view([row_id] if where is Register.PEOPLE else [])
    if form.validate_on_submit():
        tags = actions.tags_for(form.names.words)
        actions.put_tags(where, [row_id], tags)
        return commit_and_go(card, _("Avainsana lisätty."), undo=True)
    return form_page("tags/put.html", form, card=card, known=known)


@blueprint.post(f"/<any({REGISTERS}):register>/<int:row_id>/take")
@allow(Role.CUSTOMER_CARE, event="tags.take")
def take(register: str, row_id: int) -> Response:
    where = Register(register)
    card = _card(where, row_id)
    actions.take_tag(where, [row_id], as_id(request.form.get("tag_id")))
    return commit_and_go(card, _("Avainsana otettu pois."), undo=True)

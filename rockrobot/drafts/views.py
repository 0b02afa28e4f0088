from flask import Blueprint, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from rockrobot import browser_key, ledger
from rockrobot.access import EVERYONE, LOOKING, allow, in_view, keeper, may_open, missing, permission_of, withhold
from rockrobot.converters import as_id
from rockrobot.db import db
from rockrobot.drafts import actions, queries
from rockrobot.drafts.models import Draft
from rockrobot.drafts.rules import kept_fields, typed_fields
from rockrobot.errors import error_page
from rockrobot.fields import SECRET_FIELDS
from rockrobot.forms import show_again, was_shown_again
from rockrobot.shown import showing_nobody
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import member_of_key
from rockrobot.web import Answer, commit_and_go, is_htmx, page, path_inside, say

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
LONGEST_PATH, NOTHING, FIRST_ERROR = 500, 204, 400
FIELD = "draft_id"


def _is_our_form() -> bool:
    """True when the form carries the token of this browser: nobody plants a form from outside."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _is_page(path: str) -> bool:
    """True when the address that a form is sent to can be looked at too: then its page is asked to show the form."""
    doors, place = current_app.url_map.bind(""), path.partition("?")[0]
    try:
        return bool(doors.match(place, method="POST") and doors.match(place, method="GET"))
    except HTTPException:
        return False


@keeper
def _keep() -> str | None:
    """Keep the form of somebody whose sign-in has run out or is not fresh; the address where they find it again."""
    member = member_of_key(browser_key.key())
    return _keep_for(member) if member is not None and _is_our_form() else None


def _keep_for(member: StaffMember) -> str | None:
    """Keep the form that is being sent for them; the address where they find it again, None where it is too long."""
    path = request.full_path.rstrip("?")
    if len(path) > LONGEST_PATH:
        return None
    fields = kept_fields(request.form.items(multi=True), SECRET_FIELDS)
    if fields is None:
        return None
    had_files = any(file.filename for file in request.files.values())
    if not typed_fields(fields) and not had_files and _is_page(path):
        return path
    draft = actions.keep_draft(member.id, path, fields, had_files=had_files)
    db.session.commit()
    return url_for("drafts.show", draft_id=draft.id)


@blueprint.app_errorhandler(CSRFError)
def _keep_from_other_tab(error: CSRFError) -> Answer:
    """A form that stood open while they signed in anew is kept and shown, to be sent again by themselves.

    Signing in takes the token of every earlier page. That the browser names a page of ours as the sender stands for it
    here: nobody plants a form from outside, and kept is not yet sent.
    """
    door = permission_of(request.endpoint)
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not is_ours or not current_user.is_authenticated or door is None or door.roles is None or door.while_typing:
        return error_page(error)
    there = _keep_for(current_user)
    if there is None:
        return error_page(error)
    return Response(status=NOTHING, headers={"HX-Redirect": there}) if is_htmx() else redirect(there, 303)


def _may_send(path: str) -> bool:
    """True when their role may send a form to this address; what it held is shown to nobody else."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:
        return False
    door = permission_of(endpoint)
    with showing_nobody():
        return door is not None and may_open(endpoint) and door.may_touch(arguments) is not False


@blueprint.before_app_request
def _show_again() -> None:
    """A page that is opened for a kept form of its own, or answers it, shows it."""
    is_look = request.method in LOOKING
    named = (request.args if is_look else request.form).getlist(FIELD)
    draft_id = as_id(named[-1]) if named else 0
    draft = queries.draft_of(current_user.id, draft_id) if draft_id and current_user.is_authenticated else None
    if draft is None or draft.path.partition("?")[0] != request.path or not _may_send(draft.path):
        return
    g.kept_form = draft
    if is_look:
        show_again(queries.fields_of(draft))


@blueprint.after_app_request
def _let_go(response: Response) -> Response:
    """A kept form that was sent and taken is kept no longer; one that no form of its page took is listed instead.

    Taken is what leads on or changed something: a preview of a letter is a page too, and leaves the form unsent.
    """
    draft = g.get("kept_form")
    if draft is None:
        return response
    if request.method in LOOKING:
        is_elsewhere = was_shown_again() or 300 <= response.status_code < FIRST_ERROR
        return response if is_elsewhere else redirect(url_for("drafts.show", draft_id=draft.id, listed=1), 303)
    if response.status_code < FIRST_ERROR and _was_taken(response.status_code):
        actions.discard(draft)
        db.session.commit()
    return response


def _was_taken(status: int) -> bool:
    db.session.rollback()  # what the view left undone is not stored with the end of the form
    return status == NOTHING or status >= 300 or ledger.has_changed()


@blueprint.get("/<int:draft_id>")
@allow(*EVERYONE, event="drafts.show", object_rule=in_view)
def show(draft_id: int) -> Answer:
    """The page of the form with what was typed; a list of it where there is no such page.

    The first page where it is kept no longer, or for whom signs in where a colleague's form ran out. Withheld where
    their role became one that may not send it.
    """
    draft = queries.draft_of(current_user.id, draft_id)
    if draft is None:
        say(_("Lomaketta ei enää säilytetä, tai se on toisen käyttäjän."), "warn")
        return redirect(url_for("desk.index"), 303)
    if not _may_send(draft.path):
        withhold()
    if "listed" not in request.args and _is_page(draft.path):
        mark = "&" if "?" in draft.path else "?"
        return redirect(f"{draft.path}{mark}{FIELD}={draft.id}", 303)
    fields = queries.fields_of(draft)
    back = path_inside(draft.path) or url_for("desk.index")
    return page("drafts/show.html", draft=draft, fields=fields, typed=typed_fields(fields), back=back)


@blueprint.post("/<int:draft_id>/discard")
@allow(*EVERYONE, event="drafts.discard", object_rule=in_view, in_ledger=False)
def discard(draft_id: int) -> Response:
    draft = queries.draft_of(current_user.id, draft_id)
    actions.discard(draft or missing(Draft.id == draft_id, Draft.staff_member_id != current_user.id))
    return commit_and_go(url_for("own_account.index"), _("Keskeneräinen lomake on poistettu."))

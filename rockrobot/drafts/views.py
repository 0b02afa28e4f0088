from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from rockrobot import browser_key
from rockrobot.access import EVERYONE, allow, keeper
from rockrobot.db import db
from rockrobot.drafts import actions, queries
from rockrobot.drafts.models import Draft
from rockrobot.drafts.rules import kept_fields, typed_fields
from rockrobot.fields import SECRET_FIELDS
from rockrobot.staff.queries import member_of_key
from rockrobot.web import commit_and_go, page, path_inside

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
LONGEST_PATH, FIRST_ERROR = 500, 400


def _is_our_form() -> bool:
    """True when the form carries the token of this browser: nobody plants a form from outside."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


@keeper
def _keep() -> str | None:
    """Keep the form of somebody whose sign-in has run out or is not fresh; the address where they find it again."""
    member = member_of_key(browser_key.key())
    path = request.full_path.rstrip("?")
    if member is None or len(path) > LONGEST_PATH or not _is_our_form():
        return None
    fields = kept_fields(request.form.items(multi=True), SECRET_FIELDS)
    if fields is None:
        return None
    had_files = any(file.filename for file in request.files.values())
    draft = actions.keep_draft(member.id, path, fields, had_files=had_files)
    db.session.commit()
    return url_for("drafts.show", draft_id=draft.id)


@blueprint.after_app_request
def _let_go(response: Response) -> Response:
    """A kept form that was sent and taken is kept no longer."""
    was_taken = request.method == "POST" and response.status_code < FIRST_ERROR and current_user.is_authenticated
    draft_id = request.form.get("draft_id", 0, type=int) if was_taken else 0
    draft = queries.draft_of(current_user.id, draft_id) if draft_id else None
    if draft is not None:
        actions.discard(draft)
        db.session.commit()
    return response


def _draft(draft_id: int) -> Draft:
    return queries.draft_of(current_user.id, draft_id) or abort(404)


@blueprint.get("/<int:draft_id>")
@allow(*EVERYONE, event="drafts.show")
def show(draft_id: int) -> str:
    draft = _draft(draft_id)
    fields = queries.fields_of(draft)
    back = path_inside(draft.path) or url_for("desk.index")
    return page("drafts/show.html", draft=draft, fields=fields, typed=typed_fields(fields), back=back)


@blueprint.post("/<int:draft_id>/discard")
@allow(*EVERYONE, event="drafts.discard")
def discard(draft_id: int) -> Response:
    actions.discard(_draft(draft_id))
    return commit_and_go(url_for("own_account.index"), _("Keskeneräinen lomake on poistettu."))

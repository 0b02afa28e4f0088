from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.attachments import actions, queries
from rockrobot.attachments.forms import AttachForm
from rockrobot.events.models import Attachment, Event
from rockrobot.events.queries import event_with
from rockrobot.web import Answer, commit_and_go, form_page, once

blueprint = Blueprint("attachments", __name__)
WRITERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png"})


def _event(event_id: int) -> Event:
    """The event, if the person signed in may see it; whose data it shows is written down."""
    sees_people = current_user.role in PEOPLE_READERS
    event = event_with(event_id, sees_people=sees_people) or abort(404)
    ledger.log_view([person.id for person in event.people] if sees_people else [])
    return event


def _attachment(attachment_id: int, *, with_body: bool = False) -> Attachment:
    row = queries.attachment_with(attachment_id, with_body=with_body) or abort(404)
    _event(row.event_id)
    return row


@blueprint.route("/events/<int:event_id>/attachments/new", methods=["GET", "POST"])
@allow(*WRITERS, event="attachments.new")
@once
def new(event_id: int) -> Answer:
    event, form = _event(event_id), AttachForm()
    if form.validate_on_submit():
        made = actions.attach(event, form.files.read)
        told = ngettext("%(num)s tiedosto lisätty.", "%(num)s tiedostoa lisätty.", len(made))
        return commit_and_go(url_for("events.show", event_id=event_id), told, undo=True)
    return form_page("attachments/new.html", form, event=event)


@blueprint.get("/attachments/<int:attachment_id>")
@allow(*REGISTER_READERS, event="attachments.download")
def download(attachment_id: int) -> AnyResponse:
    row = _attachment(attachment_id, with_body=True)
    answer = Response(row.content.body, mimetype=row.media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    place = "inline" if row.media_type in SHOWN_IN_PLACE else "attachment"
    answer.headers.set("Content-Disposition", place, filename=row.file_name)
    answer.set_etag(row.content.sha256)
    return answer.make_conditional(request)


@blueprint.post("/attachments/<int:attachment_id>/delete")
@allow(*WRITERS, event="attachments.delete")
def delete(attachment_id: int) -> AnyResponse:
    row = _attachment(attachment_id)
    event_id = row.event_id
    actions.take_off(row)
    return commit_and_go(url_for("events.show", event_id=event_id), _("Tiedosto poistettu."), undo=True)

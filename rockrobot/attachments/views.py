from collections.abc import Sequence

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow, in_view, missing
from rockrobot.attachments import actions, queries
from rockrobot.attachments.forms import AttachForm
from rockrobot.events.models import Attachment, Event
from rockrobot.events.queries import event_with, events_with
from rockrobot.fields import format_day
from rockrobot.files import read_first
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.web import Answer, commit_and_go, form_page, once

blueprint = Blueprint("attachments", __name__)
WRITERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
SANDBOX = "default-src 'none'; sandbox"
SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png"})


def _event(event_id: int) -> Event:
    """The event, if the person signed in may see it."""
    return event_with(event_id, sees_people=current_user.role in PEOPLE_READERS) or missing(Event.id == event_id)


def _attachment(attachment_id: int) -> tuple[Attachment, Event]:
    row = queries.attachment_with(attachment_id) or abort(404)
    return row, _event(row.event_id)


def _log(event: Event) -> None:
    """Write down whose data is shown."""
    ledger.log_view([person.id for person in event.people] if current_user.role in PEOPLE_READERS else [])


@blueprint.route("/events/<int:event_id>/attachments/new", methods=["GET", "POST"])
@allow(*WRITERS, event="attachments.new", object_rule=in_view)
@read_first
@once
def new(event_id: int) -> Answer:
    event, form = _event(event_id), AttachForm()
    _log(event)
    if form.validate_on_submit():
        made = actions.attach(event, form.uploads)
        told = ngettext("%(num)s tiedosto lisätty.", "%(num)s tiedostoa lisätty.", len(made))
        return commit_and_go(url_for("events.show", event_id=event_id), told, undo=True)
    return form_page("attachments/new.html", form, event=event)


@blueprint.get("/attachments/<int:attachment_id>")
@allow(*REGISTER_READERS, event="attachments.download", object_rule=in_view)
def download(attachment_id: int) -> AnyResponse:
    row, event = _attachment(attachment_id)
    content = queries.body_of(row)
    _log(event)
    answer = Response(content.body, mimetype=row.media_type)
    answer.headers["Content-Security-Policy"] = SANDBOX
    place = "inline" if row.media_type in SHOWN_IN_PLACE else "attachment"
    answer.headers.set("Content-Disposition", place, filename=row.file_name)
    answer.set_etag(content.sha256)
    return answer.make_conditional(request)


@blueprint.get("/attachments/<int:attachment_id>/thumbnail")
@allow(*REGISTER_READERS, event="attachments.thumbnail", object_rule=in_view)
def thumbnail(attachment_id: int) -> AnyResponse:
    row, event = _attachment(attachment_id)
    small = queries.thumbnail_of(row) or abort(404)
    _log(event)
    return Response(small, mimetype=row.media_type, headers={"Content-Security-Policy": SANDBOX})


@blueprint.post("/attachments/<int:attachment_id>/delete")
@allow(*WRITERS, event="attachments.delete", object_rule=in_view)
def delete(attachment_id: int) -> AnyResponse:
    row, event = _attachment(attachment_id)
    _log(event)
    actions.take_off(row)
    return commit_and_go(url_for("events.show", event_id=event.id), _("Tiedosto poistettu."), undo=True)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.attachments_with(hit.row_id for hit in hits)
    events = events_with(row.event_id for row in rows.values())
    return {id_: _hit_line(row, events[row.event_id]) for id_, row in rows.items()}


def _hit_line(row: Attachment, event: Event) -> Line:
    note = ", ".join([format_day(event.happened_at.astimezone(clock.HOME).date()), *(one.name for one in event.people)])
    url = url_for("events.show", event_id=event.id)
    return Line(row.file_name, url, note, people_ids=tuple(person.id for person in event.people))


FACTS = {"file_name": lazy_gettext("tiedoston nimi")}
show_hits(Showing("attachment", lazy_gettext("Liitteet"), "file-text", "events.index", _hit_lines, FACTS))

from collections.abc import Iterable

from flask import Blueprint, Response, abort, current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rockrobot import browser_key, clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow, allow_anyone, in_view, missing
from rockrobot.calendars import actions, queries
from rockrobot.calendars.rules import Entry, calendar_of
from rockrobot.events.models import EventTask
from rockrobot.events.queries import task_with
from rockrobot.languages import SOURCE
from rockrobot.web import Answer, commit_and_go, commit_answer, once, page

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/account/calendar")
@allow(*REGISTER_READERS, event="calendars.index")
def index() -> str:
    return page("calendars/index.html", feed=queries.feed_of(current_user.id))


@blueprint.post("/account/calendar")
@allow(*REGISTER_READERS, event="calendars.make", fresh=True)
@once
def make() -> Answer:
    """A new address; it is shown once."""
    token = actions.make_feed(current_user)
    commit_answer(url_for("calendars.index"))
    address = current_app.config["BASE_URL"] + url_for("calendars.feed", token=token)
    return page("calendars/index.html", feed=queries.feed_of(current_user.id), address=address)


@blueprint.post("/account/calendar/end")
@allow(*REGISTER_READERS, event="calendars.end")
def end() -> AnyResponse:
    actions.end_feed(current_user.id)
    return commit_and_go(
        url_for("calendars.index"), _("Osoite ei enää toimi. Poista kalenteri myös kalenteriohjelmasta.")
    )


@blueprint.get("/calendar/<string(maxlength=60):token>.ics")
@allow_anyone(event="calendars.feed")
def feed(token: str) -> Response:
    """The follow-ups of whose address this is, by company, machine and channel: nothing of any person."""
    found = queries.feed_with_token(token) or abort(404)
    actions.note_reading(found, token, address=browser_key.address())
    tasks = queries.tasks_of(found.staff_member)
    ledger.log_view([])
    with force_locale(found.staff_member.language or SOURCE):
        return _calendar(_("Rockrobot: seurannat"), [_entry(task, _about(task)) for task in tasks])


@blueprint.get("/event-tasks/<int:task_id>/calendar.ics")
@allow(Role.CUSTOMER_CARE, Role.WORKSHOP, event="calendars.task", object_rule=in_view)
def task(task_id: int) -> Response:
    """One follow-up, in its own words, for the calendar of who is signed in."""
    sees_people = current_user.role in PEOPLE_READERS
    found = task_with(task_id, sees_people=sees_people) or missing(EventTask.id == task_id)
    ledger.log_view([person.id for person in found.event.people] if sees_people else [])
    return _calendar(_("Rockrobot: seurannat"), [_entry(found, found.what)])


def _about(task: EventTask) -> str:
    named = [row.name for row in task.event.companies] + [row.serial for row in task.event.devices]
    return f"{_('Seuranta')}: {', '.join(named)}" if named else _("Seuranta")


def _entry(task: EventTask, summary: str) -> Entry:
    base = current_app.config["BASE_URL"]
    address = base + url_for("events.show", event_id=task.event_id)
    return Entry(f"event-task-{task.id}@{base.partition('://')[2]}", task.due_on, summary, address)


def _calendar(name: str, entries: Iterable[Entry]) -> Response:
    headers = {"Content-Disposition": "attachment; filename=seurannat.ics"}
    return Response(calendar_of(name, entries, clock.now()), mimetype="text/calendar", headers=headers)

from collections.abc import Sequence
from textwrap import shorten

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow, in_view, missing
from rockrobot.attachments.actions import attach
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import company_with, person_with
from rockrobot.desk.queries import history_of
from rockrobot.devices.models import Device
from rockrobot.devices.queries import device_with
from rockrobot.events import actions, queries
from rockrobot.events.forms import CHANNEL_WORDS, RESULT_WORDS, EventForm, TaskForm
from rockrobot.events.models import Event, EventTask
from rockrobot.events.queries import Subject
from rockrobot.events.rules import JOBS, Channel, Preset, usual_direction
from rockrobot.fields import format_day
from rockrobot.files import read_first
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.staff.queries import members_in
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, once, page
from rockrobot.worksites.queries import worksite_with

blueprint = Blueprint("events", __name__)
blueprint.add_app_template_global(lambda: CHANNEL_WORDS, "channel_words")
blueprint.add_app_template_global(lambda: RESULT_WORDS, "result_words")
SHOWN_TEXT = 100
WRITERS = (Role.CUSTOMER_CARE, Role.WORKSHOP)
LOADERS = {"people": person_with, "companies": company_with, "worksites": worksite_with}
OF_PARTIES = '/<any("people", "companies", "worksites"):place>/<int:subject_id>/events'


def _sees_people() -> bool:
    return current_user.role in PEOPLE_READERS


def _subject(place: str, subject_id: int) -> Subject:
    return LOADERS[place](subject_id) or abort(404)


def _event(event_id: int) -> Event:
    return queries.event_with(event_id, sees_people=_sees_people()) or missing(Event.id == event_id)


def _may_see(event_id: int) -> bool | None:
    return queries.is_seen(event_id, sees_people=_sees_people())


def _card_of(subject: Subject) -> str:
    """The page on which a subject's timeline stands."""
    if isinstance(subject, Person):
        return url_for("people.show", person_id=subject.id)
    if isinstance(subject, Company):
        return url_for("companies.show", company_id=subject.id)
    if isinstance(subject, Device):
        return url_for("devices.show", device_id=subject.id)
    return url_for("worksites.show", worksite_id=subject.id)


def _home_of(event: Event) -> str:
    """The card of the first whom or what an event concerns."""
    people, worksites = (event.people, event.worksites) if _sees_people() else ([], [])
    concerned: list[Subject] = [*people, *event.companies, *event.devices, *worksites]
    return _card_of(concerned[0]) if concerned else url_for("desk.index")


def _log(event: Event) -> None:
    ledger.log_view([person.id for person in event.people] if _sees_people() else [])


# ---------- timelines ----------


def _timeline(subject: Subject) -> str:
    wanted = request.args.get("channel", "")
    line = queries.timeline_of(
        subject,
        channel=Channel(wanted) if wanted in set(Channel) else None,
        number=asked_page(),
        sees_people=_sees_people(),
    )
    ledger.log_view([*([subject.id] if isinstance(subject, Person) else []), *line.people_ids])
    return page("events/index.html", fragments=("timeline",), timeline=line, card=_card_of(subject))


@blueprint.get(OF_PARTIES)
@allow(*PEOPLE_READERS, event="events.index")
def index(place: str, subject_id: int) -> str:
    return _timeline(_subject(place, subject_id))


@blueprint.get("/devices/<int:device_id>/events")
@allow(*REGISTER_READERS, event="events.of_device")
def of_device(device_id: int) -> str:
    return _timeline(device_with(device_id) or abort(404))


@blueprint.get("/events/<int:event_id>")
@allow(*REGISTER_READERS, event="events.show", object_rule=_may_see)
def show(event_id: int) -> str:
    event = _event(event_id)
    tasks, files = [task.id for task in event.tasks], [file.id for file in event.files]
    history = history_of({"events": [event_id], "event_tasks": tasks, "attachments": files})
    _log(event)
    return page("events/show.html", event=event, home=_home_of(event), sees_people=_sees_people(), history=history)


# ---------- writing ----------


def _channel() -> Channel:
    """The channel that the link asked for; a call, or for those who log visits only a visit."""
    wanted = request.args.get("channel", "")
    channel = Channel(wanted) if wanted in set(Channel) else Channel.PHONE
    return channel if _sees_people() or channel in JOBS else Channel.VISIT


def _new(subject: Subject) -> Answer:
    channel, now = _channel(), clock.now().astimezone(clock.HOME).replace(second=0, microsecond=0)
    near = queries.around(subject, clock.today())
    form = EventForm(
        around=near,
        sees_people=_sees_people(),
        members=members_in(WRITERS),
        channel=channel,
        direction=usual_direction(channel),
        on=now.date(),
        at=now.time(),
        assigned_to=current_user.id,
    )
    ledger.log_view([person.id for person in near.people] if _sees_people() else [])
    if form.validate_on_submit():
        event = actions.add_event(form.links, **form.values)
        attach(event, form.uploads)
        if form.day:
            actions.add_task(event, what=form.follow_up, due_on=form.day, assigned_to_id=form.assigned_to.data)
        return commit_and_go(_card_of(subject), _("Tapahtuma tallennettu."), undo=True)
    name = subject.serial if isinstance(subject, Device) else subject.name
    return form_page("events/new.html", form, card=_card_of(subject), subject_name=name)


@blueprint.route(f"{OF_PARTIES}/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="events.new")
@read_first
@once
def new(place: str, subject_id: int) -> Answer:
    return _new(_subject(place, subject_id))


@blueprint.route("/devices/<int:device_id>/events/new", methods=["GET", "POST"])
@allow(*WRITERS, event="events.new")
@read_first
@once
def new_for_device(device_id: int) -> Answer:
    return _new(device_with(device_id) or abort(404))


@blueprint.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
@allow(*WRITERS, event="events.edit", object_rule=in_view)
def edit(event_id: int) -> Answer:
    event = _own(_event(event_id))
    at = event.happened_at.astimezone(clock.HOME)
    near = queries.around_event(event, clock.today(), sees_people=_sees_people())
    form = EventForm(
        row=event,
        around=near,
        sees_people=_sees_people(),
        members=members_in(WRITERS),
        on=at.date(),
        at=at.time(),
        **{name: getattr(event, name) or "" for name in ("channel", "direction", "result", "text")},
        assigned_to=current_user.id,
    )
    ledger.log_view([person.id for person in near.people] if _sees_people() else [])
    if form.validate_on_submit():
        actions.change_event(event, form.links, **form.values)
        return commit_and_go(url_for("events.show", event_id=event_id), _("Tapahtuma korjattu."), undo=True)
    return form_page("events/edit.html", form, event=event)


def _own(event: Event) -> Event:
    """An event that a person wrote; what the register wrote itself is evidence and stays."""
    return event if not event.reference else abort(404)


@blueprint.post("/events/<int:event_id>/delete")
@allow(*WRITERS, event="events.delete", object_rule=in_view)
def delete(event_id: int) -> Response:
    event = _own(_event(event_id))
    _log(event)
    home = _home_of(event)
    actions.delete_event(event)
    return commit_and_go(home, _("Tapahtuma poistettu."), undo=True)


# ---------- follow-ups ----------


def _task(task_id: int) -> EventTask:
    return queries.task_with(task_id, sees_people=_sees_people()) or missing(EventTask.id == task_id)


@blueprint.route("/events/<int:event_id>/tasks/new", methods=["GET", "POST"])
@allow(*WRITERS, event="events.new_task", object_rule=in_view)
@once
def new_task(event_id: int) -> Answer:
    event = _event(event_id)
    _log(event)
    form = TaskForm(
        channel_of_event=event.channel, members=members_in(WRITERS), due=Preset.WEEK, assigned_to=current_user.id
    )
    if form.validate_on_submit() and form.day:
        actions.add_task(event, what=form.what.data, due_on=form.day, assigned_to_id=form.assigned_to.data)
        return commit_and_go(url_for("events.show", event_id=event_id), _("Seuranta lisätty."), undo=True)
    return form_page("events/task.html", form, event=event)


@blueprint.route("/event-tasks/<int:task_id>/edit", methods=["GET", "POST"])
@allow(*WRITERS, event="events.edit_task", object_rule=in_view)
def edit_task(task_id: int) -> Answer:
    task = _task(task_id)
    _log(task.event)
    members = {member.id: member for member in (*members_in(WRITERS), task.assigned_to)}
    form = TaskForm(
        row=task,
        channel_of_event=task.event.channel,
        members=list(members.values()),
        what=task.what,
        due_on=task.due_on,
        assigned_to=task.assigned_to_id,
    )
    if form.validate_on_submit() and form.day:
        actions.change_task(task, what=form.what.data, due_on=form.day, assigned_to_id=form.assigned_to.data)
        return commit_and_go(url_for("events.show", event_id=task.event_id), _("Seuranta muutettu."), undo=True)
    return form_page("events/task.html", form, event=task.event)


@blueprint.post("/event-tasks/<int:task_id>/done")
@allow(*WRITERS, event="events.end_task", object_rule=in_view)
def end_task(task_id: int) -> Response:
    task = _task(task_id)
    _log(task.event)
    actions.end_task(task)
    everybody = "all" if request.form.get("tasks") == "all" else None
    is_here = request.form.get("at") == "event"
    back = url_for("events.show", event_id=task.event_id) if is_here else url_for("desk.index", tasks=everybody)
    return commit_and_go(back, _("Seuranta merkitty tehdyksi."), undo=True)


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.events_with(hit.row_id for hit in hits)
    return {id_: _hit_line(row) for id_, row in rows.items()}


def _hit_line(row: Event) -> Line:
    named = [*(one.name for one in row.people), *(one.name for one in row.companies)]
    note = ", ".join([format_day(row.happened_at.astimezone(clock.HOME).date()), *named])
    people_ids = tuple(person.id for person in row.people)
    text = shorten(row.text, SHOWN_TEXT, placeholder="…")
    return Line(text, url_for("events.show", event_id=row.id), note, people_ids=people_ids)


FACTS = {"text": lazy_gettext("tapahtuma")}
show_hits(Showing("event", lazy_gettext("Tapahtumat"), "calendar", "events.index", _hit_lines, FACTS))

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import clock, ledger, shown
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.answers.queries import answer_to
from rockrobot.contacts.queries import person_with
from rockrobot.deadlines.rules import deadline
from rockrobot.decisions.queries import act_under_way
from rockrobot.decisions.rules import GROUNDS
from rockrobot.desk.queries import history_of
from rockrobot.events.queries import event_with
from rockrobot.events.rules import Channel
from rockrobot.navigation import Link, add_link
from rockrobot.privacy_requests import actions, queries
from rockrobot.privacy_requests.forms import RIGHT_WORDS, RequestForm
from rockrobot.privacy_requests.models import PrivacyRequest
from rockrobot.privacy_requests.rules import ARTICLES, Stage, Urgency, urgency_of
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, once, page

blueprint = Blueprint("privacy_requests", __name__, url_prefix="/privacy-requests")
blueprint.add_app_template_global(lambda: RIGHT_WORDS, "right_words")


def _waiting() -> int:
    with shown.showing_nobody():
        return queries.count_waiting()


add_link(
    Link(lazy_gettext("Rekisteri"), 275, lazy_gettext("Tietosuojapyynnöt"), "privacy_requests.index", "scale", _waiting)
)


def _request(request_id: int) -> PrivacyRequest:
    return queries.request_with(request_id) or abort(404)


def _card(row: PrivacyRequest) -> str:
    return url_for("privacy_requests.show", request_id=row.id)


@blueprint.app_template_global("request_urgency")
def request_urgency(row: PrivacyRequest) -> Urgency | None:
    """How a request that waits stands against its day; None when it is closed."""
    return None if row.stage is Stage.CLOSED else urgency_of(row.due_on, clock.today())


@blueprint.get("/")
@allow(*PEOPLE_READERS, event="privacy_requests.index")
def index() -> str:
    is_closed = request.args.get("closed") == "1"
    found = queries.find_requests(is_closed=is_closed, number=asked_page())
    overdue, waiting = queries.count_overdue(clock.today()), queries.count_waiting()
    ledger.log_views(queries.told_of(found.rows))
    return page("privacy_requests/index.html", found=found, is_closed=is_closed, overdue=overdue, waiting=waiting)


@blueprint.get("/<int:request_id>")
@allow(*PEOPLE_READERS, event="privacy_requests.show")
def show(request_id: int) -> str:
    row, made, under_way = _request(request_id), answer_to(request_id), act_under_way(request_id)
    ledger.log_views(queries.told_of([row]))
    history = history_of({"privacy_requests": [request_id], "privacy_answers": [made.id] if made else []})
    clock_of = deadline(row.received_on, clock.today())
    return page(
        "privacy_requests/show.html",
        row=row,
        made=made,
        under_way=under_way,
        may_refuse=bool(GROUNDS[row.right]),
        clock=clock_of,
        article=ARTICLES[row.right],
        history=history,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="privacy_requests.new")
@once
def new() -> Answer:
    known, people = _known()
    form = RequestForm(**known)
    ledger.log_view(people)
    if form.validate_on_submit():
        row = actions.register(**form.values)
        return commit_and_go(_card(row), _("Pyyntö kirjattu. Määräaika juoksee."))
    return form_page("privacy_requests/new.html", form)


def _known() -> tuple[dict[str, Any], list[int]]:
    """What a form begins with: the person, and the day and channel of an event it came from; whom it shows."""
    event = event_with(asked_id("event") or 0)
    person = person_with(asked_id("person") or 0)
    known: dict[str, Any] = {"received_on": clock.today(), "channel": Channel.PHONE}
    if event:
        known = {"received_on": event.happened_at.astimezone(clock.HOME).date(), "channel": event.channel}
        person = person or next(iter(event.people), None)
    if person:
        known |= {"who": person.name, "named": person.person_no}
    return known, [person.id] if person else []


@blueprint.route("/<int:request_id>/edit", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="privacy_requests.edit")
def edit(request_id: int) -> Answer:
    row = _request(request_id)
    form = RequestForm(obj=row, named=row.person.person_no if row.person else "")
    if row.stage is not Stage.OPEN:  # asked once the form holds the row: what is decided meanwhile counts
        abort(409)
    under_way = act_under_way(request_id)
    ledger.log_views(queries.told_of([row]))
    if under_way and form.is_submitted():
        form.form_errors = [_("Pyynnön tietoja ei tallennettu, koska sen päätös odottaa.")]
    elif form.validate_on_submit():
        actions.correct(row, **form.values)
        return commit_and_go(_card(row), _("Pyynnön tiedot korjattu."))
    return form_page("privacy_requests/edit.html", form, row=row, under_way=under_way)

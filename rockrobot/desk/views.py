from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import clock, ledger, search_hits, undoers
from rockrobot import search as searching
from rockrobot import undo as undoing
from rockrobot.access import (
    EVERYONE,
    PEOPLE_READERS,
    REGISTER_READERS,
    Role,
    allow,
    allow_anyone,
    may_open,
    may_read_people,
    to_confirmation,
    withhold,
)
from rockrobot.bulk.queries import undoable_of
from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.desk import queries
from rockrobot.desk.forms import faulty_example
from rockrobot.dual_control.queries import acts_approved
from rockrobot.dual_control.queries import count_waiting as count_acts
from rockrobot.duplicates.queries import count_waiting
from rockrobot.events.queries import open_tasks as open_event_tasks
from rockrobot.evidence.queries import latest_check
from rockrobot.navigation import Link, add_link
from rockrobot.privacy_requests.queries import count_overdue
from rockrobot.readiness.queries import by_model
from rockrobot.recalls import queries as recall_queries
from rockrobot.recalls.models import RecallCase
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, Shown, show_hits
from rockrobot.second_factors.queries import lacks_codes
from rockrobot.staff.queries import name_of_actor, names_of_actors
from rockrobot.storage import room_left
from rockrobot.told_columns import is_told
from rockrobot.uploads.queries import import_runs
from rockrobot.web import Answer, asked_page, changed, commit_and_go, is_htmx, page, path_inside, say, wanted_fragment

blueprint = Blueprint("desk", __name__)
blueprint.add_app_template_global(is_told)
HITS, HITS_OF_ONE = 8, 50
IN_PLACE_OF_CLOSED = 4
CALLERS = ("person", "company", "worksite")
LISTS = {
    "devices": "devices.index",
    "batches": "parts.batches",
    "parts": "parts.index",
    "device_models": "catalogue.index",
    "people": "people.index",
    "companies": "companies.index",
}
OF_HISTORY = ("desk.show_change_set",)
MANAGEMENT = lazy_gettext("Hallinta")
add_link(Link("", 10, lazy_gettext("Tänään"), "desk.index", "calendar-check"))
add_link(Link(MANAGEMENT, 900, lazy_gettext("Historia"), "desk.history", "history", covers=OF_HISTORY))
add_link(Link(MANAGEMENT, 910, lazy_gettext("Työt"), "desk.jobs", "list-checks"))


@blueprint.app_template_global("actor_name")
def actor_name(who: str) -> str:
    """How who acted is called; the names are read once a page."""
    if "actor_names" not in g:
        g.actor_names = names_of_actors()
    return name_of_actor(who, g.actor_names)


@blueprint.app_template_global("told_of")
def told_of(entry: LedgerEntry) -> dict[str, list[Any] | None]:
    """What an entry says to who reads the page, by column: [before, after], or None where that is hidden."""
    return queries.told_to(entry, sees_people=may_read_people())


@blueprint.get("/")
@allow(*EVERYONE, event="desk.index")
def index() -> str:
    works, shows_all = current_user.role != Role.ADMINISTRATOR, request.args.get("tasks") == "all"
    sees_people = may_read_people()
    mine = None if shows_all else current_user.id
    waiting = open_event_tasks(clock.today(), assigned_to_id=mine, sees_people=sees_people) if works else None
    overdue = count_overdue(clock.today()) if sees_people else 0
    is_first_day = queries.is_register_empty()
    ledger.log_view(waiting.people_ids if waiting else [])
    return page(
        "desk/index.html",
        is_first_day=is_first_day,
        lacks_codes=lacks_codes(current_user.id),
        overdue_requests=overdue,
        waiting=waiting,
        shows_all=shows_all,
        cases=recall_queries.cases(is_drill=False).rows if works else [],
        drills=recall_queries.cases(is_drill=True).rows if works else [],
        tasks=queries.open_tasks() if works else [],
        acts_waiting=count_acts(current_user) if may_open("dual_control.index") else 0,
        acts_approved=acts_approved(current_user) if may_open("dual_control.index") else [],
        duplicates=count_waiting() if may_open("duplicates.index") else 0,
        jobs=queries.unfinished_jobs(),
        bulk_acts=undoable_of(ledger.actor()) if current_user.role == Role.CUSTOMER_CARE else [],
        imports=import_runs(limit=5) if current_user.role == Role.CUSTOMER_CARE else [],
        day=clock.today(),
        chain_check=latest_check(),
        room=room_left() if current_user.role == Role.ADMINISTRATOR else None,
    )


@blueprint.get("/readiness-today")
@allow(*REGISTER_READERS, event="desk.readiness")
def readiness() -> Answer:
    models = by_model(clock.today())
    ledger.log_view([])
    return changed("desk/_readiness.html", back_to=url_for("readiness.index"), models=models)


# ---------- search ----------


def _find(typed: str, only: str = "", *, limit: int = HITS) -> list[Shown]:
    """What the person signed in may find by what was typed, best first; whose data it shows is written down."""
    kinds = [kind for kind in search_hits.kinds_open() if only in ("", kind)]
    if may_open("companies.index"):
        hits = searching.find(typed, only=kinds, limit=limit)
    else:  # companies are no hits by their numbers, nor is a number beside a name borne out: others take their place
        wide = searching.find(typed, only=kinds, limit=limit * IN_PLACE_OF_CLOSED)
        hits = [hit for hit in wide if hit.kind != "company" or searching.is_of_one_line(hit, typed)]
    found = search_hits.at_most(search_hits.shown(hits), limit)
    ledger.log_view(search_hits.people_in(found))
    return found


def _only_hit(found: Sequence[Shown]) -> Shown | None:
    """The hit that was meant without doubt: the only one, or the only one that is exactly what was typed."""
    exact = [one for one in found if one.hit.rank == searching.LINE] or found
    return exact[0] if len(exact) == 1 and not exact[0].hit.is_near else None


def _by_kind(found: Sequence[Shown]) -> dict[str, list[Shown]]:
    """Hits by kind, the kind of the best hit first."""
    groups: dict[str, list[Shown]] = {}
    for one in found:
        groups.setdefault(one.hit.kind, []).append(one)
    return groups


@blueprint.get("/search")
@allow(*REGISTER_READERS, event="desk.search")
def search() -> Answer:
    typed, only = request.args.get("q", "").strip()[: searching.LONGEST], request.args.get("kind", "")
    found = _find(typed, only, limit=HITS_OF_ONE if only else HITS)
    only_hit = _only_hit(found)
    if only_hit and request.args.get("go") is not None and not is_htmx():
        return redirect(only_hit.line.url, 303)
    return page(
        "desk/search.html",
        fragments=("search_hits", "palette_hits"),
        found=found[:HITS] if wanted_fragment(("palette_hits",)) else found,
        groups=_by_kind(found),
        typed=typed,
        only=only,
        most=HITS,
    )


@blueprint.route("/s", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="desk.caller")
def caller() -> Answer:
    typed = request.values.get("tel", "").strip()[: searching.LONGEST]
    hits = searching.find(typed, only=CALLERS, limit=HITS)
    found = search_hits.shown([hit for hit in hits if hit.fact == "phone" and not hit.is_near])
    ledger.log_view(search_hits.people_in(found))
    only_hit = _only_hit(found)
    if request.method == "POST":
        db.session.commit()
    if only_hit:
        return redirect(only_hit.line.url, 303)
    return page("desk/caller.html", found=found, groups=_by_kind(found), typed=typed, only="", most=HITS)


def _case_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.cases_with(hit.row_id for hit in hits)
    return {id_: _case_line(row) for id_, row in rows.items()}


def _case_line(row: RecallCase) -> Line:
    note = ", ".join([row.title, *([_("harjoitus")] if row.is_drill else [])])
    return Line(row.number, url_for("recalls.show", case_id=row.id), note, is_code=True)


CASE_FACTS = {"number": lazy_gettext("takaisinvedon numero"), "title": lazy_gettext("otsikko")}
show_hits(Showing("case", lazy_gettext("Takaisinvedot"), "megaphone", "recalls.show", _case_lines, CASE_FACTS))


@blueprint.get("/health")
@allow_anyone(event="desk.health", from_anywhere=True)
def health() -> Answer:
    db.session.execute(db.text("SELECT 1"))
    return "ok\n"


@blueprint.get("/history")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, Role.ADMINISTRATOR, event="desk.history")
def history() -> str:
    with_views = request.args.get("views") == "1"
    found, sizes = queries.latest_change_sets(number=asked_page(), with_views=with_views)
    policies = undoing.undoable_tables()
    return page("desk/history.html", found=found, sizes=sizes, with_views=with_views, policies=policies)


@blueprint.get("/history/<int:change_set_id>")
@allow(Role.CUSTOMER_CARE, Role.DATA_PROTECTION, Role.ADMINISTRATOR, event="desk.show_change_set")
def show_change_set(change_set_id: int) -> str:
    change_set = queries.change_set_with(change_set_id) or abort(404)
    found = queries.entries_of(change_set_id, number=asked_page())
    sees_people = may_read_people()
    queries.log_shown(found.rows if sees_people else [])
    hidden = set() if sees_people else {entry.id for entry in found.rows if queries.is_personal(entry)}
    return page(
        "desk/show_change_set.html",
        change_set=change_set,
        found=found,
        hidden=hidden,
        undone_by=queries.undone_by(change_set_id),
        is_undoable=undoing.may_undo(change_set_id),
        may_put_back=undoing.may_put_back,
    )


@blueprint.get("/jobs")
@allow(*EVERYONE, event="desk.jobs")
def jobs() -> str:
    found = queries.jobs(number=asked_page())
    return page("desk/jobs.html", fragments=("job_rows",), found=found)


@blueprint.post("/history/<int:change_set_id>/undo")
@allow(*EVERYONE, event="desk.undo", object_rule=undoers.is_own_or_customer_care)
def undo(change_set_id: int) -> Response:
    if not undoers.is_theirs_to_undo(change_set_id):
        withhold()
    if undoers.is_weighty(change_set_id) and (confirmation := to_confirmation()):
        return confirmation
    try:
        undone = undoing.undo(change_set_id)
    except undoing.UndoError as error:
        db.session.rollback()
        say(error.told or _("Tätä ei voi enää kumota."), "warn")
        return redirect(url_for("desk.history"), 303)
    db.session.commit()
    if undone.left:
        say(_("Kumottu %(count)s riviä; %(left)s riviä jäi, koska niitä on muutettu sen jälkeen.",
              count=undone.count, left=len(undone.left)), "warn")  # fmt: skip
    else:
        say(_("Kumottu."))
    told_on = url_for(undone.told_on, change_set_id=change_set_id) if undone.told_on else ""
    return redirect(told_on or _back_from_undo(change_set_id), 303)


@blueprint.post("/history/entries/<int:entry_id>/put-back")
@allow(Role.CUSTOMER_CARE, event="desk.put_back")
def put_back(entry_id: int) -> Response:
    change_set_id = queries.change_set_of(entry_id) or abort(404)
    here = path_inside(request.form.get("back", "")) or url_for("desk.show_change_set", change_set_id=change_set_id)
    try:
        undoing.put_back(entry_id, request.form.get("field", ""))
    except undoing.UndoError:
        db.session.rollback()
        say(_("Tätä arvoa ei voi palauttaa: riviä ei enää ole, tai sitä ei saa muuttaa."), "warn")
        return redirect(here, 303)
    return commit_and_go(here, _("Entinen arvo palautettu."))


def _back_from_undo(change_set_id: int) -> str:
    """Where the person came from; the list, when the card they came from is gone now."""
    back, gone = request.form.get("back", ""), queries.tables_added_to(change_set_id)
    for table, endpoint in LISTS.items():
        if table in gone and back.startswith(url_for(endpoint)):
            return url_for(endpoint)
    return path_inside(back) or url_for("desk.history")


@blueprint.get("/components")
@allow_anyone(event="desk.components")
def components() -> str:
    if not current_app.config["IS_DEVELOPMENT"]:
        abort(404)
    return page("desk/components.html", form=faulty_example(), at=clock.now())

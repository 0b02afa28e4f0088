from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key, clock, languages, ledger, paper
from rockrobot.access import EVERYONE, PEOPLE_READERS, Role, allow
from rockrobot.contacts.queries import person_with
from rockrobot.fields import format_day
from rockrobot.navigation import Link, add_link
from rockrobot.recalls.queries import cases
from rockrobot.recalls.rules import CaseState
from rockrobot.screen_words import words_of
from rockrobot.staff.actions import say_purpose
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import member_with, name_of_actor, names_of_actors, sign_in_for
from rockrobot.viewings import queries
from rockrobot.viewings.queries import WEEK, Change, CommandWeek, MemberWeek
from rockrobot.viewings.rules import CASE, Mark, Purpose, is_purpose, monday_of, sunday_of, week_name, week_text
from rockrobot.web import Answer, asked_page, commit_and_go, page, path_inside

blueprint = Blueprint("viewings", __name__)
add_link(Link(lazy_gettext("Hallinta"), 907, lazy_gettext("Katselut"), "viewings.index", "eye"))
WORDS = {
    Mark.OWN: lazy_gettext("oma tieto"),
    Mark.COLLEAGUE: lazy_gettext("työtoverin tieto"),
    Mark.MANY: lazy_gettext("tavallista enemmän"),
    Mark.NIGHT: lazy_gettext("yöllä"),
}
SIGNED = 2


@blueprint.route("/purpose", methods=["GET", "POST"])
@allow(*EVERYONE, event="viewings.purpose", in_ledger=False)
def purpose() -> Answer:
    numbers = [line.case.number for line in cases(is_drill=False).rows if line.case.state is not CaseState.CLOSED]
    target = path_inside(request.values.get("next", "")) or url_for("desk.index")
    row = sign_in_for(browser_key.key())
    if request.method == "POST" and row and is_purpose(request.form.get("purpose", ""), numbers):
        say_purpose(row, request.form["purpose"])
        return commit_and_go(target)
    choices = [*Purpose, *(f"{CASE} {number}" for number in numbers)]
    is_refused = request.method == "POST"
    shown = page(
        "viewings/purpose.html", choices=choices, target=target, now=row.purpose if row else "", is_refused=is_refused
    )
    return shown, 422 if is_refused else 200


@blueprint.get("/people/<int:person_id>/viewings")
@allow(*PEOPLE_READERS, event="viewings.person")
def person(person_id: int) -> str:
    seen = person_with(person_id) or abort(404)
    found = queries.viewings_of(person_id, number=asked_page())
    ledger.log_view([person_id])
    return page("viewings/person.html", contact=seen, found=found)


def _week(monday: date) -> tuple[list[MemberWeek], list[Change]]:
    """Who looked in a week, and what was changed of users and rules."""
    weeks, changes = queries.week_of_members(monday), queries.changes_of_rules(monday)
    concerned = [one.member_id for one in changes if one.member_id]
    _log_look([*(week.member.id for week in weeks), *concerned])
    return weeks, changes


def _log_look(member_ids: Iterable[int]) -> None:
    """Who watches over the viewers is watched too: what somebody saw tells of them as well."""
    ledger.log_view(list(dict.fromkeys(member_ids)), table=StaffMember.__tablename__)


@blueprint.get("/viewings/")
@allow(Role.DATA_PROTECTION, event="viewings.index")
def index() -> str:
    monday = monday_of(request.args.get("week", ""), clock.today())
    weeks, changes = _week(monday)
    return page(
        "viewings/index.html",
        weeks=weeks,
        changes=changes,
        commands=queries.commands_of(monday),
        monday=monday,
        sunday=sunday_of(monday),
        week=week_text(monday),
        week_name=week_name(monday),
        before=week_text(monday - WEEK),
        after=week_text(monday + WEEK) if monday + WEEK <= clock.today() else None,
        words=WORDS,
    )


@blueprint.get("/viewings/<int:member_id>")
@allow(Role.DATA_PROTECTION, event="viewings.member")
def member(member_id: int) -> str:
    monday = monday_of(request.args.get("week", ""), clock.today())
    viewer = member_with(member_id) or abort(404)
    found = queries.viewings_by(member_id, monday, number=asked_page())
    _log_look([viewer.id])
    return page("viewings/member.html", viewer=viewer, found=found, week=week_text(monday), week_name=week_name(monday))


@blueprint.get("/viewings/sheet.pdf")
@allow(Role.DATA_PROTECTION, event="viewings.sheet")
def sheet() -> Response:
    monday = monday_of(request.args.get("week", ""), clock.today())
    weeks, changes = _week(monday)
    document = {
        "title": _("Katselujen viikkokatsaus, viikko %(week)s", week=week_name(monday)),
        "author": "Rockrobot",
        "language": languages.current(),
        "is_drill": False,
        "facts": [
            [_("Viikko"), f"{format_day(monday)}–{format_day(sunday_of(monday))}"],
            [_("Tulostettu"), f"{format_day(clock.today())}, {current_user.name}"],
        ],
        "sections": [
            {"heading": _("Kuka katsoi"), **_who_looked(weeks)},
            {"heading": _("Komennot palvelimella"), **_what_was_commanded(queries.commands_of(monday))},
            {"heading": _("Käyttäjien ja sääntöjen muutokset"), **_what_changed(changes)},
            {"heading": _("Selvitykset, päiväys ja nimikirjoitus"), "blank_lines": SIGNED},
        ],
        "qr": "",
    }
    headers = {"Content-Disposition": "inline; filename=katselut.pdf"}
    return Response(paper.render_report(document), mimetype="application/pdf", headers=headers)


def _who_looked(weeks: list[MemberWeek]) -> dict[str, Any]:
    if not weeks:
        return {"paragraphs": [_("Kukaan ei katsonut henkilötietoja tällä viikolla.")]}
    columns = [_("Kuka"), _("Katseluja"), _("Eri henkilöitä"), _("Tavallisesti"), _("Yöllä"), _("Huomioitavaa")]
    return {"columns": columns, "rows": [_cells(week) for week in weeks], "wide": [5]}


def _what_was_commanded(commands: list[CommandWeek]) -> dict[str, Any]:
    if not commands:
        return {"paragraphs": [_("Mikään komento ei näyttänyt henkilötietoja tällä viikolla.")]}
    columns = [_("Kuka"), _("Mitä tehtiin"), _("Kertoja"), _("Eri henkilöitä")]
    event = words_of("desk/words.html").event
    rows = [[one.account, event(one.event).unescape(), str(one.seen.acts), str(one.seen.people)] for one in commands]
    return {"columns": columns, "rows": rows, "wide": [1]}


def _what_changed(changes: list[Change]) -> dict[str, Any]:
    if not changes:
        return {"paragraphs": [_("Ei muutoksia tällä viikolla.")]}
    columns = [_("Milloin"), _("Kuka muutti"), _("Ketä koskee"), _("Mitä muuttui")]
    names, told = names_of_actors(), words_of("viewings/pieces.html").told
    return {"columns": columns, "rows": [_told(one, names, told(one).unescape()) for one in changes], "wide": [3]}


def _told(change: Change, names: Mapping[str, str], text: str) -> list[str]:
    at, concerned = change.act.at.astimezone(clock.HOME), names.get(f"staff:{change.member_id}", "–")
    return [
        f"{format_day(at.date())} {at:%H.%M}",
        name_of_actor(change.act.actor, names),
        concerned,
        text.strip(),
    ]


def _cells(week: MemberWeek) -> list[str]:
    usual = "–" if week.usual is None else f"{week.usual.acts} / {week.usual.people}"
    marks = ", ".join(str(WORDS[mark]) for mark in week.marks)
    return [week.member.name, str(week.seen.acts), str(week.seen.people), usual, str(week.at_night), marks]

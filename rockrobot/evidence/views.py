from typing import Any

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from rockrobot import clock, languages, paper
from rockrobot.access import Role, allow
from rockrobot.evidence import actions, queries
from rockrobot.evidence.forms import SealForm
from rockrobot.evidence.rules import in_groups, read_seal, seal_text
from rockrobot.fields import format_day
from rockrobot.navigation import Link, add_link
from rockrobot.staff.queries import name_of_actor, names_of_actors
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, page

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")
READERS = (Role.DATA_PROTECTION, Role.ADMINISTRATOR)
add_link(Link(lazy_gettext("Hallinta"), 905, lazy_gettext("Kirjausketju"), "evidence.index", "shield-check"))
SIGNED = 3
WHAT_FOR = lazy_gettext(
    "Vie tämä sivu lukittuun kaappiin. Jos rekisterin kirjauksia poistetaan lopusta tai koko ketju kirjoitetaan "
    "uudelleen, tiiviste ei enää täsmää. Vertaa sivulla Kirjausketju: lue koodi tai kirjoita viimeisen merkinnän "
    "numero, merkintöjen määrä ja tiivisteen alku."
)


@blueprint.get("/")
@allow(*READERS, event="evidence.index", while_typing=True)
def index() -> str:
    return page("evidence/index.html", fragments=("chain_checks",), form=SealForm(), **_shown())


def _shown() -> dict[str, Any]:
    job = next(iter(queries.running_jobs()), None)  # first: one that ends in between is then told of as running
    comparison = queries.comparison_with(asked_id("comparison"))
    return {
        "found": queries.checks(number=asked_page()),
        "latest": queries.latest_check(),
        "job": job,
        "comparison": comparison,
        "sealed": read_seal(comparison.payload["seal"]) if comparison else None,
        "in_groups": in_groups,
    }


@blueprint.post("/check")
@allow(*READERS, event="evidence.ask", in_ledger=False)
def ask() -> Response:
    actions.ask_for_check()
    return commit_and_go(url_for("evidence.index"))


@blueprint.post("/compare")
@allow(*READERS, event="evidence.compare", in_ledger=False)
def compare() -> Answer:
    form = SealForm()
    if not form.validate_on_submit():
        return form_page("evidence/index.html", form, **_shown())
    job = actions.ask_for_check(form.read)
    return commit_and_go(url_for("evidence.index", comparison=job.id))


@blueprint.get("/<int:check_id>/sheet.pdf")
@allow(*READERS, event="evidence.sheet")
def sheet(check_id: int) -> Response:
    check = queries.check_with(check_id)
    if check is None or check.fault:
        abort(404)
    made = check.made_at.astimezone(clock.HOME)
    document = {
        "title": _("Kirjausketjun sinetti %(number)s", number=check.id),
        "author": "Rockrobot",
        "language": languages.current(),
        "is_drill": False,
        "facts": [
            [_("Tarkistettu"), f"{format_day(made.date())} {made:%H.%M}"],
            [_("Tarkistaja"), name_of_actor(check.made_by, names_of_actors())],
            [_("Viimeinen merkintä"), str(check.last_entry_id)],
            [_("Merkintöjä"), str(check.entries)],
            [_("Tiiviste"), in_groups(check.head)],
            [_("Tulostettu"), format_day(clock.today())],
        ],
        "sections": [
            {"heading": _("Mihin tätä tarvitaan"), "paragraphs": [str(WHAT_FOR)]},
            {"heading": _("Päiväys ja nimikirjoitus"), "blank_lines": SIGNED},
        ],
        "qr": seal_text(check.seal),
    }
    headers = {"Content-Disposition": "inline; filename=sinetti.pdf"}
    return Response(paper.render_report(document), mimetype="application/pdf", headers=headers)

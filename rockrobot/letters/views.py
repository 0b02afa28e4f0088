from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from rockrobot import jobs, ledger, paper
from rockrobot.access import PEOPLE_READERS, Role, allow
from rockrobot.approvals.queries import standing_approval
from rockrobot.attempts.actions import ask_for_letters, latest_job
from rockrobot.attempts.queries import waiting_letters
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.case_letters.queries import letter_faults
from rockrobot.case_letters.rules import LettersFault
from rockrobot.letters import actions, queries
from rockrobot.letters.models import Letter, LetterKind
from rockrobot.letters.queries import Light
from rockrobot.letters.rules import AddressFault
from rockrobot.navigation import Link, add_link
from rockrobot.objections.queries import Party, stops_of_parties
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.queries import case_for, cases_numbered, find_case
from rockrobot.recalls.rules import CaseState
from rockrobot.search import Hit
from rockrobot.search_hits import Line, Showing, show_hits
from rockrobot.web import asked_page, commit_and_go, once, page

blueprint = Blueprint("letters", __name__)
OF_LETTERS = ("letters.case", "letters.show")
add_link(Link(lazy_gettext("Takaisinvedot"), 120, lazy_gettext("Kirjeet"), "letters.index", "mail", covers=OF_LETTERS))


def _case(case_id: int) -> RecallCase:
    return case_for(case_id) or abort(404)


@blueprint.get("/letters/")
@allow(*PEOPLE_READERS, event="letters.index")
def index() -> str:
    """Print batches of all real cases, or of drills, the newest first."""
    is_drill = request.args.get("kind") == "drills"
    found = queries.all_batches(is_drill=is_drill, number=asked_page())
    cases = cases_numbered({batch.case_number for batch in found.rows})
    posted = queries.counts_of_batches([batch.id for batch in found.rows])
    ledger.log_view([])
    return page("letters/index.html", found=found, is_drill=is_drill, cases=cases, posted=posted)


@blueprint.get("/recalls/<int:case_id>/letters")
@allow(*PEOPLE_READERS, event="letters.case")
def case(case_id: int) -> str:
    recall = _case(case_id)
    shown = _shown(recall.number)
    job, batches = latest_job(case_id), queries.batches_of(recall.number)
    is_busy = job is not None and job.state in (jobs.QUEUED, jobs.RUNNING)
    waiting = [] if is_busy else [one.recipient for one in waiting_letters(recall)]
    stops = stops_of_parties({*map(_party_of, shown.rows), *(recipient.key for recipient in waiting)})
    facts: dict[str, Any] = {
        "lights": queries.lights_of(recall.number),
        "approval": standing_approval(recall),
        "waiting": len(waiting),
        "stops": stops,
        "unprinted": queries.count_unprinted(recall.number),
        "faults": [] if is_busy else letter_faults(recall),
        "job_faults": [LettersFault(code) for code in _codes(job)],
        "posted": queries.counts_of_batches([batch.id for batch in batches]),
        "copies": queries.count_copies([letter.id for letter in shown.rows]),
        "stopped_waiting": sum(recipient.key in stops for recipient in waiting),
    }
    people = [letter.person_id for letter in shown.rows if letter.person_id]
    ledger.log_view([] if is_busy else people)
    return page(
        "letters/case.html",
        fragments=("letter_job",),
        case=recall,
        shown=shown,
        light_of=queries.light_of,
        job=job,
        batches=batches,
        **facts,
    )


def _party_of(letter: Letter) -> Party:
    return letter.company_id, letter.person_id


def _shown(case_number: str) -> Any:
    kind, light = request.args.get("kind", ""), request.args.get("light", "")
    return queries.letters_of(
        case_number,
        kind=LetterKind(kind) if kind in set(LetterKind) else None,
        light=Light(light) if light in set(Light) else None,
        number=asked_page(),
    )


def _codes(job: Any) -> list[str]:
    codes = job.fault.split(",") if job is not None and job.fault else []
    return codes if set(codes) <= set(LettersFault) else []


@blueprint.post("/recalls/<int:case_id>/letters")
@allow(Role.CUSTOMER_CARE, event="letters.print")
@once
def print_case(case_id: int) -> Response:
    """Queue writing and printing; the worker does it. A drill is filled with what it lacks first."""
    recall = _case(case_id)
    if recall.is_drill and recall.state is not CaseState.CLOSED:
        prepare_drill(recall)
    ask_for_letters(recall)
    return commit_and_go(url_for("letters.case", case_id=case_id))


@blueprint.get("/letters/batches/<int:batch_id>.pdf")
@allow(*PEOPLE_READERS, event="letters.download_batch")
def download_batch(batch_id: int) -> Response:
    batch = queries.batch_with_body(batch_id) or abort(404)
    ledger.log_view(sorted(queries.people_in_batch(batch.id)))
    return _pdf(batch.body, f"{batch.case_number}-{batch.language}-{batch.id}.pdf")


def _pdf(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(body, mimetype="application/pdf", headers=headers)


# ---------- one letter ----------


def _letter(letter_id: int) -> Letter:
    return queries.letter_for(letter_id) or abort(404)


def _log(letter: Letter) -> None:
    ledger.log_view([letter.person_id] if letter.person_id else [])


@blueprint.get("/letters/<int:letter_id>")
@allow(*PEOPLE_READERS, event="letters.show")
def show(letter_id: int) -> str:
    letter, body = _letter(letter_id), queries.body_of(letter_id)
    facts: dict[str, Any] = {
        "case": find_case(letter.case_number),
        "pages": paper.page_addresses(body.body) if body else [],
        "copies": queries.copies_of(letter_id),
        "message": queries.message_of(letter_id),
        "light": queries.light_of(letter.address_faults),
        "faults": [AddressFault(fault) for fault in letter.address_faults],
        "stops": stops_of_parties([_party_of(letter)]).get(_party_of(letter)),
    }
    _log(letter)
    return page("letters/show.html", letter=letter, body=body, **facts)


@blueprint.get("/letters/<int:letter_id>.pdf")
@allow(*PEOPLE_READERS, event="letters.download")
def download(letter_id: int) -> Response:
    """The exact bytes that were kept."""
    return _kept(_letter(letter_id))


@blueprint.get("/letters/<int:letter_id>/copy.pdf")
@allow(*PEOPLE_READERS, event="letters.download_copy")
def download_copy(letter_id: int) -> Response:
    """The same bytes under the name of a copy, once a copy was noted."""
    if not queries.count_copies([letter_id]):
        abort(404)
    return _kept(_letter(letter_id), "-kopio")


def _kept(letter: Letter, suffix: str = "") -> Response:
    body = queries.body_of(letter.id) or abort(404)
    _log(letter)
    return _pdf(body.body, f"{letter.reference}{suffix}.pdf")


@blueprint.post("/letters/<int:letter_id>/copy")
@allow(Role.CUSTOMER_CARE, event="letters.copy")
@once
def copy(letter_id: int) -> Response:
    """Print a letter again as a copy, byte for byte; that it was printed is kept."""
    letter = _letter(letter_id)
    if queries.body_of(letter_id) is None:
        abort(404)
    actions.note_copy(letter)
    return commit_and_go(url_for("letters.download_copy", letter_id=letter_id))


# ---------- hits of the search ----------


def _hit_lines(hits: Sequence[Hit]) -> dict[int, Line]:
    rows = queries.letters_with(hit.row_id for hit in hits)
    return {id_: _hit_line(row) for id_, row in rows.items()}


def _hit_line(row: Letter) -> Line:
    people_ids = (row.person_id,) if row.person_id else ()
    url = url_for("letters.show", letter_id=row.id)
    return Line(row.reference, url, row.recipient_name, is_code=True, people_ids=people_ids)


FACTS = {"reference": lazy_gettext("kirjeen viite")}
show_hits(Showing("letter", lazy_gettext("Kirjeet"), "mail", "letters.show", _hit_lines, FACTS))

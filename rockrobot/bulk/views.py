import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from rockrobot import jobs, ledger
from rockrobot.access import Role, allow
from rockrobot.bulk import actions, queries
from rockrobot.bulk.forms import FORMS, ActForm, NumberForm
from rockrobot.bulk.queries import SHOWN, Chosen, Plan, event_of
from rockrobot.bulk.rules import ACTS, FILES, IN_A_JOB_ABOVE, ROWS_AT_ONCE, Act, asks_for_number, is_number
from rockrobot.db import db
from rockrobot.exports.rules import FileFormat
from rockrobot.objections.rules import Channel
from rockrobot.selections.queries import understand
from rockrobot.tags.queries import all_tags
from rockrobot.tags.rules import KEYS, Register
from rockrobot.web import Answer, commit_and_go, once, page, say, sent_ids

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")
REGISTERS = ",".join(Register)
CONFIRMED = "confirm"


def _asked_act(register: Register) -> Act:
    """The act that the form names; 404 for one that this list does not take."""
    named = request.form.get("act", "")
    return Act(named) if named in ACTS[register] else abort(404)


def _chosen(register: Register) -> Chosen:
    selection, _choices = understand(register, request.form)
    ticked = sent_ids("ids")
    return Chosen(selection, request.form.get("everything") == "1", ticked)


@blueprint.post(f"/<any({REGISTERS}):register>")
@allow(Role.CUSTOMER_CARE, event="bulk.act")
@once
def act(register: str) -> Answer:
    """From the list to what the act is told, from there to its preview, from there to the act."""
    where = Register(register)
    asked, chosen = _asked_act(where), _chosen(where)
    if asked in FILES:
        return _to_export(where, asked, chosen)
    ids, back = chosen.ids(), url_for(f"{where}.index", **chosen.selection.address())
    if not ids:
        say(_("Valitse ensin rivit, joita toimi koskee."), "warn")
        return redirect(back, 303)
    step = request.form.get("step")
    form = FORMS[asked](formdata=request.form if step else None)
    if asked is not Act.DELETE and not (step and form.validate()):
        return _page(Asked(where, asked, chosen, ids, form))
    plan = queries.plan_of(asked, where, ids, form.values)
    number = NumberForm()
    if step != CONFIRMED or not _is_meant(plan, len(ids), number):
        return _page(Asked(where, asked, chosen, ids, form, plan), number)
    return _do(where, asked, plan, form, back)


def _is_meant(plan: Plan, count: int, number: NumberForm) -> bool:
    """True when the act is to be done; else the form says why not: the number is not what it was, or was not typed."""
    seen = request.form.get("seen", "")
    if seen != f"{len(plan.ids)}/{count}":
        number.form_errors = [_("Valinta on muuttunut esikatselun jälkeen. Tarkista luvut ja vahvista uudelleen.")]
    elif asks_for_number(len(plan.ids)) and not is_number(number.typed_number.data or "", len(plan.ids)):
        number.typed_number.errors = [_("Kirjoita rivien määrä %(count)s.", count=len(plan.ids))]
    elif not plan.ids:
        number.form_errors = [_("Yksikään valituista ei muutu.")]
    return not number.errors


@dataclass(frozen=True)
class Asked:
    """What was asked for so far: the act, the rows, what its form says, and what it would do once that is known."""

    register: Register
    act: Act
    chosen: Chosen
    ids: Sequence[int]
    form: ActForm
    plan: Plan | None = None


def _page(asked: Asked, number: NumberForm | None = None) -> Answer:
    """What the act is told (no plan yet), or what it would do; whose names it shows is written down."""
    plan = asked.plan
    first = asked.ids if plan is None else plan.ids
    names = queries.names_of(asked.register, [*first[:SHOWN], *(plan.why if plan else ())])
    tag_names = [tag.name for tag in all_tags()]
    ledger.log_view(names if asked.register is Register.PEOPLE else [])
    db.session.commit()
    shown = page(
        "bulk/act.html",
        asked=asked,
        form=asked.form,
        plan=plan,
        names=names,
        first=first[:SHOWN],
        tag_names=tag_names,
        number=number,
        key=KEYS[asked.register],
        asks_for_number=plan is not None and asks_for_number(len(plan.ids)),
    )
    return shown, 422 if asked.form.errors or (number and number.errors) else 200


def _do(register: Register, asked: Act, plan: Plan, form: ActForm, back: str) -> Answer:
    if len(plan.ids) > IN_A_JOB_ABOVE:
        payload = {"act": asked, "register": register, "ids": plan.ids, "values": form.values}
        job = jobs.enqueue("bulk.do", payload, key=f"bulk-{secrets.token_hex(16)}")
        return commit_and_go(url_for("bulk.show_job", job_id=job.id))
    with ledger.change_set(event_of(asked)):
        count = actions.carry_out(asked, register, plan.ids, form.values)
        return commit_and_go(back, _told(asked, count), undo=True)


def _told(asked: Act, count: int) -> str:
    told = {
        Act.TAG: ngettext("Avainsana lisätty %(num)s riville.", "Avainsana lisätty %(num)s riville.", count),
        Act.UNTAG: ngettext("Avainsana otettu pois %(num)s riviltä.", "Avainsana otettu pois %(num)s riviltä.", count),
        Act.ASSIGN: ngettext(
            "Vastuuhenkilö vaihdettu %(num)s riville.", "Vastuuhenkilö vaihdettu %(num)s riville.", count
        ),
        Act.TYPE: ngettext(
            "Kontaktityyppi vaihdettu %(num)s riville.", "Kontaktityyppi vaihdettu %(num)s riville.", count
        ),
        Act.LETTER: ngettext("Kirje kirjattu %(num)s riville.", "Kirje kirjattu %(num)s riville.", count),
        Act.DELETE: ngettext("%(num)s rivi poistettu.", "%(num)s riviä poistettu.", count),
    }
    return told[asked]


def _to_export(register: Register, asked: Act, chosen: Chosen) -> Answer:
    """The exports' own page: a filter goes in the address, ticked rows stay in the body (307 sends it on)."""
    words: dict[str, Any] = chosen.selection.words if chosen.is_all else {}
    if asked is Act.STICKERS:
        words |= {"channel": Channel.LETTER.value, "file": FileFormat.STICKERS.value}
    location = url_for("exports.show", subject=register, **words)
    return redirect(location, 303 if chosen.is_all else 307)


@blueprint.get("/jobs/<int:job_id>")
@allow(Role.CUSTOMER_CARE, event="bulk.show_job")
def show_job(job_id: int) -> str:
    job = db.session.get(jobs.Job, job_id)
    if job is None or job.kind != "bulk.do":
        abort(404)
    return page("bulk/show_job.html", fragments=("bulk_job",), job=job)


@jobs.kind("bulk.do")
def do_in_background(job: jobs.Job) -> dict[str, Any]:
    """Do an act on very many rows, in chunks of one change set; one that was cut off goes on where it was.

    The change set is named in the result, so that the page can offer its undo.
    """
    asked, register, ids = Act(job.payload["act"]), Register(job.payload["register"]), job.payload["ids"]
    values, actor, result = job.payload["values"], job.actor, {"done": 0, "count": 0} | (job.result or {})
    db.session.rollback()
    with ledger.change_set(event_of(asked), actor=actor) as act:
        act.change_set_id = result.get("change_set_id")
        for start in range(result["done"], len(ids), ROWS_AT_ONCE):
            jobs.progress(job, start, len(ids))
            chunk = ids[start : start + ROWS_AT_ONCE]
            count = result["count"] + actions.carry_out(asked, register, chunk, values)
            made = ledger.open_change_set()
            result = {"done": start + len(chunk), "count": count, "change_set_id": made}
            job.result = result
            db.session.commit()
    jobs.progress(job, len(ids), len(ids))
    return result | {"left_out": len(ids) - result["count"]}

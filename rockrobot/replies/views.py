from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from rockrobot import clock, ledger
from rockrobot.access import REGISTER_READERS, Role, allow, may_open, may_read_people
from rockrobot.attempts.rules import Channel, ReplyKind
from rockrobot.case_letters.actions import LettersRefusedError
from rockrobot.db import db
from rockrobot.devices.actions import OwnerOverlapError
from rockrobot.devices.models import Ownership
from rockrobot.dispatches import actions as dispatches
from rockrobot.fields import format_day, today_form
from rockrobot.follow_ups import actions as follow_ups
from rockrobot.letters.models import Letter
from rockrobot.letters.queries import letter_with_reference
from rockrobot.navigation import Link, add_link
from rockrobot.recalls.models import CaseUnit
from rockrobot.recalls.queries import SECOND_PERSONS, case_for
from rockrobot.recalls.rules import UnitState
from rockrobot.replies import actions, queries
from rockrobot.replies.forms import (
    CHANNELS,
    EVIDENCE,
    OUTCOMES,
    REPLIES,
    ConfirmForm,
    ContactForm,
    FindLetterForm,
    OutcomeForm,
    ReplyForm,
)
from rockrobot.replies.rules import CONSEQUENCES, OutcomeFault
from rockrobot.staff.queries import names_of_actors
from rockrobot.web import Answer, commit_and_go, once, page, say

blueprint = Blueprint("replies", __name__)
add_link(Link(lazy_gettext("Takaisinvedot"), 160, lazy_gettext("Vastaukset"), "replies.find", "scan-line"))
FAULTS = {
    OutcomeFault.NEEDS_NOTE: lazy_gettext("Kirjoita kuvaus: tämä tila vaatii perustelun."),
    OutcomeFault.NEEDS_EVIDENCE: lazy_gettext("Valitse näyttö: mistä tieto on."),
    OutcomeFault.IN_THE_FUTURE: lazy_gettext("Päivä on tulevaisuudessa. Kirjoita tämä päivä tai aiempi."),
    OutcomeFault.RECALLED_BATCH: lazy_gettext("Uuden osan erä on itse takaisinvedossa. Valitse toinen erä."),
    OutcomeFault.ONLY_BY_SCOPE: lazy_gettext("Vapautettu yksikkö muuttuu vain rajausta muuttamalla."),
    OutcomeFault.CASE_CLOSED: lazy_gettext("Tapaus on suljettu. Avaa se ensin uudelleen."),
    OutcomeFault.SAME_STATE: lazy_gettext("Yksikkö on jo tässä tilassa."),
}
FIELD_OF = {
    OutcomeFault.NEEDS_NOTE: "note",
    OutcomeFault.NEEDS_EVIDENCE: "evidence",
    OutcomeFault.IN_THE_FUTURE: "on",
    OutcomeFault.RECALLED_BATCH: "new_batch",
}


# ---------- the reference on the slip ----------


@blueprint.route("/replies", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="replies.find")
def find() -> Answer:
    form = FindLetterForm()
    if form.validate_on_submit():
        letter = letter_with_reference(form.reference.data)
        if letter is not None:
            return redirect(url_for("replies.by_reference", reference=letter.reference), 303)
        form.reference.errors = [_("Tällä viitteellä ei ole kirjettä. Tarkista numero vastauslomakkeen yläreunasta.")]
    ledger.log_view([])
    return page("replies/find.html", form=form), 422 if form.errors else 200


@blueprint.get("/r/<string:reference>")
@allow(Role.CUSTOMER_CARE, event="replies.by_reference")
def by_reference(reference: str) -> Answer:
    letter = _letter(reference)
    form = today_form(ReplyForm, "received_on")
    _log(letter)
    return _reply_page(
        letter, form, ReplyKind(request.args["kind"]) if request.args.get("kind") in set(ReplyKind) else None
    )


@blueprint.post("/r/<string:reference>")
@allow(Role.CUSTOMER_CARE, event="replies.record")
@once
def record(reference: str) -> Answer:
    letter = _letter(reference)
    kind = _kind()
    form = ReplyForm()
    lines = _prepare(form, letter)
    if not form.check(kind):
        _log(letter)
        return _reply_page(letter, form, kind), 422
    attempt = queries.attempt_of_letter(letter.id)
    names_party = CONSEQUENCES[kind].names_party and not letter.is_drill
    party = form.found or (actions.take_in_party(_new_party(form)) if names_party else None)
    answer = actions.Answer(
        kind, form.received_on.data or clock.today(), Channel(form.channel.data), form.note.data or "", party
    )
    units = [line.unit for line in lines if line.unit.id in form.units.data]
    try:
        for unit in units:
            actions.record_reply(unit, answer, attempt)
    except OwnerOverlapError as error:
        return _refuse_owner(reference, form, kind, error.row)
    told = _("Vastaus tallennettu: %(kind)s", kind=str(dict(REPLIES)[kind.value]))
    if names_party:
        told += ". " + _write_on(units)
    return commit_and_go(url_for("replies.by_reference", reference=letter.reference), told)


def _refuse_owner(reference: str, form: ReplyForm, kind: ReplyKind, known: Ownership) -> Answer:
    """The machine has somebody else already: nothing is stored, and what was typed stays."""
    since = format_day(known.from_on) if known.from_on else _("alusta")
    db.session.rollback()
    form.party.errors = [
        _("Laitteella on jo omistaja %(day)s alkaen. Onko vastaus jo kirjattu? Muuten korjaa päivä.", day=since)
    ]
    letter = _letter(reference)
    _log(letter)
    return _reply_page(letter, form, kind), 422


def _new_party(form: ReplyForm) -> actions.NewParty:
    place = (form.new_street.data, form.new_postcode.data, form.new_city.data, form.new_country.data)
    return actions.NewParty(form.is_person, form.new_name.data, *place)


def _write_on(units: list[CaseUnit]) -> str:
    """Write to whoever has the units now, and say what became of it."""
    case: Any = case_for(units[0].case_id)
    try:
        made = follow_ups.write_to_new_owner(case, [unit.id for unit in units])
    except LettersRefusedError:
        return str(_("Kirje uudelle omistajalle odottaa: kirjeitä ei voi nyt tehdä."))
    if not made:
        return str(_("Uudelle omistajalle ei tehty kirjettä: osoitetta ei ole, tai hänelle on jo kirjoitettu."))
    follow_ups.print_soon(case, made)
    return str(_("Kirje uudelle omistajalle on tulostettavissa."))


def _letter(reference: str) -> Letter:
    letter = letter_with_reference(reference)
    if letter is None:
        abort(404)
    return letter


def _kind() -> ReplyKind:
    kind = request.form.get("kind", "")
    if kind not in set(ReplyKind):
        abort(400)
    return ReplyKind(kind)


def _log(letter: Letter) -> None:
    ledger.log_view([letter.person_id] if letter.person_id else [])


def _prepare(form: ReplyForm, letter: Letter) -> list[queries.UnitLine]:
    attempt = queries.attempt_of_letter(letter.id)
    lines = queries.lines_of_attempt(attempt.id) if attempt else []
    form.units.choices = [SelectChoice(line.unit.id, line.name) for line in lines]
    if not form.is_filled():
        form.units.data = [line.unit.id for line in lines]
    return lines


def _reply_page(letter: Letter, form: ReplyForm, kind: ReplyKind | None) -> str:
    lines = _prepare(form, letter)
    return page(
        "replies/reply.html",
        letter=letter,
        form=form,
        lines=lines,
        replies=REPLIES,
        kind=kind,
        names_party=kind is not None and CONSEQUENCES[kind].names_party,
        labels=dict(REPLIES),
    )


# ---------- a unit ----------


def _unit(unit_id: int) -> CaseUnit:
    unit = queries.unit_with(unit_id)
    if unit is None:
        abort(404)
    return unit


@blueprint.get("/recalls/units/<int:unit_id>")
@allow(*REGISTER_READERS, event="replies.unit")
def unit(unit_id: int) -> Answer:
    reference = request.args.get("letter", "")
    if reference and may_open("replies.by_reference"):
        return redirect(url_for("replies.by_reference", reference=reference), 303)
    return _unit_page(_unit(unit_id), outcome=today_form(OutcomeForm), contact=today_form(ContactForm))


def _unit_page(unit: CaseUnit, *, outcome: OutcomeForm, contact: ContactForm) -> str:
    attempts = queries.attempts_of(unit.id)
    context: dict[str, Any] = {
        "case": case_for(unit.case_id),
        "line": queries.unit_line(unit),
        "steps": queries.steps_of(unit.id),
        "replies": queries.replies_of(unit.id),
        "names": names_of_actors(),
    }
    sees_people = may_read_people()
    ledger.log_view([a.person_id for a in attempts if a.person_id and sees_people])
    return page(
        "replies/unit.html",
        unit=unit,
        attempts=attempts,
        sees_people=sees_people,
        outcome=outcome,
        contact=contact,
        confirm=ConfirmForm(),
        labels=dict(REPLIES) | dict(OUTCOMES),
        evidence_words=dict(EVIDENCE),
        channels=dict(CHANNELS),
        **context,
    )


@blueprint.post("/recalls/units/<int:unit_id>/outcome")
@allow(Role.CUSTOMER_CARE, Role.WORKSHOP, event="replies.record_outcome")
@once
def record_outcome(unit_id: int) -> Answer:
    unit, form = _unit(unit_id), OutcomeForm()
    if not form.validate_on_submit():
        return _unit_page(unit, outcome=form, contact=today_form(ContactForm)), 422
    outcome = actions.Outcome(
        UnitState(form.state.data),
        form.on.data or clock.today(),
        form.evidence.data,
        form.note.data or "",
        form.batch.id if form.batch else None,
    )
    try:
        step = actions.record_outcome(unit, outcome)
    except actions.OutcomeError as error:
        form[FIELD_OF.get(error.fault, "state")].errors = [FAULTS[error.fault]]
        return _unit_page(unit, outcome=form, contact=today_form(ContactForm)), 422
    told = _("Kirjattu. Odottaa toisen henkilön vahvistusta.") if step.needs_second else _("Kirjattu.")
    return commit_and_go(url_for("replies.unit", unit_id=unit_id), told)


@blueprint.post("/recalls/units/<int:unit_id>/contact")
@allow(Role.CUSTOMER_CARE, event="replies.record_contact")
@once
def record_contact(unit_id: int) -> Answer:
    unit, form = _unit(unit_id), ContactForm()
    if not form.validate_on_submit():
        return _unit_page(unit, outcome=today_form(OutcomeForm), contact=form), 422
    case: Any = case_for(unit.case_id)
    dispatches.record_attempt(
        case, [unit], channel=Channel(form.channel.data), on=form.on.data or clock.today(), note=form.note.data or ""
    )
    return commit_and_go(url_for("replies.unit", unit_id=unit_id), _("Puhelu tai käynti kirjattu."))


@blueprint.post("/recalls/steps/<int:step_id>/confirm")
@allow(*SECOND_PERSONS, event="replies.confirm")
def confirm(step_id: int) -> Response:
    step = queries.step_for(step_id)
    if step is None or not step.needs_second or step.confirmed_at is not None:
        abort(404)
    here = url_for("replies.unit", unit_id=step.case_unit_id)
    try:
        actions.confirm_outcome(step, ConfirmForm().reason.data or "")
    except actions.StaleStepError:
        say(_("Yksikkö on jo edennyt kirjauksen jälkeen. Vahvistettavaa ei ole."), "warn")
        return redirect(here, 303)
    except actions.SecondPersonError:
        say(_("Toisen henkilön pitää vahvistaa tämä."), "warn")
        return redirect(here, 303)
    return commit_and_go(here, _("Vahvistettu."))

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import ledger, paper
from rockrobot.access import PEOPLE_READERS, Role, allow, may_open
from rockrobot.admission import UploadError, file_fault
from rockrobot.approvals import actions, queries
from rockrobot.approvals.actions import ApprovalError
from rockrobot.approvals.forms import ApprovalForm, FactsForm, PictureForm, TextForm
from rockrobot.approvals.rules import SAMPLE_TEXTS, ApprovalFault, Signatories
from rockrobot.case_letters.queries import Studio, content_of, sender_of, studio_of
from rockrobot.case_letters.rules import SAMPLE_SENDER
from rockrobot.contacts.rules import Language
from rockrobot.db import db
from rockrobot.devices.rules import PictureKind
from rockrobot.dual_control.queries import Waiting, declare_waiting, may_sign_own
from rockrobot.fields import LANGUAGE_WORDS
from rockrobot.files import read_first, read_sent_picture
from rockrobot.letter_parts.rules import WRITING
from rockrobot.letters.models import LetterKind
from rockrobot.organisation.queries import organisation
from rockrobot.recalls.models import CaseText, RecallCase
from rockrobot.recalls.queries import SECOND_PERSONS, case_for
from rockrobot.recalls.rules import CaseState
from rockrobot.recipients.queries import Recipient, recipients_of, units_with
from rockrobot.staff.models import StaffMember
from rockrobot.web import Answer, commit_and_go, form_page, once, page, say

blueprint = Blueprint("approvals", __name__)
LANGUAGE = "<any(fi, sv, en, nb, da):language>"
NO_SENDER = dict.fromkeys(SAMPLE_SENDER, "") | {"name": "–"}
FAULTS = {
    ApprovalFault.NO_SCOPE: lambda: _("Rajaa tapaus ensin."),
    ApprovalFault.CHANGED_SINCE: lambda: _(
        "Rajaus tai se, mitä kirjeissä näkyy, muuttui, kun luit sitä. Lue kaikki uudelleen ja hyväksy."
    ),
    ApprovalFault.APPROVED_ALREADY: lambda: _("Toinen henkilö ehti hyväksyä tämän ennen sinua."),
    ApprovalFault.EMPTY_SCOPE: lambda: _("Rajauksessa ei ole yhtään yksikköä."),
    ApprovalFault.MISSING_ELEMENTS: lambda: _("Kirjeestä puuttuu pakollisia osia. Ne on lueteltu alla."),
    ApprovalFault.SECOND_PERSON: lambda: _("Hyväksyjän on oltava toinen henkilö kuin tapauksen avaaja tai rajaaja."),
    ApprovalFault.WRITER: lambda: _(
        "Muutit itse viimeksi sitä, mitä kirjeissä näkyy. Pyydä toista henkilöä hyväksymään. Jos teitä on vain kaksi, "
        "pyydä tapauksen avaajaa tai rajaajaa lukemaan ja tallentamaan jokainen teksti: sitten sinä voit hyväksyä."
    ),
    ApprovalFault.OWN_REASON: lambda: _("Kirjoita, miksi hyväksyt oman tapauksesi. Syy näkyy kaikissa raporteissa."),
}


def _waiting(member: StaffMember) -> list[Waiting]:
    """The recalls that wait for this person's approval."""
    if not may_open("approvals.approve"):
        return []
    me = f"staff:{member.id}"
    found = queries.cases_awaiting(but_of="" if may_sign_own(me, SECOND_PERSONS) else me)
    return [
        Waiting(
            _("Takaisinvedon hyväksyntä: %(number)s", number=case.number),
            url_for("approvals.show", case_id=case.id),
            case.title,
            version.frozen_by,
            version.frozen_at,
        )
        for case, version in found
    ]


declare_waiting(_waiting, SECOND_PERSONS)


def _case(case_id: int) -> RecallCase:
    return case_for(case_id) or abort(404)


@blueprint.get("/recalls/<int:case_id>/approval")
@allow(*PEOPLE_READERS, event="approvals.show")
def show(case_id: int) -> Answer:
    return _page(_case(case_id), ApprovalForm())


def _page(case: RecallCase, form: ApprovalForm, fault: ApprovalFault | None = None) -> Answer:
    readiness = queries.readiness_of(case)
    version = readiness.version
    writers = queries.writers_of(case, [check.language for check in readiness.languages], readiness.shown)
    who = Signatories(f"staff:{current_user.id}", case.opened_by, version.frozen_by if version else "", writers)
    form.seen.data = readiness.digest
    if fault:
        _tell(form, fault, [heading.language for heading in readiness.unchecked])
    ledger.log_view([])
    return form_page(
        "approvals/show.html",
        form,
        case=case,
        readiness=readiness,
        own_pictures=queries.case_pictures(case.id),
        approval=queries.approval_of_letters(case, readiness),
        approvals=queries.approvals_of(case.id),
        who=who,
        may_own=case.is_drill or may_sign_own(who.approver, SECOND_PERSONS),
        told_writer=FAULTS[ApprovalFault.WRITER](),
        has_sender=bool(sender_of(case)),
        languages=list(Language),
    )


def _tell(form: ApprovalForm, fault: ApprovalFault, unchecked: Sequence[Language]) -> None:
    """Why it was not approved: beside what was typed, where that mends it."""
    if fault is ApprovalFault.HEADING_UNCONFIRMED:
        for language in unchecked:
            if not form.heading(language).data:
                told = _("Vahvista otsikko kirjoittamalla nimesi: %(language)s.", language=LANGUAGE_WORDS[language])
                form.heading(language).errors = [told]
    elif fault is ApprovalFault.OWN_REASON:
        form.own_reason.errors = [FAULTS[fault]()]
    else:
        form.form_errors = [FAULTS[fault]()]


@blueprint.post("/recalls/<int:case_id>/approval")
@allow(*SECOND_PERSONS, event="approvals.approve", fresh=True)
@once
def approve(case_id: int) -> Answer:
    case, form = _case(case_id), ApprovalForm()
    if not form.validate():
        return _page(case, form)
    confirmed = {language: form.heading(language).data for language in Language}
    try:
        actions.approve(case, confirmed=confirmed, own_reason=form.own_reason.data, seen=form.seen.data or "")
    except ApprovalError as error:
        db.session.rollback()
        return _page(case, form, error.fault)
    return commit_and_go(url_for("letters.case", case_id=case_id), _("Hyväksytty. Kirjeet voi nyt tulostaa."))


@blueprint.post("/recalls/<int:case_id>/samples")
@allow(Role.CUSTOMER_CARE, event="approvals.fill_samples")
def fill_samples(case_id: int) -> Response:
    case = _case(case_id)
    if not case.is_drill:
        abort(404)
    actions.fill_samples(case)
    return commit_and_go(url_for("approvals.show", case_id=case.id), _("Puuttuvat tekstit täytetty mallitekstein."))


@blueprint.route("/recalls/<int:case_id>/facts", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="approvals.facts")
def facts(case_id: int) -> Answer:
    case = _case(case_id)
    form = FactsForm(obj=case)
    if form.validate_on_submit():
        actions.save_facts(case, _values(form))
        return commit_and_go(url_for("approvals.show", case_id=case.id), _("Kirjeiden yhteiset tiedot tallennettu."))
    if not form.is_filled():
        _propose_own(form)
    return form_page("approvals/facts.html", form, case=case)


def _propose_own(form: FactsForm) -> None:
    """Fill what is empty from our own data, as a proposal."""
    house = organisation()
    own = {"brand": "brand", "service_phone": "phone", "service_online": "website", "service_email": "email"}
    for field, name in own.items():
        form[field].data = form[field].data or (getattr(house, name) if house else "")


def _values(form: Any) -> dict[str, Any]:
    return {field.name: field.data for field in form if field.type != "CSRFTokenField"}


@blueprint.post("/recalls/<int:case_id>/pictures/<any(product, plate):kind>")
@allow(Role.CUSTOMER_CARE, event="approvals.set_picture")
@read_first
def set_picture(case_id: int, kind: str) -> Response:
    """Keep a picture of the case's own."""
    case, form = _case(case_id), PictureForm()
    there = url_for("approvals.show", case_id=case.id)
    try:
        if not form.validate():
            raise UploadError("unknown_format")
        body = read_sent_picture(form.picture.data)
    except UploadError as error:
        say(file_fault(error), "bad")
        return redirect(there, 303)
    actions.set_picture(case, PictureKind(kind), body)
    return commit_and_go(there, _("Kuva tallennettu."))


# ---------- the text of a language ----------


@blueprint.route(f"/recalls/<int:case_id>/texts/{LANGUAGE}", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event=WRITING)
def text(case_id: int, language: str) -> Answer:
    case = _case(case_id)
    stored = queries.text_of(case.id, Language(language))
    form = TextForm(obj=stored or _proposal(case, Language(language)))
    if form.validate_on_submit():
        was_approved = case.state is CaseState.APPROVED
        kept = actions.save_text(case, Language(language), _values(form))
        if queries.hits_in(kept) and not kept.linter_override:
            db.session.commit()
            say(_("Teksti tallennettu, mutta siinä on vähätteleviä sanoja. Ne on merkitty alla."), "warn")
            return redirect(url_for("approvals.text", case_id=case_id, language=language), 303)
        there = url_for("approvals.show", case_id=case_id)
        return commit_and_go(there, _("Kirjeen teksti tallennettu."), undo=not was_approved)
    check = next((one for one in queries.readiness_of(case).languages if one.language == language), None)
    hits = queries.hits_in(stored) if stored else {}
    pages = _pages(_preview(case, Language(language)))
    context = {"language": language, "hits": hits, "check": check, "stored": stored, "pages": pages}
    return form_page("approvals/text.html", form, case=case, **context)


def _proposal(case: RecallCase, language: Language) -> CaseText:
    """A new text with the one sentence that is the same in every case."""
    blank = queries.blank_text(case.id, language)
    blank.pass_on = SAMPLE_TEXTS[language].pass_on
    return blank


@blueprint.route(f"/recalls/<int:case_id>/preview/{LANGUAGE}.pdf", methods=["GET", "POST"])
@allow(*PEOPLE_READERS, event="approvals.preview")
def preview(case_id: int, language: str) -> Response:
    """A letter of the case in this language as PDF; with what stands in the form, when it is sent along."""
    case = _case(case_id)
    pdf = _preview(case, Language(language)) or abort(404)
    headers = {"Content-Disposition": f'inline; filename="{case.number}-{language}.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


@blueprint.post(f"/recalls/<int:case_id>/preview/{LANGUAGE}")
@allow(*PEOPLE_READERS, event="approvals.preview", while_typing=True)
def preview_pages(case_id: int, language: str) -> str:
    """The letter as pictures, drawn anew while somebody types."""
    case = _case(case_id)
    pages = _pages(_preview(case, Language(language)))
    return page("approvals/_preview.html", case=case, language=language, pages=pages)


def _pages(pdf: bytes | None) -> list[str]:
    """The pages of a letter as addresses of pictures; none of no letter."""
    return paper.page_addresses(pdf) if pdf else []


def _preview(case: RecallCase, language: Language) -> bytes | None:
    """A letter with what is stored or typed; None while nobody can be written to."""
    units = units_with(case.id)
    studio = studio_of(case, units)
    content = _sample_content(studio, language, recipients_of(units))
    if content is not None and request.method == "POST":
        typed = _values(TextForm())
        content |= {name: value or "" for name, value in typed.items() if name in content}
    db.session.rollback()
    ledger.log_view([])
    return paper.render_letter(content, studio.album.bodies) if content else None


def _sample_content(studio: Studio, language: Language, recipients: list[Recipient]) -> dict[str, Any] | None:
    """The letter of the first recipient in this language, else of any; their name and address are left out."""
    if not recipients:
        return None
    case = studio.case
    chosen = next((one for one in recipients if one.language is language), recipients[0])
    text = studio.texts.get(language) or _proposal(case, language)
    studio.texts[chosen.language] = text
    content = content_of(chosen, LetterKind.FIRST, replace(studio, sender=studio.sender or dict(NO_SENDER)))
    return content | {
        "language": language.value,
        "heading": studio.headings[language].words,
        "reference": f"{case.number}-0000",
        "qr_url": f"{current_app.config['BASE_URL']}/recalls/{case.id}",
        "address_lines": [_("Saajan nimi"), _("Katuosoite 1"), _("00000 PAIKKAKUNTA")],
    }

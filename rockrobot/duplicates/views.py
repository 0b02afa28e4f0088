import secrets
from collections.abc import Iterable

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import jobs, ledger
from rockrobot.access import Role, allow
from rockrobot.contacts.models import Company
from rockrobot.duplicates import actions, queries
from rockrobot.duplicates.forms import TypedCompanyForm, TypedPersonForm
from rockrobot.duplicates.models import DuplicatePair, NotSame
from rockrobot.duplicates.queries import Party
from rockrobot.duplicates.rules import Kind
from rockrobot.navigation import Link, add_link
from rockrobot.web import Answer, asked_page, commit_and_go, page, say

blueprint = Blueprint("duplicates", __name__, url_prefix="/duplicates")
add_link(
    Link(
        lazy_gettext("Rekisteri"),
        255,
        lazy_gettext("Kaksoiskappaleet"),
        "duplicates.index",
        "copy",
        count=lambda: queries.count_waiting() or None,
    )
)


@blueprint.app_template_global("why_alike")
def why_alike(reasons: Iterable[str]) -> str:
    """Why two may be one, in words."""
    return queries.why(reasons)


@blueprint.app_template_global("party_card")
def party_card(party: Party) -> str:
    """The address of a person's or company's card."""
    if isinstance(party, Company):
        return url_for("companies.show", company_id=party.id)
    return url_for("people.show", person_id=party.id)


def _parties(pairs: Iterable[DuplicatePair | NotSame]) -> dict[Kind, dict[int, Party]]:
    parties = queries.parties_of(pairs)
    ledger.log_view(parties[Kind.PEOPLE])
    return parties


@blueprint.get("/")
@allow(Role.CUSTOMER_CARE, event="duplicates.index")
def index() -> str:
    found, job = queries.waiting_pairs(number=asked_page()), queries.latest_scan()
    return page(
        "duplicates/index.html",
        fragments=("scan_state",),
        found=found,
        parties=_parties(found.rows),
        job=job,
    )


@blueprint.post("/scan")
@allow(Role.CUSTOMER_CARE, event="duplicates.scan", in_ledger=False)
def scan() -> Answer:
    job = queries.latest_scan()
    if job is None or job.ended_at is not None:
        jobs.enqueue(queries.SCAN, {}, key=f"{queries.SCAN}:{secrets.token_hex(8)}")
    return commit_and_go(url_for("duplicates.index"))


@blueprint.post("/<any(people, companies):kind>/<int:first_id>/<int:second_id>/not-same")
@allow(Role.CUSTOMER_CARE, event="duplicates.say_not_same")
def say_not_same(kind: str, first_id: int, second_id: int) -> Answer:
    if first_id == second_id or len(queries.parties_with(Kind(kind), (first_id, second_id))) < 2:
        abort(404)
    actions.say_not_same(Kind(kind), first_id, second_id)
    back = url_for("duplicates.index", page=request.form.get("page", type=int))
    return commit_and_go(back, _("Päätetty: eivät ole sama. Paria ei ehdoteta enää."), undo=True)


@blueprint.get("/decided")
@allow(Role.CUSTOMER_CARE, event="duplicates.decided")
def decided() -> str:
    found = queries.decisions(number=asked_page())
    return page("duplicates/decided.html", found=found, parties=_parties(found.rows))


@blueprint.post("/decided/<int:decision_id>/take-back")
@allow(Role.CUSTOMER_CARE, event="duplicates.take_back")
def take_back(decision_id: int) -> Answer:
    decision = queries.decision_with(decision_id)
    if decision is None:
        say(_("Päätös on jo peruttu."))
        return commit_and_go(url_for("duplicates.decided"))
    actions.take_back(decision)
    return commit_and_go(url_for("duplicates.decided"), _("Päätös peruttu. Pari voi palata jonoon."), undo=True)


# ---------- while typing ----------


@blueprint.post("/typed/people", defaults={"but": 0})
@blueprint.post("/typed/people/<int:but>")
@allow(Role.CUSTOMER_CARE, event="duplicates.typed_person", while_typing=True)
def typed_person(but: int) -> str:
    found = queries.people_like(TypedPersonForm().traits(but), but=but)
    return _alike(Kind.PEOPLE, queries.told(Kind.PEOPLE, found, but=but))


@blueprint.post("/typed/companies", defaults={"but": 0})
@blueprint.post("/typed/companies/<int:but>")
@allow(Role.CUSTOMER_CARE, event="duplicates.typed_company", in_ledger=False, while_typing=True)
def typed_company(but: int) -> str:
    found = queries.companies_like(TypedCompanyForm().traits(but), but=but)
    return _alike(Kind.COMPANIES, queries.told(Kind.COMPANIES, found, but=but))


def _alike(kind: Kind, alike: list[queries.Alike]) -> str:
    ledger.log_view([one.party.id for one in alike] if kind is Kind.PEOPLE else [])
    return page("duplicates/_alike.html", alike=alike)

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.exc import IntegrityError

from rockrobot import ledger, shown
from rockrobot.access import LOOKING, Role, allow
from rockrobot.comparisons.queries import MODELS, Party, compare, names_in, number_of, party_with
from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import heir_id
from rockrobot.db import db
from rockrobot.desk.queries import log_shown
from rockrobot.merges import actions, queries
from rockrobot.merges.forms import OtherForm, merge_form
from rockrobot.navigation import Link, add_link
from rockrobot.undo import may_undo
from rockrobot.web import Answer, asked_id, asked_page, commit_and_go, form_page, page, say

blueprint = Blueprint("merges", __name__)
COVERED = ("merges.show", "merges.find", "merges.side_by_side")
add_link(Link(lazy_gettext("Hallinta"), 905, lazy_gettext("Yhdistämiset"), "merges.index", "git-merge", covers=COVERED))
NAMED = {"company_id": Company, "company": Company, "person_id": MODELS["people"], "person": MODELS["people"]}


@blueprint.before_app_request
def lead_to_the_kept_one() -> Answer | None:
    """The address of a merged record leads to the kept one; what is sent to it is not saved anywhere by accident."""
    named = dict(request.view_args or {})
    for name in ("company", "person"):
        if (id_ := asked_id(name)) is not None:
            named[name] = id_
    with shown.showing_nobody():
        heirs = {name: heir for name, id_ in named.items() if name in NAMED and (heir := heir_id(NAMED[name], id_))}
    if not heirs:
        return None
    if request.method in LOOKING:
        asked = {name: value for name, value in request.args.items() if not name.startswith("_")}
        return redirect(url_for(request.endpoint or "", **{**asked, **named, **heirs}), 303)
    say(_("Tämä tieto on yhdistetty toiseen. Tarkista ja tee muutos tähän."), "warn")
    name, heir = next(iter(heirs.items()))
    return redirect(_card("companies" if NAMED[name] is Company else "people", heir), 303)


def _card(kind: str, id_: int) -> str:
    if kind == "companies":
        return url_for("companies.show", company_id=id_)
    return url_for("people.show", person_id=id_)


def _party(kind: str, id_: int) -> Party:
    return party_with(kind, id_) or abort(404)


def _log(kind: str, *ids: int) -> None:
    ledger.log_view(ids if kind == "people" else ())


def _pair_address(kind: str, kept_id: int, other_id: int) -> str:
    return url_for("merges.side_by_side", kind=kind, kept_id=kept_id, other_id=other_id)


@blueprint.get("/merges/")
@allow(Role.CUSTOMER_CARE, event="merges.index")
def index() -> str:
    found, merges = queries.find_merges(number=asked_page())
    people = [id_ for merge in merges if merge.kind == "people" for id_ in (merge.kept_id, merge.other_id)]
    ledger.log_view(people)
    return page("merges/index.html", found=found, merges=merges, card=_card, number_of=number_of)


@blueprint.route("/merges/<any(people, companies):kind>/<int:kept_id>", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="merges.find")
def find(kind: str, kept_id: int) -> Answer:
    party = _party(kind, kept_id)
    _log(kind, kept_id)
    form = OtherForm(party=party)
    if form.validate_on_submit():
        return redirect(_pair_address(kind, kept_id, form.other.found.id), 303)
    return form_page("merges/find.html", form, party=party, card=_card(kind, kept_id))


@blueprint.get("/merges/<any(people, companies):kind>/<int:kept_id>/<int:other_id>")
@allow(Role.CUSTOMER_CARE, event="merges.side_by_side")
def side_by_side(kind: str, kept_id: int, other_id: int) -> Answer:
    return _led_on(kind, kept_id, other_id) or _compared(kind, kept_id, other_id)


def _led_on(kind: str, kept_id: int, other_id: int) -> Answer | None:
    """To the records that were kept, where one was merged already; to the card, where nothing is left to do."""
    pair = (_party(kind, kept_id), _party(kind, other_id))
    kept, other = (party.merged_into_id or party.id for party in pair)
    if kept == other:
        say(_("Nämä on jo yhdistetty."))
        return redirect(_card(kind, kept), 303)
    return redirect(_pair_address(kind, kept, other), 303) if (kept, other) != (kept_id, other_id) else None


def _compared(kind: str, kept_id: int, other_id: int) -> Answer:
    found = compare(_party(kind, kept_id), _party(kind, other_id))
    names = names_in(found.asked)
    ledger.log_view([*names["person_id"], *([kept_id, other_id] if kind == "people" else [])])
    form = merge_form(found)
    if form.validate_on_submit():
        try:
            actions.merge(found, form.picked(), form.decided())
            return commit_and_go(_card(kind, kept_id), _("Yhdistetty. Mitään ei poistettu."), undo=True)
        except IntegrityError:
            db.session.rollback()
            say(
                _("Yhdistäminen ei onnistunut: tiedot muuttuivat samalla hetkellä. Tarkista ja yritä uudelleen."), "bad"
            )
            return redirect(_pair_address(kind, kept_id, other_id), 303)
    return form_page(
        "merges/side_by_side.html",
        form,
        kind=kind,
        found=found,
        numbers=(number_of(found.kept), number_of(found.other)),
        swapped=_pair_address(kind, other_id, kept_id),
        names=names,
        card=_card(kind, kept_id),
    )


@blueprint.post("/merges/<any(people, companies):kind>/<int:kept_id>/<int:other_id>")
@allow(Role.CUSTOMER_CARE, event=queries.EVENT)
def merge(kind: str, kept_id: int, other_id: int) -> Answer:
    return _led_on(kind, kept_id, other_id) or _compared(kind, kept_id, other_id)


@blueprint.get("/merges/<int:change_set_id>")
@allow(Role.CUSTOMER_CARE, event="merges.show")
def show(change_set_id: int) -> str:
    merge = queries.merge_of(change_set_id) or abort(404)
    rows, edited = queries.touched_by(change_set_id), queries.left_as_edited(merge)
    added = queries.added_since(merge)
    parties = [merge.kept_id, merge.other_id] if merge.kind == "people" else []
    log_shown(added, also=parties)
    return page(
        "merges/show.html",
        merge=merge,
        rows=rows,
        edited=edited,
        added=added,
        card=_card,
        number_of=number_of,
        is_undoable=may_undo(change_set_id),
    )

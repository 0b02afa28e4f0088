from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import ledger
from rockrobot.access import PEOPLE_READERS, allow, in_view, missing
from rockrobot.db import db
from rockrobot.dual_control import actions, queries
from rockrobot.dual_control.actions import DualControlError
from rockrobot.dual_control.forms import DecisionForm
from rockrobot.dual_control.models import RequestedAct
from rockrobot.dual_control.rules import Decision, Fault
from rockrobot.navigation import Link, add_link
from rockrobot.web import Answer, asked_page, commit_and_go, form_page, page

blueprint = Blueprint("dual_control", __name__, url_prefix="/requested-acts")
FAULTS = {
    Fault.ROLE: lazy_gettext("Roolisi ei riitä tähän. Pyydä työtoveria, jolla on oikeus."),
    Fault.REASON: lazy_gettext("Kirjoita perustelu."),
    Fault.SECOND_PERSON: lazy_gettext("Päättäjän on oltava toinen henkilö kuin pyytäjä. Pyydä työtoveria päättämään."),
    Fault.OWN_REASON: lazy_gettext("Kirjoita, miksi hyväksyt oman pyyntösi. Perustelu näkyy aina pyynnön mukana."),
    Fault.NOT_ASKER: lazy_gettext("Vain pyytäjä voi jatkaa tästä."),
    Fault.CHANGED_SINCE: lazy_gettext("Tiedot muuttuivat, kun luit niitä. Lue ne uudelleen ja päätä."),
    Fault.WAITING: lazy_gettext("Toinen henkilö ei ole vielä hyväksynyt tätä. Odota päätöstä."),
    Fault.APPROVED: lazy_gettext("Tämä on jo hyväksytty."),
    Fault.DECLINED: lazy_gettext("Tämä on hylätty. Lue perustelu ja pyydä tarvittaessa uudelleen."),
    Fault.WITHDRAWN: lazy_gettext("Pyyntö on peruttu. Pyydä tarvittaessa uudelleen."),
    Fault.USED: lazy_gettext("Hyväksyntä on jo käytetty. Pyydä uusi, jos teko on tehtävä uudelleen."),
    Fault.EXPIRED: lazy_gettext("Pyyntö on vanhentunut: se on voimassa seitsemän päivää. Pyydä uudelleen."),
}
CHANGED_SINCE_APPROVED = lazy_gettext(
    "Tiedot muuttuivat hyväksynnän jälkeen. Peru pyyntö ja pyydä hyväksyntä uudelleen."
)
TYPED = {Fault.REASON, Fault.OWN_REASON}


add_link(
    Link(
        lazy_gettext("Hallinta"),
        890,
        lazy_gettext("Odottaa toista henkilöä"),
        "dual_control.index",
        "users",
        count=lambda: queries.count_waiting(current_user) or None,
        covers=("dual_control.show",),
    )
)
blueprint.add_app_template_global(queries.kind_with, "act_kind")
blueprint.add_app_template_global(queries.state_now, "act_state")
blueprint.add_app_template_global(lambda: CHANGED_SINCE_APPROVED, "changed_since_approved")


def _act(act_id: int) -> RequestedAct:
    return queries.act_for(current_user, act_id) or missing(RequestedAct.id == act_id)


@blueprint.get("/")
@allow(*PEOPLE_READERS, event="dual_control.index")
def index() -> str:
    found = queries.acts_seen_by(current_user, number=asked_page())
    waiting, under_way = queries.acts_waiting(current_user), queries.acts_under_way(current_user)
    elsewhere = queries.waiting_elsewhere(current_user)
    ledger.log_view([])
    return page("dual_control/index.html", waiting=waiting, elsewhere=elsewhere, under_way=under_way, found=found)


@blueprint.get("/<int:act_id>")
@allow(*PEOPLE_READERS, event="dual_control.show", object_rule=in_view)
def show(act_id: int) -> Answer:
    return _page(_act(act_id), DecisionForm())


def _page(act: RequestedAct, form: DecisionForm) -> Answer:
    kind = queries.kind_with(act.kind)
    shown = kind.shown(act)
    form.seen.data = shown.digest
    ledger.log_views(shown.whose)
    me = f"staff:{current_user.id}"
    is_own = act.asked_by == me
    return form_page(
        "dual_control/show.html",
        form,
        act=act,
        kind=kind,
        shown=shown,
        is_own=is_own,
        may_decide=current_user.role in kind.may_decide and (not is_own or queries.may_sign_own(me, kind.may_decide)),
        deciders=queries.deciders_of(act.kind, act.asked_by),
    )


@blueprint.post("/<int:act_id>/decide")
@allow(*PEOPLE_READERS, event="dual_control.decide", object_rule=in_view, fresh=True)
def decide(act_id: int) -> Answer:
    act, form = _act(act_id), DecisionForm()
    decision = Decision.APPROVED if request.form.get("decision") == Decision.APPROVED else Decision.DECLINED
    if not form.validate():
        return _page(act, form)
    try:
        actions.decide(act, current_user, decision, form.reason.data, seen=form.seen.data or "")
    except DualControlError as error:
        if error.fault is Fault.CHANGED_SINCE:
            form.form_errors = [FAULTS[error.fault]]
        elif error.fault in TYPED:
            form.reason.errors = [FAULTS[error.fault]]
        else:
            raise
        return _page(act, form)
    told = _("Pyyntö hyväksytty.") if decision is Decision.APPROVED else _("Pyyntö hylätty.")
    return commit_and_go(url_for("dual_control.show", act_id=act_id), told)


@blueprint.post("/<int:act_id>/withdraw")
@allow(*PEOPLE_READERS, event="dual_control.withdraw", object_rule=in_view)
def withdraw(act_id: int) -> Response:
    actions.withdraw(_act(act_id), current_user)
    return commit_and_go(url_for("dual_control.index"), _("Pyyntö peruttu."))


@blueprint.app_errorhandler(DualControlError)
def refuse(error: DualControlError) -> Answer:
    """Nothing was done; says what to do, whichever room was asked to act."""
    db.session.rollback()
    told = CHANGED_SINCE_APPROVED if error.fault is Fault.CHANGED_SINCE else FAULTS[error.fault]
    return page("dual_control/refused.html", told=told, act_id=error.act_id), 409

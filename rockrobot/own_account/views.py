from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot import browser_key
from rockrobot.access import EVERYONE, allow, in_view, missing
from rockrobot.digests.queries import digest_for
from rockrobot.drafts.queries import drafts_of
from rockrobot.passkeys.queries import house, passkeys_of
from rockrobot.second_factors.queries import app_key_of, codes_left
from rockrobot.staff import actions, queries
from rockrobot.staff.models import SignIn
from rockrobot.staff.rules import Ending, Outcome
from rockrobot.staff_devices.queries import devices_of
from rockrobot.web import commit_and_go, page

blueprint = Blueprint("own_account", __name__, url_prefix="/account")


def _here() -> SignIn:
    return queries.sign_in_for(browser_key.key()) or abort(403)


@blueprint.get("/")
@allow(*EVERYONE, event="own_account.index")
def index() -> str:
    running, facts = queries.running_sign_ins(current_user.id), queries.facts_told_to(current_user.id)
    return page(
        "own_account/index.html",
        here=_here(),
        running=running,
        facts=facts,
        app_key=app_key_of(current_user.id),
        codes_left=codes_left(current_user.id),
        drafts=drafts_of(current_user.id),
        devices=devices_of(current_user.id),
        wants_digest=digest_for(current_user.id).is_wanted,
        passkeys=passkeys_of(current_user.id),
        may_have_passkeys=house() is not None,
        may_remove=not current_app.config["SECOND_FACTOR_REQUIRED"],
    )


@blueprint.post("/sign-ins/<int:sign_in_id>/end")
@allow(*EVERYONE, event="own_account.end_sign_in", object_rule=in_view, fresh=True)
def end_sign_in(sign_in_id: int) -> Response:
    if not actions.end_sign_in(current_user, sign_in_id):
        missing(SignIn.id == sign_in_id, SignIn.staff_member_id != current_user.id)
    actions.record(Outcome.ENDED, current_user.id, address=browser_key.address())
    return commit_and_go(url_for("own_account.index"), _("Kirjautuminen lopetettu."))


@blueprint.post("/sign-ins/end-others")
@allow(*EVERYONE, event="own_account.end_others", fresh=True)
def end_others() -> Response:
    here = _here()
    count = actions.end_sign_ins(current_user, Ending.SIGNED_OUT, keep=here)
    if count:
        actions.record(Outcome.ENDED, current_user.id, address=browser_key.address())
    browser_key.swap(actions.renew_key(here))  # whoever copied the key of this one is out too
    told = ngettext("%(num)s muu kirjautuminen lopetettu.", "%(num)s muuta kirjautumista lopetettu.", count)
    return commit_and_go(url_for("own_account.index"), told)


@blueprint.post("/keys")
@allow(*EVERYONE, event="own_account.choose_keys")
def choose_keys() -> Response:
    """Turn the single keys on or off."""
    actions.choose_keys(current_user, wanted=request.form.get("keys") == "on")
    return commit_and_go(url_for("own_account.index"), _("Asetus tallennettu."))

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from rockrobot.access import REGISTER_READERS, allow
from rockrobot.digests import actions
from rockrobot.web import commit_and_go

blueprint = Blueprint("digests", __name__)


@blueprint.post("/account/digest")
@allow(*REGISTER_READERS, event="digests.choose", in_ledger=False)
def choose() -> Response:
    """Turn the mail of the morning on or off."""
    actions.choose(current_user, wanted=request.form.get("digest") == "on")
    return commit_and_go(url_for("own_account.index"), _("Asetus tallennettu."))

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot.access import Role, allow
from rockrobot.desk.queries import history_of
from rockrobot.navigation import Link, add_link
from rockrobot.organisation import actions, queries
from rockrobot.organisation.forms import OrganisationForm
from rockrobot.web import Answer, commit_and_go, form_page, page

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")
add_link(Link(lazy_gettext("Hallinta"), 940, lazy_gettext("Organisaatio"), "organisation.show", "landmark"))


@blueprint.get("/")
@allow(Role.ADMINISTRATOR, Role.CUSTOMER_CARE, Role.DATA_PROTECTION, event="organisation.show")
def show() -> str:
    history = history_of({"organisations": [queries.ONLY]})
    return page("organisation/show.html", organisation=queries.organisation(), history=history)


@blueprint.route("/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, event="organisation.edit", fresh=True)
def edit() -> Answer:
    form = OrganisationForm(obj=queries.organisation())
    if form.validate_on_submit():
        actions.change_organisation(**{name: value for name, value in form.data.items() if name != "csrf_token"})
        return commit_and_go(url_for("organisation.show"), _("Organisaation tiedot muutettu."), undo=True)
    return form_page("organisation/edit.html", form)

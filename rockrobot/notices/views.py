from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from rockrobot import clock
from rockrobot.access import EVERYONE, Role, allow
from rockrobot.contacts.rules import Language
from rockrobot.navigation import Link, add_link
from rockrobot.notices import actions, queries
from rockrobot.notices.forms import HeadingForm
from rockrobot.web import Answer, commit_and_go, form_page, page

blueprint = Blueprint("notices", __name__)
add_link(
    Link(
        lazy_gettext("Takaisinvedot"), 190, lazy_gettext("Otsikot"), "notices.index", "globe", covers=("notices.edit",)
    )
)


@blueprint.get("/notice-headings")
@allow(*EVERYONE, event="notices.index")
def index() -> str:
    return page("notices/index.html", headings=queries.headings())


@blueprint.route("/notice-headings/<any(fi, sv, en, nb, da):language>", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="notices.edit")
def edit(language: str) -> Answer:
    heading = queries.headings()[Language(language)]
    form = HeadingForm(obj=heading)
    if form.validate_on_submit():
        heading = actions.ensure_headings()[Language(language)]
        actions.change_heading(heading, words=form.words.data, source=form.source.data)
        if form.checked_by.data and form.checked_by.data != heading.checked_by:
            actions.check_heading(heading, name=form.checked_by.data, on=clock.today())
        return commit_and_go(url_for("notices.index"), _("Otsikko tallennettu."), undo=True)
    return form_page("notices/edit.html", form, heading=heading)

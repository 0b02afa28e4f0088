"""The form of the second person's decision."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm


class DecisionForm(PageForm):
    """What was read (its digest), and why: needed for declining, and for approving what one asked for oneself."""

    seen = HiddenField()
    reason = TextAreaField(_("Perustelu"), [Length(max=2000)], filters=CLEAN, render_kw={"rows": 2})

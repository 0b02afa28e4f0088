"""The form of a code."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot.forms import PageForm


class CodeForm(PageForm):
    """Six digits of the app, or a recovery code."""

    code = StringField(
        _("Vahvistuskoodi"),
        [DataRequired(_("Kirjoita koodi sovelluksesta.")), Length(max=40, message=_("Koodissa on 6 numeroa."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "class": "medium"},
    )
    next = HiddenField()

"""The form of a code."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length


class CodeForm(FlaskForm):
    """Six digits of the app, or a recovery code."""

    code = StringField(
        _("Vahvistuskoodi"),
        [DataRequired(_("Kirjoita koodi sovelluksesta.")), Length(max=40, message=_("Koodissa on 6 numeroa."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "class": "medium"},
    )
    next = HiddenField()

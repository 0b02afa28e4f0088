"""The form of a new passkey."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot.fields import stripped
from rockrobot.forms import PageForm


class PasskeyForm(PageForm):
    """A name by which its owner knows it; the browser adds its answer."""

    name = StringField(
        _("Nimi"),
        [DataRequired(_("Kirjoita, missä avain on.")), Length(max=60)],
        filters=[stripped],
        description=_("Esimerkiksi: työpuhelin."),
    )
    credential = HiddenField()

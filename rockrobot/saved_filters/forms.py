"""Forms of kept filters."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN


class SavedFilterForm(EditForm):
    """The name of a filter, and who sees it."""

    name = StringField(
        _("Nimi"),
        [DataRequired(_("Kirjoita nimi, josta rajauksen tunnistaa.")), Length(max=60)],
        filters=CLEAN,
        render_kw={"class": "medium"},
    )
    is_shared = BooleanField(_("Näytä kaikille"), description=_("Muuten rajauksen näet vain sinä."))

"""The form of an export."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired

from rockrobot.exports.queries import CHANNEL_WORDS, FORMAT_WORDS
from rockrobot.exports.rules import FileFormat
from rockrobot.fields import choices_of
from rockrobot.forms import PageForm
from rockrobot.purposes.queries import purpose_names


class ExportForm(PageForm):
    """For what, how those in it are reached, and as what file; it only looks, so it is sent with GET."""

    purpose = SelectField(
        _("Mihin tietoja käytetään"),
        [DataRequired(_("Valitse, mihin tietoja käytetään."))],
        description=_("Ne, jotka ovat kieltäneet tämän käytön, jäävät pois."),
    )
    channel = SelectField(_("Miten heihin ollaan yhteydessä"), choices=choices_of(CHANNEL_WORDS.items()))
    file = RadioField(_("Tiedosto"), choices=choices_of(FORMAT_WORDS.items()))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, meta={"csrf": False}, **options)
        names = ((code.value, name) for code, name in purpose_names().items())
        self.purpose.choices = [SelectChoice("", _("Valitse")), *choices_of(names)]

    @property
    def kind(self) -> FileFormat:
        """As what it goes out."""
        return FileFormat(self.file.data)

"""The form of an export."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired

from rockrobot.exports.rules import FileFormat
from rockrobot.fields import choices_of
from rockrobot.objections.rules import Channel
from rockrobot.purposes.queries import purpose_names

CHANNEL_WORDS = {
    Channel.ALL: _("Usealla tavalla tai ei vielä tiedossa"),
    Channel.LETTER: _("Kirjeellä"),
    Channel.EMAIL: _("Sähköpostilla"),
    Channel.PHONE: _("Puhelimella"),
    Channel.SMS: _("Tekstiviestillä"),
}
FORMAT_WORDS = {
    FileFormat.XLSX: _("Excel (XLSX)"),
    FileFormat.CSV: _("CSV"),
    FileFormat.VCARD: _("Käyntikortit (vCard)"),
    FileFormat.CALLING_LIST: _("Soittolista paperille (PDF)"),
    FileFormat.STICKERS: _("Osoitetarrat, 24 arkilla (PDF)"),
}


class ExportForm(FlaskForm):
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

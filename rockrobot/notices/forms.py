"""Forms of the official headings."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN


class HeadingForm(EditForm):
    """The words of a heading, their source, and by whom they were checked."""

    words = StringField(
        _("Otsikko"),
        [DataRequired(_("Kirjoita otsikko.")), Length(max=200)],
        filters=CLEAN,
        description=_("Täsmälleen virallisen tekstin sanat"),
    )
    source = StringField(_("Lähde"), [Length(max=1000)], filters=CLEAN, description=_("Esimerkiksi EUR-Lexin osoite"))
    checked_by = StringField(
        _("Tarkistaja"),
        [Length(max=120)],
        filters=CLEAN,
        description=_("Kirjoita nimesi, kun olet verrannut sanat lähteeseen. Tyhjä: tarkistamatta."),
    )

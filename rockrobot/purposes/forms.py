"""The form of a purpose."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.fields import CLEAN, DateField
from rockrobot.forms import PageForm


class PurposeForm(PageForm):
    """A purpose in our words, its ground, and who checked that."""

    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita nimi.")), Length(max=100)], filters=CLEAN)
    description = TextAreaField(_("Mihin tietoja käytetään"), [Length(max=1000)], filters=CLEAN, render_kw={"rows": 3})
    basis = StringField(
        _("Oikeusperuste"),
        [DataRequired(_("Kirjoita oikeusperuste.")), Length(max=100)],
        filters=CLEAN,
        description=_("GDPR 6 artiklan kohta, esimerkiksi 6(1)(f)"),
    )
    source = TextAreaField(_("Mihin peruste nojaa"), [Length(max=1000)], filters=CLEAN, render_kw={"rows": 2})
    checked_by = StringField(
        _("Tarkistanut"),
        [Length(max=120)],
        filters=CLEAN,
        description=_("Kuka on todennut, että peruste sopii meille. Tyhjä: tarkistamatta."),
    )
    checked_on = DateField(_("Tarkistettu"))

    def validate_checked_on(self, field: DateField) -> None:
        """Who checked and when are told together."""
        if bool(field.data) != bool(self.checked_by.data) and not field.errors:
            raise ValidationError(gettext("Kirjoita sekä tarkistaja että päivä, tai jätä molemmat tyhjiksi."))

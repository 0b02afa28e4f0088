"""Forms of posting and returned mail."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from rockrobot.fields import CLEAN, DateField, choices_of

RETURN_REASONS = [
    ("unknown", _("Vastaanottaja tuntematon")),
    ("moved", _("Muuttanut")),
    ("address", _("Puutteellinen osoite")),
    ("unclaimed", _("Ei noudettu")),
    ("refused", _("Kieltäytynyt vastaanottamasta")),
    ("deceased", _("Kuollut tai yritys lakannut")),
]


class PostedForm(FlaskForm):
    """These were posted on a day."""

    on = DateField(_("Postitettu"), [DataRequired(_("Kirjoita postituspäivä."))])
    tracking_no = StringField(_("Seurantatunnus"), [Optional(), Length(max=80)], filters=CLEAN)


class ReturnedForm(FlaskForm):
    """A letter came back."""

    on = DateField(_("Palautunut"), [DataRequired(_("Kirjoita päivä."))])
    reason = SelectField(_("Syy"), choices=choices_of(RETURN_REASONS))

"""Forms of posting and returned mail."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of, format_day
from rockrobot.forms import PageForm

RETURN_REASONS = [
    ("unknown", _("Vastaanottaja tuntematon")),
    ("moved", _("Muuttanut")),
    ("address", _("Puutteellinen osoite")),
    ("unclaimed", _("Ei noudettu")),
    ("refused", _("Kieltäytynyt vastaanottamasta")),
    ("deceased", _("Kuollut tai yritys lakannut")),
]


class _DayForm(PageForm):
    """Something happened on a day, which is not before the earliest one there can be."""

    too_early: LazyString

    def __init__(self, *, earliest: date | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.earliest = earliest

    def validate_on(self, field: DateField) -> None:
        """Refuse a day on which it can't have happened yet."""
        if field.data and self.earliest and field.data < self.earliest:
            raise ValidationError(str(self.too_early) % {"day": format_day(self.earliest)})


class PostedForm(_DayForm):
    """These were posted on a day; earliest: when they were printed."""

    too_early = _("Tulostettu vasta %(day)s. Kirjoita se päivä tai myöhempi.")
    on = DateField(_("Postitettu"), [DayRequired(_("Kirjoita postituspäivä."))])
    tracking_no = StringField(_("Seurantatunnus"), [Optional(), Length(max=80)], filters=CLEAN)


class ReturnedForm(_DayForm):
    """A letter came back; earliest: when it was posted."""

    too_early = _("Postitettu vasta %(day)s. Kirjoita se päivä tai myöhempi.")
    on = DateField(_("Palautunut"), [DayRequired(_("Kirjoita päivä."))])
    reason = SelectField(_("Syy"), choices=choices_of(RETURN_REASONS))

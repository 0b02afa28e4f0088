"""Forms of whom a person represents."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import Length, ValidationError

from rockrobot.contacts.queries import company_named
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, DateField, DayRequired, LookupField
from rockrobot.forms import PageForm
from rockrobot.ticks_field import TicksField

NOT_FOUND = _("Yritystä «%(text)s» ei löydy. Kirjoita asiakasnumero tai koko nimi.")
HOW_TO_NAME = _("Asiakasnumero tai koko nimi.")


class AffiliationForm(EditForm):
    """A person represents a company, from one day to another."""

    company = LookupField(_("Yritys"), company_named, NOT_FOUND, description=HOW_TO_NAME)
    title = StringField(_("Titteli"), [Length(max=120)], filters=CLEAN)
    role = StringField(
        _("Rooli"), [Length(max=120)], filters=CLEAN, description=_("Esimerkiksi yhteyshenkilö tai työmaan vastaava")
    )
    from_on = DateField(_("Alkaen"), may_be_future=True)
    to_on = DateField(_("Asti"), may_be_future=True)
    is_primary = BooleanField(_("Ensisijainen yritys"))

    def validate_title(self, field: StringField) -> None:
        """Something must be said: a company, or a title of the person's own."""
        if not field.data and not self.company.data:
            raise ValidationError(gettext("Kirjoita yritys tai titteli."))

    def validate_to_on(self, field: DateField) -> None:
        """It can't end before it begins."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(gettext("Loppu on ennen alkua."))


class EmployerForm(PageForm):
    """A person left one company for another, in one act."""

    company = LookupField(_("Uusi yritys"), company_named, NOT_FOUND, description=HOW_TO_NAME)
    title = StringField(_("Titteli"), [Length(max=120)], filters=CLEAN)
    role = StringField(_("Rooli"), [Length(max=120)], filters=CLEAN)
    on = DateField(_("Siirtyi"), [DayRequired(_("Kirjoita päivä."))], may_be_future=True)
    ended = TicksField(_("Mitkä eivät enää käy"), description=_("Esimerkiksi vanhan työnantajan sähköposti ja puhelin"))

    def __init__(self, *args: Any, points: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.ended.choices = points

    def validate_company(self, field: LookupField) -> None:
        """The new company must be named."""
        if not field.data:
            raise ValidationError(gettext("Kirjoita uusi yritys."))


class EndForm(PageForm):
    """The day from which a person does not represent the company."""

    on = DateField(_("Asti"), [DayRequired(_("Kirjoita päivä."))], may_be_future=True)

"""The form of a territory."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, choices_of, country_choices, typed
from rockrobot.importers.rules import DIGITS, PostcodeError, read_postcode
from rockrobot.mailing.rules import mail_address


def _countries() -> list[Any]:
    names = {choice.value: choice.label for choice in country_choices()}
    return choices_of((code, names[code]) for code in DIGITS)


class TerritoryForm(EditForm):
    """A country or a range of its postcodes, and where its enquiries are sent."""

    country = SelectField(_("Maa"), choices=_countries, render_kw={"class": "medium"})
    postcode_from = StringField(
        _("Postinumerosta"),
        [Length(max=20)],
        filters=CLEAN,
        description=_("Tyhjä tarkoittaa koko maata."),
        render_kw={"class": "narrow"},
    )
    postcode_to = StringField(_("Postinumeroon"), [Length(max=20)], filters=CLEAN, render_kw={"class": "narrow"})
    email = StringField(
        _("Sähköposti ohjauksille"),
        [DataRequired(_("Kirjoita osoite, johon yhteydenotot ohjataan.")), Length(max=254)],
        filters=CLEAN,
        render_kw={"type": "email"},
    )

    def validate_email(self, field: StringField) -> None:
        """It is an address that mail can be sent to."""
        if not mail_address(field.data or ""):
            raise ValidationError(
                gettext("Tähän osoitteeseen ei voi lähettää. Sähköpostiosoite on muotoa nimi@yritys.no.")
            )

    def _code(self, field: StringField) -> str:
        try:
            return read_postcode(field.data or "", self.country.data)
        except PostcodeError as error:
            told = lazy_gettext("Postinumerossa on tässä maassa %(digits)s numeroa.", digits=error.digits)
            raise ValidationError(str(told)) from None

    def validate_postcode_from(self, field: StringField) -> None:
        """It is a postcode of the country, or nothing."""
        if self.country.data in DIGITS:
            field.data = self._code(field)

    def validate_postcode_to(self, field: StringField) -> None:
        """It is a postcode of the country, not before the first; both are there or neither."""
        if self.country.data not in DIGITS or self.postcode_from.errors:
            return
        field.data = self._code(field)
        if bool(field.data) != bool(self.postcode_from.data):
            raise ValidationError(gettext("Kirjoita molemmat postinumerot tai jätä molemmat tyhjiksi."))
        if field.data < self.postcode_from.data:
            raise ValidationError(gettext("Viimeinen postinumero on ennen ensimmäistä."))

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, by the names of the columns."""
        return typed(self, ("country", "postcode_from", "postcode_to", "email"))

"""Forms of addresses."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.contacts.rules import AddressKind
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, CountryField, DateField, DayRequired, choices_of
from rockrobot.forms import PageForm

KIND_WORDS = {
    AddressKind.POSTAL: _("Postiosoite"),
    AddressKind.VISITING: _("Käyntiosoite"),
    AddressKind.WORKSITE: _("Työmaa"),
    AddressKind.DELIVERY: _("Toimitusosoite"),
}


class AddressForm(EditForm):
    """An address, from one day to another."""

    kind = SelectField(_("Laji"), choices=choices_of(KIND_WORDS.items()))
    street = StringField(_("Katuosoite"), [DataRequired(_("Kirjoita katuosoite.")), Length(max=200)], filters=CLEAN)
    postcode = StringField(_("Postinumero"), [Length(max=20)], filters=CLEAN, render_kw={"class": "narrow"})
    city = StringField(
        _("Postitoimipaikka"), [DataRequired(_("Kirjoita postitoimipaikka.")), Length(max=100)], filters=CLEAN
    )
    country = CountryField(_("Maa"), render_kw={"class": "medium"})
    valid_from = DateField(_("Voimassa alkaen"), may_be_future=True)
    valid_to = DateField(_("Voimassa asti"), may_be_future=True)

    def validate_postcode(self, field: StringField) -> None:
        """A Finnish postcode has five digits."""
        if field.data and self.country.data in {"", "FI"} and not (field.data.isdigit() and len(field.data) == 5):
            raise ValidationError(gettext("Suomen postinumerossa on viisi numeroa."))

    def validate_valid_to(self, field: DateField) -> None:
        """An address can't end before it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("Loppu on ennen alkua."))


class EndAddressForm(PageForm):
    """The day from which an address is not valid."""

    on = DateField(_("Voimassa asti"), [DayRequired(_("Kirjoita päivä."))], may_be_future=True)

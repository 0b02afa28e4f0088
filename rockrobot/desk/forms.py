"""The form of the component page: every kind of field, filled in with faults."""

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from rockrobot.fields import BusinessIdField, CountryField, DateField, PhoneField, choices_of
from rockrobot.forms import PageForm

TYPED = {
    "serial": "",
    "handed_over_on": "22.11.2999",
    "phone": "050-0001234",
    "business_id": "1234567-8",
    "country": "FI",
    "model": "SP500",
    "note": "Kone seisoo pihalla.",
}


class ExampleForm(PageForm):
    """One field of each kind; never saved."""

    serial = StringField(_("Sarjanumero"), [DataRequired(_("Kirjoita sarjanumero."))], render_kw={"class": "medium no"})
    model = SelectField(_("Malli"), choices=choices_of([("SP500", "SP500"), ("SP750", "SP750")]))
    handed_over_on = DateField(_("Luovutettu"))
    result = RadioField(
        _("Tulos"), choices=choices_of([("ok", _("Kunnossa")), ("changed", _("Osa vaihdettu"))]), validate_choice=False
    )
    phone = PhoneField(_("Puhelin"))
    year = IntegerField(_("Valmistusvuosi"))
    business_id = BusinessIdField(_("Y-tunnus"))
    country = CountryField(_("Maa"))
    note = TextAreaField(_("Muistiinpano"))
    picture = FileField(_("Kuva tyyppikilvestä"))
    copy = BooleanField(_("Lähetä kopio asiakaspalveluun"))


def faulty_example() -> ExampleForm:
    """The example form after an attempt that failed in three fields."""
    form = ExampleForm(formdata=MultiDict(TYPED), meta={"csrf": False})
    form.validate()
    return form

"""Forms of companies, people and addresses."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from rockrobot.contacts import queries
from rockrobot.contacts.models import Company
from rockrobot.contacts.rules import AddressKind, ContactType, Language
from rockrobot.fields import BusinessIdField, CountryField, DateField, PhoneField, stripped

KIND_WORDS = {
    AddressKind.POSTAL: _("Postiosoite"),
    AddressKind.VISITING: _("Käyntiosoite"),
    AddressKind.WORKSITE: _("Työmaa"),
    AddressKind.DELIVERY: _("Toimitusosoite"),
}
LANGUAGE_WORDS = {
    Language.FI: _("suomi"),
    Language.SV: _("ruotsi"),
    Language.EN: _("englanti"),
    Language.NB: _("norja"),
    Language.DA: _("tanska"),
}
CLEAN = [stripped]
MAIL = [
    Optional(),
    Length(max=254),
    Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Sähköpostiosoite on muotoa nimi@yritys.fi.")),
]


def _languages() -> list[SelectChoice]:
    return [
        SelectChoice("", _("ei tiedossa")),
        *(SelectChoice(language.value, LANGUAGE_WORDS[language]) for language in Language),
    ]


class CompanyForm(FlaskForm):
    """A company as far as letters need it."""

    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita yrityksen nimi.")), Length(max=200)], filters=CLEAN)
    customer_no = StringField(
        _("Asiakasnumero"),
        [Length(max=60)],
        filters=CLEAN,
        description=_("Tyhjästä tulee seuraava vapaa numero."),
        render_kw={"class": "medium no"},
    )
    business_id = BusinessIdField(_("Y-tunnus"), [Length(max=40)], filters=CLEAN, render_kw={"class": "medium"})
    country = CountryField(_("Maa"), render_kw={"class": "medium"})
    language = SelectField(_("Kieli"), choices=_languages, validate_choice=False, render_kw={"class": "medium"})
    switchboard = PhoneField(_("Vaihde"), [Length(max=60)], filters=CLEAN, render_kw={"class": "medium"})
    email = StringField(_("Sähköposti"), MAIL, filters=CLEAN)
    contact_type = SelectField(_("Kontaktityyppi"), validate_choice=False, render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.company: Company | None = options.get("obj")
        known = dict.fromkeys([*(kind.value for kind in ContactType), *queries.contact_types()])
        self.contact_type.choices = [SelectChoice("", gettext("ei tiedossa")), *map(SelectChoice, known)]

    def validate_customer_no(self, field: StringField) -> None:
        """Two companies can't share a number."""
        but = self.company.id if self.company else None
        if self.company and not field.data:
            raise ValidationError(gettext("Kirjoita asiakasnumero."))
        if field.data and queries.is_customer_no_taken(field.data, but=but):
            raise ValidationError(gettext("Asiakasnumero %(number)s on jo toisella yrityksellä.", number=field.data))


class PersonForm(FlaskForm):
    """A person, with or without a company."""

    first_name = StringField(_("Etunimi"), [Length(max=100)], filters=CLEAN)
    last_name = StringField(_("Sukunimi"), [DataRequired(_("Kirjoita sukunimi.")), Length(max=100)], filters=CLEAN)
    company = StringField(
        _("Yritys"),
        filters=CLEAN,
        description=_("Asiakasnumero tai koko nimi. Tyhjä: yksityishenkilö."),
    )
    title = StringField(_("Titteli"), [Length(max=120)], filters=CLEAN)
    direct_phone = PhoneField(_("Suora puhelin"), [Length(max=60)], filters=CLEAN, render_kw={"class": "medium"})
    email = StringField(_("Sähköposti"), MAIL, filters=CLEAN)
    language = SelectField(_("Kieli"), choices=_languages, validate_choice=False, render_kw={"class": "medium"})
    found_company: Company | None = None

    def validate_company(self, field: StringField) -> None:
        """The company must be there already."""
        if not field.data:
            return
        found = queries.party_numbered(field.data)
        if not isinstance(found, Company):
            raise ValidationError(
                gettext("Yritystä «%(text)s» ei löydy. Kirjoita asiakasnumero tai koko nimi.", text=field.data)
            )
        self.found_company = found


class AddressForm(FlaskForm):
    """An address, from one day to another."""

    kind = SelectField(_("Laji"), choices=[SelectChoice(*pair) for pair in KIND_WORDS.items()])
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


class EndAddressForm(FlaskForm):
    """The day from which an address is not valid."""

    on = DateField(_("Voimassa asti"), [DataRequired(_("Kirjoita päivä."))], may_be_future=True)

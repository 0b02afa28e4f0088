"""Forms of companies."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.contacts import queries
from rockrobot.contacts.models import Company
from rockrobot.edits import EditForm
from rockrobot.fields import (
    CLEAN,
    MAIL,
    BusinessIdField,
    CountryField,
    LanguageField,
    PhoneField,
    contact_type_choices,
    id_or_none,
)
from rockrobot.staff.queries import all_members


class CompanyForm(EditForm):
    """A company; how it is reached has forms of its own."""

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
    language = LanguageField(_("Kieli"), render_kw={"class": "medium"})
    contact_type = SelectField(_("Kontaktityyppi"), validate_choice=False, render_kw={"class": "medium"})
    responsible_id = SelectField(_("Vastuuhenkilö"), coerce=id_or_none, render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.company: Company | None = options.get("obj")
        self.responsible_id.choices = [
            SelectChoice("", gettext("ei kukaan")),
            *(SelectChoice(member.id, member.name) for member in all_members()),
        ]
        self.contact_type.choices = contact_type_choices(queries.contact_types(Company))

    def validate_customer_no(self, field: StringField) -> None:
        """Two companies can't share a number."""
        but = self.company.id if self.company else None
        if self.company and not field.data:
            raise ValidationError(gettext("Kirjoita asiakasnumero."))
        if field.data and queries.is_customer_no_taken(field.data, but=but):
            raise ValidationError(gettext("Asiakasnumero %(number)s on jo toisella yrityksellä.", number=field.data))


class NewCompanyForm(CompanyForm):
    """A company and how it is reached first of all."""

    switchboard = PhoneField(_("Vaihde"), [Length(max=60)], filters=CLEAN, render_kw={"class": "medium"})
    email = StringField(_("Sähköposti"), MAIL, filters=CLEAN)

"""Forms of people."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot.contacts import queries
from rockrobot.contacts.models import Person
from rockrobot.edits import EditForm
from rockrobot.fields import (
    CLEAN,
    MAIL,
    LanguageField,
    LookupField,
    PhoneField,
    contact_type_choices,
    id_or_none,
)
from rockrobot.staff.queries import all_members


class PersonForm(EditForm):
    """A person; whom they represent and how they are reached have forms of their own."""

    first_name = StringField(_("Etunimi"), [Length(max=100)], filters=CLEAN)
    last_name = StringField(_("Sukunimi"), [DataRequired(_("Kirjoita sukunimi.")), Length(max=100)], filters=CLEAN)
    language = LanguageField(_("Kieli"), render_kw={"class": "medium"})
    contact_type = SelectField(_("Kontaktityyppi"), validate_choice=False, render_kw={"class": "medium"})
    responsible_id = SelectField(_("Vastuuhenkilö"), coerce=id_or_none, render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.responsible_id.choices = [
            SelectChoice("", gettext("ei kukaan")),
            *(SelectChoice(member.id, member.name) for member in all_members()),
        ]
        self.contact_type.choices = contact_type_choices(queries.contact_types(Person))


class NewPersonForm(PersonForm):
    """A person, whom they represent and how they are reached first of all."""

    company = LookupField(
        _("Yritys"),
        queries.company_named,
        _("Yritystä «%(text)s» ei löydy. Kirjoita asiakasnumero tai koko nimi."),
        description=_("Asiakasnumero tai koko nimi. Tyhjä: yksityishenkilö."),
    )
    title = StringField(_("Titteli"), [Length(max=120)], filters=CLEAN)
    direct_phone = PhoneField(_("Suora puhelin"), [Length(max=60)], filters=CLEAN, render_kw={"class": "medium"})
    mobile = PhoneField(_("Matkapuhelin"), [Length(max=60)], filters=CLEAN, render_kw={"class": "medium"})
    email = StringField(_("Sähköposti"), MAIL, filters=CLEAN)

"""Forms of the inbox: an enquiry as it is noted, and why one ends."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.contacts.queries import party_numbered
from rockrobot.edits import EditForm
from rockrobot.events.rules import Channel
from rockrobot.fields import (
    CLEAN,
    MAIL,
    CountryField,
    DateField,
    DayRequired,
    LanguageField,
    LookupField,
    PhoneField,
    choices_of,
    tidy,
    typed,
)
from rockrobot.forms import PageForm
from rockrobot.personal_codes import no_personal_code

CHANNEL_WORDS = {
    Channel.PHONE: _("Puhelu"),
    Channel.EMAIL: _("Sähköposti"),
    Channel.WEBSITE_FORM: _("Verkkosivun lomake"),
    Channel.MEETING: _("Tapaaminen tai messut"),
    Channel.SOCIAL: _("Sosiaalinen media"),
    Channel.MESSENGER: _("Pikaviesti"),
    Channel.LETTER: _("Kirje"),
}
SAID = ("came_on", "name", "company_name", "email", "phone", "country", "postcode", "city", "language", "question")


class EnquiryForm(EditForm):
    """Who asks, from where, what in words, and how it reached us."""

    came_on = DateField(_("Milloin tuli"), [DayRequired(_("Kirjoita päivä, jona yhteydenotto tuli."))])
    channel = SelectField(_("Miten tuli"), choices=choices_of(CHANNEL_WORDS.items()), render_kw={"class": "medium"})
    name = StringField(_("Nimi"), [Length(max=200), no_personal_code], filters=CLEAN)
    company_name = StringField(_("Yrityksen nimi"), [Length(max=200)], filters=CLEAN)
    email = StringField(_("Sähköposti"), MAIL, filters=CLEAN, render_kw={"type": "email"})
    phone = PhoneField(_("Puhelin"), [Length(max=60)], filters=CLEAN)
    country = CountryField(_("Maa"))
    postcode = StringField(_("Postinumero"), [Length(max=20)], filters=CLEAN, render_kw={"class": "narrow"})
    city = StringField(_("Paikkakunta"), [Length(max=100)], filters=CLEAN)
    language = LanguageField(_("Kieli"), render_kw={"class": "medium"})
    question = TextAreaField(
        _("Mitä kysyttiin"),
        [DataRequired(_("Kirjoita, mitä kysyttiin.")), Length(max=4000), no_personal_code],
        filters=[tidy],
        description=_("Sanoilla, ilman omia muistiinpanoja."),
        render_kw={"rows": 5},
    )
    named = LookupField(
        _("Kuka rekisterissä"),
        party_numbered,
        _("Henkilöä tai yritystä «%(text)s» ei löydy. Kirjoita numero tai koko nimi."),
        description=_("Henkilö- tai asiakasnumero tai koko nimi, jos lähettäjä on jo rekisterissä."),
    )

    def validate_name(self, field: StringField) -> None:
        """Somebody asks."""
        if not field.data and not self.company_name.data:
            raise ValidationError(gettext("Kirjoita nimi tai yrityksen nimi."))

    @property
    def values(self) -> dict[str, Any]:
        """What was said, by the names of the columns."""
        return typed(self, SAID) | {"channel": Channel(self.channel.data)}


class ClosingForm(PageForm):
    """Why an enquiry ends."""

    why = StringField(
        _("Miksi suljetaan"),
        [DataRequired(_("Kirjoita muutamalla sanalla, miten asia päättyi.")), Length(max=200), no_personal_code],
        filters=CLEAN,
        description=_("Esimerkiksi: tarjous lähetetty, roskapostia, kysymykseen vastattu"),
    )

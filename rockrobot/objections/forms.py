"""Forms of objections and consents."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of
from rockrobot.forms import PageForm
from rockrobot.objections.rules import Channel, Told
from rockrobot.purposes.queries import purpose_names
from rockrobot.purposes.rules import OBJECTABLE, PurposeCode

ANY_CONTACT = "any"
CHANNEL_WORDS = {
    Channel.ALL: _("Kaikki tavat"),
    Channel.LETTER: _("Kirje"),
    Channel.EMAIL: _("Sähköposti"),
    Channel.PHONE: _("Puhelin"),
    Channel.SMS: _("Tekstiviesti"),
}
TOLD_WORDS = {
    Told.PHONE: _("Puhelimessa"),
    Told.EMAIL: _("Sähköpostilla"),
    Told.LETTER: _("Kirjeellä"),
    Told.SMS: _("Tekstiviestillä"),
    Told.MEETING: _("Tavatessa"),
    Told.WEBSITE: _("Verkkosivulla"),
    Told.OTHER: _("Muuten"),
}


class ChoiceForm(PageForm):
    """What it is about: a purpose or any contact, and the channel."""

    purpose = RadioField(_("Mitä se koskee"))
    channel = RadioField(_("Tapa"), choices=choices_of(CHANNEL_WORDS.items()))
    any_contact: Any = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = purpose_names()
        purposes = [(code.value, names[code]) for code in PurposeCode if code in OBJECTABLE]
        self.purpose.choices = [*purposes, (ANY_CONTACT, self.any_contact)]

    @property
    def chosen_purpose(self) -> PurposeCode | None:
        """The purpose, or None for any contact."""
        return None if self.purpose.data == ANY_CONTACT else PurposeCode(self.purpose.data)


class ToldForm(PageForm):
    """When and how we were told, and by whom."""

    told_on = DateField(_("Milloin ilmoitettiin"), [DayRequired(_("Kirjoita päivä."))])
    told = SelectField(_("Miten"), choices=choices_of(TOLD_WORDS.items()), render_kw={"class": "medium"})
    told_by = StringField(
        _("Kuka ilmoitti"), [Length(max=120)], filters=CLEAN, description=_("Tyhjä: asianomainen itse.")
    )


class ObjectionForm(ChoiceForm, ToldForm):
    """What somebody forbids."""

    note = TextAreaField(_("Huomautus"), [Length(max=1000)], filters=CLEAN, render_kw={"rows": 2})
    any_contact = _("Kaikki yhteydenotot")


class ConsentForm(ChoiceForm, ToldForm):
    """What somebody agrees to."""

    wording = TextAreaField(
        _("Mihin suostuttiin"),
        [DataRequired(_("Kirjoita, mihin suostuttiin ja millä sanoin.")), Length(max=1000)],
        filters=CLEAN,
        description=_("Sanat, joilla suostumus annettiin: se on todiste."),
        render_kw={"rows": 2},
    )
    any_contact = _("Yhteydenotot taas sallittu")


class WithdrawalForm(ToldForm):
    """A consent is taken back."""

    note = TextAreaField(_("Huomautus"), [Length(max=1000)], filters=CLEAN, render_kw={"rows": 2})

"""Forms of phones, e-mail addresses and other ways to reach somebody."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.contacts.rules import PointKind, Source
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of, is_mail_address
from rockrobot.forms import PageForm

KIND_WORDS = {
    PointKind.DIRECT: _("Suora puhelin"),
    PointKind.MOBILE: _("Matkapuhelin"),
    PointKind.SWITCHBOARD: _("Vaihde"),
    PointKind.PHONE: _("Muu puhelin"),
    PointKind.EMAIL: _("Sähköposti"),
    PointKind.SOCIAL: _("Sosiaalinen media"),
    PointKind.MESSENGER: _("Pikaviesti"),
}
SOURCE_WORDS = {
    Source.MEETING: _("Tapaaminen"),
    Source.PHONE: _("Puhelu"),
    Source.EMAIL: _("Sähköposti"),
    Source.SOCIAL: _("Sosiaalinen media"),
    Source.OUTLOOK: _("Outlook"),
    Source.MESSENGER: _("Pikaviesti"),
    Source.WEBSITE: _("Verkkosivu"),
    Source.IMPORTER: _("Maahantuoja"),
    Source.FILE: _("Tiedosto"),
    Source.OTHER: _("Muu"),
}


class PointForm(EditForm):
    """How somebody is reached."""

    kind = SelectField(_("Laji"), render_kw={"class": "medium"})
    raw = StringField(
        _("Numero tai osoite"), [DataRequired(_("Kirjoita numero tai osoite.")), Length(max=254)], filters=CLEAN
    )
    extension = StringField(_("Alanumero"), [Length(max=20)], filters=CLEAN, render_kw={"class": "narrow"})
    note = StringField(_("Huomautus"), [Length(max=200)], filters=CLEAN)
    source = SelectField(_("Mistä tieto on"), choices=choices_of(SOURCE_WORDS.items()), render_kw={"class": "medium"})
    valid_from = DateField(_("Voimassa alkaen"), may_be_future=True)
    valid_to = DateField(_("Voimassa asti"), may_be_future=True)

    def __init__(self, *args: Any, is_company: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        unfit = PointKind.DIRECT if is_company else PointKind.SWITCHBOARD
        fit = ((kind, words) for kind, words in KIND_WORDS.items() if kind is not unfit or kind == self.kind.data)
        self.kind.choices = choices_of(fit)

    def validate_raw(self, field: StringField) -> None:
        """An e-mail address has its sign; anything may be a phone."""
        if self.kind.data == PointKind.EMAIL and not is_mail_address(field.data):
            raise ValidationError(gettext("Sähköpostiosoite on muotoa nimi@yritys.fi."))

    def validate_valid_to(self, field: DateField) -> None:
        """It can't end before it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("Loppu on ennen alkua."))


class EndForm(PageForm):
    """The day from which it is not used."""

    on = DateField(_("Voimassa asti"), [DayRequired(_("Kirjoita päivä."))], may_be_future=True)

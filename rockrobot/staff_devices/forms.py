"""Forms of a device of the staff and of a check of it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, DateField, DayRequired, id_or_none
from rockrobot.forms import PageForm
from rockrobot.staff.queries import all_members
from rockrobot.staff_devices.rules import DeviceKind, Finding

KINDS = [
    SelectChoice(DeviceKind.PHONE.value, _("Puhelin")),
    SelectChoice(DeviceKind.TABLET.value, _("Tabletti")),
    SelectChoice(DeviceKind.LAPTOP.value, _("Kannettava tietokone")),
    SelectChoice(DeviceKind.DESKTOP.value, _("Pöytätietokone")),
]
FINDINGS = [
    SelectChoice(Finding.YES.value, _("On")),
    SelectChoice(Finding.NO.value, _("Ei ole")),
    SelectChoice(Finding.UNKNOWN.value, _("Ei tarkistettu")),
]
CHOOSE = _("Valitse, mitä laitteesta löytyi.")


class DeviceForm(EditForm):
    """A device: whose, what it is and how it is told apart."""

    name = StringField(
        _("Nimi"),
        [DataRequired(_("Kirjoita nimi, josta laitteen tuntee.")), Length(max=80)],
        filters=CLEAN,
        description=_("Esimerkiksi Olgan puhelin tai toimiston kannettava 2."),
    )
    kind = RadioField(_("Laji"), [DataRequired(_("Valitse laji."))], choices=KINDS)
    owner_id = SelectField(
        _("Kenen käytössä"),
        [DataRequired(_("Valitse, kenen käytössä laite on."))],
        coerce=id_or_none,
        render_kw={"class": "medium"},
    )
    serial = StringField(_("Sarjanumero tai IMEI"), [Length(max=80)], filters=CLEAN, render_kw={"class": "medium no"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        here = [member for member in all_members() if member.is_active or member.id == self.owner_id.object_data]
        self.owner_id.choices = [
            SelectChoice("", gettext("Valitse")),
            *(SelectChoice(one.id, one.name) for one in here),
        ]


def _finding(label: Any, description: Any) -> RadioField:
    return RadioField(label, [DataRequired(CHOOSE)], choices=FINDINGS, description=description)


class CheckForm(PageForm):
    """What a check found of each protection."""

    checked_on = DateField(_("Tarkastuspäivä"), [DayRequired(_("Kirjoita päivä."))])
    screen_lock = _finding(_("Näytön lukitus"), _("PIN-koodi, salasana, sormenjälki tai kasvot."))
    firewall = _finding(_("Palomuuri"), _("Laitteen oma palomuuri on päällä."))
    security_software = _finding(_("Tietoturvaohjelma"), _("Ajan tasalla, puhelimessa järjestelmän päivitykset."))
    disk_encryption = _finding(
        _("Tallennustilan salaus"), _("Esimerkiksi BitLocker, FileVault tai puhelimen oma salaus.")
    )
    note = TextAreaField(_("Huomautus"), [Length(max=500)], filters=CLEAN)

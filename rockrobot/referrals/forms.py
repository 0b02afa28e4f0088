"""Forms of a referral, and of telling its importer later what has changed."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of
from rockrobot.forms import PageForm
from rockrobot.objections.rules import Told
from rockrobot.personal_codes import no_personal_code

TOLD_WORDS = {Told.EMAIL: _("Sähköpostilla"), Told.PHONE: _("Puhelimessa"), Told.LETTER: _("Kirjeellä")}
USUAL_REASON = _("Uusi kysely: lähin maahantuoja vastaa (seloste, säännönmukaiset luovutukset)")


class ReferralForm(PageForm):
    """Why an enquiry is referred."""

    why = StringField(
        _("Miksi ohjataan"),
        [DataRequired(_("Kirjoita, miksi tiedot luovutetaan.")), Length(max=200), no_personal_code],
        filters=CLEAN,
        description=_("Tämä jää luovutusmerkintään. Maahantuoja ei näe sitä."),
    )
    shown = HiddenField()


class NoticeForm(PageForm):
    """When and how an importer was told."""

    told_on = DateField(_("Milloin kerrottiin"), [DayRequired(_("Kirjoita päivä, jona maahantuojalle kerrottiin."))])
    told = RadioField(
        _("Miten"), [InputRequired(_("Valitse, miten kerrottiin."))], choices=choices_of(TOLD_WORDS.items())
    )
    note = StringField(
        _("Lisätieto"),
        [Length(max=200), no_personal_code],
        filters=CLEAN,
        description=_("Esimerkiksi kenelle kerrottiin. Ei lähettäjän tietoja."),
    )
    shown = HiddenField()

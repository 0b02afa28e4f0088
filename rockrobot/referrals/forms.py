"""The form of a referral: why, and what the person saw who confirms it."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm
from rockrobot.personal_codes import no_personal_code

USUAL_REASON = _("Uusi kysely: lähin maahantuoja vastaa (seloste, säännönmukaiset luovutukset)")


class ReferralForm(PageForm):
    """Why an enquiry is referred."""

    why = StringField(
        _("Miksi ohjataan"),
        [DataRequired(_("Kirjoita, miksi tiedot luovutetaan.")), Length(max=200), no_personal_code],
        filters=CLEAN,
        description=_("Tämä jää luovutusmerkintään. Maahantuoja ei näe sitä."),
    )
    seen = HiddenField()

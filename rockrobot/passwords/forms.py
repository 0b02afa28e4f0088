"""Forms of a new password."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import DataRequired, ValidationError

from rockrobot.forms import PageForm
from rockrobot.staff.models import StaffMember
from rockrobot.staff.queries import common_passwords, common_words, near_words
from rockrobot.staff.rules import password_fault

PASSWORD_FAULTS = {
    "too_short": _("Salasanassa on oltava vähintään 12 merkkiä."),
    "too_long": _("Salasanassa saa olla enintään 128 merkkiä."),
    "too_plain": _("Salasanassa toistuu sama merkki. Käytä useampia eri merkkejä."),
    "near_word": _("Salasanassa ei saa olla nimeäsi, sähköpostiasi eikä yrityksen nimeä."),
    "common": _("Salasana on yleisesti käytetty, ja se arvataan heti. Kirjoita esimerkiksi neljä satunnaista sanaa."),
    "guessable": _(
        "Salasana arvataan: siinä on peräkkäisiä merkkejä tai näppäimiä, päiviä, toistoa tai yleisiä sanoja. "
        "Kirjoita esimerkiksi neljä satunnaista sanaa."
    ),
}


class PasswordForm(PageForm):
    """A new password of a member of staff, told twice."""

    new_password = PasswordField(
        _("Uusi salasana"),
        [DataRequired(_("Kirjoita uusi salasana."))],
        description=_("Vähintään 12 merkkiä. Pitkä lause tai neljä satunnaista sanaa on hyvä."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("Uusi salasana uudelleen"),
        [DataRequired(_("Kirjoita sama salasana toisen kerran."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, member: StaffMember, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member

    def validate_new_password(self, field: PasswordField) -> None:
        """Long enough, not common, not near to the person or the house."""
        near = near_words(self.member.name, self.member.email)
        fault = password_fault(field.data, common=common_passwords(), words=common_words(), near_words=near)
        if fault:
            raise ValidationError(str(PASSWORD_FAULTS[fault]))

    def validate_again(self, field: PasswordField) -> None:
        """The same both times."""
        if field.data != self.new_password.data:
            raise ValidationError(gettext("Salasanat eivät ole samat. Kirjoita sama salasana kahdesti."))


class ChangePasswordForm(PasswordForm):
    """The password in use, and the new one."""

    password = PasswordField(
        _("Nykyinen salasana"),
        [DataRequired(_("Kirjoita nykyinen salasanasi."))],
        render_kw={"autocomplete": "current-password"},
    )

"""Forms of signing in and of members of staff."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from rockrobot.access import Role
from rockrobot.fields import stripped
from rockrobot.staff.queries import member_with_email
from rockrobot.staff.rules import password_fault

ROLES = [
    SelectChoice(Role.CUSTOMER_CARE.value, _("Asiakaspalvelu: yhteystiedot, takaisinvedot ja kirjeet")),
    SelectChoice(Role.WORKSHOP.value, _("Huolto: laitteet, osat ja erät, ei henkilötietoja")),
    SelectChoice(Role.DATA_PROTECTION.value, _("Tietosuoja: näkee kaiken, ei muuta rekisteriä")),
    SelectChoice(Role.ADMINISTRATOR.value, _("Ylläpito: asetukset ja käyttäjät, ei henkilötietoja")),
]


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = EmailField(
        _("Sähköposti"),
        [DataRequired(_("Kirjoita sähköpostiosoitteesi.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Salasana"),
        [DataRequired(_("Kirjoita salasanasi.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(FlaskForm):
    """A new password of a member of staff."""

    password = PasswordField(
        _("Salasana"),
        [DataRequired(_("Kirjoita salasana.")), Length(max=1000)],
        description=_("Vähintään 12 merkkiä. Pitkä lause on hyvä."),
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, address: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.address = address

    def validate_password(self, field: PasswordField) -> None:
        """Long enough, and not like the e-mail address."""
        fault = password_fault(field.data, email=self.address)
        if fault == "too_short":
            raise ValidationError(gettext("Salasanassa on oltava vähintään 12 merkkiä."))
        if fault:
            raise ValidationError(gettext("Salasanassa ei saa olla sähköpostiosoitetta."))


class MemberForm(PasswordForm):
    """A new member of staff."""

    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita nimi.")), Length(max=120)], filters=[stripped])
    email = StringField(
        _("Sähköposti"),
        [
            DataRequired(_("Kirjoita sähköpostiosoite.")),
            Length(max=254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Sähköpostiosoite on muotoa nimi@yritys.fi.")),
        ],
        filters=[stripped],
    )
    role = RadioField(_("Rooli"), [DataRequired(_("Valitse rooli."))], choices=ROLES)

    def validate_email(self, field: StringField) -> None:
        """One address signs in one member."""
        self.address = field.data
        if member_with_email(field.data):
            raise ValidationError(gettext("Osoitteella %(email)s on jo käyttäjä.", email=field.data))

    def validate_password(self, field: PasswordField) -> None:
        """Checked against the address typed beside it."""
        self.address = self.email.data or ""
        super().validate_password(field)

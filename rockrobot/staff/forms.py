"""Forms of signing in and of members of staff."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from rockrobot.access import Role
from rockrobot.fields import stripped
from rockrobot.forms import PageForm
from rockrobot.staff.queries import member_with_email

ROLES = [
    SelectChoice(Role.CUSTOMER_CARE.value, _("Asiakaspalvelu: yhteystiedot, takaisinvedot ja kirjeet")),
    SelectChoice(Role.WORKSHOP.value, _("Huolto: laitteet, osat ja erät, ei henkilötietoja")),
    SelectChoice(Role.DATA_PROTECTION.value, _("Tietosuoja: näkee kaiken, ei muuta rekisteriä")),
    SelectChoice(Role.ADMINISTRATOR.value, _("Ylläpito: asetukset ja käyttäjät, ei henkilötietoja")),
]


class SignInForm(PageForm):
    """E-mail and password."""

    email = EmailField(
        _("Sähköposti"),
        [DataRequired(_("Kirjoita sähköpostiosoitteesi.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Salasana"), [DataRequired(_("Kirjoita salasanasi."))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class ConfirmForm(PageForm):
    """The password again, and a code of those who use one, before a weighty act."""

    password = PasswordField(
        _("Salasana"), [DataRequired(_("Kirjoita salasanasi."))], render_kw={"autocomplete": "current-password"}
    )
    code = StringField(
        _("Vahvistuskoodi"),
        [DataRequired(_("Kirjoita koodi sovelluksesta.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "class": "medium"},
    )
    next = HiddenField()


class MemberForm(PageForm):
    """A member of staff: their name and role."""

    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita nimi.")), Length(max=120)], filters=[stripped])
    role = RadioField(_("Rooli"), [DataRequired(_("Valitse rooli."))], choices=ROLES)


class NewMemberForm(MemberForm):
    """Somebody to be invited."""

    email = StringField(
        _("Sähköposti"),
        [
            DataRequired(_("Kirjoita sähköpostiosoite.")),
            Length(max=254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Sähköpostiosoite on muotoa nimi@yritys.fi.")),
        ],
        filters=[stripped],
    )

    def validate_email(self, field: StringField) -> None:
        """One address signs in one member."""
        if member_with_email(field.data):
            raise ValidationError(gettext("Osoitteella %(email)s on jo käyttäjä.", email=field.data))

"""The form of the controller and its settings."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from rockrobot.dual_control.queries import second_persons
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, BusinessIdField, CountryField, PhoneField, stripped

MEDIUM = {"class": "medium"}


class OrganisationForm(EditForm):
    """Names, addresses, contact person and how letters and approvals work."""

    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita nimi.")), Length(max=200)], filters=CLEAN)
    brand = StringField(
        _("Tuotemerkki"), [Length(max=100)], filters=CLEAN, description=_("Näkyy takaisinvetokirjeissä.")
    )
    business_id = BusinessIdField(_("Y-tunnus"), [Length(max=20)], filters=CLEAN, render_kw=MEDIUM)
    visiting_street = StringField(_("Käyntiosoite"), [Length(max=200)], filters=CLEAN)
    visiting_postcode = StringField(_("Käyntiosoitteen postinumero"), [Length(max=20)], filters=CLEAN, render_kw=MEDIUM)
    visiting_city = StringField(_("Käyntiosoitteen postitoimipaikka"), [Length(max=100)], filters=CLEAN)
    postal_street = StringField(_("Postiosoite"), [Length(max=200)], filters=CLEAN)
    postal_postcode = StringField(_("Postiosoitteen postinumero"), [Length(max=20)], filters=CLEAN, render_kw=MEDIUM)
    postal_city = StringField(_("Postiosoitteen postitoimipaikka"), [Length(max=100)], filters=CLEAN)
    country = CountryField(_("Maa"), render_kw=MEDIUM)
    contact_person = StringField(_("Yhteyshenkilö"), [Length(max=120)], filters=CLEAN)
    phone = PhoneField(_("Puhelin"), [Length(max=40)], filters=CLEAN, render_kw=MEDIUM)
    email = StringField(
        _("Sähköposti"),
        [
            Optional(),
            Length(max=254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Sähköpostiosoite on muotoa nimi@yritys.fi.")),
        ],
        filters=CLEAN,
    )
    website = StringField(_("Verkkosivu"), [Length(max=200)], filters=CLEAN)
    recall_note = TextAreaField(
        _("Takaisinvedoista omille"),
        [Length(max=2000)],
        filters=[stripped],
        description=_("Näkyy vain talon sisällä."),
        render_kw={"rows": 3},
    )
    may_approve_own_cases = BooleanField(
        _("Sama henkilö saa hyväksyä oman takaisinvetonsa ja pyyntönsä"),
        description=_(
            "Vain yhden hengen yritykselle: ei ole voimassa, kun joku toinenkin voi päättää. Perustelu kirjoitetaan "
            "joka kerta ja näkyy aina."
        ),
    )
    duplex_letters = BooleanField(_("Kirjeet tulostetaan kaksipuolisina"))

    def validate_may_approve_own_cases(self, field: BooleanField) -> None:
        """Only a firm of one has nobody to ask."""
        names = ", ".join(one.name for one in second_persons()) if field.data else ""
        if names:
            raise ValidationError(
                gettext("Toinen henkilö voi päättää: %(names)s. Ota rasti pois ja pyydä häntä.", names=names)
            )

"""Forms of worksites and of moving machines."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.contacts.models import Worksite
from rockrobot.contacts.queries import person_named
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, CountryField, DateField, DayRequired, LookupField, choices_of, tidy
from rockrobot.forms import PageForm
from rockrobot.serials.queries import Named, machines_named
from rockrobot.serials.rules import read_units
from rockrobot.worksites.queries import worksite_named
from rockrobot.worksites.rules import read_position

MOST_MACHINES = 500
AWAY = "away"


class WorksiteForm(EditForm):
    """A worksite: its name, how one gets in, where it is, from when to when, and who answers for it on site."""

    name = StringField(_("Työmaan nimi"), [Length(max=200)], filters=CLEAN, description=_("Tyhjästä tulee katuosoite."))
    street = StringField(_("Katuosoite"), [DataRequired(_("Kirjoita katuosoite.")), Length(max=200)], filters=CLEAN)
    postcode = StringField(_("Postinumero"), [Length(max=20)], filters=CLEAN, render_kw={"class": "narrow"})
    city = StringField(
        _("Postitoimipaikka"), [DataRequired(_("Kirjoita postitoimipaikka.")), Length(max=100)], filters=CLEAN
    )
    country = CountryField(_("Maa"), render_kw={"class": "medium"})
    access_note = TextAreaField(
        _("Kulkuohje"),
        [Length(max=2000)],
        filters=[tidy],
        description=_("Portti, avain, ilmoittautuminen, vaarat"),
        render_kw={"rows": 3},
    )
    contact = LookupField(
        _("Yhteyshenkilö paikalla"),
        person_named,
        _("Henkilöä «%(text)s» ei löydy. Kirjoita henkilönumero tai koko nimi."),
        description=_("Henkilönumero tai koko nimi."),
    )
    position = StringField(
        _("Sijainti kartalla"), [Length(max=60)], filters=CLEAN, description=_("Esimerkiksi 61.2567, 22.1234")
    )
    valid_from = DateField(_("Alkaa"), may_be_future=True)
    valid_to = DateField(_("Päättyy"), may_be_future=True)

    def validate_position(self, field: StringField) -> None:
        """It is a place on earth."""
        try:
            read_position(field.data)
        except ValueError:
            message = gettext("Sijaintia «%(text)s» ei ymmärretty. Kirjoita leveys ja pituus asteina.", text=field.data)
            raise ValidationError(message) from None

    def validate_valid_to(self, field: DateField) -> None:
        """It can't end before it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("Loppu on ennen alkua."))


class MoveHereForm(PageForm):
    """Machines that come to a worksite, by their serials: one, or a list pasted or scanned line by line."""

    serials = TextAreaField(
        _("Sarjanumerot"),
        [DataRequired(_("Kirjoita sarjanumero.")), Length(max=20_000)],
        description=_("Yksi tai monta: riveittäin, pilkuin tai väleinä, kuten 1200-1205"),
        render_kw={"rows": 3, "class": "no", "autocapitalize": "characters"},
    )
    on = DateField(_("Päivä"), [DayRequired(_("Kirjoita päivä."))])
    named: Named | None = None

    def validate_serials(self, field: TextAreaField) -> None:
        """Every serial names one machine; what was not read, found, or is in two models is said."""
        read = read_units(field.data)
        if read.unread:
            pieces = ", ".join(piece.text for piece in read.unread)
            raise ValidationError(
                gettext("Emme ymmärtäneet kohtaa «%(text)s». Kirjoita numerot riveittäin.", text=pieces)
            )
        self.named = machines_named(read)
        if self.named.missing:
            raise ValidationError(gettext("Laitetta ei löydy: %(serials)s", serials=", ".join(self.named.missing[:10])))
        if self.named.shared:
            message = gettext("Sama numero on kahdessa mallissa: %(serials)s. Siirrä laite omalta kortiltaan.",
                              serials=", ".join(list(self.named.shared)[:10]))  # fmt: skip
            raise ValidationError(message)
        if len(self.named.device_ids) > MOST_MACHINES:
            raise ValidationError(gettext("Enintään %(most)s laitetta kerralla.", most=MOST_MACHINES))


class MoveForm(PageForm):
    """Where one machine goes: to a worksite of who has it, to another one by its name, or away."""

    place = SelectField(_("Minne"), validate_choice=True)
    other = LookupField(
        _("Muu työmaa"), worksite_named, _("Työmaata «%(text)s» ei löydy, tai niitä on useita. Kirjoita koko nimi.")
    )
    on = DateField(_("Päivä"), [DayRequired(_("Kirjoita päivä."))])

    def __init__(self, *args: Any, worksites: list[Worksite], **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = {str(site.id): site for site in worksites}
        named = [(id_, f"{site.name}, {site.address.city}") for id_, site in self.known.items()]
        self.place.choices = choices_of(
            [*named, ("", gettext("muu työmaa, kirjoita alle")), (AWAY, gettext("lähti työmaalta"))]
        )

    def validate_other(self, field: LookupField) -> None:
        """Needed when no place was chosen from the list."""
        if not self.place.data and not field.data:
            raise ValidationError(gettext("Kirjoita työmaan nimi tai valitse listasta."))

    @property
    def worksite(self) -> Worksite | None:
        """Where the machine goes; None when it leaves."""
        found: Worksite | None = self.known.get(self.place.data) or (self.other.found if not self.place.data else None)
        return found

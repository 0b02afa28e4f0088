"""Forms of machines, changes of owner, parts and fates."""

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from rockrobot import clock
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import party_numbered
from rockrobot.devices import queries
from rockrobot.devices.rules import Fate, FittingReason, OwnershipKind
from rockrobot.fields import CLEAN, DateField, DayRequired
from rockrobot.forms import PageForm
from rockrobot.parts.models import Batch, Part
from rockrobot.parts.queries import batches_numbered, part_numbered

NUMBER = {"class": "medium no"}
OLDEST_YEAR = 1950
OWNER_KINDS = [
    SelectChoice(OwnershipKind.SOLD.value, _("Myyty")),
    SelectChoice(OwnershipKind.RESOLD.value, _("Myyty edelleen")),
    SelectChoice(OwnershipKind.HIRED.value, _("Vuokrattu")),
    SelectChoice(OwnershipKind.RETURNED.value, _("Palautunut meille")),
]
FATES = [
    SelectChoice(Fate.SCRAPPED.value, _("Romutettu")),
    SelectChoice(Fate.STOLEN.value, _("Varastettu")),
    SelectChoice(Fate.EXPORTED.value, _("Viety pois ulottuviltamme")),
]
REASONS = [
    SelectChoice(FittingReason.SERVICE.value, _("Huolto")),
    SelectChoice(FittingReason.BUILD.value, _("Valmistus")),
]


class DeviceForm(PageForm):
    """A new machine, with its first owner when there is one."""

    model = SelectField(_("Malli"), coerce=int, render_kw={"class": "medium"})
    serial = StringField(
        _("Sarjanumero"),
        [DataRequired(_("Kirjoita sarjanumero.")), Length(max=80)],
        filters=CLEAN,
        render_kw=NUMBER | {"autocapitalize": "characters"},
    )
    year = IntegerField(_("Valmistusvuosi"), [Optional()])
    built_on = DateField(_("Valmistettu"))
    owner = StringField(
        _("Omistaja"),
        filters=CLEAN,
        description=_("Asiakas- tai henkilönumero tai koko nimi. Tyhjä: laite on meillä."),
    )
    sold_on = DateField(_("Luovutettu omistajalle"))
    party: Company | Person | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.model.choices = [SelectChoice(m.id, f"{m.model_code} {m.name}".strip()) for m in queries.all_models()]

    def validate_serial(self, field: StringField) -> None:
        """One model has a serial once."""
        if queries.device_numbered(self.model.data or 0, field.data) is not None:
            raise ValidationError(gettext("Sarjanumero %(serial)s on jo tämän mallin laitteella.", serial=field.data))

    def validate_year(self, field: IntegerField) -> None:
        """A year in which machines were made."""
        if field.data and not OLDEST_YEAR <= field.data <= clock.today().year + 1:
            raise ValidationError(gettext("Vuosi %(year)s ei voi olla valmistusvuosi.", year=field.data))

    def validate_owner(self, field: StringField) -> None:
        """The owner is in the register already."""
        self.party = _found_party(field.data)

    def validate_sold_on(self, field: DateField) -> None:
        """The day is needed with an owner and says nothing without one, and is not before the machine was made."""
        if field.data and not self.owner.data:
            raise ValidationError(gettext("Kirjoita myös omistaja, tai tyhjennä päivä."))
        if self.owner.data and not field.data:
            raise ValidationError(gettext("Kirjoita, milloin laite luovutettiin."))
        if field.data and self.built_on.data and field.data < self.built_on.data:
            raise ValidationError(gettext("Luovutus on ennen valmistusta."))


def _found_party(text: str | None) -> Company | Person | None:
    if not text:
        return None
    party = party_numbered(text)
    if party is None:
        raise ValidationError(
            gettext("Omistajaa «%(text)s» ei löydy. Kirjoita asiakas- tai henkilönumero tai koko nimi.", text=text)
        )
    return party


class OwnerForm(PageForm):
    """From this day on the machine belongs to, or is held by, somebody else."""

    kind = RadioField(_("Mitä tapahtui"), [InputRequired(_("Valitse, mitä tapahtui."))], choices=OWNER_KINDS)
    party_text = StringField(
        _("Uusi omistaja tai haltija"),
        filters=CLEAN,
        description=_("Asiakas- tai henkilönumero tai koko nimi. Tyhjä vain, kun laite palautui meille."),
    )
    on = DateField(_("Mistä päivästä alkaen"), [DayRequired(_("Kirjoita päivä."))])
    party: Company | Person | None = None

    def validate_party_text(self, field: StringField) -> None:
        """Somebody is named, save when the machine came back to us."""
        if self.kind.data == OwnershipKind.RETURNED:
            if field.data:
                raise ValidationError(gettext("Palautuneella laitteella ei ole omistajaa. Tyhjennä kenttä."))
            return
        if not field.data:
            raise ValidationError(gettext("Kirjoita uusi omistaja tai haltija."))
        self.party = _found_party(field.data)


class FittingForm(PageForm):
    """A part was fitted, from a batch that is picked by its number."""

    batch_no = StringField(
        _("Eränumero"),
        filters=CLEAN,
        description=_("Meidän tai toimittajan eränumero. Tyhjä, jos erää ei tiedetä."),
        render_kw=NUMBER,
    )
    part_no = StringField(
        _("Osanumero"),
        filters=CLEAN,
        description=_("Tarvitaan, kun erää ei tiedetä tai numero on monella erällä."),
        render_kw=NUMBER | {"list": "part-numbers"},
    )
    batch_id = RadioField(_("Mikä näistä eristä"), choices=[], validate_choice=False)
    fitted_on = DateField(_("Asennettu"), [DayRequired(_("Kirjoita päivä."))])
    pieces = IntegerField(_("Kappaletta"), [NumberRange(1, 10_000, _("Määrä on vähintään 1."))], default=1)
    reason = RadioField(_("Syy"), choices=REASONS, default=FittingReason.SERVICE.value)
    override_reason = TextAreaField(
        _("Miksi estetty erä asennetaan"),
        [Length(max=1000)],
        filters=CLEAN,
        description=_("Vain kun erä on estetty. Perustelu jää laitteen kortille."),
        render_kw={"rows": 2},
    )
    part: Part | None = None
    batch: Batch | None = None

    def validate_batch_no(self, field: StringField) -> None:
        """The batch is in the register; of several with this number, one is chosen."""
        self.part = part_numbered(self.part_no.data) if self.part_no.data else None
        if not field.data:
            return
        found = batches_numbered(field.data, part_id=self.part.id if self.part else None)
        chosen = [batch for batch in found if len(found) == 1 or str(batch.id) == self.batch_id.data]
        if not found:
            raise ValidationError(gettext("Erää %(number)s ei ole. Tarkista numero tai lisää erä.", number=field.data))
        if chosen:
            self.batch, self.part = chosen[0], chosen[0].part
            return
        self.batch_id.choices = [
            SelectChoice(str(b.id), f"{b.part.part_no} {b.part.name}, {b.supplier}, {b.batch_no}") for b in found
        ]

    def validate_part_no(self, field: StringField) -> None:
        """The part is in the register, or follows from the batch."""
        if field.data and part_numbered(field.data) is None:
            raise ValidationError(gettext("Osaa %(number)s ei ole rekisterissä.", number=field.data))
        if not field.data and not self.batch_no.data:
            raise ValidationError(gettext("Kirjoita osanumero tai eränumero."))

    def validate_batch_id(self, field: RadioField) -> None:
        """A number that several batches have needs a choice."""
        if field.choices:
            raise ValidationError(gettext("Numero on monella erällä. Valitse oikea."))


class RemovalForm(PageForm):
    """A part was taken out."""

    on = DateField(_("Irrotettu"), [DayRequired(_("Kirjoita päivä."))])
    fitted_on: date | None = None

    def validate_on(self, field: DateField) -> None:
        """Not before it was fitted."""
        if field.data and self.fitted_on and field.data < self.fitted_on:
            raise ValidationError(gettext("Osa ei voi irrota ennen kuin se asennettiin."))


class FateForm(PageForm):
    """How a machine left its life in use."""

    fate = RadioField(_("Mitä laitteelle tapahtui"), [InputRequired(_("Valitse, mitä tapahtui."))], choices=FATES)
    on = DateField(_("Milloin"), description=_("Tyhjä, jos päivää ei tiedetä."))


class EndForm(PageForm):
    """The day from which a hirer does not have the machine."""

    on = DateField(_("Vuokra päättyi"), [DayRequired(_("Kirjoita päivä."))])

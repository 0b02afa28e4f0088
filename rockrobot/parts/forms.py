"""Forms of parts, batches, counts and loose deliveries."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import party_numbered
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, DateField, DayRequired
from rockrobot.forms import PageForm
from rockrobot.parts import queries
from rockrobot.parts.models import Part

NUMBER = {"class": "medium no"}
HELD = ("in_stock", "quarantined", "scrapped", "returned")
MOST_PIECES = 10_000_000
NOT_NEGATIVE = NumberRange(0, MOST_PIECES, _("Määrä on kokonaisluku nollasta ylöspäin."))


class WholeNumberField(IntegerField):
    """A whole number; says in Finnish when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; spaces inside are allowed."""
        try:
            super().process_formdata([value.replace(" ", "").replace("\u00a0", "") for value in valuelist])
        except ValueError:
            raise ValueError(gettext("Kirjoita kokonaisluku, esimerkiksi 12.")) from None


class PartForm(EditForm):
    """A part: its number and name."""

    part_no = StringField(
        _("Osanumero"), [DataRequired(_("Kirjoita osanumero.")), Length(max=60)], filters=CLEAN, render_kw=NUMBER
    )
    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita osan nimi.")), Length(max=200)], filters=CLEAN)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if options.get("obj") is not None:
            del self.part_no

    def validate_part_no(self, field: StringField) -> None:
        """Two parts can't share a number."""
        if queries.part_numbered(field.data) is not None:
            raise ValidationError(gettext("Osanumero %(number)s on jo rekisterissä.", number=field.data))


class BatchForm(EditForm):
    """A batch; its part, supplier and number are set once."""

    part_no = StringField(
        _("Osanumero"),
        [DataRequired(_("Kirjoita osanumero.")), Length(max=60)],
        filters=CLEAN,
        render_kw=NUMBER | {"list": "part-numbers"},
    )
    supplier = StringField(
        _("Toimittaja"),
        [DataRequired(_("Kirjoita toimittaja.")), Length(max=200)],
        filters=CLEAN,
        render_kw={"list": "supplier-names"},
    )
    batch_no = StringField(
        _("Eränumero"), [DataRequired(_("Kirjoita eränumero.")), Length(max=60)], filters=CLEAN, render_kw=NUMBER
    )
    supplier_batch_no = StringField(_("Toimittajan eränumero"), [Length(max=60)], filters=CLEAN, render_kw=NUMBER)
    received_on = DateField(_("Saapunut"))
    used_up_on = DateField(_("Käytetty loppuun"), description=_("Tyhjä, jos erää on vielä käytössä."))
    quantity = WholeNumberField(_("Määrä, kpl"), [Optional(), NOT_NEGATIVE])
    part: Part | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if options.get("obj") is not None:
            del self.part_no, self.supplier, self.batch_no

    def validate_part_no(self, field: StringField) -> None:
        """The part must be there already."""
        self.part = queries.part_numbered(field.data)
        if self.part is None:
            raise ValidationError(gettext("Osaa %(number)s ei ole. Lisää osa ensin.", number=field.data))

    def validate_batch_no(self, field: StringField) -> None:
        """A supplier has one batch of this number and part."""
        same = queries.batches_numbered(field.data, part_id=self.part.id) if self.part else []
        if any(b.supplier == self.supplier.data and b.batch_no == field.data for b in same):
            raise ValidationError(gettext("Tällä toimittajalla on jo erä %(number)s tästä osasta.", number=field.data))

    def validate_used_up_on(self, field: DateField) -> None:
        """A batch is not used up before it comes."""
        if field.data and self.received_on.data and field.data < self.received_on.data:
            raise ValidationError(gettext("Loppu on ennen saapumista."))


class CountForm(PageForm):
    """A count of what we hold of a batch or got rid of."""

    counted_on = DateField(_("Laskettu"), [DayRequired(_("Kirjoita päivä."))])
    in_stock = WholeNumberField(
        _("Varastossa, kpl"), [InputRequired(_("Kirjoita määrä, nolla jos ei ole.")), NOT_NEGATIVE]
    )
    quarantined = WholeNumberField(_("Karanteenissa, kpl"), [Optional(), NOT_NEGATIVE])
    scrapped = WholeNumberField(_("Romutettu, kpl"), [Optional(), NOT_NEGATIVE])
    returned = WholeNumberField(_("Palautettu toimittajalle, kpl"), [Optional(), NOT_NEGATIVE])

    def counts(self) -> dict[str, int]:
        """The pieces by column; an empty field is none."""
        return {name: self[name].data or 0 for name in HELD}


class DeliveryForm(PageForm):
    """Spares that go to a customer and are not fitted by us."""

    customer = StringField(
        _("Asiakas"),
        [DataRequired(_("Kirjoita asiakas."))],
        filters=CLEAN,
        description=_("Asiakasnumero tai yrityksen koko nimi."),
    )
    quantity = WholeNumberField(
        _("Määrä, kpl"),
        [InputRequired(_("Kirjoita määrä.")), NumberRange(1, MOST_PIECES, _("Määrä on vähintään 1."))],
    )
    delivered_on = DateField(_("Toimitettu"), [DayRequired(_("Kirjoita päivä."))])
    override_reason = TextAreaField(
        _("Miksi estettyä erää toimitetaan"),
        [Length(max=1000)],
        filters=CLEAN,
        description=_("Vain kun erä on estetty. Perustelu jää näkyviin."),
        render_kw={"rows": 2},
    )
    company: Company | None = None

    def validate_customer(self, field: StringField) -> None:
        """The customer is a company in the register."""
        found = party_numbered(field.data)
        if not isinstance(found, Company):
            raise ValidationError(gettext("Yritystä «%(text)s» ei löydy.", text=field.data))
        self.company = found

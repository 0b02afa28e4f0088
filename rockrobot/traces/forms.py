"""What a person asks a trace for: a batch, machines by serial, or the build dates of a model."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from rockrobot.devices import queries as devices
from rockrobot.fields import DateField, stripped


class BatchForm(Form):
    """A batch by its number; part and supplier narrow it down where several have the number."""

    batch_no = StringField(
        _("Erän numero"),
        [InputRequired(_("Kirjoita erän numero")), Length(max=60)],
        description=_("Meidän tai toimittajan numero"),
        filters=[stripped],
        render_kw={"list": "known-batches"},
    )
    part_no = StringField(
        _("Osanumero"), [Length(max=60)], filters=[stripped], render_kw={"list": "known-parts", "class": "no"}
    )
    supplier = StringField(
        _("Toimittaja"), [Length(max=200)], filters=[stripped], render_kw={"list": "known-suppliers"}
    )


class SerialsForm(Form):
    """Serials as notices write them."""

    expression = TextAreaField(
        _("Sarjanumerot"),
        [InputRequired(_("Kirjoita tai liitä sarjanumerot")), Length(max=20_000)],
        description=_("Esimerkiksi 1200-1345, 1400 ja SP-0147…SP-0160"),
        render_kw={"rows": 4, "class": "no"},
    )
    device_model_id = SelectField(_("Malli"), coerce=str, choices=lambda: model_choices(), default="")


class BuildDatesForm(Form):
    """A model and the days between which its machines were built, both included."""

    device_model_id = SelectField(
        _("Malli"), [InputRequired(_("Valitse malli"))], coerce=str, choices=lambda: model_choices()
    )
    built_from = DateField(_("Valmistettu aikaisintaan"))
    built_to = DateField(_("Valmistettu viimeistään"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Both days in their order."""
        if not super().validate(extra_validators):
            return False
        first, last = self.built_from.data, self.built_to.data
        if first and last and last < first:
            self.built_to.errors = [_("Viimeinen päivä on ennen ensimmäistä.")]
            return False
        return True


def model_choices() -> list[SelectChoice]:
    """Every model by code; the empty choice leaves it open."""
    known = (SelectChoice(str(m.id), f"{m.model_code} {m.name}") for m in devices.all_models())
    return [SelectChoice("", _("kaikki mallit")), *known]

"""Forms of a case: opening, facts, authorities, closing."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms import DateField as HtmlDateField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, CountryField, DateField, DayRequired
from rockrobot.forms import PageForm
from rockrobot.recalls.rules import CaseOrigin

AREA = {"rows": 3}


class OpeningForm(PageForm):
    """What the trace page sends when a case is opened."""

    origin = SelectField(
        choices=[SelectChoice(origin.value, "") for origin in CaseOrigin], validators=[InputRequired()]
    )
    batch_id = HiddenField()
    expression = HiddenField()
    device_model_id = HiddenField()
    built_from = HtmlDateField(validators=[Optional()])
    built_to = HtmlDateField(validators=[Optional()])
    title = StringField(
        _("Tapauksen nimi"), [DataRequired(_("Anna tapaukselle nimi.")), Length(max=200)], filters=CLEAN
    )
    is_drill = BooleanField(_("Harjoitus"))


class CaseForm(EditForm):
    """What a case is called, how serious it is and when it was known."""

    title = StringField(_("Tapauksen nimi"), [DataRequired(_("Anna nimi.")), Length(max=200)], filters=CLEAN)
    is_serious = BooleanField(_("Vakava vaara: soitot alkavat ensimmäisestä päivästä"))
    known_on = DateField(_("Vika tuli tietoon"))
    decided_on = DateField(_("Takaisinveto päätettiin"))
    incidents = TextAreaField(
        _("Tapaturmat ja vaaratilanteet"), [Length(max=4000)], render_kw=AREA, description=_("Mitä, missä ja milloin")
    )


class AuthorityForm(PageForm):
    """An authority was told, or answered."""

    authority = StringField(
        _("Viranomainen"), [DataRequired(_("Kirjoita viranomainen.")), Length(max=120)], filters=CLEAN
    )
    country = CountryField(_("Maa"))
    told_on = DateField(_("Päivä"), [DayRequired(_("Kirjoita päivä."))])
    reference = StringField(_("Viite"), [Length(max=120)], filters=CLEAN, render_kw={"class": "no"})
    note = TextAreaField(_("Mitä ilmoitettiin tai vastattiin"), [Length(max=4000)], render_kw=AREA)


class TaskForm(PageForm):
    """A task is done."""

    on = DateField(_("Tehty"), [DayRequired(_("Kirjoita päivä."))])
    note = TextAreaField(_("Miten"), [Length(max=2000)], render_kw={"rows": 2})


class ClosingForm(PageForm):
    """What is said when a case is closed."""

    closing_statement = TextAreaField(
        _("Loppulausunto"), [DataRequired(_("Kirjoita, mihin tulokseen päästiin.")), Length(max=8000)], render_kw=AREA
    )
    authority_answer = TextAreaField(
        _("Viranomaisen kanta"),
        [DataRequired(_("Kirjoita viranomaisen kanta, tai miksi sitä ei ole.")), Length(max=8000)],
        render_kw=AREA,
        description=_("Tai syy, miksi kantaa ei ole"),
    )
    lessons = TextAreaField(_("Mitä opittiin"), [Length(max=8000)], render_kw=AREA)


class ReasonForm(PageForm):
    """Why something is done."""

    reason = TextAreaField(_("Syy"), [DataRequired(_("Kirjoita syy.")), Length(max=2000)], render_kw={"rows": 2})


class PiecesForm(PageForm):
    """A signed explanation of pieces that nobody can account for."""

    explanation = TextAreaField(
        _("Selitys"), [DataRequired(_("Kirjoita, mistä ero johtuu.")), Length(max=4000)], render_kw={"rows": 2}
    )


def filled(form: PageForm, *names: str) -> dict[str, Any]:
    """The values of a form's fields by name, without its token."""
    wanted = names or [field.name for field in form if field.type != "CSRFTokenField"]
    return {name: form[name].data for name in wanted}

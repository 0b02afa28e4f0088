"""The form by which a full export is asked for."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from rockrobot.fields import CLEAN, choices_of
from rockrobot.forms import PageForm
from rockrobot.purposes.queries import purpose_names


class AskForm(PageForm):
    """Why all of it has to go out."""

    reason = TextAreaField(
        _("Miksi kaikki tarvitaan"),
        [DataRequired(_("Kirjoita, miksi kaikki tarvitaan.")), Length(max=2000)],
        filters=CLEAN,
        description=_("Hyväksyjä näkee perustelun, ja se säilyy."),
        render_kw={"rows": 3},
    )


class RegisterForm(AskForm):
    """For what the whole register is used, and why."""

    purpose = SelectField(_("Mihin tietoja käytetään"), [DataRequired(_("Valitse, mihin tietoja käytetään."))])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ((code.value, name) for code, name in purpose_names().items())
        self.purpose.choices = [SelectChoice("", _("Valitse")), *choices_of(names)]

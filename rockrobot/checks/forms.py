"""Forms of effectiveness checks."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from rockrobot.checks.rules import CheckLevel, CheckSubject
from rockrobot.fields import stripped
from rockrobot.forms import PageForm

SUBJECTS = [
    SelectChoice(CheckSubject.ENDED.value, _("Päätetyt: päättyikö yksikkö niin kuin on kirjattu")),
    SelectChoice(CheckSubject.SILENT.value, _("Vastaamattomat: miksi vastausta ei ole")),
]
LEVELS = [
    SelectChoice(CheckLevel.A.value, _("A, kaikki")),
    SelectChoice(CheckLevel.B.value, _("B, 50 %")),
    SelectChoice(CheckLevel.C.value, _("C, 10 %")),
    SelectChoice(CheckLevel.D.value, _("D, 2 %")),
]


class DrawForm(PageForm):
    """What is checked and how large a share."""

    subject = RadioField(_("Mitä tarkastetaan"), [InputRequired(_("Valitse, mitä tarkastetaan"))], choices=SUBJECTS)
    level = SelectField(_("Osuus"), choices=LEVELS, default=CheckLevel.C.value)


class FindingForm(PageForm):
    """What was found about one unit; words are needed where the register was wrong."""

    finding = RadioField(
        _("Tulos"),
        [InputRequired(_("Valitse tulos"))],
        choices=[SelectChoice("right", _("Oikein kirjattu")), SelectChoice("wrong", _("Väärin kirjattu"))],
    )
    note = StringField(_("Huomio"), [Length(max=1000)], filters=[stripped])

    def validate(self, extra_validators: Any = None) -> bool:
        """A wrong record needs words."""
        is_valid = bool(super().validate(extra_validators))
        if is_valid and self.finding.data == "wrong" and not self.note.data:
            self.note.errors = [_("Kirjoita, mikä oli väärin.")]
            return False
        return is_valid

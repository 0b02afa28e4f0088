"""Forms of an answer: what was decided, to whom it goes, and how it went out."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from rockrobot.answers.rules import LANGUAGES, SentHow
from rockrobot.contacts.rules import Language
from rockrobot.decisions.rules import GROUND_TEXTS, RefusalGround
from rockrobot.fields import CLEAN, LANGUAGE_WORDS, DateField, DayRequired, choices_of, format_day, tidy
from rockrobot.forms import PageForm
from rockrobot.letters.rules import MAX_LINES
from rockrobot.personal_codes import no_personal_code

SENT_WORDS = {
    SentHow.POST: _("Kirjeenä"),
    SentHow.REGISTERED: _("Kirjattuna kirjeenä"),
    SentHow.EMAIL: _("Sähköpostilla"),
    SentHow.HANDED: _("Annettu käteen"),
}


class LetterForm(PageForm):
    """What every answer needs: the decision in words, the language and the recipient."""

    told = TextAreaField(
        _("Mitä tehtiin"),
        [InputRequired(_("Kirjoita, mitä tehtiin.")), Length(max=4000), no_personal_code],
        filters=[tidy],
        description=_("Tämä tulee kirjeeseen sellaisenaan. Pyyntö, valitusosoitus ja yhteystiedot tulevat itsestään."),
        render_kw={"rows": 5},
    )
    language = SelectField(_("Kirjeen kieli"), choices=choices_of((one, LANGUAGE_WORDS[one]) for one in LANGUAGES))
    recipient = TextAreaField(
        _("Saaja"),
        [InputRequired(_("Kirjoita saajan nimi.")), Length(max=500), no_personal_code],
        filters=[tidy],
        description=_("Nimi, ja osoite jos kirje postitetaan: oma rivinsä kullekin."),
        render_kw={"rows": 4},
    )

    def validate_recipient(self, field: TextAreaField) -> None:
        """It fits the window of an envelope."""
        if len(self.lines) > MAX_LINES:
            raise ValidationError(gettext("Enintään %(most)s riviä mahtuu kuoren ikkunaan.", most=MAX_LINES))
        if field.data and not self.lines:
            raise ValidationError(gettext("Kirjoita saajan nimi."))

    @property
    def lines(self) -> list[str]:
        """The recipient's name and address, empty lines left out."""
        return [line for line in (self.recipient.data or "").split("\n") if line]

    @property
    def values(self) -> dict[str, Any]:
        """What an answer is made of."""
        told = [line for line in (self.told.data or "").split("\n") if line]
        return {"language": Language(self.language.data), "lines": self.lines, "told": told}


class RefusalForm(LetterForm):
    """A refusal: on which ground of the law, and why in this case."""

    ground = RadioField(_("Peruste"), [InputRequired(_("Valitse peruste."))])

    def __init__(self, *args: Any, grounds: Iterable[RefusalGround], **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground.choices = choices_of((one, GROUND_TEXTS[Language.FI][one]) for one in grounds)
        self.told.label.text = gettext("Miksi juuri tässä tapauksessa")
        self.told.description = gettext("Tämä tulee kirjeeseen perusteen alle sellaisenaan.")


class SentForm(PageForm):
    """How an answer went out."""

    sent_on = DateField(_("Lähetetty"), [DayRequired(_("Kirjoita päivä, jona vastaus lähti."))])
    sent_how = RadioField(
        _("Miten"), [InputRequired(_("Valitse, miten vastaus lähti."))], choices=choices_of(SENT_WORDS.items())
    )
    sent_to = StringField(
        _("Mihin tai millä todisteella"),
        [Length(max=254), no_personal_code],
        filters=CLEAN,
        description=_("Esimerkiksi sähköpostiosoite tai kuitin numero."),
    )

    def __init__(self, *args: Any, made_on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.made_on = made_on

    def validate_sent_on(self, field: DateField) -> None:
        """It did not go out before it was made."""
        if field.data and field.data < self.made_on:
            raise ValidationError(gettext("Vastaus tehtiin vasta %(day)s.", day=format_day(self.made_on)))

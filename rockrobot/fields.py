"""Form fields that rooms share: days, phones and business ids as people type them; what was understood is shown."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

import phonenumbers
from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _
from phonenumbers import PhoneNumberFormat
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fi import ytunnus
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp, StopValidation, ValidationError
from wtforms.widgets import TextInput

from rockrobot import clock, languages
from rockrobot.forms import PageForm

DAY_WORDS = (
    {"tänään": 0, "nyt": 0, "eilen": -1, "toissapäivänä": -2, "huomenna": 1}
    | {"i dag": 0, "idag": 0, "nu": 0, "i går": -1, "igår": -1, "i förrgår": -2, "i morgon": 1, "imorgon": 1}
    | {"today": 0, "now": 0, "yesterday": -1, "tomorrow": 1}
)
SHORTEST_NUMBER = 10_000
SECRET_FIELDS = frozenset({"password", "new_password", "again", "code", "credential"})
"""Names of fields that are never kept and never sent back."""
NEAR_COUNTRIES = ("FI", "SE", "NO", "DK", "EE", "DE")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FINNISH = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4})?")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def read_day(text: str, today: date) -> date | None:
    """The day that a person typed: 22.11.2026, 22.11., 2026-11-22, tänään, igår, tomorrow; None for nothing.

    today: the calendar day in Finland. A day without a year is in this year. Raises ValueError when it is no day.
    Source: our choice.
    """
    plain = " ".join(text.split()).lower()
    if not plain:
        return None
    if plain in DAY_WORDS:
        return today + timedelta(days=DAY_WORDS[plain])
    iso = _ISO.fullmatch(plain)
    if iso:
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    finnish = _FINNISH.fullmatch(plain)
    if finnish is None:
        raise ValueError(text)
    return date(int(finnish[3] or today.year), int(finnish[2]), int(finnish[1]))


def business_id_fault(text: str) -> str | None:
    """Code of what is wrong with a Finnish business id (old ones lack a zero in front), or None: form, check_digit."""
    try:
        ytunnus.validate(ytunnus.compact(text).zfill(8))
    except InvalidChecksum:
        return "check_digit"
    except StdnumError:
        return "form"
    return None


class DateField(Field):
    """A day as people type it; keeps the text for showing it again and says what was understood."""

    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, may_be_future: bool = False, **options: Any
    ) -> None:
        options.setdefault("description", lazy_gettext("Esimerkiksi 22.11.2026, 22.11. tai eilen"))
        super().__init__(label, validators, **options)
        self.may_be_future = may_be_future
        self.text: str | None = None

    def _value(self) -> str:
        if self.text is not None:
            return self.text
        return format_day(self.data) if self.data else ""

    def process_data(self, value: Any) -> None:
        """Take a day as it is stored; nothing is typed then."""
        self.text = None
        super().process_data(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed. Raises ValueError with the text for the person."""
        self.text = valuelist[0] if valuelist else ""
        self.data = None
        try:
            self.data = read_day(self.text, clock.today())
        except ValueError:
            raise ValueError(
                _("Päivää «%(text)s» ei ymmärretty. Kirjoita esimerkiksi 22.11.2026.", text=self.text)
            ) from None
        if self.data and self.data > clock.today() and not self.may_be_future:
            raise ValueError(
                _("Päivä %(day)s on tulevaisuudessa. Kirjoita tämä päivä tai aiempi.", day=format_day(self.data))
            )

    @property
    def understood(self) -> str:
        """What was understood, when that is not what was typed."""
        if not self.data or self.errors or not self.text or self.text.strip() == format_day(self.data):
            return ""
        return _("ymmärretty: %(day)s", day=format_date(self.data, "ccc d.M.yyyy"))


class DayRequired:
    """A day must be typed; one that was not understood, or is still to come, is told as that and not as missing."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: DateField) -> None:
        """Stop at a day that is missing or was refused. Raises StopValidation."""
        if field.errors:
            raise StopValidation
        if field.data is None:
            raise StopValidation(str(self.message))


def format_day(day: date) -> str:
    """A day as Finnish screens show it: 22.11.2026."""
    return f"{day.day}.{day.month}.{day.year}"


class PhoneField(StringField):
    """A phone number in any writing; kept as typed, shown as understood."""

    @property
    def understood(self) -> str:
        """The number in international form, or a warning that it does not look like one; it is saved anyway."""
        if not self.data:
            return ""
        shown = international(self.data)
        if shown is None:
            return _("Numero %(text)s ei näytä puhelinnumerolta. Tarkista se.", text=self.data)
        return "" if shown == self.data else _("ymmärretty: %(number)s", number=shown)


def international(text: str) -> str | None:
    """A phone number in international form, read as Finnish when it names no country; None when it is no number."""
    try:
        number = phonenumbers.parse(text, "FI")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or (number.national_number or 0) < SHORTEST_NUMBER:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def country_choices() -> list[SelectChoice]:
    """Countries by code and name, those nearest to us first; the empty choice means unknown."""
    names = {code: name for code, name in languages.countries().items() if len(code) == 2 and code.isalpha()}
    rest = sorted((code for code in names if code not in NEAR_COUNTRIES), key=lambda code: names[code])
    return [
        SelectChoice("", _("ei tiedossa")),
        *(SelectChoice(code, names[code]) for code in (*NEAR_COUNTRIES, *rest)),
    ]


class CountryField(SelectField):
    """A country; a code stored earlier that is no country stays choosable."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=country_choices, validate_choice=True, **options)


class BusinessIdField(StringField):
    """A business id; a Finnish one is checked by its last digit unless it is what was stored before."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a Finnish business id whose check digit does not match."""
        typed = (self.data or "").strip()
        if (
            not typed
            or typed == (self.object_data or "")
            or (getattr(form, "country", None) and form.country.data not in {"", "FI"})
        ):
            return
        fault = business_id_fault(typed)
        if fault == "form":
            raise ValidationError(_("Y-tunnus on muotoa 1234567-8."))
        if fault == "check_digit":
            raise ValidationError(_("Y-tunnuksen tarkistusnumero ei täsmää. Tarkista viimeinen numero."))


class LookupField(StringField):
    """Something named by its number or name; found is the row that was meant, None for an empty field.

    find: typed text -> the row, or None when it is not exactly one. missing: what to say then, with %(text)s.
    """

    def __init__(self, label: Any, find: Callable[[str], Any], missing: Any, **options: Any) -> None:
        super().__init__(label, filters=CLEAN, **options)
        self.find = find
        self.missing = missing
        self.found: Any = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 (the signature is WTForms')
        """Refuse text that names nothing, or more than one thing."""
        self.found = self.find(self.data) if self.data else None
        if self.data and self.found is None:
            raise ValidationError(str(self.missing) % {"text": self.data})


LANGUAGE_WORDS = {
    "fi": lazy_gettext("suomi"),
    "sv": lazy_gettext("ruotsi"),
    "en": lazy_gettext("englanti"),
    "nb": lazy_gettext("norja"),
    "da": lazy_gettext("tanska"),
}
CONTACT_TYPE_WORDS = {
    "asiakas": lazy_gettext("asiakas"),
    "potentiaalinen": lazy_gettext("potentiaalinen"),
    "maahantuoja": lazy_gettext("maahantuoja"),
    "toimittaja": lazy_gettext("toimittaja"),
}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MAIL = [
    Optional(),
    Length(max=254),
    Regexp(_MAIL.pattern + "$", message=lazy_gettext("Sähköpostiosoite on muotoa nimi@yritys.fi.")),
]


def is_mail_address(text: str) -> bool:
    """True when text has the form of an e-mail address; nobody is asked whether it exists."""
    return bool(_MAIL.fullmatch(text))


class LanguageField(SelectField):
    """The language in which somebody is written to; a code stored earlier that is none of them stays choosable."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        choices = [SelectChoice("", lazy_gettext("ei tiedossa")), *choices_of(LANGUAGE_WORDS.items())]
        super().__init__(label, validators, choices=choices, validate_choice=False, **options)


def stripped(text: str | None) -> str:
    """What was typed without spaces around it; nothing is the empty text (a filter for text fields).

    Control characters, which scanners and copied tables leave behind unseen, go; letters are composed (NFC).
    """
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text or "")).split())


CLEAN = [stripped]


def tidy(text: str | None) -> str:
    """Text of several rows without blanks at their ends (a filter for text areas)."""
    return "\n".join(row.strip() for row in (text or "").replace("\r", "").split("\n")).strip()


def id_or_none(text: Any) -> int | None:
    """The id that a choice stands for; None for the empty choice. Raises ValueError when it is none."""
    return int(text) if text not in (None, "") else None


def today_form(form_class: type[PageForm], field: str = "on") -> Any:
    """A form whose day is today until somebody types another."""
    form = form_class()
    if not form.is_filled():
        form[field].data = clock.today()
    return form


def typed(form: PageForm, names: Iterable[str]) -> dict[str, Any]:
    """What a form's fields say, by the names of the columns they stand for."""
    return {name: form[name].data for name in names}


def choices_of(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Pairs of value and label as the choices of a select."""
    return [SelectChoice(value, label) for value, label in pairs]


def contact_type_word(contact_type: str) -> str:
    """The word of the screen for a contact type; one that the register does not know is shown as it is."""
    return str(CONTACT_TYPE_WORDS.get(contact_type, contact_type))


def contact_type_choices(others: Iterable[str] = ()) -> list[SelectChoice]:
    """The contact types that the register knows, then others in use; the empty choice means unknown."""
    known = dict.fromkeys([*CONTACT_TYPE_WORDS, *others])
    return [SelectChoice("", _("ei tiedossa")), *(SelectChoice(word, contact_type_word(word)) for word in known)]

"""Forms that take a file of contacts and say what its columns say."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, SelectField, StringField
from wtforms.validators import Length

from rockrobot.contact_columns.rules import Field, Target
from rockrobot.fields import CLEAN, choices_of
from rockrobot.file_kinds import CONTACT_LISTS, endings_of
from rockrobot.files import OfKind
from rockrobot.forms import PageForm

WORDS = {
    Field.FULL_NAME: _("Koko nimi"),
    Field.FIRST_NAME: _("Etunimi"),
    Field.MIDDLE_NAME: _("Toinen etunimi"),
    Field.LAST_NAME: _("Sukunimi"),
    Field.COMPANY: _("Yritys"),
    Field.TITLE: _("Titteli"),
    Field.WORK_PHONE: _("Puhelin, työ"),
    Field.MOBILE: _("Matkapuhelin"),
    Field.HOME_PHONE: _("Puhelin, koti"),
    Field.OTHER_PHONE: _("Puhelin, muu"),
    Field.SWITCHBOARD: _("Yrityksen vaihde"),
    Field.EMAIL: _("Sähköposti"),
    Field.LANGUAGE: _("Kieli"),
    Field.NOTES: _("Muistiinpano"),
    Field.WORK_STREET: _("Työosoite: katu"),
    Field.WORK_POSTCODE: _("Työosoite: postinumero"),
    Field.WORK_CITY: _("Työosoite: postitoimipaikka"),
    Field.WORK_COUNTRY: _("Työosoite: maa"),
    Field.HOME_STREET: _("Kotiosoite: katu"),
    Field.HOME_POSTCODE: _("Kotiosoite: postinumero"),
    Field.HOME_CITY: _("Kotiosoite: postitoimipaikka"),
    Field.HOME_COUNTRY: _("Kotiosoite: maa"),
    Field.OTHER_STREET: _("Muu osoite: katu"),
    Field.OTHER_POSTCODE: _("Muu osoite: postinumero"),
    Field.OTHER_CITY: _("Muu osoite: postitoimipaikka"),
    Field.OTHER_COUNTRY: _("Muu osoite: maa"),
    Field.PERSON_NO: _("Henkilönumero"),
    Field.CUSTOMER_NO: _("Asiakasnumero"),
    Field.BUSINESS_ID: _("Y-tunnus"),
    Field.KEY: _("Tunniste lähteessä"),
    Field.PHONE_LABEL: _("Google: puhelimen laji"),
    Field.LABELLED_PHONE: _("Google: puhelin"),
    Field.ADDRESS_LABEL: _("Google: osoitteen laji"),
    Field.LABELLED_STREET: _("Google: katu"),
    Field.LABELLED_POSTCODE: _("Google: postinumero"),
    Field.LABELLED_CITY: _("Google: postitoimipaikka"),
    Field.LABELLED_COUNTRY: _("Google: maa"),
}


class ContactFileForm(PageForm):
    """A list of contacts or vCards."""

    file = FileField(
        _("Tiedosto"),
        [FileRequired(_("Valitse tiedosto.")), OfKind(CONTACT_LISTS, _("Valitse CSV, XLSX, ZIP tai vCard (VCF)."))],
        description=_(
            "Outlookin, Googlen tai Thunderbirdin CSV, oma CSV tai XLSX, tai vCard: valitse tai raahaa tähän. "
            "Mitään ei tallenneta rekisteriin ennen kuin hyväksyt."
        ),
        render_kw={"accept": endings_of(CONTACT_LISTS)},
    )


class ColumnsForm(PageForm):
    """What each column of a file says, and the name to keep that under."""

    columns = FieldList(SelectField(_("Sarake"), choices=choices_of([("", _("ei lueta")), *WORDS.items()])))
    mapping = StringField(
        _("Muista sarakkeet nimellä"),
        [Length(max=80)],
        filters=CLEAN,
        description=_("Ehdotetaan, kun tuot tiedoston, jossa on samat otsikot."),
        render_kw={"class": "medium"},
    )

    def fields(self, width: int) -> list[Target]:
        """What was chosen for each of so many columns."""
        words: list[Any] = [entry.data for entry in self.columns][:width]
        return [Field(word) if word else None for word in words] + [None] * (width - len(words))


def columns_form(chosen: Sequence[str], mapping: str) -> ColumnsForm:
    """The form as it was chosen last."""
    return ColumnsForm(columns=list(chosen), mapping=mapping)

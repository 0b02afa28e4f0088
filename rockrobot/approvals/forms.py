"""Forms of a case's texts: what every language shares, and the text of one language."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from rockrobot.contacts.rules import Language
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, LANGUAGE_WORDS, PhoneField, tidy
from rockrobot.forms import PageForm
from rockrobot.notices.rules import Remedy

LONG = Length(max=4000)
REMEDIES = [
    SelectChoice(Remedy.REPAIR.value, _("Korjaus")),
    SelectChoice(Remedy.REPLACEMENT.value, _("Vaihto samanarvoiseen")),
    SelectChoice(Remedy.REFUND.value, _("Hinnan palautus")),
]


def area(label: Any, rows: int = 3, description: Any = "") -> TextAreaField:
    """A text of several rows."""
    return TextAreaField(label, [LONG], filters=[tidy], render_kw={"rows": rows}, description=description)


class FactsForm(EditForm):
    """What the letters say in every language (C2, C7, C9)."""

    product_name = StringField(_("Tuotteen nimi"), [Length(max=200)], filters=CLEAN)
    brand = StringField(_("Tuotemerkki"), [Length(max=100)], filters=CLEAN)
    service_phone = PhoneField(_("Maksuton puhelinnumero"), [Length(max=60)], filters=CLEAN)
    service_online = StringField(_("Verkkopalvelu"), [Length(max=200)], filters=CLEAN)
    service_email = StringField(_("Sähköposti"), [Length(max=254)], filters=CLEAN)
    remedies = SelectMultipleField(
        _("Mitä tarjotaan"), choices=REMEDIES, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    recipients_are_consumers = BooleanField(_("Saajissa on kuluttajia: heille tarjotaan vähintään kaksi vaihtoehtoa"))
    one_remedy_reason = area(_("Miksi vaihtoehtoja on vain yksi"), 2)


class ApprovalForm(PageForm):
    """What was read (its digest), a name for each heading that nobody has checked, and why one approves one's own."""

    seen = HiddenField()
    own_reason = area(_("Miksi hyväksyt oman tapauksesi"), 2, _("Syy näkyy kaikissa raporteissa."))

    def heading(self, language: Language) -> StringField:
        """The field of the name that confirms a language's heading."""
        field: StringField = self[f"heading_{language}"]
        return field


for _language in Language:
    _label = _("Nimesi: vahvistan otsikon, %(language)s", language=LANGUAGE_WORDS[_language])
    _named = StringField(_label, [Length(max=120)], filters=CLEAN, render_kw={"autocomplete": "name"})
    setattr(ApprovalForm, f"heading_{_language}", _named)


class PictureForm(PageForm):
    """A picture of a case's own."""

    picture = FileField(_("Kuva"), [FileRequired(_("Valitse kuva."))])


class TextForm(EditForm):
    """The letter in one language; each field names the element it makes (C1-C14)."""

    subject = StringField(_("Aihe otsikon alla"), [Length(max=200)], filters=CLEAN)
    stop_use = area(_("Lopeta käyttö (C6)"), 2, _("Käske lopettamaan käyttö heti."))
    hazard = area(_("Vaara (C5)"), 3, _("Mitä voi tapahtua ja miksi. Pelkkä «turvallisuuspuute» ei riitä."))
    instructions = area(_("Mitä saajan pitää tehdä (C6)"), 4, _("Yksi ohje riville."))
    remedies = area(_("Korjaus, vaihto tai palautus (C7)"), 3)
    plate_text = area(_("Mistä sarjanumero löytyy (C3)"), 2, _("Tarpeen, jos mallin kilvestä ei ole kuvaa."))
    self_repair = area(_("Oma korjaus (C8)"), 2, _("Vain jos se on helppoa ja turvallista."))
    service_hours = StringField(_("Palveluajat (C9)"), [Length(max=200)], filters=CLEAN)
    pass_on = area(_("Välitä tieto eteenpäin (C10)"), 2)
    apology = area(_("Pahoittelu (C13)"), 2)
    linter_override = area(
        _("Miksi merkityt sanat saavat jäädä (C11)"), 2, _("Vain jos vähättelevältä näyttävä sana on tässä oikein.")
    )

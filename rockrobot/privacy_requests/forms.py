"""The form of a request: four things are required, none of which delays anybody."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from rockrobot.contacts.queries import person_named
from rockrobot.edits import EditForm
from rockrobot.events.rules import Channel
from rockrobot.fields import CLEAN, DateField, LookupField, choices_of, tidy
from rockrobot.personal_codes import no_personal_code
from rockrobot.privacy_requests.rules import Right

RIGHT_WORDS = {
    Right.ACCESS: _("Haluaa nähdä tietonsa"),
    Right.RECTIFICATION: _("Pyytää korjausta"),
    Right.ERASURE: _("Pyytää poistoa"),
    Right.RESTRICTION: _("Pyytää rajoittamaan käsittelyä"),
    Right.RECIPIENTS: _("Kysyy, kenelle tietoja on annettu"),
    Right.PORTABILITY: _("Haluaa siirtää tietonsa"),
    Right.OBJECTION: _("Vastustaa käsittelyä"),
    Right.WITHDRAWAL: _("Peruu suostumuksen"),
}
CHANNEL_WORDS = {
    Channel.PHONE: _("Puhelu"),
    Channel.EMAIL: _("Sähköposti"),
    Channel.LETTER: _("Kirje"),
    Channel.MEETING: _("Tapaaminen"),
    Channel.SMS: _("Tekstiviesti"),
    Channel.MESSENGER: _("Pikaviesti"),
    Channel.SOCIAL: _("Sosiaalinen media"),
    Channel.WEBSITE_FORM: _("Verkkosivun lomake"),
    Channel.VISIT: _("Käynti"),
    Channel.SERVICE: _("Huolto"),
}


class RequestForm(EditForm):
    """A request: when it came and how, what is asked, who asks as far as known."""

    received_on = DateField(
        _("Milloin pyyntö tuli"),
        [InputRequired(_("Kirjoita päivä, jona pyyntö tuli."))],
        description=_("Päivä, jona se tuli meille, vaikka se huomattiin myöhemmin. Määräaika lasketaan siitä."),
    )
    right = RadioField(
        _("Mitä pyydetään"), [InputRequired(_("Valitse, mitä pyydetään."))], choices=choices_of(RIGHT_WORDS.items())
    )
    channel = SelectField(
        _("Miten pyyntö tuli"), choices=choices_of(CHANNEL_WORDS.items()), render_kw={"class": "medium"}
    )
    who = StringField(
        _("Kuka pyytää"),
        [InputRequired(_("Kirjoita, kuka pyytää, sen mukaan mitä tiedetään.")), Length(max=200), no_personal_code],
        filters=CLEAN,
        description=_("Sen mukaan mitä tiedetään, esimerkiksi nimi tai puhelinnumero. Ei henkilötunnusta."),
    )
    named = LookupField(
        _("Henkilö rekisterissä"),
        person_named,
        _("Henkilöä «%(text)s» ei löydy. Kirjoita henkilönumero tai koko nimi."),
        description=_("Henkilönumero tai koko nimi. Sen voi lisätä myöhemmin."),
    )
    about = TextAreaField(_("Mitä pyyntö koskee"), [Length(max=4000), no_personal_code], filters=[tidy])

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, by the names of the columns."""
        return {
            "received_on": self.received_on.data,
            "right": Right(self.right.data),
            "channel": Channel(self.channel.data),
            "who": self.who.data,
            "person_id": self.named.found.id if self.named.found else None,
            "about": self.about.data,
        }

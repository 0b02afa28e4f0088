"""Forms of replies, outcomes, calls and returned mail."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from rockrobot.attempts.rules import Channel, ReplyKind
from rockrobot.contact_cells.rules import split_name
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import party_numbered
from rockrobot.fields import CLEAN, CountryField, DateField, DayRequired, choices_of
from rockrobot.forms import PageForm
from rockrobot.parts.models import Batch
from rockrobot.parts.queries import batches_numbered
from rockrobot.recalls.rules import TERMINAL_STATES, UnitState
from rockrobot.replies.rules import CONSEQUENCES, Evidence
from rockrobot.ticks_field import TicksField

CHANNELS = [
    (Channel.LETTER.value, _("Vastauslomake tai kirje")),
    (Channel.EMAIL.value, _("Sähköposti")),
    (Channel.PHONE.value, _("Puhelin")),
    (Channel.VISIT.value, _("Käynti")),
]
REPLIES = [
    (ReplyKind.STOPPED_USE.value, _("Laite on meillä, käyttö lopetettu")),
    (ReplyKind.ON_SHELF.value, _("Osa on hyllyssä")),
    (ReplyKind.SOLD.value, _("Myyty edelleen")),
    (ReplyKind.HIRED_OUT.value, _("Vuokrattu")),
    (ReplyKind.WANTS_APPOINTMENT.value, _("Pyytää yhteydenottoa")),
    (ReplyKind.SCRAPPED.value, _("Romutettu")),
    (ReplyKind.STOLEN.value, _("Varastettu")),
    (ReplyKind.NEVER_HAD.value, _("Ei ole koskaan ollut")),
    (ReplyKind.WRONG_CONTACT.value, _("Väärä vastaanottaja")),
    (ReplyKind.REFUSES.value, _("Kieltäytyy")),
]
OUTCOMES = [
    (UnitState.SCHEDULED.value, _("Aika sovittu")),
    (UnitState.CORRECTED.value, _("Korjattu")),
    (UnitState.INSPECTED_OK.value, _("Tarkastettu, kunnossa")),
    (UnitState.REMOVED_EARLIER.value, _("Osa poistettu jo aiemmin")),
    (UnitState.RETURNED.value, _("Palautettu meille")),
    (UnitState.SCRAPPED.value, _("Romutettu")),
    (UnitState.STOLEN.value, _("Varastettu")),
    (UnitState.EXPORTED.value, _("Viety ulottumattomiin")),
    (UnitState.REFUSED.value, _("Omistaja kieltäytyy")),
    (UnitState.UNTRACEABLE.value, _("Ei jäljitettävissä")),
    (UnitState.IDENTIFIED.value, _("Takaisin: tunnistettu")),
    (UnitState.RESPONDED.value, _("Takaisin: vastannut")),
]
EVIDENCE = [
    (Evidence.SERVICE_REPORT.value, _("Huoltoraportti")),
    (Evidence.OWNER_STATEMENT.value, _("Omistajan ilmoitus")),
    (Evidence.PHOTO.value, _("Valokuva")),
    (Evidence.RECEIPT.value, _("Romutus- tai kuljetuskuitti")),
    (Evidence.POLICE_REPORT.value, _("Rikosilmoitus")),
    (Evidence.RETURNED_GOODS.value, _("Palautettu tavara")),
    (Evidence.PUBLIC_NOTICE.value, _("Julkinen ilmoitus")),
    (Evidence.OWN_RECORD.value, _("Oma kirjaus")),
]
COMPANY, PERSON = "company", "person"
LONGEST_NAME = 100
NEW_KINDS = [(COMPANY, _("Yritys")), (PERSON, _("Henkilö"))]


class UnitsField(TicksField):
    """Units to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReplyForm(PageForm):
    """What an owner answered; the units are ticked, the kind is the button that was pressed."""

    units = UnitsField(_("Laitteet, joita vastaus koskee"))
    received_on = DateField(_("Vastaus saatu"))
    channel = SelectField(_("Miten"), choices=choices_of(CHANNELS), default=Channel.LETTER.value)
    note = TextAreaField(_("Lisätietoja"), [Length(max=2000)], filters=CLEAN)
    party = StringField(
        _("Kenellä laite nyt on"),
        filters=CLEAN,
        description=_("Asiakas- tai henkilönumero tai nimi. Uusi: kirjoita nimi ja osoite alle."),
    )
    new_kind = RadioField(_("Uusi on"), choices=choices_of(NEW_KINDS), default=COMPANY)
    new_name = StringField(
        _("Uusi nimi"), [Length(max=200)], filters=CLEAN, description=_("Henkilöstä etunimi ja sukunimi.")
    )
    new_street = StringField(_("Katuosoite"), [Length(max=200)], filters=CLEAN)
    new_postcode = StringField(_("Postinumero"), [Length(max=20)], filters=CLEAN)
    new_city = StringField(_("Postitoimipaikka"), [Length(max=100)], filters=CLEAN)
    new_country = CountryField(_("Maa"), default="FI")
    found: Company | Person | None = None

    @property
    def is_person(self) -> bool:
        """True when the new one is a person."""
        return bool(self.new_kind.data == PERSON)

    def check(self, kind: ReplyKind) -> bool:
        """True when the reply can be recorded; else the errors stand beside their fields."""
        is_valid = self.validate()
        if not self.units.data:
            self.units.errors = [gettext("Rastita ainakin yksi laite.")]
            is_valid = False
        if kind is ReplyKind.REFUSES and not self.note.data:
            self.note.errors = [gettext("Kirjoita, millä perusteella omistaja kieltäytyy.")]
            is_valid = False
        if CONSEQUENCES[kind].names_party:
            is_valid = self._check_party() and is_valid
        return is_valid

    def _check_party(self) -> bool:
        if self.party.data:
            self.found = party_numbered(self.party.data)
            if self.found is None:
                self.party.errors = [gettext("Ei löydy rekisteristä. Tarkista, tai kirjoita uusi nimi ja osoite alle.")]
            return self.found is not None
        if not self.new_name.data:
            self.party.errors = [gettext("Kirjoita, kenelle laite on siirtynyt.")]
            return False
        if self.is_person and not all(0 < len(name) <= LONGEST_NAME for name in split_name(self.new_name.data)):
            self.new_name.errors = [gettext("Kirjoita henkilön etunimi ja sukunimi.")]
            return False
        if not (self.new_street.data and self.new_city.data):
            self.new_street.errors = [gettext("Kirjoita katuosoite ja postitoimipaikka, jotta kirje löytää perille.")]
            return False
        return True


class OutcomeForm(PageForm):
    """How a unit ended, or where it stands."""

    state = SelectField(_("Tila"), choices=choices_of(OUTCOMES))
    on = DateField(_("Päivä"), [DayRequired(_("Kirjoita päivä."))], may_be_future=True)
    evidence = SelectField(_("Näyttö"), choices=choices_of([("", _("Valitse")), *EVIDENCE]))
    new_batch = StringField(
        _("Uuden osan erä"),
        filters=CLEAN,
        description=_("Eränumero, kun osa vaihdettiin. Takaisinvedossa oleva erä ei kelpaa."),
    )
    note = TextAreaField(_("Kuvaus"), [Length(max=2000)], filters=CLEAN)
    batch: Batch | None = None

    def validate_new_batch(self, field: StringField) -> None:
        """The batch is in the register, and only one has the number."""
        if not field.data:
            return
        found = batches_numbered(field.data)
        if len(found) != 1:
            message = gettext("Erää ei löydy.") if not found else gettext("Useita eriä: kirjoita osanumero ja erä.")
            raise ValidationError(message)
        self.batch = found[0]

    def validate_evidence(self, field: SelectField) -> None:
        """A settled unit has its proof."""
        if self.state.data in TERMINAL_STATES and field.data not in set(Evidence):
            raise ValidationError(gettext("Valitse näyttö: mistä tieto on."))


class ConfirmForm(PageForm):
    """The second person's word; a reason where a firm of one confirms its own."""

    reason = StringField(_("Perustelu, jos vahvistat oman kirjauksesi"), [Length(max=500)], filters=CLEAN)


class ContactForm(PageForm):
    """A call or a visit; its fields stand on one page with those of the outcome."""

    channel = RadioField(_("Miten"), choices=choices_of(CHANNELS[2:]), default=Channel.PHONE.value)
    on = DateField(_("Päivä"), [DayRequired(_("Kirjoita päivä."))], id="contact_on")
    note = TextAreaField(
        _("Mitä sovittiin"), [DataRequired(_("Kirjoita, mitä tapahtui.")), Length(max=2000)], id="contact_note"
    )


class FindLetterForm(PageForm):
    """The reference on the slip, typed or scanned."""

    reference = StringField(
        _("Kirjeen viite"),
        [DataRequired(_("Kirjoita viite, esimerkiksi TV-2026-001-0001.")), Length(max=80)],
        filters=CLEAN,
        render_kw={"class": "medium no", "autocapitalize": "characters", "autocomplete": "off"},
    )

"""The forms of an event and of its follow-up."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from rockrobot import clock
from rockrobot.access import PEOPLE_READERS
from rockrobot.contacts.models import Company, Person, Worksite
from rockrobot.devices.models import Device
from rockrobot.edits import EditForm
from rockrobot.events import queries
from rockrobot.events.actions import Links
from rockrobot.events.models import Event
from rockrobot.events.queries import Around, Subject
from rockrobot.events.rules import JOBS, WORDS_KEPT, Channel, Direction, Preset, Result, due_after, follow_up_words
from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of
from rockrobot.files import FilesField, UploadedFile
from rockrobot.staff.models import StaffMember
from rockrobot.ticks_field import TicksField
from rockrobot.time_field import TimeField

CHANNEL_WORDS = {
    Channel.PHONE: _("Puhelu"),
    Channel.MEETING: _("Tapaaminen"),
    Channel.EMAIL: _("Sähköposti"),
    Channel.SMS: _("Tekstiviesti"),
    Channel.MESSENGER: _("Pikaviesti"),
    Channel.SOCIAL: _("Sosiaalinen media"),
    Channel.WEBSITE_FORM: _("Verkkosivun lomake"),
    Channel.LETTER: _("Kirje"),
    Channel.VISIT: _("Käynti"),
    Channel.SERVICE: _("Huolto"),
    Channel.NOTE: _("Muistiinpano"),
}
MANY_OF = {
    Channel.PHONE: _("puheluita"),
    Channel.MEETING: _("tapaamisia"),
    Channel.EMAIL: _("sähköposteja"),
    Channel.SMS: _("tekstiviestejä"),
    Channel.MESSENGER: _("pikaviestejä"),
    Channel.SOCIAL: _("sosiaalisen median viestejä"),
    Channel.WEBSITE_FORM: _("verkkosivun lomakkeita"),
    Channel.LETTER: _("kirjeitä"),
    Channel.NOTE: _("muistiinpanoja"),
}
"""What of an event those do not see who see visits and services only."""
DIRECTION_WORDS = {Direction.OUT: _("Lähtevä"), Direction.IN: _("Saapuva"), Direction.NONE: _("Ei suuntaa")}
RESULT_WORDS = {
    Result.INSPECTED_OK: _("Tarkastettu, kunnossa"),
    Result.SERVICED: _("Huollettu"),
    Result.REPAIRED: _("Korjattu"),
    Result.NEEDS_REPAIR: _("Vaatii korjausta"),
    Result.NOBODY_THERE: _("Ketään ei tavattu"),
}
PRESET_WORDS = {
    "": _("Ei seurantaa"),
    Preset.TOMORROW: _("Huomenna"),
    Preset.WEEK: _("+1 vk"),
    Preset.MONTH: _("+1 kk"),
}
NO_DAY, NO_TIME = _("Kirjoita päivä."), _("Kirjoita kellonaika, esimerkiksi 14.05.")
NAMED = {Person: "people", Company: "companies", Device: "devices", Worksite: "worksites"}
NOT_FOR_WORKSHOP = ("people", "companies", "worksites", "others", "direction")


def _unseen_by(member: StaffMember | None, channel: str) -> str:
    """Why the event of a channel is hidden from a member, as a sentence; empty when they see it."""
    if member is None or member.role in PEOPLE_READERS or channel not in MANY_OF:
        return ""
    return gettext("%(name)s ei näe %(these)s.", name=member.name, these=MANY_OF[Channel(channel)])


def _labels(rows: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(row.id, row.serial if isinstance(row, Device) else row.name) for row in rows]


class FollowUpForm(EditForm):
    """What is to be done, until when and by whom; the day that was typed stands before a chosen preset."""

    due = RadioField(_("Seuranta"), choices=choices_of(PRESET_WORDS.items()), default="", validate_choice=False)
    due_on = DateField(
        _("Seurantapäivä"), may_be_future=True, description=_("Jos muu päivä, esimerkiksi 15.1.2027 tai huomenna")
    )
    what = StringField(
        _("Mitä tehdään"),
        [Length(max=WORDS_KEPT)],
        filters=CLEAN,
        description=_("Tyhjä: tapahtuman ensimmäinen rivi."),
    )
    assigned_to = SelectField(_("Kuka tekee"), coerce=int, render_kw={"class": "medium"})

    def __init__(self, *args: Any, members: Sequence[StaffMember], **options: Any) -> None:
        super().__init__(*args, **options)
        self._members = {member.id: member for member in members}
        self.assigned_to.choices = [SelectChoice(member.id, member.name) for member in members]

    def validate_due(self, field: RadioField) -> None:
        """A preset that is offered, or none."""
        if field.data and field.data not in set(Preset):
            raise ValidationError(gettext("Valitse jokin vaihtoehdoista."))

    def validate_assigned_to(self, field: SelectField) -> None:
        """A follow-up of what its doer may not see would be on nobody's list."""
        is_wanted = bool(self.due.data or self.due_on.data)
        unseen = _unseen_by(self._members.get(field.data), self.channel_of_event) if is_wanted else ""
        if unseen:
            raise ValidationError(f"{unseen} {self.way_out}")

    @property
    @abstractmethod
    def channel_of_event(self) -> str:
        """How the event came about that is followed up."""

    @property
    def way_out(self) -> str:
        """What to do when the doer may not see the event."""
        return gettext("Valitse toinen tekijä.")

    @property
    def day(self) -> date | None:
        """The day until which it is to be done; None when no follow-up was asked for."""
        if self.due_on.data or not self.due.data:
            return self.due_on.data
        return due_after(Preset(self.due.data), clock.today())


class TaskForm(FollowUpForm):
    """A follow-up alone: it needs a day and what is to be done."""

    def __init__(self, *args: Any, channel_of_event: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._channel_of_event = channel_of_event
        self.due.choices = [choice for choice in choices_of(PRESET_WORDS.items()) if choice.value]
        self.due_on.description = _("Jos muu päivä, esimerkiksi 15.1.2027")
        self.what.description = ""

    @property
    def channel_of_event(self) -> str:
        """As the event says."""
        return self._channel_of_event

    def validate_what(self, field: StringField) -> None:
        """Alone it has no event's text to take its words from."""
        if not field.data:
            raise ValidationError(gettext("Kirjoita, mitä tehdään."))

    def validate_due_on(self, field: DateField) -> None:
        """A follow-up without a day would be on nobody's list."""
        if field.data is None and not self.due.data:
            raise ValidationError(gettext("Valitse tai kirjoita päivä."))


class EventForm(FollowUpForm):
    """What happened, when, whom and what it concerns, and what is to be done."""

    channel = SelectField(_("Tapa"), render_kw={"class": "medium"})
    direction = RadioField(_("Suunta"), choices=choices_of(DIRECTION_WORDS.items()))
    on = DateField(_("Päivä"), [DayRequired(NO_DAY)])
    at = TimeField(_("Kello"), [InputRequired(NO_TIME)], render_kw={"class": "narrow"})
    result = RadioField(
        _("Tulos"), choices=[SelectChoice("", _("Ei tulosta")), *choices_of(RESULT_WORDS.items())], default=""
    )
    text = TextAreaField(_("Mitä tapahtui"), [Length(max=20_000)], render_kw={"rows": 5, "autofocus": True})
    photo = FilesField(_("Ota kuva"), is_camera=True)
    files = FilesField(_("Kuvat ja tiedostot"), description=_("Enintään 20 Mt kukin."))
    people = TicksField(_("Henkilöt"))
    companies = TicksField(_("Yritykset"))
    devices = TicksField(_("Laitteet"))
    worksites = TicksField(_("Työmaat"))
    others = StringField(
        _("Muita"),
        [Length(max=500)],
        filters=CLEAN,
        description=_("Henkilö, yritys tai laite: numero tai koko nimi, useampi pilkulla erotettuna."),
    )

    def __init__(self, *args: Any, around: Around, sees_people: bool, **options: Any) -> None:
        offered = {name: getattr(around, name) for name in NAMED.values()}
        ticked = {name: [row.id for row in rows if row in around.ticked] for name, rows in offered.items()}
        super().__init__(*args, **options, **ticked)
        self.named: list[Subject] = []
        if self.row is not None:
            del self.photo
            del self.files
        for name, rows in offered.items():
            self[name].choices = _labels(rows)
            if not rows:
                delattr(self, name)
        self.channel.choices = choices_of((c, w) for c, w in CHANNEL_WORDS.items() if sees_people or c in JOBS)
        for name in NOT_FOR_WORKSHOP if not sees_people else ():
            if name in self:
                delattr(self, name)

    @property
    def channel_of_event(self) -> str:
        """As it was chosen here."""
        return self.channel.data or ""

    @property
    def way_out(self) -> str:
        """Here the channel may be another one too."""
        return gettext("Valitse Huolto tai Käynti, tai toinen tekijä.")

    def validate_channel(self, field: SelectField) -> None:
        """Who is to follow up an event goes on seeing it."""
        tasks = self.row.tasks if isinstance(self.row, Event) else []
        waiting = [_unseen_by(task.assigned_to, field.data) for task in tasks if task.done_at is None]
        unseen = next(filter(None, waiting), "")
        if unseen:
            raise ValidationError(f"{unseen} {gettext('Vaihda ensin seurannan tekijä.')}")

    def validate_on(self, field: DateField) -> None:
        """Spaces are no day."""
        if field.data is None and not field.errors:
            raise ValidationError(str(NO_DAY))

    def validate_at(self, field: TimeField) -> None:
        """What is still to come is a follow-up; spaces are no time."""
        if field.data is None and not field.errors:
            raise ValidationError(str(NO_TIME))
        if self.on.data and field.data and self.happened_at > clock.now():
            raise ValidationError(gettext("Aika on tulevaisuudessa. Kirjaa tuleva seurantana."))

    def validate_text(self, field: TextAreaField) -> None:
        """An event that says nothing helps nobody."""
        if not (field.data or "").strip() and not self.result.data and not self._brings_files:
            raise ValidationError(gettext("Kirjoita, mistä oli kyse."))

    def validate_others(self, field: StringField) -> None:
        """Each of them is in the register already."""
        for typed in filter(None, (piece.strip() for piece in field.data.split(","))):
            found = queries.subject_named(typed)
            if found is None:
                raise ValidationError(
                    gettext("«%(text)s» ei löydy. Kirjoita numero tai koko nimi niin kuin rekisterissä.", text=typed)
                )
            self.named.append(found)

    def validate(self, extra_validators: Any = None) -> bool:
        """An event on nobody's card would be lost."""
        if not super().validate(extra_validators):
            if self._brings_files:
                self.files.errors = [*self.files.errors, gettext("Valitse tiedostot uudelleen: selain ei pidä niitä.")]
            return False
        if not any(self.links.values()):
            self.form_errors.append(gettext("Valitse, ketä tai mitä tapahtuma koskee."))
        return not self.form_errors

    @property
    def _brings_files(self) -> bool:
        return self.row is None and (self.photo.was_sent or self.files.was_sent)

    @property
    def uploads(self) -> list[UploadedFile]:
        """What was added, by camera or by choosing."""
        return [*self.photo.read, *self.files.read]

    @property
    def links(self) -> Links:
        """Whom and what it concerns: what was ticked and what was typed."""
        ids: Links = {name: list(self[name].data) for name in NAMED.values() if name in self}
        for row in self.named:
            ids.setdefault(NAMED[type(row)], []).append(row.id)
        return ids

    @property
    def happened_at(self) -> datetime:
        """The moment that day and time of day name. Raises ValueError while either is missing."""
        if self.on.data is None or self.at.data is None:
            raise ValueError("an event needs its moment")
        return clock.moment_of(self.on.data, self.at.data)

    @property
    def values(self) -> dict[str, Any]:
        """What the event's own fields say."""
        channel = Channel(self.channel.data)
        values: dict[str, Any] = {
            "channel": channel,
            "happened_at": self.happened_at,
            "result": Result(self.result.data) if self.result.data and channel in JOBS else None,
            "text": (self.text.data or "").replace("\0", "").strip(),
        }
        if "direction" in self:
            values["direction"] = Direction(self.direction.data)
        return values

    @property
    def follow_up(self) -> str:
        """What the follow-up is about, when nothing was typed for it: the first line, else how it came about."""
        return follow_up_words(self.what.data or "", self.text.data or "") or str(CHANNEL_WORDS[self.values["channel"]])

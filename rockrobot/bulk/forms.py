"""What an act on many rows is told: the tag, the person responsible, the contact type, the letter."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from rockrobot import clock
from rockrobot.access import Role
from rockrobot.bulk.rules import Act
from rockrobot.contacts.models import Company, Person
from rockrobot.contacts.queries import contact_types
from rockrobot.fields import CLEAN, DateField, DayRequired, choices_of, contact_type_choices, id_or_none
from rockrobot.forms import PageForm
from rockrobot.purposes.queries import purpose_names
from rockrobot.staff.queries import members_in
from rockrobot.tags.queries import all_tags
from rockrobot.tags.rules import LONGEST
from rockrobot.words_field import WordsField


class ActForm(PageForm):
    """An act that needs to be told nothing more."""

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, as a job keeps it."""
        return {}


class TagForm(ActForm):
    """Tags to put on."""

    names = WordsField(
        _("Avainsanat"),
        [DataRequired(_("Kirjoita avainsana."))],
        longest=LONGEST,
        description=_("Monta avainsanaa: pilkku väliin."),
        render_kw={"list": "known-tags"},
    )

    @property
    def values(self) -> dict[str, Any]:
        """The names of the tags."""
        return {"names": self.names.words}


class UntagForm(ActForm):
    """A tag to take off."""

    tag_id = SelectField(_("Avainsana"), [DataRequired(_("Valitse avainsana."))], render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tags = ((str(tag.id), tag.name) for tag in all_tags())
        self.tag_id.choices = [SelectChoice("", _("Valitse")), *choices_of(tags)]

    @property
    def values(self) -> dict[str, Any]:
        """The id of the tag."""
        return {"tag_id": self.tag_id.data}


class AssignForm(ActForm):
    """Who sees to them from now on."""

    responsible_id = SelectField(_("Vastuuhenkilö"), coerce=id_or_none, render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members = members_in([Role.CUSTOMER_CARE])
        self.responsible_id.choices = [
            SelectChoice("", _("ei kukaan")),
            *(SelectChoice(member.id, member.name) for member in members),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """The id of the member of staff, or None."""
        return {"responsible_id": self.responsible_id.data}


class TypeForm(ActForm):
    """What they are to us from now on."""

    contact_type = SelectField(_("Kontaktityyppi"), render_kw={"class": "medium"})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.contact_type.choices = contact_type_choices([*contact_types(Person), *contact_types(Company)])

    @property
    def values(self) -> dict[str, Any]:
        """The contact type; empty where it is not known."""
        return {"contact_type": self.contact_type.data}


class LetterForm(ActForm):
    """A letter that was sent to all of them."""

    purpose = SelectField(
        _("Mihin kirje käytettiin"),
        [DataRequired(_("Valitse, mihin kirje käytettiin."))],
        description=_("Ne, jotka ovat kieltäneet tämän käytön, jäävät pois."),
        render_kw={"class": "medium"},
    )
    text = StringField(
        _("Mitä lähetettiin"), [DataRequired(_("Kirjoita, mitä lähetettiin.")), Length(max=200)], filters=CLEAN
    )
    on = DateField(_("Postitettu"), [DayRequired(_("Kirjoita päivä."))], default=clock.today)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ((code.value, name) for code, name in purpose_names().items())
        self.purpose.choices = [SelectChoice("", _("Valitse")), *choices_of(names)]

    @property
    def values(self) -> dict[str, Any]:
        """Purpose, text and day (ISO) of the letter."""
        on = self.on.data.isoformat() if self.on.data else ""
        return {"purpose": self.purpose.data, "text": self.text.data, "on": on}


class NumberForm(PageForm):
    """The number of rows, typed by who means so many."""

    typed_number = StringField(
        _("Rivien määrä"), render_kw={"class": "narrow", "inputmode": "numeric", "autocomplete": "off"}
    )


FORMS: dict[Act, type[ActForm]] = {
    Act.TAG: TagForm,
    Act.UNTAG: UntagForm,
    Act.ASSIGN: AssignForm,
    Act.TYPE: TypeForm,
    Act.LETTER: LetterForm,
    Act.DELETE: ActForm,
}

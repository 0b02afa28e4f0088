"""Forms of merging: the other record by its number or name, and what holds where two records disagree."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired, ValidationError

from rockrobot.comparisons.queries import Comparison, Party
from rockrobot.comparisons.rules import Clash, Holds
from rockrobot.contacts.models import Company
from rockrobot.contacts.queries import party_numbered
from rockrobot.fields import LookupField, choices_of
from rockrobot.forms import PageForm

CHANGED_SINCE = _("Tiedot muuttuivat sivun avaamisen jälkeen. Tarkista tämä kohta.")
HOLDS_WORDS = {
    Holds.KEPT: _("pidettävän tieto"),
    Holds.OTHER: _("yhdistettävän tieto"),
    Holds.BOTH: _("molemmat jäävät"),
}


class OtherForm(PageForm):
    """The record that is the same person or company as this one."""

    other = LookupField(
        _("Sama kuin"),
        party_numbered,
        _("Rekisteristä ei löydy «%(text)s». Kirjoita numero tai koko nimi."),
        description=_("Asiakas- tai henkilönumero, tai koko nimi."),
    )

    def __init__(self, *args: Any, party: Party, **options: Any) -> None:
        super().__init__(*args, **options)
        self.party = party

    def validate_other(self, field: LookupField) -> None:
        """A record can't be merged with itself, nor a company with a person."""
        if not field.data:
            raise ValidationError(gettext("Kirjoita, kenen kanssa yhdistetään."))
        if isinstance(field.found, Company) is not isinstance(self.party, Company):
            raise ValidationError(gettext("Yritystä ja henkilöä ei voi yhdistää. Kirjoita toinen samanlainen."))
        if field.found is self.party:
            raise ValidationError(gettext("Tämä on sama tieto. Kirjoita, mikä toinen on sama."))


class MergeForm(PageForm):
    """Whose value of each differing field holds, and which row of each clash; fields are added by merge_form."""

    found: Comparison

    def picked(self) -> dict[str, Holds]:
        """Whose value of each differing field holds."""
        return {one.name: Holds(self[f"field-{one.name}"].data) for one in self.found.differing}

    def decided(self) -> dict[str, Holds]:
        """Which row of each clash holds."""
        return {one.key: Holds(self[one.key].data) for one in self.found.asked}

    def clash_fields(self) -> Iterator[tuple[Clash, RadioField]]:
        """Each clash with its field."""
        return ((one, self[one.key]) for one in self.found.asked)


def merge_form(found: Comparison) -> MergeForm:
    """The form of one comparison; a field or clash that the person has not seen yet must be answered."""
    answered = [InputRequired(CHANGED_SINCE)]
    fields: dict[str, Any] = {"found": found}
    either = (Holds.KEPT, Holds.OTHER)
    asked: list[tuple[str, Sequence[Holds], Holds]] = [(one.key, one.choices, one.chosen) for one in found.asked]
    asked += [(f"field-{one.name}", either, one.chosen) for one in found.differing]
    for name, holds, chosen in asked:
        choices = choices_of([(one, HOLDS_WORDS[one]) for one in holds])
        fields[name] = RadioField(name, answered, choices=choices, default=chosen)
    made: MergeForm = type("OneMergeForm", (MergeForm,), fields)()
    return made

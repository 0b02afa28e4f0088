"""What a person types from a sheet of the cabinet."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length

from rockrobot.evidence.rules import Seal, SealError, read_seal
from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm


class SealForm(PageForm):
    """A seal as it stands on paper; read is what was understood."""

    seal = StringField(
        _("Sinetti paperilta"),
        [InputRequired(_("Kirjoita sinetti tai lue sen koodi.")), Length(max=200)],
        filters=CLEAN,
        description=_("Viimeinen merkintä, merkintöjä ja tiiviste; tiivisteestä riittää 16 ensimmäistä merkkiä"),
        render_kw={"class": "no", "autocomplete": "off"},
    )
    read: Seal

    def validate_seal(self, field: Any) -> None:
        """Refuse what is no seal."""
        try:
            self.read = read_seal(field.data)
        except SealError:
            raise ValidationError(
                gettext("Tätä ei ymmärretty sinetiksi. Kirjoita esimerkiksi 1204 1204 9f3a 0c51 77de 10b2.")
            ) from None

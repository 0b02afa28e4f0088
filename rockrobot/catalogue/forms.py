"""Forms of machine models and their pictures."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.devices import queries
from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm

NUMBER = {"class": "medium no"}


class ModelForm(EditForm):
    """A machine model; its code is set once."""

    model_code = StringField(
        _("Mallikoodi"), [DataRequired(_("Kirjoita mallikoodi.")), Length(max=60)], filters=CLEAN, render_kw=NUMBER
    )
    name = StringField(_("Nimi"), [DataRequired(_("Kirjoita mallin nimi.")), Length(max=200)], filters=CLEAN)
    plate_place = TextAreaField(
        _("Missä tyyppikilpi on"),
        [Length(max=1000)],
        filters=CLEAN,
        description=_("Esimerkiksi: puomin juuressa vasemmalla. Teksti tulee takaisinvetokirjeeseen."),
        render_kw={"rows": 2},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if options.get("obj") is not None:
            del self.model_code

    def validate_model_code(self, field: StringField) -> None:
        """Two models can't share a code."""
        if queries.model_coded(field.data) is not None:
            raise ValidationError(gettext("Mallikoodi %(code)s on jo rekisterissä.", code=field.data))


class PictureForm(PageForm):
    """A picture of a model."""

    picture = FileField(
        _("Kuva"),
        [FileRequired(_("Valitse kuva."))],
        description=_("JPEG, PNG, WebP tai HEIC, enintään 20 Mt."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/heic"},
    )

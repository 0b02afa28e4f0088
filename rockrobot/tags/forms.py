"""Forms of tags."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN
from rockrobot.tags.rules import LONGEST, split_names

MOST = 20


class TagsForm(FlaskForm):
    """Tags to put on something, by name."""

    names = StringField(
        _("Avainsanat"),
        [DataRequired(_("Kirjoita avainsana."))],
        filters=CLEAN,
        description=_("Monta avainsanaa: pilkku väliin. Älä kirjoita henkilön asioita avainsanaksi."),
        render_kw={"list": "known-tags"},
    )

    def validate_names(self, field: StringField) -> None:
        """Each has to fit, and there have to be some."""
        names = split_names(field.data or "")
        long = next((name for name in names if len(name) > LONGEST), None)
        if not names:
            raise ValidationError(gettext("Kirjoita avainsana."))
        if len(names) > MOST:
            raise ValidationError(gettext("Enintään %(most)s avainsanaa kerralla.", most=MOST))
        if long:
            raise ValidationError(
                gettext("Avainsana %(name)s… on liian pitkä, enintään %(most)s merkkiä.", name=long[:20], most=LONGEST)
            )


class TagForm(EditForm):
    """The name of a tag."""

    name = StringField(
        _("Nimi"),
        [
            DataRequired(_("Kirjoita avainsanan nimi.")),
            Length(max=LONGEST, message=_("Enintään %(max)d merkkiä.")),
        ],
        filters=CLEAN,
        render_kw={"class": "medium"},
    )

    def validate_name(self, field: StringField) -> None:
        """A comma would make two tags of it."""
        if "," in (field.data or ""):
            raise ValidationError(gettext("Avainsanassa ei voi olla pilkkua."))

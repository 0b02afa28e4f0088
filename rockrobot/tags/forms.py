"""Forms of tags."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm
from rockrobot.tags.rules import LONGEST
from rockrobot.words_field import WordsField


class TagsForm(PageForm):
    """Tags to put on something, by name."""

    names = WordsField(
        _("Avainsanat"),
        [DataRequired(_("Kirjoita avainsana."))],
        longest=LONGEST,
        description=_("Monta avainsanaa: pilkku väliin. Älä kirjoita henkilön asioita avainsanaksi."),
        render_kw={"list": "known-tags"},
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

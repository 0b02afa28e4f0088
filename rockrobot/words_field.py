"""A form field for some words with commas between them, such as tags."""

from typing import Any

from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from rockrobot.fields import CLEAN, stripped


def words_between_commas(text: str) -> list[str]:
    """What was typed with commas between, each once (in whatever case) as first written; empty ones are left out."""
    found: dict[str, str] = {}
    for word in map(stripped, text.split(",")):
        if word:
            found.setdefault(word.casefold(), word)
    return list(found.values())


class WordsField(StringField):
    """Some words or names with commas between them.

    longest: signs in one. most: how many at once.
    """

    def __init__(self, label: Any, validators: Any = None, *, longest: int, most: int = 20, **options: Any) -> None:
        super().__init__(label, validators, filters=CLEAN, **options)
        self.longest, self.most = longest, most

    @property
    def words(self) -> list[str]:
        """What was typed, each once."""
        return words_between_commas(self.data or "")

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 (the signature is WTForms')
        """Refuse commas alone, too many words, and one that is too long."""
        words = self.words
        long = next((word for word in words if len(word) > self.longest), None)
        if self.data and not words:
            raise ValidationError(_("Pilkkujen väliin jäi tyhjää. Kirjoita ainakin yksi sana."))
        if len(words) > self.most:
            raise ValidationError(_("Enintään %(most)s sanaa kerralla.", most=self.most))
        if long:
            raise ValidationError(
                _("%(word)s… on liian pitkä, enintään %(most)s merkkiä.", word=long[:20], most=self.longest)
            )

"""The form by which files are added to an event."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from rockrobot.files import FilesField, UploadedFile
from rockrobot.forms import PageForm


class AttachForm(PageForm):
    """Photos and files, at least one."""

    photo = FilesField(_("Ota kuva"), is_camera=True)
    files = FilesField(_("Kuvat ja tiedostot"), description=_("Kuvia tai tiedostoja, enintään 20 Mt kukin."))

    def validate(self, extra_validators: object = None) -> bool:
        """Something must have been chosen."""
        if not super().validate(extra_validators):
            return False
        if not self.uploads:
            self.files.errors = [gettext("Valitse kuva tai tiedosto.")]
        return bool(self.uploads)

    @property
    def uploads(self) -> list[UploadedFile]:
        """What was added, by camera or by choosing."""
        return [*self.photo.read, *self.files.read]

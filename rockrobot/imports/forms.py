"""The form that takes a register file."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms.validators import ValidationError

from rockrobot.file_kinds import REGISTER_TABLES, endings_of
from rockrobot.files import OfKind
from rockrobot.forms import PageForm


class UploadForm(PageForm):
    """A workbook, a ZIP of CSV files, or CSV files."""

    file = MultipleFileField(
        _("Tiedosto"),
        [
            FileRequired(_("Valitse tiedosto.")),
            OfKind(REGISTER_TABLES, _("Valitse työkirja (XLSX), CSV tai ZIP, jossa on CSV-tiedostoja.")),
        ],
        description=_(
            "Työkirja (XLSX), ZIP tai CSV-tiedostot: valitse tai raahaa tähän. "
            "Mitään ei tallenneta rekisteriin ennen kuin hyväksyt."
        ),
        render_kw={"accept": endings_of(REGISTER_TABLES)},
    )

    def validate_file(self, field: MultipleFileField) -> None:
        """Several files are one register only when all of them are CSV."""
        names = [(file.filename or "").lower() for file in field.data or []]
        if len(names) > 1 and not all(name.endswith(".csv") for name in names):
            raise ValidationError(_("Valitse yksi työkirja tai ZIP, tai useita CSV-tiedostoja."))

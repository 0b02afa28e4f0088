"""The form that takes a register file."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired


class UploadForm(FlaskForm):
    """A workbook, a ZIP of CSV files, or one CSV."""

    file = FileField(
        _("Tiedosto"),
        [
            FileRequired(_("Valitse tiedosto.")),
            FileAllowed(["xlsx", "zip", "csv"], _("Valitse työkirja (XLSX), CSV tai ZIP, jossa on CSV-tiedostoja.")),
        ],
        description=_("Työkirja (XLSX), CSV tai ZIP. Mitään ei tallenneta rekisteriin ennen kuin hyväksyt."),
        render_kw={"accept": ".xlsx,.zip,.csv"},
    )

"""Form of a case that is withdrawn."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length


class WithdrawalForm(FlaskForm):
    """Why a case is withdrawn before anybody was written to."""

    reason = TextAreaField(
        _("Syy"), [DataRequired(_("Kirjoita, miksi tapaus perutaan.")), Length(max=2000)], render_kw={"rows": 2}
    )

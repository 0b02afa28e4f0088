"""Form of a case that is withdrawn."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from rockrobot.forms import PageForm


class WithdrawalForm(PageForm):
    """Why a case is withdrawn before anybody was written to."""

    reason = TextAreaField(
        _("Syy"), [DataRequired(_("Kirjoita, miksi tapaus perutaan.")), Length(max=2000)], render_kw={"rows": 2}
    )

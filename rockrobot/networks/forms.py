"""Forms of a listed network and of what becomes of whoever comes from elsewhere."""

from ipaddress import ip_network
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from rockrobot.edits import EditForm
from rockrobot.fields import CLEAN, choices_of
from rockrobot.networks.queries import network_at
from rockrobot.networks.rules import Unlisted, is_too_wide
from rockrobot.origin import read_network

UNLISTED = (
    (Unlisted.REFUSE.value, _("Ei pääse")),
    (Unlisted.SECOND_FACTOR.value, _("Pääsee vahvistuskoodilla tai pääsyavaimella")),
    (Unlisted.ALLOW.value, _("Pääsee pelkällä salasanalla")),
)


class NetworkForm(EditForm):
    """A network: what people call it and its extent."""

    name = StringField(
        _("Nimi"), [DataRequired(_("Kirjoita nimi, esimerkiksi toimisto.")), Length(max=80)], filters=CLEAN
    )
    cidr = StringField(
        _("Verkko"),
        [DataRequired(_("Kirjoita verkko tai yksi osoite.")), Length(max=50)],
        filters=CLEAN,
        description=_("CIDR-muodossa, esimerkiksi 192.168.10.0/24, tai yksi osoite."),
        render_kw={"class": "medium no"},
    )

    def validate_cidr(self, field: StringField) -> None:
        """A network in one plain form, not half the world, listed once."""
        try:
            network = read_network(field.data)
        except ValueError:
            raise ValidationError(_advice(field.data)) from None
        if is_too_wide(network):
            raise ValidationError(gettext("Verkko on liian laaja. Kirjoita vain oma verkkosi."))
        field.data = str(network)
        other = network_at(field.data)
        if other is not None and other is not self.row:
            raise ValidationError(gettext("Verkko on jo luettelossa nimellä %(name)s.", name=other.name))


def _advice(text: str) -> str:
    """What to write instead: the network that was meant, where one can tell, else the form."""
    try:
        meant = read_network(str(ip_network(text, strict=False)))
    except ValueError:
        return gettext("Verkkoa ei ymmärretty. Kirjoita se muodossa 192.168.10.0/24.")
    return gettext("Tarkoititko %(network)s? Kirjoita se niin.", network=meant)


class RulesForm(EditForm):
    """What becomes of whoever comes from an unlisted network or device."""

    unlisted_network = RadioField(_("Muusta verkosta"), choices=choices_of(UNLISTED))
    unlisted_device = RadioField(_("Muulla laitteella"), choices=choices_of(UNLISTED))

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, by the names of the columns."""
        return {name: Unlisted(self[name].data) for name in ("unlisted_network", "unlisted_device")}

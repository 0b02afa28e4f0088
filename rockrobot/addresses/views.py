from flask import Blueprint, abort, url_for
from flask_babel import gettext as _

from rockrobot import clock, languages, ledger
from rockrobot.access import Role, allow
from rockrobot.addresses.forms import AddressForm, EndAddressForm
from rockrobot.contacts import actions, queries
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.fields import typed
from rockrobot.web import Answer, commit_and_go, form_page, once

blueprint = Blueprint("addresses", __name__)
FIELDS = ("kind", "street", "postcode", "city", "country", "valid_from", "valid_to")


@blueprint.app_template_global("country_name")
def country_name(code: str) -> str:
    """The name of a country; a code that is none is shown as it is."""
    return languages.countries().get(code.upper(), code)


def _address(address_id: int) -> Address:
    return queries.address_with(address_id) or abort(404)


def _home_of(address: Address) -> str:
    if address.company_id:
        return url_for("companies.show", company_id=address.company_id)
    return url_for("people.show", person_id=address.person_id)


def _add(party: Company | Person) -> Answer:
    form = AddressForm(country=getattr(party, "country", "") or "FI", valid_from=clock.today())
    ledger.log_view([party.id] if isinstance(party, Person) else [])
    if form.validate_on_submit():
        address = actions.add_address(party, **typed(form, FIELDS))
        return commit_and_go(_home_of(address), _("Osoite lisätty."), undo=True)
    return form_page("addresses/new.html", form, party=party)


@blueprint.route("/companies/<int:company_id>/addresses/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="addresses.new")
@once
def new_for_company(company_id: int) -> Answer:
    return _add(queries.company_with(company_id) or abort(404))


@blueprint.route("/people/<int:person_id>/addresses/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="addresses.new")
@once
def new_for_person(person_id: int) -> Answer:
    return _add(queries.person_with(person_id) or abort(404))


@blueprint.route("/addresses/<int:address_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="addresses.edit")
def edit(address_id: int) -> Answer:
    address = _address(address_id)
    ledger.log_view([address.person_id] if address.person_id else [])
    form = AddressForm(obj=address)
    if form.validate_on_submit():
        actions.change_address(address, **typed(form, FIELDS))
        return commit_and_go(_home_of(address), _("Osoite korjattu."), undo=True)
    return form_page("addresses/edit.html", form, address=address, home=_home_of(address))


@blueprint.route("/addresses/<int:address_id>/end", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="addresses.end")
def end(address_id: int) -> Answer:
    address = _address(address_id)
    ledger.log_view([address.person_id] if address.person_id else [])
    form = EndAddressForm(on=clock.today())
    if form.validate_on_submit() and form.on.data:
        try:
            actions.end_address(address, on=form.on.data)
        except ValueError:
            form.on.errors = [_("Loppu on ennen alkua.")]
        else:
            return commit_and_go(_home_of(address), _("Osoite päätetty."), undo=True)
    return form_page("addresses/end.html", form, address=address, home=_home_of(address))

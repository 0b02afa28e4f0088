from collections.abc import Sequence

from babel import Locale
from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from rockrobot import clock, ledger
from rockrobot.access import PEOPLE_READERS, REGISTER_READERS, Role, allow
from rockrobot.contacts import actions, queries
from rockrobot.contacts.forms import AddressForm, CompanyForm, EndAddressForm, PersonForm
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.rules import address_order
from rockrobot.desk.queries import Act, history_of
from rockrobot.devices.queries import DeviceFilter, find_devices
from rockrobot.navigation import Link, add_link
from rockrobot.parts.queries import deliveries_to
from rockrobot.recalls.queries import open_cases_of_devices
from rockrobot.web import Answer, commit_and_go, form_page, once, page

blueprint = Blueprint("contacts", __name__)
OF_COMPANIES = (*(f"contacts.{act}_company" for act in ("show", "new", "edit")), "contacts.add_company_address")
OF_PEOPLE = (*(f"contacts.{act}_person" for act in ("show", "new", "edit")), "contacts.add_person_address")
REGISTER = lazy_gettext("Rekisteri")
add_link(Link(REGISTER, 240, lazy_gettext("Yritykset"), "contacts.companies", "building-2", covers=OF_COMPANIES))
add_link(Link(REGISTER, 250, lazy_gettext("Henkilöt"), "contacts.people", "users", covers=OF_PEOPLE))
NAMES = Locale("fi").territories
COMPANY_FIELDS = ("customer_no", "name", "business_id", "country", "language", "switchboard", "email", "contact_type")
PERSON_FIELDS = ("first_name", "last_name", "title", "direct_phone", "email", "language")
ADDRESS_FIELDS = ("kind", "street", "postcode", "city", "country", "valid_from", "valid_to")


@blueprint.app_template_global("country_name")
def country_name(code: str) -> str:
    """The Finnish name of a country; a code that is none is shown as it is."""
    return NAMES.get(code.upper(), code)


def _company(company_id: int) -> Company:
    return queries.company_with(company_id) or abort(404)


def _person(person_id: int) -> Person:
    return queries.person_with(person_id) or abort(404)


def _address(address_id: int) -> Address:
    return queries.address_with(address_id) or abort(404)


def _page_number() -> int:
    return request.args.get("page", 1, int)


def _sees_people() -> bool:
    return current_user.role in PEOPLE_READERS


def _typed(form: CompanyForm | PersonForm | AddressForm, names: Sequence[str]) -> dict[str, object]:
    return {name: form[name].data for name in names}


def _history(table: str, id_: int, addresses: Sequence[Address]) -> list[Act]:
    return history_of({table: [id_], "addresses": [address.id for address in addresses]})


# ---------- companies ----------


@blueprint.get("/companies/")
@allow(*REGISTER_READERS, event="contacts.companies")
def companies() -> str:
    text, contact_type = request.args.get("q", ""), request.args.get("type", "")
    found = queries.find_companies(text=text, contact_type=contact_type, number=_page_number())
    ledger.log_view([])
    return page(
        "contacts/companies.html",
        fragments=("company_rows",),
        found=found,
        text=text,
        contact_type=contact_type,
        types=[("", _("Kaikki")), *((word, word) for word in queries.contact_types())],
    )


@blueprint.get("/companies/<int:company_id>")
@allow(*REGISTER_READERS, event="contacts.show_company")
def show_company(company_id: int) -> str:
    company, day = _company(company_id), clock.today()
    people = queries.people_of(company_id) if _sees_people() else []
    addresses = queries.addresses_of(company) if _sees_people() else []
    devices = find_devices(DeviceFilter(company_id=company_id), day=day)
    ledger.log_view([person.id for person in people])
    return page(
        "contacts/show_company.html",
        company=company,
        people=people,
        addresses=addresses,
        letter_address=next(iter(address_order(addresses, day)), None),
        devices=devices,
        recalls=open_cases_of_devices([device.id for device in devices.rows]),
        deliveries=deliveries_to(company_id),
        sees_people=_sees_people(),
        history=_history("companies", company_id, addresses),
    )


@blueprint.route("/companies/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.new_company")
@once
def new_company() -> Answer:
    form = CompanyForm(country="FI", language="fi", contact_type="asiakas")
    if form.validate_on_submit():
        company = actions.add_company(**_typed(form, COMPANY_FIELDS))
        return commit_and_go(url_for("contacts.show_company", company_id=company.id), _("Yritys lisätty."), undo=True)
    return form_page("contacts/new_company.html", form)


@blueprint.route("/companies/<int:company_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.edit_company")
def edit_company(company_id: int) -> Answer:
    company = _company(company_id)
    form = CompanyForm(obj=company)
    if form.validate_on_submit():
        actions.change(company, **_typed(form, COMPANY_FIELDS))
        here = url_for("contacts.show_company", company_id=company_id)
        return commit_and_go(here, _("Yrityksen tiedot muutettu."), undo=True)
    return form_page("contacts/edit_company.html", form, company=company)


# ---------- people ----------


@blueprint.get("/people/")
@allow(*PEOPLE_READERS, event="contacts.people")
def people() -> str:
    text = request.args.get("q", "")
    found = queries.find_people(text=text, number=_page_number())
    ledger.log_view([person.id for person in found.rows])
    return page("contacts/people.html", fragments=("people_rows",), found=found, text=text)


@blueprint.get("/people/<int:person_id>")
@allow(*PEOPLE_READERS, event="contacts.show_person")
def show_person(person_id: int) -> str:
    person, day = _person(person_id), clock.today()
    addresses = queries.addresses_of(person)
    devices = find_devices(DeviceFilter(person_id=person_id), day=day)
    ledger.log_view([person_id])
    return page(
        "contacts/show_person.html",
        contact=person,
        addresses=addresses,
        letter_address=next(iter(address_order(addresses, day)), None),
        devices=devices,
        recalls=open_cases_of_devices([device.id for device in devices.rows]),
        history=_history("people", person_id, addresses),
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.new_person")
@once
def new_person() -> Answer:
    company = queries.company_with(request.args.get("company", 0, int))
    form = PersonForm(company=company.customer_no if company else "", language="fi")
    ledger.log_view([])
    if form.validate_on_submit():
        owner = form.found_company
        person = actions.add_person(company_id=owner.id if owner else None, **_typed(form, PERSON_FIELDS))
        return commit_and_go(url_for("contacts.show_person", person_id=person.id), _("Henkilö lisätty."), undo=True)
    return form_page("contacts/new_person.html", form)


@blueprint.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.edit_person")
def edit_person(person_id: int) -> Answer:
    person = _person(person_id)
    ledger.log_view([person_id])
    form = PersonForm(
        data={name: getattr(person, name) for name in PERSON_FIELDS}
        | {"company": person.company.customer_no if person.company else ""}
    )
    if form.validate_on_submit():
        owner = form.found_company
        actions.change(person, company_id=owner.id if owner else None, **_typed(form, PERSON_FIELDS))
        here = url_for("contacts.show_person", person_id=person_id)
        return commit_and_go(here, _("Henkilön tiedot muutettu."), undo=True)
    return form_page("contacts/edit_person.html", form, contact=person)


# ---------- addresses ----------


def _home_of(address: Address) -> str:
    if address.company_id:
        return url_for("contacts.show_company", company_id=address.company_id)
    return url_for("contacts.show_person", person_id=address.person_id)


def _add_address(party: Company | Person) -> Answer:
    form = AddressForm(country=getattr(party, "country", "") or "FI", valid_from=clock.today())
    ledger.log_view([party.id] if isinstance(party, Person) else [])
    if form.validate_on_submit():
        address = actions.add_address(party, **_typed(form, ADDRESS_FIELDS))
        return commit_and_go(_home_of(address), _("Osoite lisätty."), undo=True)
    return form_page("contacts/add_address.html", form, party=party)


@blueprint.route("/companies/<int:company_id>/addresses/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.add_address")
@once
def add_company_address(company_id: int) -> Answer:
    return _add_address(_company(company_id))


@blueprint.route("/people/<int:person_id>/addresses/new", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.add_address")
@once
def add_person_address(person_id: int) -> Answer:
    return _add_address(_person(person_id))


@blueprint.route("/addresses/<int:address_id>/edit", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.edit_address")
def edit_address(address_id: int) -> Answer:
    address = _address(address_id)
    ledger.log_view([address.person_id] if address.person_id else [])
    form = AddressForm(obj=address)
    if form.validate_on_submit():
        actions.change(address, **_typed(form, ADDRESS_FIELDS))
        return commit_and_go(_home_of(address), _("Osoite korjattu."), undo=True)
    return form_page("contacts/edit_address.html", form, address=address, home=_home_of(address))


@blueprint.route("/addresses/<int:address_id>/end", methods=["GET", "POST"])
@allow(Role.CUSTOMER_CARE, event="contacts.end_address")
def end_address(address_id: int) -> Answer:
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
    return form_page("contacts/end_address.html", form, address=address, home=_home_of(address))

"""The rows of a list as its address asks for it, counted, sorted and cut in the database."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, false, func, literal, or_, select, union_all

from rockrobot import clock, search
from rockrobot.contacts.models import Address, Affiliation, Company, Person, Worksite
from rockrobot.contacts.queries import (
    WITH_COMPANIES,
    WITH_POINTS_OF_COMPANIES,
    WITH_POINTS_OF_PEOPLE,
    contact_types,
    countries_of_companies,
    still_here,
)
from rockrobot.converters import as_id
from rockrobot.db import among, db
from rockrobot.devices.models import Device, DeviceModel
from rockrobot.devices.queries import DeviceFilter, all_models, narrowing
from rockrobot.devices.rules import Fate
from rockrobot.fields import LANGUAGE_WORDS, contact_type_word
from rockrobot.lists import Listing, listing
from rockrobot.selections.rules import NAMES_A_PERSON, NONE, Choices, Selection, read_selection
from rockrobot.staff.queries import all_members
from rockrobot.tags.models import Tagging
from rockrobot.tags.queries import MODELS, all_tags, key_of
from rockrobot.tags.rules import Register
from rockrobot.worksites.queries import WITH_OWNERS, is_running

Conditions = Iterator[ColumnElement[bool]]
OWNERS, FATES = ("owned", "hired", "stock", "unknown"), (NONE, *Fate)
NAMES: dict[Register, tuple[Any, ...]] = {
    Register.PEOPLE: (Person.last_name, Person.first_name),
    Register.COMPANIES: (Company.name,),
    Register.DEVICES: (DeviceModel.model_code, Device.serial),
    Register.WORKSITES: (Worksite.name,),
}
SORTED_BY: dict[Register, dict[str, tuple[Any, ...]]] = {
    Register.PEOPLE: {"number": (Person.person_no,), "type": (Person.contact_type, *NAMES[Register.PEOPLE])},
    Register.COMPANIES: {
        "number": (Company.customer_no,),
        "type": (Company.contact_type, Company.name),
        "country": (Company.country, Company.name),
    },
    Register.DEVICES: {"serial": (Device.serial,), "built": (Device.built_on,)},
    Register.WORKSITES: {"city": (Address.city,), "begins": (Address.valid_from,)},
}
LOADED: dict[Register, tuple[Any, ...]] = {
    Register.PEOPLE: (WITH_COMPANIES, WITH_POINTS_OF_PEOPLE),
    Register.COMPANIES: (WITH_POINTS_OF_COMPANIES,),
    Register.DEVICES: (),
    Register.WORKSITES: WITH_OWNERS,
}


def understand(register: Register, words: Mapping[str, str], *, sees_people: bool = True) -> tuple[Selection, Choices]:
    """The list that an address asks for, and the values that its filters can have.

    words: those of the address. sees_people: without it, what names a person is passed over.
    """
    asked = {name: value for name, value in words.items() if sees_people or name not in NAMES_A_PERSON}
    choices = choices_of(register, [asked])
    return read_selection(register, asked, choices), choices


def choices_of(register: Register, asked: Iterable[Mapping[str, str]]) -> Choices:
    """The values of each filter of a list with their names; of companies and people only those that are asked for."""
    asked = list(asked)
    tags = {str(tag.id): tag.name for tag in all_tags()}
    if register is Register.WORKSITES:
        return {"all": {"1": _("Myös päättyneet")}, "tag": tags, "company": _companies_asked(asked)}
    if register is Register.DEVICES:
        return {
            "model": {str(model.id): f"{model.model_code} {model.name}".strip() for model in all_models()},
            "owner": dict.fromkeys(OWNERS, ""),
            "fate": dict.fromkeys(FATES, ""),
            "tag": tags,
            "company": _companies_asked(asked),
            "person": _people_asked(asked),
        }
    members = {str(member.id): member.name for member in all_members()}
    choices = {
        "type": {word: contact_type_word(word) for word in contact_types(MODELS[register])},
        "tag": tags,
        "language": {code: str(word) for code, word in LANGUAGE_WORDS.items()},
        "responsible": {NONE: _("Ei kukaan")} | members,
    }
    if register is Register.PEOPLE:
        return choices | {"company": _companies_asked(asked)}
    return choices | {"country": dict.fromkeys(countries_of_companies(), "")}


def _ids(asked: Iterable[Mapping[str, str]], name: str) -> list[int]:
    return [id_ for words in asked if (id_ := as_id(words.get(name, "")))]


def _companies_asked(asked: Iterable[Mapping[str, str]]) -> dict[str, str]:
    wanted = (Company.id.in_(_ids(asked, "company")), Company.merged_into_id.is_(None))
    found = db.session.execute(select(Company.id, Company.name).where(*wanted))
    return {str(id_): name for id_, name in found}


def _people_asked(asked: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found = db.session.execute(select(Person.id, Person.person_no).where(Person.id.in_(_ids(asked, "person"))))
    return {str(id_): number for id_, number in found}


# ---------- what narrows ----------


def _tagged(register: Register, chosen: Mapping[str, str]) -> Conditions:
    if "tag" in chosen:
        tagged = select(key_of(register)).where(Tagging.tag_id == as_id(chosen["tag"]), key_of(register).is_not(None))
        yield MODELS[register].id.in_(tagged)


def _equal(column: Any, chosen: Mapping[str, str], name: str) -> Conditions:
    if name in chosen:
        yield column == chosen[name]


def _parties(register: Register, selection: Selection) -> Conditions:
    model, chosen = MODELS[register], selection.chosen
    yield from still_here(model)
    if selection.text:
        kind = "person" if register is Register.PEOPLE else "company"
        yield model.id.in_(search.matching(kind, selection.text))
    yield from _equal(model.contact_type, chosen, "type")
    yield from _equal(model.language, chosen, "language")
    if "responsible" in chosen:
        who = chosen["responsible"]
        yield model.responsible_id.is_(None) if who == NONE else model.responsible_id == as_id(who)


def _people(selection: Selection, day: date) -> Conditions:
    yield from _parties(Register.PEOPLE, selection)
    if "company" in selection.chosen:
        runs = or_(Affiliation.to_on.is_(None), Affiliation.to_on > day)
        company = Affiliation.company_id == as_id(selection.chosen["company"])
        yield exists().where(Affiliation.person_id == Person.id, company, runs)


def _companies(selection: Selection, _day: date) -> Conditions:
    yield from _parties(Register.COMPANIES, selection)
    yield from _equal(Company.country, selection.chosen, "country")


def _devices(selection: Selection, day: date) -> Conditions:
    chosen = selection.chosen
    ids = {name: as_id(chosen[name]) if name in chosen else None for name in ("model", "company", "person")}
    wanted = DeviceFilter(
        text=selection.text,
        model_id=ids["model"],
        owner=chosen.get("owner", ""),
        fate=chosen.get("fate", ""),
        company_id=ids["company"],
        person_id=ids["person"],
    )
    yield from narrowing(wanted, day)


def _worksites(selection: Selection, day: date) -> Conditions:
    if selection.text:
        yield Worksite.id.in_(search.matching("worksite", selection.text))
    if "all" not in selection.chosen:
        yield is_running(day)
    if "company" in selection.chosen:
        yield Address.company_id == as_id(selection.chosen["company"])


NARROWED: dict[Register, Callable[[Selection, date], Conditions]] = {
    Register.PEOPLE: _people,
    Register.COMPANIES: _companies,
    Register.DEVICES: _devices,
    Register.WORKSITES: _worksites,
}


def _narrowed(selection: Selection, *columns: Any) -> Select[Any]:
    register, day = selection.register, clock.today()
    statement = select(*columns).select_from(MODELS[register])
    if register is Register.DEVICES:
        statement = statement.join(DeviceModel, DeviceModel.id == Device.device_model_id)
    if register is Register.WORKSITES:
        statement = statement.join(Address, Address.id == Worksite.address_id)
    if selection.dead:
        return statement.where(false())
    return statement.where(*NARROWED[register](selection, day), *_tagged(register, selection.chosen))


def _order(selection: Selection) -> list[Any]:
    """The columns of the sort, rows without a value last, and the id, so that no two rows change places."""
    register, name = selection.register, selection.sort.removeprefix("-")
    is_falling = selection.sort.startswith("-")
    id_ = MODELS[register].id
    columns = () if name == "added" else SORTED_BY[register].get(name, NAMES[register])
    empty_last = [column.is_(None) for column in columns if getattr(column, "nullable", False)]
    turned = [column.desc() if is_falling else column for column in (*columns, id_)]
    return [*empty_last, *turned]


def find(selection: Selection, *, number: int = 1) -> Listing[Any]:
    """One page of a list, with what its rows show of companies and contact points."""
    model = MODELS[selection.register]
    statement = _narrowed(selection, model).options(*LOADED[selection.register]).order_by(*_order(selection))
    return listing(statement, number)


def ids_of(selection: Selection) -> list[int]:
    """The ids of all rows of a list, in its order."""
    id_ = MODELS[selection.register].id
    return list(db.session.scalars(_narrowed(selection, id_).order_by(*_order(selection))))


def ids_there(register: Register, ids: Collection[int]) -> set[int]:
    """Those of these ids that name a row of the register; one that was merged into another names none."""
    model = MODELS[register]
    return set(db.session.scalars(select(model.id).where(among(model.id, ids), *still_here(model))))


def counts_of(selections: Sequence[Selection]) -> list[int]:
    """How many rows each list has; all are counted in one query."""
    if not selections:
        return []
    counted = [_narrowed(one, literal(place), func.count()) for place, one in enumerate(selections)]
    counts: dict[int, int] = dict(db.session.execute(union_all(*counted)).all())
    return [counts[place] for place in range(len(selections))]

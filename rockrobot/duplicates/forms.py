"""What has been typed so far into the forms of a person and of a company, as it is compared with the register."""

from dataclasses import replace

from wtforms import StringField

from rockrobot.contacts.queries import company_named
from rockrobot.contacts.rules import PHONES, PointKind, normal_point, split_numbers
from rockrobot.fields import CLEAN
from rockrobot.forms import PageForm
from rockrobot.search_words import fold
from rockrobot.traits.queries import (
    TypedPoint,
    company_traits,
    person_traits,
    shared_points,
    traits_of_companies,
    traits_of_people,
)
from rockrobot.traits.rules import CompanyTraits, PersonTraits


def _points(texts: dict[PointKind, str | None], region: str = "") -> list[TypedPoint]:
    """Contact points in normal form; a field may hold several numbers."""
    found: list[TypedPoint] = []
    for kind, text in texts.items():
        for raw in split_numbers(text or "") if kind in PHONES else [text or ""]:
            found += [(kind, normal_point(kind, raw, region)[0])] if raw else []
    return found


class TypedPersonForm(PageForm):
    """A person who is being typed in, or whose name is being changed."""

    first_name = StringField(filters=CLEAN)
    last_name = StringField(filters=CLEAN)
    company = StringField(filters=CLEAN)
    direct_phone = StringField(filters=CLEAN)
    mobile = StringField(filters=CLEAN)
    email = StringField(filters=CLEAN)

    def traits(self, person_id: int) -> PersonTraits:
        """What is known so far; of somebody who is in the register already (0: nobody), with what is known there."""
        name = (self.first_name.data or "", self.last_name.data or "")
        known = traits_of_people([person_id]).get(person_id) if person_id else None
        if known is not None:
            return replace(known, first_name=fold(name[0]), last_name=fold(name[1]))
        points = _points(
            {
                PointKind.DIRECT: self.direct_phone.data,
                PointKind.MOBILE: self.mobile.data,
                PointKind.EMAIL: self.email.data,
            }
        )
        company = company_named(self.company.data) if self.company.data else None
        named = company.name if company else self.company.data or ""
        shared = shared_points([normal for _, normal in points])
        return person_traits(name, companies=[named], points=points, shared=shared)


class TypedCompanyForm(PageForm):
    """A company that is being typed in, or whose facts are being changed."""

    name = StringField(filters=CLEAN)
    business_id = StringField(filters=CLEAN)
    country = StringField(filters=CLEAN)
    switchboard = StringField(filters=CLEAN)
    email = StringField(filters=CLEAN)

    def traits(self, company_id: int) -> CompanyTraits:
        """What is known so far; of a company that is in the register already (0: none), with what is known there."""
        country = self.country.data or ""
        points = _points({PointKind.SWITCHBOARD: self.switchboard.data, PointKind.EMAIL: self.email.data}, country)
        typed = company_traits(
            self.name.data or "", business_id=self.business_id.data or "", country=country, points=points
        )
        known = traits_of_companies([company_id]).get(company_id) if company_id else None
        return replace(typed, phones=known.phones, emails=known.emails, places=known.places) if known else typed

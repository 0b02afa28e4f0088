"""Who has the units of a case: as bare rows for pages that count, and as objects for letters."""

from collections import Counter

from sqlalchemy import select

from rockrobot import clock
from rockrobot.attempts.actions import notify
from rockrobot.case_letters.actions import prepare_drill
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db
from rockrobot.devices.models import DeviceFate, Ownership
from rockrobot.devices.rules import Fate, OwnershipKind
from rockrobot.parts.models import LooseDelivery
from rockrobot.recipients.queries import languages_of, recipients_of, units_by_party, units_with
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.recalls import cases
from tests.statements import Count

TODAY = clock.today()


def a_scope_of_every_kind():
    """A case with machines sold, hired out, scrapped, taken back and resold, and one delivery of loose parts."""
    cases.house()
    batch, model = make.batch(), cases.pictured_model()
    hired, scrapped, back, resold = (cases.sold_machine(batch, model=model) for _ in range(4))
    holder, buyer = make.company("Vuokraaja Oy", language="sv"), make.person("Aino", "Aho", language="no")
    make.address(holder)
    make.address(buyer)
    make.ownership(hired, holder, kind=OwnershipKind.HIRED)
    db.session.add(DeviceFate(device_id=scrapped.id, fate=Fate.SCRAPPED))
    returned_to = make.company("Meille Oy")
    make.ownership(back, returned_to, kind=OwnershipKind.RETURNED, from_on=TODAY)
    for row in db.session.scalars(select(Ownership).where(Ownership.device_id == resold.id)):
        row.to_on = TODAY
    make.ownership(resold, buyer, kind=OwnershipKind.RESOLD, from_on=TODAY)
    importer = make.company("Import AS", language="nb", contact_type=ContactType.IMPORTER)
    make.address(importer, country="NO")
    db.session.add(LooseDelivery(batch_id=batch.id, company_id=importer.id, quantity=3))
    cases.sold_machine(batch, model=model, address=False)
    case = cases.opened(batch)
    freeze_scope(case)
    return case


def test_pages_that_count_and_letters_know_the_same_people(database):
    case = a_scope_of_every_kind()

    recipients = recipients_of(units_with(case.id))
    parties = units_by_party(case.id)

    with_address = {one.key for one in recipients}
    assert len(with_address) == 4
    assert {one.key: sorted(unit.id for unit in one.units) for one in recipients} == {
        key: [unit.id for unit in units] for key, units in parties.items() if key in with_address
    }
    assert languages_of(parties) == Counter(one.language for one in recipients)


def test_the_page_of_letters_asks_no_more_of_many_letters_than_of_one(office):
    pages, model = [], make.device_model()
    for count in (1, 4):
        batch = make.batch()
        for _ in range(count):
            cases.sold_machine(batch, model=model)
        case = cases.opened(batch, is_drill=True)
        prepare_drill(case)
        notify(case)
        db.session.commit()
        office.get(f"/recalls/{case.id}/letters")
        with Count() as asked:
            html = office.get(f"/recalls/{case.id}/letters").text
        pages.append((asked.statements, html.count('<th scope="row">')))

    assert [letters for _, letters in pages] == [1, 4]
    assert pages[0][0] == pages[1][0]

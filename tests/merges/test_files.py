"""Files and recalls after a merge: older files are understood, nobody comes back, letters go to one party."""

import itertools

import pytest
from sqlalchemy import func, select

from rockrobot.comparisons.queries import MODELS
from rockrobot.contacts.models import Address, Company, Person
from rockrobot.contacts.queries import party_numbered
from rockrobot.db import db
from rockrobot.recipients.queries import recipients_of, units_with
from rockrobot.scopes.actions import freeze_scope
from tests import make
from tests.imports.test_register_command import counts, run, take
from tests.merges.test_actions import merged
from tests.recalls.cases import opened, pictured_model, sold_machine
from tests.register import small_register, write_folder

PAIRS = [*itertools.combinations([f"A{n:03}" for n in range(1, 9)], 2)]


def numbered(number):
    return db.session.scalar(select(Company).where(Company.customer_no == number))


def how_many(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(("kept", "other"), PAIRS[::5])
def test_the_old_file_and_an_export_change_nothing_after_a_merge(app, database, tmp_path, kept, other):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    merged(numbered(kept), numbered(other))
    companies, addresses = how_many(Company), how_many(Address)

    old = run(app, tmp_path / "r")
    exported = app.test_cli_runner().invoke(args=["export", "register", str(tmp_path / "out")])
    again = run(app, tmp_path / "out")

    assert exported.exit_code == 0
    assert old[1] == counts(unchanged=sum(map(len, sheets.values())))
    assert again[1]["new"] == again[1]["changed"] == again[1]["refused"] == 0
    assert other not in (tmp_path / "out" / "companies.csv").read_text("utf-8")
    assert (how_many(Company), how_many(Address)) == (companies, addresses)


def test_an_older_file_of_people_is_understood_as_the_kept_person(app, database, tmp_path):
    sheets = small_register()
    take(app, tmp_path / "r", sheets)
    kept, other = db.session.scalars(select(Person).order_by(Person.id).limit(2)).all()
    merged(kept, other)

    old = run(app, tmp_path / "r")

    assert old[1] == counts(unchanged=sum(map(len, sheets.values())))


def test_a_new_row_that_names_the_old_number_comes_to_the_kept_company(app, database, tmp_path):
    take(app, tmp_path / "r", small_register())
    merged(numbered("A001"), numbered("A006"))
    address = {"customer_no": "A006", "kind": "postal", "street": "Uusitie 1", "postcode": "00100", "city": "Helsinki"}

    run(app, write_folder(tmp_path / "n", {"addresses": [address]}))

    assert db.session.scalar(select(Address.company_id).where(Address.street == "Uusitie 1")) == numbered("A001").id
    assert party_numbered("A006").customer_no == "A001"


def test_a_recall_writes_one_letter_to_the_kept_owner(database):
    batch, model = make.batch(), pictured_model()
    machines = [sold_machine(batch, model=model) for _ in range(2)]
    owners = db.session.scalars(select(MODELS["companies"]).order_by(Company.id)).all()
    case = opened(batch)
    freeze_scope(case)
    db.session.commit()
    merged(owners[0], owners[1])

    recipients = recipients_of(units_with(case.id))

    assert len(machines) == 2
    assert [(one.key, len(one.units)) for one in recipients] == [((owners[0].id, None), 2)]

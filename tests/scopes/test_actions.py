import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from rockrobot.attempts.actions import write_waiting
from rockrobot.attempts.queries import waiting_letters
from rockrobot.case_letters.actions import check_letters
from rockrobot.contacts.rules import ContactType
from rockrobot.db import db, is_sqlite
from rockrobot.devices.models import Ownership
from rockrobot.parts.queries import block_of
from rockrobot.recalls import queries
from rockrobot.recalls.actions import ReasonMissingError, open_case, set_state
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import CaseOpening, CaseOrigin, CaseState, StepError, TaskKind, UnitState
from rockrobot.scopes.actions import NoChangeError, freeze_scope, withdraw_case
from rockrobot.scopes.queries import open_cases_of_devices
from tests import make
from tests.recalls import cases


def test_real_cases_and_drills_are_numbered_apart_and_only_a_real_case_blocks(database):
    batch, other = make.batch(), make.batch()

    first, drill, second = cases.opened(batch), cases.opened(other, is_drill=True), cases.opened(batch)

    assert first.number.endswith("-001")
    assert second.number.endswith("-002")
    assert drill.number.startswith("HARJ-")
    assert drill.number.endswith("-001")
    assert block_of(batch.id).source == first.number
    assert block_of(other.id) is None


def test_freezing_takes_in_every_unit_and_makes_its_tasks(database):
    batch, model = make.batch(), make.device_model()
    cases.sold_machine(batch, model=model)
    cases.sold_machine(batch, model=model, address=False)
    ours = make.device(model)
    make.fitting(ours, batch)
    gone = make.device(model)
    make.fitting(gone, batch, removed_on=cases.DAY)
    case = cases.opened(batch)

    version = freeze_scope(case)

    tasks = [task.kind for task in queries.tasks_of(case.id)]
    assert (version.version, version.unit_count, version.added_count) == (1, 4, 4)
    assert case.state is CaseState.SCOPED
    assert sorted(tasks) == sorted(
        [TaskKind.PUBLIC_NOTICE, TaskKind.WORKSHOP_STOCK, TaskKind.FIND_PART, TaskKind.FIND_ADDRESS]
    )


def test_a_later_scope_releases_what_left_and_takes_back_what_returned(database):
    batch, model = make.batch(), make.device_model()
    machine = cases.sold_machine(batch, model=model)
    case = cases.opened(batch)
    freeze_scope(case)
    fitting = db.session.scalars(db.select(cases.Fitting).where(cases.Fitting.device_id == machine.id)).one()

    fitting.batch_id = make.batch().id
    db.session.commit()
    second = freeze_scope(case, "väärä erä rekisterissä")
    released = queries.units_of(case.id)[0].state
    fitting.batch_id = batch.id
    db.session.commit()
    third = freeze_scope(case, "erä olikin oikea")

    unit = queries.units_of(case.id)[0]
    assert (second.unit_count, second.removed_count) == (0, 1)
    assert released is UnitState.RELEASED
    assert (third.version, third.added_count, unit.state) == (3, 1, UnitState.IDENTIFIED)


def test_a_later_scope_needs_a_reason_and_a_difference(database):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model())
    case = cases.opened(batch)
    freeze_scope(case)

    with pytest.raises(ReasonMissingError):
        freeze_scope(case)
    with pytest.raises(NoChangeError):
        freeze_scope(case, "varmuuden vuoksi")


def test_the_scope_of_a_closed_case_stands(database):
    case = cases.opened(make.batch())
    set_state(case, CaseState.CLOSED)

    with pytest.raises(StepError):
        freeze_scope(case, "myöhässä")


def test_an_open_case_shows_on_its_machines_and_a_drill_does_not(database):
    batch = make.batch()
    machine = cases.sold_machine(batch, model=make.device_model())
    case = cases.opened(batch)
    freeze_scope(case)
    freeze_scope(cases.opened(batch, is_drill=True))
    cases.opened(batch, is_drill=True)

    found = open_cases_of_devices([machine.id])

    assert [(row.number, row.is_draft) for row in found[machine.id]] == [(case.number, False)]


def test_a_draft_shows_on_the_machines_that_its_scope_would_take_in(database):
    batch, model = make.batch(), make.device_model()
    named, untouched = make.device(), make.device(model)
    sold, unknown, removed = cases.sold_machine(batch, model=model), make.device(model), make.device(model)
    make.fitting(unknown, batch, batch_id=None)
    make.fitting(removed, batch, removed_on=cases.DAY)
    machines = [sold, unknown, removed, named, untouched]
    opened = [
        cases.opened(batch),
        open_case(CaseOpening(CaseOrigin.SERIALS, "Sarja", device_ids=[named.id], origin_text="1")),
        open_case(CaseOpening(CaseOrigin.BUILD_DATES, "Malli", device_model_id=named.device_model_id)),
    ]

    found = open_cases_of_devices([machine.id for machine in machines])

    told = {id_: {row.number: row.trace_class for row in rows if row.is_draft} for id_, rows in found.items()}
    traced = {machine.id: {} for machine in machines}
    for case in opened:
        for row in queries.fresh_trace(case):
            traced[row.device_id][case.number] = row.trace_class
    assert told == {id_: rows for id_, rows in traced.items() if rows}
    assert set(told) == {sold.id, unknown.id, removed.id, named.id}


def test_a_draft_is_said_to_be_one_on_the_cards_of_its_batch_and_machine(office):
    batch = make.batch()
    machine = cases.sold_machine(batch, model=make.device_model())
    owner = db.session.scalars(db.select(Ownership.company_id)).one()
    case = cases.opened(batch)
    paths = [f"/batches/{batch.id}", f"/devices/{machine.id}", f"/companies/{owner}"]

    drafts = [office.get(path).text for path in paths]
    freeze_scope(case)
    db.session.commit()
    frozen = [office.get(path).text for path in paths]

    assert ["Luonnos: selvitys kesken" in html for html in drafts] == [True] * 3
    assert ["Luonnos" in html for html in frozen] == [False] * 3


def test_a_case_from_serials_takes_in_these_machines(database):
    machine, other = make.device(), make.device()
    case = open_case(CaseOpening(CaseOrigin.SERIALS, "Sarja", device_ids=[machine.id, other.id], origin_text="1, 2"))

    version = freeze_scope(case)

    assert version.unit_count == 2


def test_countries_are_those_of_everybody_who_had_a_unit(database):
    batch = make.batch()
    machine = cases.sold_machine(batch, model=make.device_model())
    importer = make.company("Import AS", country="NO", contact_type=ContactType.IMPORTER)
    make.ownership(machine, importer, from_on=cases.date(2020, 1, 1), to_on=cases.date(2024, 6, 1))
    case = cases.opened(batch)
    freeze_scope(case)

    assert queries.countries_of(case.id) == {"NO", "FI"}


def test_a_case_opened_by_mistake_is_withdrawn_and_its_batch_is_free_again(office):
    batch = make.batch()
    machine = cases.sold_machine(batch, model=make.device_model(), address=False)
    case = cases.opened(batch)
    freeze_scope(case)
    db.session.commit()

    asked = office.get(f"/recalls/{case.id}/withdraw")
    unsaid = office.post(f"/recalls/{case.id}/withdraw", data={"reason": ""})
    office.post(f"/recalls/{case.id}/withdraw", data={"reason": "Väärä erä valittu"})

    shown = office.get(f"/recalls/{case.id}").text
    db.session.expire_all()
    assert (asked.status_code, unsaid.status_code) == (200, 422)
    assert case.state is CaseState.CLOSED
    assert block_of(batch.id) is None
    assert open_cases_of_devices([machine.id]) == {}
    assert queries.open_tasks_by_kind(case.id) == {}
    assert "Väärä erä valittu" in shown
    assert office.get(f"/recalls/{case.id}/reopen").status_code == 404


def written_case():
    cases.house()
    batch = make.batch()
    cases.sold_machine(batch, model=cases.pictured_model())
    case = cases.approved(cases.worded(cases.opened(batch)))
    write_waiting(case, waiting_letters(case))
    db.session.commit()
    return case


def test_a_case_whose_letters_are_written_is_not_withdrawn(database):
    case = written_case()

    with pytest.raises(StepError):
        withdraw_case(case, "myöhässä")


def test_withdrawal_is_offered_until_letters_are_written(office):
    written = written_case()
    draft = cases.opened(make.batch())
    db.session.commit()

    shown = [f"/recalls/{case.id}/withdraw" in office.get(f"/recalls/{case.id}").text for case in (draft, written)]

    assert shown == [True, False]


def test_a_case_whose_letters_are_being_written_is_held(database):
    if is_sqlite():
        pytest.skip("SQLite lets one write at a time")
    case = written_case()

    check_letters(case)

    with db.engine.connect() as other, pytest.raises(DBAPIError):
        other.execute(select(RecallCase.id).where(RecallCase.id == case.id).with_for_update(nowait=True))

from rockrobot.serials.queries import machines_named
from rockrobot.serials.rules import read_units
from tests import make


def named(text, model_id=None):
    return machines_named(read_units(text), model_id)


def test_singles_and_ranges_name_the_machines_that_are_there(database):
    model = make.device_model("RR")
    machines = {s: make.device(model, s).id for s in ("1199", "1200", "1300", "1346", "1400", "SP-0150", "01300")}

    found = named("1200-1345, 1400 and SP-0147…SP-0160")

    assert set(found.device_ids) == {machines[s] for s in ("1200", "1300", "1400", "SP-0150")}
    assert found.missing == []


def test_what_names_no_machine_is_listed(database):
    make.device(make.device_model("RR"), "1200")

    found = named("1200, 1500, 7000-7100")

    assert len(found.device_ids) == 1
    assert found.missing == ["1500", "7000–7100"]


def test_a_serial_of_two_models_names_both_unless_a_model_is_given(database):
    first, second = make.device_model("RR"), make.device_model("SP")
    make.device(first, "000100")
    machine = make.device(second, "000100")

    assert named("000100").shared == {"000100": ["RR", "SP"]}
    assert len(named("000100").device_ids) == 2
    assert named("000100", second.id).device_ids == [machine.id]

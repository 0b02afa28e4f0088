import pytest

from rockrobot.chain import LedgerEntry
from rockrobot.db import db
from rockrobot.letters.models import Letter
from rockrobot.paper import page_count
from rockrobot.parts.queries import block_of
from rockrobot.recalls.queries import find_case
from rockrobot.recalls.rules import CaseState
from tests import make
from tests.recalls import cases


def run(app, *words):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["recall", *map(str, words)])


def of(batch):
    return ["--part", batch.part.part_no, "--supplier", batch.supplier, "--batch", batch.batch_no]


def opened(app, batch, *rest):
    return run(app, "open", *of(batch), "--title", "Tiiviste vuotaa", *rest)


def number_in(result):
    return result.stdout.strip().split("\n")[-1]


def test_a_real_case_opened_by_command_is_a_draft_that_blocks_its_batch(app, database):
    batch = make.batch()

    result = opened(app, batch)

    case = find_case(number_in(result))
    assert result.exit_code == 0
    assert case.state is CaseState.DRAFT
    assert block_of(batch.id).source == case.number


def test_an_unknown_batch_names_the_nearest(app, database):
    batch = make.batch(make.part("PT-7"), "E003")

    result = run(app, "open", "--part", "PT-7", "--supplier", batch.supplier, "--batch", "E004", "--title", "x")

    assert result.exit_code == 2
    assert "E003" in result.stderr


def test_open_and_letters_alone_give_a_drill_its_letters(app, database, tmp_path):
    batch, model = make.batch(), make.device_model()
    for language in ("fi", "sv", "en", "nb", "da"):
        cases.sold_machine(batch, model=model, language=language)
    cases.sold_machine(batch, model=model, address=False)
    number = number_in(opened(app, batch, "--drill"))

    result = run(app, "letters", number, "--out", tmp_path / "kirjeet.pdf")

    names = result.stdout.split()
    assert result.exit_code == 0
    assert names == [str(tmp_path / f"kirjeet{rest}.pdf") for rest in ("", "-2", "-3", "-4", "-5")]
    assert all(page_count((tmp_path / name).read_bytes()) == 2 for name in names)
    assert len(db.session.scalars(db.select(Letter)).all()) == 5


def test_the_view_of_whom_letters_name_is_stored_before_their_file(app, database, tmp_path):
    batch, machine, owner = make.batch(), make.device(make.device_model()), make.person("Aino", "Aho")
    make.fitting(machine, batch)
    make.ownership(machine, owner)
    make.address(owner)
    number = number_in(opened(app, batch, "--drill"))

    result = run(app, "letters", number, "--out", tmp_path / "not there" / "kirjeet.pdf")

    db.session.rollback()
    views = db.select(LedgerEntry.row_id).where(LedgerEntry.action == "view", LedgerEntry.table_name == "people")
    assert isinstance(result.exception, FileNotFoundError)
    assert owner.id in db.session.scalars(views).all()


def test_letters_run_again_are_the_same_files(app, database, tmp_path):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model())
    number = number_in(opened(app, batch, "--drill"))
    run(app, "letters", number, "--out", tmp_path / "a.pdf")

    again = run(app, "letters", find_case(number).id, "--out", tmp_path / "b.pdf")

    assert again.exit_code == 0
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert len(db.session.scalars(db.select(Letter)).all()) == 1


def test_a_real_case_is_refused_and_what_is_missing_is_named(app, database, tmp_path):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model("RR-9"))
    number = number_in(opened(app, batch))

    result = run(app, "letters", number, "--out", tmp_path / "a.pdf")

    assert result.exit_code == 1
    assert "the scope is not frozen" in result.stderr
    assert "C5" in result.stderr
    assert not (tmp_path / "a.pdf").exists()


def test_a_drill_that_reaches_nobody_says_so(app, database, tmp_path):
    batch = make.batch()
    cases.sold_machine(batch, model=make.device_model(), address=False)
    number = number_in(opened(app, batch, "--drill"))

    result = run(app, "letters", number, "--out", tmp_path / "a.pdf")

    assert result.exit_code == 1
    assert "nobody can be reached" in result.stderr


def test_an_unknown_case_is_said_to_be_unknown(app, database, tmp_path):
    result = run(app, "letters", "TV-1900-001", "--out", tmp_path / "a.pdf")

    assert result.exit_code == 2


@pytest.mark.parametrize("command", ["open", "letters", "report", "trace"])
def test_every_command_explains_itself(app, database, command):
    result = run(app, command, "--help")

    assert result.exit_code == 0
    assert len(result.stdout.split()) > 60

import csv
import io

from hypothesis import HealthCheck, given, settings

from rockrobot import ledger
from rockrobot.db import db
from rockrobot.traces import queries
from rockrobot.traces.rules import csv_of
from tests.conftest import empty
from tests.traces import brute_force, register, strategies

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def reload(sheets: register.Sheets) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        empty(connection)
    with ledger.change_set("test", actor="test"):
        register.load(sheets)


def our_rows(sheets: register.Sheets, batch: register.Row) -> list[dict[str, str]]:
    stored = queries.find_batch(batch["part_no"], batch["supplier"], batch["batch_no"])
    text = csv_of(queries.trace_batches([stored.id], on=strategies.TODAY))
    return list(csv.DictReader(io.StringIO(text)))


@FEW
@given(sheets=strategies.registers())
def test_every_register_traces_as_the_plain_sentences_say(database, sheets):
    reload(sheets)

    for batch in sheets["batches"]:
        wanted = brute_force.trace(sheets, brute_force.key(batch), strategies.TODAY)

        assert sorted(map(sorted_items, our_rows(sheets, batch))) == sorted(map(sorted_items, wanted))
        assert [r["serial"] for r in our_rows(sheets, batch)] == [r["serial"] for r in wanted]


def sorted_items(row: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(row.items())


@FEW
@given(sheets=strategies.registers())
def test_pieces_of_a_batch_add_up_as_the_plain_sentences_say(database, sheets):
    reload(sheets)

    for batch in sheets["batches"]:
        stored = queries.find_batch(batch["part_no"], batch["supplier"], batch["batch_no"])

        assert queries.pieces_of([stored.id])[stored.id].unaccounted == brute_force.unaccounted(sheets, batch)

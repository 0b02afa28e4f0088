from rockrobot.parts import actions, queries
from tests import make


def test_a_blocked_batch_stays_blocked_until_its_source_lifts_it(database):
    batch, other = make.batch(), make.batch()

    actions.block_batch([batch.id, other.id], "Tiiviste vuotaa", "R-1", is_drill=False)
    actions.block_batch([batch.id], "Toinen vika", "R-2", is_drill=False)
    lifted = actions.lift_blocks("R-1")

    assert lifted == 2
    assert queries.block_of(other.id) is None
    assert queries.block_of(batch.id).reason == "Toinen vika"


def test_the_same_source_blocks_a_batch_once(database):
    batch = make.batch()

    actions.block_batch([batch.id], "Vika", "R-1", is_drill=False)
    again = actions.block_batch([batch.id, batch.id], "Vika", "R-1", is_drill=False)

    assert again == []
    assert len(queries.running_blocks([batch.id])[batch.id]) == 1


def test_the_block_of_a_drill_is_shown_but_forbids_nothing(database):
    batch = make.batch()

    actions.block_batch([batch.id], "Harjoitus", "H-1", is_drill=True)

    assert queries.block_of(batch.id) is None
    assert queries.running_blocks([batch.id])[batch.id][0].is_drill

"""The labelled pairs: what the issue asks of the scorer, on what it was tuned on and on what it was not."""

import pytest

from tests.likeness import pairs

READ = {batch: pairs.read(batch) for batch in pairs.BATCHES}
ALL = [pair for batch in READ.values() for pair in batch]


def test_there_are_two_hundred_pairs_and_many_that_are_two():
    assert len(ALL) >= 200
    assert 0.4 < sum(pair.is_same for pair in ALL) / len(ALL) < 0.6
    assert len({pair.written for pair in ALL}) == len(ALL)


@pytest.mark.parametrize("batch", [[*pairs.BATCHES], *([name] for name in pairs.BATCHES)], ids=" ".join)
def test_the_scorer_finds_what_is_one_and_leaves_what_is_two(batch):
    measured = pairs.measure([pair for name in batch for pair in READ[name]])

    assert measured.recall_percent >= 95, measured.missed
    assert measured.precision_percent >= 90, measured.wrong


def test_a_pair_is_scored_alike_whichever_comes_first():
    turned = [pairs.Pair(pair.written, pair.is_same, pair.is_of_people, pair.traits[::-1]) for pair in ALL]

    assert [pair.likeness() for pair in ALL] == [pair.likeness() for pair in turned]


def test_what_is_told_of_has_a_reason():
    told = [pair.likeness() for pair in ALL if pair.likeness().is_likely]

    assert all(likeness.reasons and 60 <= likeness.score <= 100 for likeness in told)

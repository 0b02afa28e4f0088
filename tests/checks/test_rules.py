from hypothesis import given
from hypothesis import strategies as st

from rockrobot.checks.rules import CheckLevel, drawn, sample_size


def test_a_small_population_is_not_left_unchecked():
    assert [sample_size(7, level) for level in CheckLevel] == [7, 4, 1, 1, 0]
    assert sample_size(0, CheckLevel.A) == 0


@given(st.sets(st.integers(1, 10**6), max_size=80), st.sampled_from(list(CheckLevel)), st.text(max_size=8))
def test_the_same_seed_draws_the_same_units(ids, level, seed):
    once, again = drawn(ids, level, seed), drawn(sorted(ids), level, seed)

    assert once == again
    assert set(once) <= ids
    assert len(once) == sample_size(len(ids), level)


def test_another_seed_draws_others():
    assert len({tuple(drawn(range(100), CheckLevel.C, str(seed))) for seed in range(20)}) > 15

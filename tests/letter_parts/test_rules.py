from datetime import UTC, datetime

from rockrobot.letter_parts.rules import Act, hands, standing

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def act(id_, actor, undoes=None):
    return Act(id_, actor, NOON, undoes)


def test_the_last_change_stands():
    assert standing([act(1, "a"), act(2, "b")]) == [act(2, "b")]


def test_an_undone_change_leaves_the_one_before_to_who_wrote_it_and_who_undid():
    acts = [act(1, "a"), act(2, "b"), act(3, "c", undoes=2)]

    assert [one.actor for one in standing(acts)] == ["c", "a"]


def test_an_undoing_that_was_undone_lets_the_change_stand():
    acts = [act(1, "a"), act(2, "b"), act(3, "c", undoes=2), act(4, "d", undoes=3)]

    assert [one.actor for one in standing(acts)] == ["d", "b"]


def test_nothing_was_written_by_nobody():
    assert hands([], []) == set()


def test_who_changed_a_shared_part_last_is_one_of_the_writers():
    assert hands([act(1, "a")], [[act(2, "c"), act(3, "b")], []]) == {"a", "b"}


def test_a_shared_part_was_seen_by_who_wrote_the_text_after_it_but_not_by_its_own_writer():
    assert hands([act(3, "a")], [[act(2, "b")]]) == {"a"}
    assert hands([act(3, "b")], [[act(2, "b")]]) == {"b"}
    assert hands([act(1, "a"), act(3, "b")], [[act(2, "b")]]) == {"b"}
    assert hands([act(3, "a"), act(4, "b")], [[act(2, "b")]]) == {"b"}

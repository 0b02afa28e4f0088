import pytest

from rockrobot.selections.rules import SORTS, Selection, read_selection, read_sort
from rockrobot.tags.rules import Register

CHOICES = {"type": {"asiakas": "asiakas"}, "tag": {"7": "VIP"}}


def test_an_address_says_what_narrows_a_list_and_what_it_does_not_know_is_passed_over():
    words = {"q": " kivi ", "type": "asiakas", "tag": "7", "page": "3", "name": "Aho"}

    selection = read_selection(Register.COMPANIES, words, CHOICES)

    assert selection == Selection(Register.COMPANIES, "kivi", {"type": "asiakas", "tag": "7"}, "name")
    assert selection.words == {"q": "kivi", "type": "asiakas", "tag": "7"}


def test_a_filter_whose_value_is_not_there_any_more_is_dead():
    selection = read_selection(Register.COMPANIES, {"type": "asiakas", "tag": "8"}, CHOICES)

    assert selection.dead == ("tag",)


@pytest.mark.parametrize("typed", ["", "-", "--name", "password", "name;drop", "name,id"])
def test_only_listed_sorts_are_taken(typed):
    assert read_sort(Register.PEOPLE, typed) == "name"


@pytest.mark.parametrize("register", Register)
def test_every_listed_sort_is_taken_both_ways(register):
    for name in SORTS[register]:
        assert read_sort(register, name) == name
        assert read_sort(register, f"-{name}") == f"-{name}"


def test_the_address_of_another_page_keeps_filter_and_sort():
    selection = Selection(Register.PEOPLE, "", {"tag": "7"}, "-number")

    assert selection.address(page=2) == {"tag": "7", "sort": "-number", "page": 2}
    assert selection.address(sort="name") == {"tag": "7", "sort": None}

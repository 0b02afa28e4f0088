import pytest

from rockrobot.evidence.rules import Seal, SealError, fault_against, in_groups, read_seal, seal_text

HEAD = "9f3a0c5177de10b2" * 4
SEAL = Seal(1204, 1203, HEAD)


@pytest.mark.parametrize(
    "text",
    [
        seal_text(SEAL),
        seal_text(SEAL).lower(),
        f"1204 1203 {in_groups(HEAD)}",
        f" 1204  1203\t{HEAD.upper()} ",
    ],
)
def test_a_seal_is_read_from_its_code_and_as_people_type_it(text):
    assert read_seal(text) == SEAL


def test_sixteen_digits_of_the_hash_are_enough():
    assert read_seal("1204 1203 9f3a 0c51 77de 10b2").head == HEAD[:16]


@pytest.mark.parametrize(
    "text",
    ["", "1204", "1204 1203", "1 1 9f3a", "1 1 zz3a0c5177de10b2", f"-1 5 {HEAD}", f"1 1 {HEAD}a", f"1 ² {HEAD}"],
)
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(SealError):
        read_seal(text)


@pytest.mark.parametrize(
    ("hash_there", "entries", "fault"),
    [
        (HEAD, 1203, None),
        (None, 1100, "cut"),
        ("0" * 64, 1203, "rewritten"),
        (HEAD, 1202, "missing"),
        (HEAD, 1204, "missing"),
    ],
)
def test_a_chain_bears_a_seal_or_the_fault_is_named(hash_there, entries, fault):
    assert fault_against(SEAL, hash_there, entries) == fault

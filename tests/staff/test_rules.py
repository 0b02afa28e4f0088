from datetime import UTC, datetime, timedelta

import pytest

from rockrobot.staff.queries import common_passwords, common_words
from rockrobot.staff.rules import browser_name, core_of, is_fresh, may_leave, password_fault, session_runs

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIMITS = {"idle": timedelta(minutes=30), "length": timedelta(hours=12)}


def fault(password: str) -> str | None:
    near = ["Aino Aho", "aino.louhi", "Kivi Oy"]
    return password_fault(password, common=common_passwords(), words=common_words(), near_words=near)


@pytest.mark.parametrize(
    "password",
    [
        "viisi kummallista kukkoa ladossa",
        "  välit alussa säilyvät",
        "älä öljyä åkerö",
        "🦊🐻🦝🐺🦌🦔🐿️ metsä yö",
        "x7Kq2mVw9pLd",
        "s" + "anat ovat pitkiä, " * 7,
    ],
)
def test_a_long_uncommon_password_of_any_signs_is_good(password):
    assert fault(password) is None


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("yksitoista1", "too_short"),
        ("x" * 129, "too_long"),
        ("aaaaaaaaaaab", "too_plain"),
        ("121212121212", "too_plain"),
        ("Stonepower2026!", "near_word"),
        ("st0nep0wer on paras", "near_word"),
        ("KIVIROBOTTI ajaa", "near_word"),
        ("Kokemaki 1234", "near_word"),
        ("minä olen AINO ja", "near_word"),
        ("louhi-louhi-louhi", "near_word"),
        ("password12345", "common"),
        ("P@ssw0rd!2026", "common"),
        ("passwordpassword", "common"),
        ("Salasana123456!", "common"),
        ("KESÄKUU 2026!!", "common"),
        ("1q2w3e4r5t6y7u", "common"),
        ("stone-power-2026", "near_word"),
        ("rock robot 2026!", "near_word"),
        ("r0ck.r0b0t on hyvä", "near_word"),
        ("123456789012", "guessable"),
        ("abcdefghijkl", "guessable"),
        ("asdfghjklöä123", "guessable"),
        ("sunshinedragon", "guessable"),
        ("password-monkey", "guessable"),
        ("monkey monkey monkey", "common"),
        ("neljä satunnaista sanaa", "common"),
        ("Neljä satunnaista sanaa 1!", "common"),
        ("pitkä lause tai neljä satunnaista sanaa", "common"),
        ("neljä satunnaista sanaa täällä", "guessable"),
        ("asiakaspalvelu1", "common"),
        ("porakone porakone", "common"),
        ("porakone-asiakaspalvelu", "guessable"),
        ("kaktusmaa kaktusmaa", "guessable"),
        ("Rakastansinua1", "common"),
        ("lumihiutale2026", "common"),
        ("20261126 20251126", "guessable"),
        ("ö" * 5 + "abcdefgh", "guessable"),
    ],
)
def test_what_is_easy_to_guess_is_refused_by_its_reason(password, what):
    assert fault(password) == what


def test_short_words_of_names_do_not_count():
    assert password_fault("aho on hyvä paikka", common=(), words=(), near_words=["Aino Aho"]) is None


def test_the_core_is_the_word_without_what_people_put_around_it():
    assert [core_of(p) for p in ("2026Kesä!!", "abcabcabc", "123456789012", "")] == ["kesa", "abc", "", ""]


def test_a_sign_in_ends_when_idle_and_at_the_latest_after_its_length():
    def runs(begun: int, seen: int) -> bool:
        times = {"begun_at": NOON - timedelta(minutes=begun), "seen_at": NOON - timedelta(minutes=seen)}
        return session_runs(**times, now=NOON, **LIMITS)

    assert (runs(719, 29), runs(29, 29)) == (True, True)
    assert (runs(720, 0), runs(60, 30)) == (False, False)


def test_a_sign_in_is_fresh_for_five_minutes():
    assert is_fresh(NOON, NOON + timedelta(minutes=5))
    assert not is_fresh(NOON, NOON + timedelta(minutes=5, seconds=1))


def test_the_last_administrator_stays():
    assert [may_leave(left) for left in (0, 1, 2)] == [False, True, True]


def test_a_browser_is_named_as_its_owner_knows_it():
    phone = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

    assert browser_name(phone) == "Chrome, Android"
    assert browser_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0") == (
        "Firefox, Windows"
    )
    assert browser_name("<script>") == ""

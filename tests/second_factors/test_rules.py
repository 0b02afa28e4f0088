from datetime import UTC, datetime, timedelta

import pyotp

from rockrobot.second_factors.rules import app_address, matching_step, new_recovery_code, new_secret, recovery_digest

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


def test_a_code_counts_one_step_to_either_side():
    seconds = (-60, -30, 0, 30, 60)

    right = [matching_step(SECRET, code_at(NOON + timedelta(seconds=s)), NOON, None) is not None for s in seconds]

    assert right == [False, True, True, True, False]


def test_a_used_code_and_older_ones_count_no_more():
    step = matching_step(SECRET, code_at(NOON), NOON, None)

    assert matching_step(SECRET, code_at(NOON), NOON, step) is None
    assert matching_step(SECRET, code_at(NOON - timedelta(seconds=30)), NOON, step) is None
    assert matching_step(SECRET, code_at(NOON + timedelta(seconds=30)), NOON, step) == step + 1


def test_a_code_may_be_typed_with_a_gap():
    code = code_at(NOON)

    assert matching_step(SECRET, f" {code[:3]} {code[3:]}", NOON, None) is not None
    assert [matching_step(SECRET, text, NOON, None) for text in ("", "abc", "١٢٣٤٥٦", "0" * 5000)] == [None] * 4


def test_secrets_have_160_bits_and_recovery_codes_80():
    secret, code = new_secret(), new_recovery_code()

    assert len(secret) == 32
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert recovery_digest(code) == recovery_digest(f" {code.upper().replace('-', ' ')}")


def test_the_app_is_told_the_account_and_the_house():
    assert app_address(SECRET, "aino@kivi.example").startswith("otpauth://totp/Rockrobot:aino%40kivi.example?secret=")

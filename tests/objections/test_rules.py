"""The stop matrix: every purpose x every kind of stop x every channel."""

from datetime import date

import pytest

from rockrobot.objections.rules import (
    ALLOWING,
    CHANNELS,
    MATRIX,
    Channel,
    Reason,
    Stop,
    StopKind,
    channels_left,
    channels_without_consent,
    kind_of,
    may_lift,
    may_use,
)
from rockrobot.purposes.rules import OBJECTABLE, PurposeCode

MARKETING, RELATIONS, CONTRACT, RECALL, RIGHTS, BREACH = PurposeCode
STOPS = [
    *(Stop(kind, purpose=MARKETING) for kind in (StopKind.OBJECTION, StopKind.CONSENT_WITHDRAWN, StopKind.NO_CONSENT)),
    Stop(StopKind.OBJECTION, purpose=RELATIONS),
    Stop(StopKind.NO_CONTACT),
    Stop(StopKind.RESTRICTED),
    Stop(StopKind.UNDELIVERABLE),
    Stop(StopKind.ERASED),
]
TABLE = """
marketing yes no  no  no  yes no  no  no  no
relations yes yes yes yes no  no  no  no  no
contract  yes yes yes yes yes yes no  no  no
recall    yes yes yes yes yes yes yes no  yes
rights    yes yes yes yes yes yes yes no  yes
breach    yes yes yes yes yes yes yes no  yes
"""  # by letter; columns: nothing, then STOPS in their order
ROWS = {PurposeCode(row.split()[0]): row.split()[1:] for row in TABLE.strip().splitlines()}


@pytest.mark.parametrize("purpose", PurposeCode)
@pytest.mark.parametrize(("place", "stop"), list(enumerate([None, *STOPS])))
def test_a_letter_goes_or_stays_as_the_matrix_says(purpose, place, stop):
    verdict = may_use(purpose, Channel.LETTER, [stop] if stop else [])

    assert verdict.is_allowed == (ROWS[purpose][place] == "yes")
    assert (verdict.reason in ALLOWING) == verdict.is_allowed


@pytest.mark.parametrize("purpose", PurposeCode)
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_the_channel_changes_only_the_recall_of_who_wants_no_contact(purpose, stop, channel):
    by_letter, here = (may_use(purpose, one, [stop]) for one in (Channel.LETTER, channel))

    if purpose is RECALL and stop.kind is StopKind.NO_CONTACT and channel is not Channel.LETTER:
        assert (by_letter.is_allowed, here.is_allowed, here.reason) == (True, False, Reason.BY_POST)
    else:
        assert here == by_letter


@pytest.mark.parametrize("purpose", PurposeCode)
@pytest.mark.parametrize("kind", StopKind)
@pytest.mark.parametrize("stopped", sorted(CHANNELS))
@pytest.mark.parametrize("asked", Channel)
def test_a_stop_in_one_channel_stops_that_channel_and_all_at_once_only(purpose, kind, stopped, asked):
    stop = Stop(kind, frozenset({stopped}), MARKETING)

    verdict = may_use(purpose, asked, [stop])

    concerned = may_use(purpose, stopped, [stop])
    assert verdict == (concerned if asked in (stopped, Channel.ALL) else may_use(purpose, asked, []))


@pytest.mark.parametrize("purpose", PurposeCode)
@pytest.mark.parametrize("one", STOPS)
@pytest.mark.parametrize("other", STOPS)
def test_two_stops_never_allow_what_one_of_them_stops(purpose, one, other):
    apart = [may_use(purpose, Channel.EMAIL, [stop]).is_allowed for stop in (one, other)]

    assert may_use(purpose, Channel.EMAIL, [one, other]).is_allowed == all(apart)
    assert may_use(purpose, Channel.EMAIL, [one, other]) == may_use(purpose, Channel.EMAIL, [other, one])


def test_the_matrix_answers_for_every_purpose():
    assert all(row.keys() == set(PurposeCode) for row in MATRIX.values())


def test_a_recall_says_that_safety_is_why_it_goes():
    assert may_use(RECALL, Channel.EMAIL, [Stop(StopKind.OBJECTION, purpose=MARKETING)]).reason is Reason.SAFETY
    assert (
        may_use(CONTRACT, Channel.EMAIL, [Stop(StopKind.OBJECTION, purpose=MARKETING)]).reason is Reason.OTHER_PURPOSE
    )
    assert may_use(CONTRACT, Channel.EMAIL, [Stop(StopKind.RESTRICTED)]).reason is Reason.ASK_FIRST


def test_an_objection_to_what_law_demands_stops_nothing():
    for purpose in set(PurposeCode) - OBJECTABLE:
        assert may_use(purpose, Channel.ALL, [Stop(StopKind.OBJECTION, purpose=purpose)]).is_allowed


@pytest.mark.parametrize(
    ("objected", "consented", "left"),
    [
        (Channel.ALL, [], CHANNELS),
        (Channel.ALL, [Channel.EMAIL], CHANNELS - {Channel.EMAIL}),
        (Channel.ALL, [Channel.ALL], set()),
        (Channel.ALL, sorted(CHANNELS), set()),
        (Channel.SMS, [Channel.EMAIL], {Channel.SMS}),
        (Channel.SMS, [Channel.ALL], set()),
    ],
)
def test_a_consent_lifts_an_objection_in_its_channels_alone(objected, consented, left):
    assert channels_left(objected, consented) == left


@pytest.mark.parametrize(
    ("is_customer", "consented", "closed"),
    [
        (False, [], {Channel.EMAIL, Channel.SMS}),
        (False, [Channel.EMAIL], {Channel.SMS}),
        (False, [Channel.ALL], set()),
        (False, [Channel.LETTER, Channel.PHONE], {Channel.EMAIL, Channel.SMS}),
        (True, [], set()),
    ],
)
def test_electronic_marketing_needs_a_consent_unless_to_a_customer_of_our_own(is_customer, consented, closed):
    assert channels_without_consent(is_own_customer=is_customer, consented=consented) == closed


def test_an_objection_is_told_apart_from_a_consent_taken_back_and_from_no_contact():
    assert kind_of(MARKETING, withdraws_consent=False) is StopKind.OBJECTION
    assert kind_of(MARKETING, withdraws_consent=True) is StopKind.CONSENT_WITHDRAWN
    assert kind_of(None, withdraws_consent=False) is StopKind.NO_CONTACT


def test_a_consent_lifts_what_was_told_on_its_day_or_before():
    assert may_lift(date(2026, 5, 2), date(2026, 5, 2))
    assert not may_lift(date(2026, 5, 1), date(2026, 5, 2))

"""Windows at work: which limit holds the next call, until when, and how knobs change limits."""

import pytest

from bot.core.windows import (
    PRESETS,
    Hold,
    Limit,
    Limits,
    longest_period,
    next_slot,
    used,
    with_limit,
)
from tests.factories import at, make_call, make_limits, make_window, seconds

SPACING = make_window(Limit.SPACING, 1, 2)
TWO_AN_HOUR = make_window(Limit.HOUR, 2)


def test_a_lane_without_limits_lets_go() -> None:
    assert next_slot([], Limits(windows=()), at(0)) is None


def test_a_window_with_room_lets_go() -> None:
    assert next_slot([make_call(0, 5)], make_limits(TWO_AN_HOUR), at(5)) is None


def test_a_full_window_holds_until_its_oldest_answer_is_old_enough() -> None:
    calls = [make_call(0, 5), make_call(6, 9)]
    held = Hold(limit=Limit.HOUR, until_at=at(3605))
    assert next_slot(calls, make_limits(TWO_AN_HOUR), at(10)) == held
    assert next_slot(calls, make_limits(TWO_AN_HOUR), at(3604.999999)) == held
    assert next_slot(calls, make_limits(TWO_AN_HOUR), at(3605)) is None


def test_the_limit_that_holds_longest_is_named() -> None:
    limits = make_limits(SPACING, TWO_AN_HOUR, make_window(Limit.DAY, 9, 86400))
    calls = [make_call(0, 5), make_call(6, 9)]
    assert next_slot(calls, limits, at(10)) == Hold(limit=Limit.HOUR, until_at=at(3605))


def test_what_refusals_taught_lowers_the_cap() -> None:
    limits = make_limits(make_window(Limit.HOUR, 30, taught=1))
    assert next_slot([make_call(0, 1)], limits, at(2)) == Hold(limit=Limit.HOUR, until_at=at(3601))


def test_a_window_that_takes_nothing_holds_without_an_end() -> None:
    limits = make_limits(make_window(Limit.HOUR, 30, taught=0))
    assert next_slot([], limits, at(0)) == Hold(limit=Limit.HOUR, until_at=None)


def test_a_single_call_in_the_air_holds_the_next_without_an_end() -> None:
    held = next_slot([make_call(0)], make_limits(), at(9))
    assert held == Hold(limit=Limit.IN_FLIGHT, until_at=None)


def test_four_may_be_in_the_air_at_once() -> None:
    limits = make_limits(in_flight=4)
    assert next_slot([make_call(n) for n in range(3)], limits, at(9)) is None
    held = next_slot([make_call(n) for n in range(4)], limits, at(9))
    assert held == Hold(limit=Limit.IN_FLIGHT, until_at=None)


def test_a_call_in_the_air_fills_its_window_without_an_end() -> None:
    limits = make_limits(make_window(Limit.HOUR, 1), in_flight=4)
    assert next_slot([make_call(0)], limits, at(9)) == Hold(limit=Limit.HOUR, until_at=None)


def test_one_by_one_the_spacing_counts_from_the_answer() -> None:
    limits = make_limits(SPACING)
    assert next_slot([make_call(0, 8)], limits, at(9)) == Hold(limit=Limit.SPACING, until_at=at(10))


def test_side_by_side_the_spacing_counts_from_the_sending_with_a_guard() -> None:
    limits = make_limits(SPACING, in_flight=4)
    held = Hold(limit=Limit.SPACING, until_at=at(2.65))
    assert next_slot([make_call(0)], limits, at(1)) == held
    assert next_slot([make_call(0, 8)], limits, at(2.65)) is None


def test_used_counts_what_still_occupies_a_window() -> None:
    calls = [make_call(0, 5), make_call(6, 9), make_call(10)]
    assert used(calls, TWO_AN_HOUR, at(20)) == 3
    assert used(calls, TWO_AN_HOUR, at(3605)) == 2
    assert used(calls, TWO_AN_HOUR, at(9999)) == 1
    assert used(calls, SPACING, at(11), serial=False) == 1


def test_calls_matter_as_long_as_the_longest_window_and_the_guard() -> None:
    assert longest_period(PRESETS["free"]) == seconds(86400.65)
    assert longest_period(PRESETS["unlimited"]) == seconds(0.65)


def test_the_plans_are_those_that_hugging_face_has() -> None:
    shapes = {
        plan: [(w.limit.value, w.cap, w.in_force, w.period.total_seconds()) for w in limits.windows]
        for plan, limits in PRESETS.items()
    }
    assert shapes == {
        "free": [
            ("spacing", 1, 1, 2),
            ("hour", 30, 30, 3600),
            ("day", 1000, 1000, 86400),
            ("unsettled", 9, 9, 300),
        ],
        "pro": [("spacing", 1, 1, 1), ("hour", 1000, 1000, 3600), ("day", 20_000, 20_000, 86400)],
        "unlimited": [],
    }
    money = {plan: (limits.money_nusd, limits.in_flight) for plan, limits in PRESETS.items()}
    assert money == {"free": (10**8, 1), "pro": (2 * 10**9, 4), "unlimited": (None, 4)}


@pytest.mark.parametrize(
    ("limit", "value", "expected"),
    [
        (Limit.IN_FLIGHT, 4, make_limits(SPACING, TWO_AN_HOUR, in_flight=4)),
        (Limit.WAITING, 9, Limits(windows=(SPACING, TWO_AN_HOUR), waiting=9)),
        (Limit.RESERVE, 3, make_limits(SPACING, TWO_AN_HOUR, reserve=3)),
        (Limit.MONEY, 250, make_limits(SPACING, TWO_AN_HOUR, money_nusd=2_500_000_000)),
        (Limit.MONEY, -1, make_limits(SPACING, TWO_AN_HOUR)),
        (Limit.SPACING, 5, make_limits(TWO_AN_HOUR, make_window(Limit.SPACING, 1, 5))),
        (Limit.SPACING, 0, make_limits(TWO_AN_HOUR)),
        (Limit.HOUR, 9, make_limits(SPACING, make_window(Limit.HOUR, 9))),
        (Limit.HOUR, -1, make_limits(SPACING)),
        (Limit.DAY, 5, make_limits(SPACING, TWO_AN_HOUR, make_window(Limit.DAY, 5, 86400))),
        (
            Limit.UNSETTLED,
            7,
            make_limits(SPACING, TWO_AN_HOUR, make_window(Limit.UNSETTLED, 7, 300)),
        ),
    ],
)
def test_one_limit_is_set_and_the_others_stay(limit: Limit, value: int, expected: Limits) -> None:
    assert with_limit(make_limits(SPACING, TWO_AN_HOUR), limit, value, None) == expected


def test_a_window_may_get_another_length() -> None:
    limits = with_limit(make_limits(TWO_AN_HOUR), Limit.HOUR, 5, seconds(60))
    assert limits == make_limits(make_window(Limit.HOUR, 5, 60))


def test_a_window_keeps_the_length_it_was_given() -> None:
    limits = with_limit(make_limits(make_window(Limit.HOUR, 5, 60)), Limit.HOUR, 7, None)
    assert limits == make_limits(make_window(Limit.HOUR, 7, 60))


def test_a_new_cap_forgets_what_refusals_taught() -> None:
    taught = make_limits(make_window(Limit.HOUR, 30, taught=3))
    assert with_limit(taught, Limit.HOUR, 40, None) == make_limits(make_window(Limit.HOUR, 40))

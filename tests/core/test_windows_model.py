"""Windows against a model of the upstream, which stamps each call between sending and answer.

The model knows nothing of the rule: it replays a random story of calls and counts stamps.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.windows import (
    SPACING_GUARD,
    Call,
    Limit,
    Limits,
    Window,
    next_slot,
)
from tests.factories import START_AT, at, make_limits, make_window, seconds

EXAMPLES = 1000  # in every profile: over-issuing is the one thing that must not happen
Leg = tuple[int, int, float]  # idle before the call, length of the call, where it is stamped
Told = tuple[Call, datetime]  # a call and its stamp

WINDOWS = st.lists(
    st.tuples(
        st.sampled_from([Limit.HOUR, Limit.DAY, Limit.UNSETTLED]),
        st.integers(min_value=1, max_value=5),
        st.integers(min_value=1, max_value=60),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda drawn: drawn[0],
)
LEGS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=40_000),
        st.integers(min_value=0, max_value=30_000),
        st.floats(min_value=0, max_value=1),
    ),
    min_size=1,
    max_size=25,
)
SPACINGS = st.one_of(st.none(), st.integers(min_value=1, max_value=10))


def drawn_limits(
    windows: Iterable[tuple[Limit, int, int]], spacing: int | None, in_flight: int
) -> Limits:
    made = [make_window(limit, cap, period) for limit, cap, period in windows]
    if spacing:
        made.append(make_window(Limit.SPACING, 1, spacing))
    return make_limits(*made, in_flight=in_flight)


def as_seen(told: Iterable[Told], now_at: datetime) -> list[Call]:
    """What we know now: the answer of a call that is still in the air is not among it."""
    return [
        call
        if call.answered_at and call.answered_at <= now_at
        else Call(sent_at=call.sent_at, answered_at=None)
        for call, _ in told
    ]


def when_free(told: list[Told], limits: Limits, now_at: datetime) -> datetime:
    """Wait as the dispatcher does: for the hold's end, or for the next answer."""
    while hold := next_slot(as_seen(told, now_at), limits, now_at):
        answers = [call.answered_at for call, _ in told if call.answered_at]
        later = [answer for answer in answers if answer > now_at]
        now_at = hold.until_at or min(later)
    return now_at


def replay(legs: Iterable[Leg], limits: Limits) -> list[Told]:
    told: list[Told] = []
    now_at = START_AT
    for idle, length, share in legs:
        now_at = when_free(told, limits, now_at + timedelta(milliseconds=idle))
        took = timedelta(milliseconds=length)
        call = Call(sent_at=now_at, answered_at=now_at + took)
        told.append((call, now_at + took * share))
    return told


def most_in_sliding(stamps: list[datetime], period: timedelta) -> int:
    return max(sum(end - period < stamp <= end for stamp in stamps) for end in stamps)


def most_in_fixed(stamps: list[datetime], period: timedelta, phase: timedelta) -> int:
    boxes = [(stamp - START_AT + phase) // period for stamp in stamps]
    return max(boxes.count(box) for box in boxes)


def worst(stamps: list[datetime], window: Window) -> int:
    """The most stamps in a sliding window and in fixed windows that begin at any stamp."""
    phases = [-((stamp - START_AT) % window.period) for stamp in stamps]
    fixed = max(most_in_fixed(stamps, window.period, phase) for phase in phases)
    return max(fixed, most_in_sliding(stamps, window.period))


@settings(max_examples=EXAMPLES)
@given(WINDOWS, SPACINGS, LEGS)
def test_one_by_one_no_window_is_ever_exceeded(
    windows: list[tuple[Limit, int, int]], spacing: int | None, legs: list[Leg]
) -> None:
    limits = drawn_limits(windows, spacing, in_flight=1)
    stamps = [stamp for _, stamp in replay(legs, limits)]
    assert all(worst(stamps, window) <= window.cap for window in limits.windows)


@settings(max_examples=EXAMPLES)
@given(WINDOWS, st.integers(min_value=2, max_value=4), LEGS)
def test_side_by_side_no_long_window_is_ever_exceeded(
    windows: list[tuple[Limit, int, int]], in_flight: int, legs: list[Leg]
) -> None:
    limits = drawn_limits(windows, None, in_flight)
    stamps = [stamp for _, stamp in replay(legs, limits)]
    assert all(worst(stamps, window) <= window.cap for window in limits.windows)


@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=1, max_value=5), st.integers(min_value=2, max_value=4), LEGS)
def test_side_by_side_the_guard_keeps_the_spacing_when_calls_are_stamped_soon(
    spacing: int, in_flight: int, legs: list[Leg]
) -> None:
    limits = drawn_limits([], spacing, in_flight)
    told = replay(legs, limits)
    stamps = [min(stamp, call.sent_at + SPACING_GUARD) for call, stamp in told]
    assert worst(stamps, limits.windows[0]) <= 1


@settings(max_examples=EXAMPLES)
@given(WINDOWS, st.integers(min_value=1, max_value=4), LEGS)
def test_never_more_calls_are_in_the_air_than_allowed(
    windows: list[tuple[Limit, int, int]], in_flight: int, legs: list[Leg]
) -> None:
    calls = [call for call, _ in replay(legs, drawn_limits(windows, None, in_flight))]
    for one in calls:
        beside = [c for c in calls if c.sent_at <= one.sent_at and c.answered_at]
        assert sum((c.answered_at or at(0)) > one.sent_at for c in beside) <= in_flight


@settings(max_examples=EXAMPLES)
@given(WINDOWS, SPACINGS, st.integers(min_value=1, max_value=4), LEGS, st.integers(0, 60_000))
def test_the_wait_is_exact(
    windows: list[tuple[Limit, int, int]],
    spacing: int | None,
    in_flight: int,
    legs: list[Leg],
    later: int,
) -> None:
    limits = drawn_limits(windows, spacing, in_flight)
    told = replay(legs, limits)
    now_at = told[-1][0].sent_at + timedelta(milliseconds=later)
    calls = as_seen(told, now_at)
    hold = next_slot(calls, limits, now_at)
    if hold is None or hold.until_at is None:
        return
    assert next_slot(calls, limits, hold.until_at) is None
    assert next_slot(calls, limits, hold.until_at - timedelta(microseconds=1)) == hold


def test_a_full_backlog_wastes_no_slot_in_two_days() -> None:
    luck = random.Random(7)  # noqa: S311 - a repeatable story, not a secret
    limits = make_limits(make_window(Limit.SPACING, 1, 2), make_window(Limit.HOUR, 30))
    told: list[Told] = []
    now_at, end_at = START_AT, START_AT + timedelta(hours=48)
    while (now_at := when_free(told[-31:], limits, now_at)) < end_at:
        took = seconds(0.7 + luck.uniform(-0.3, 0.3))
        told.append((Call(sent_at=now_at, answered_at=now_at + took), now_at + took / 2))
    assert 0.99 * 30 * 48 <= len(told) <= 30 * 48

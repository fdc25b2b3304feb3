"""What refusals teach of windows, and how it is won back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.lessons import is_news, lesson, recovered
from bot.core.queue import Slot, Snapshot
from bot.core.windows import Limit, Limits, Window, used
from tests.factories import ANA, at, make_call, make_limits, make_window, seconds

SPACING = make_window(Limit.SPACING, 1, 2)
UNSETTLED = make_window(Limit.UNSETTLED, 9, 300)
HOUR = make_window(Limit.HOUR, 30)
DAY = make_window(Limit.DAY, 1000, 86400)
ALL = make_limits(SPACING, UNSETTLED, HOUR, DAY)


def lane(calls: int, limits: Limits = ALL) -> Snapshot:
    """A lane whose calls were made a minute apart and are all in its hour."""
    slots = tuple(Slot(user_id=ANA, call=make_call(60 * n, 60 * n + 1)) for n in range(calls))
    return Snapshot(now_at=at(60 * calls), limits=limits, rest=None, slots=slots, waiting=())


def lowered(calls: int, asked: float, limits: Limits = ALL) -> tuple[Limit, int] | None:
    """Which window a refusal lowers, and to what."""
    found = lesson(lane(calls, limits), seconds(asked))
    return (found.limit, found.in_force) if found else None


def test_a_refusal_lowers_the_hour_to_what_it_holds() -> None:
    assert lowered(24, 1800) == (Limit.HOUR, 24)
    assert lowered(24, 3601) == (Limit.HOUR, 24)


def test_a_wait_of_minutes_points_at_the_hour_as_well() -> None:
    assert lowered(24, 60) == (Limit.HOUR, 24)


def test_a_burst_is_no_lesson() -> None:
    assert lowered(24, 59) is None
    assert lowered(24, 0) is None


def test_a_wait_longer_than_an_hour_points_at_the_day() -> None:
    assert lowered(30, 3602) == (Limit.DAY, 500)


def test_one_refusal_takes_no_more_than_half() -> None:
    assert lowered(3, 60) == (Limit.HOUR, 15)
    again = make_limits(make_window(Limit.HOUR, 30, taught=15))
    assert lowered(3, 60, again) == (Limit.HOUR, 8)


def test_a_refusal_of_an_empty_lane_is_somebody_elses() -> None:
    assert lowered(0, 60) is None


def test_a_wait_that_fits_no_window_teaches_nothing() -> None:
    assert lowered(24, 90_000) is None
    assert lowered(24, 60, make_limits(SPACING, UNSETTLED)) is None


def test_a_window_that_is_full_by_our_own_count_is_right_already() -> None:
    assert lowered(30, 60) is None
    assert lowered(5, 60, make_limits(make_window(Limit.HOUR, 1))) is None


def test_four_clean_periods_win_a_share_back() -> None:
    cut = make_window(Limit.HOUR, 30, taught=20)
    assert recovered(cut, timedelta(hours=4) - seconds(1)).in_force == 20
    assert recovered(cut, timedelta(hours=4)).in_force == 23
    assert recovered(cut, timedelta(hours=9)).in_force == 26
    assert recovered(cut, timedelta(days=9)).in_force == 30
    assert recovered(cut, timedelta(hours=-9)).in_force == 20


def test_the_worst_lesson_is_over_in_ten_days() -> None:
    hour, day = make_window(Limit.HOUR, 30, taught=1), make_window(Limit.DAY, 1000, 86400, taught=1)
    assert recovered(hour, timedelta(hours=40)).in_force == 30
    assert recovered(day, timedelta(days=10)).in_force == 1000
    assert recovered(make_window(Limit.HOUR, 4, taught=2), timedelta(hours=8)).in_force == 4


def test_refusals_of_one_period_are_one_lesson() -> None:
    assert is_news(HOUR, None)
    assert not is_news(HOUR, timedelta(minutes=59))
    assert is_news(HOUR, timedelta(hours=1))


@given(st.integers(0, 40), st.floats(0, 100_000), st.integers(1, 40))
def test_a_lesson_only_lowers_and_leaves_room_to_learn_more(
    calls: int, asked: float, in_force: int
) -> None:
    hour: Window = make_window(Limit.HOUR, 40, taught=in_force)
    snapshot = lane(calls, make_limits(hour, DAY))
    found = lesson(snapshot, seconds(asked))
    if found is None:
        return
    before = next(w for w in snapshot.limits.windows if w.limit is found.limit)
    assert 1 <= found.in_force < before.in_force
    assert found.in_force >= min(used(snapshot.calls, before, snapshot.now_at), before.in_force - 1)
    assert (found.cap, found.period) == (before.cap, before.period)

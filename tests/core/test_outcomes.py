"""What each failure means for the job, its slot, its money and the lane: the whole table."""

from datetime import timedelta

import pytest

from bot.core.errors import Cause, Reach
from bot.core.jobs import Status
from bot.core.outcomes import (
    SUCCESS,
    Pause,
    PauseKind,
    Settlement,
    Strikes,
    after_failure,
)
from tests.factories import make_failed, seconds

SLOT = {Reach.NEVER: False, Reach.REJECTED: True, Reach.UNKNOWN: True, Reach.ANSWERED: True}
MONEY = {Reach.NEVER: False, Reach.REJECTED: False, Reach.UNKNOWN: True, Reach.ANSWERED: True}
AT_ONCE_FINAL = [
    cause
    for cause in Cause
    if cause not in {Cause.SLOW_DOWN, Cause.CREDIT_MAYBE, Cause.LOADING, Cause.NO_ANSWER}
]
NO_STRIKES = Strikes()
ALL_TRIES = range(8)


def settled(
    cause: Cause,
    reach: Reach = Reach.REJECTED,
    *,
    tries: int = 0,
    strikes: Strikes = NO_STRIKES,
    retry_after: timedelta | None = None,
) -> Settlement:
    failed = make_failed(cause, reach, retry_after=retry_after)
    return after_failure(failed, tries=tries, strikes=strikes)


def test_a_picture_uses_its_slot_and_its_money() -> None:
    assert Settlement(status=Status.DONE, slot_counts=True, money_counts=True) == SUCCESS


@pytest.mark.parametrize("tries", ALL_TRIES)
@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("cause", AT_ONCE_FINAL)
def test_a_refusal_for_good_ends_the_job_at_once(cause: Cause, reach: Reach, tries: int) -> None:
    assert settled(cause, reach, tries=tries) == Settlement(
        status=Status.FAILED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=cause,
        detail="said so",
        counts_try=True,
    )


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize(("tries", "wait"), [(0, 5), (1, 15)])
def test_no_answer_is_tried_again_twice(reach: Reach, tries: int, wait: int) -> None:
    assert settled(Cause.NO_ANSWER, reach, tries=tries) == Settlement(
        status=Status.QUEUED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=Cause.NO_ANSWER,
        detail="said so",
        counts_try=True,
        wait=seconds(wait),
    )


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("tries", [2, 3, 7])
def test_the_third_try_without_an_answer_is_the_last(reach: Reach, tries: int) -> None:
    assert settled(Cause.NO_ANSWER, reach, tries=tries) == Settlement(
        status=Status.FAILED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=Cause.NO_ANSWER,
        detail="said so",
        counts_try=True,
    )


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize(("tries", "wait"), [(0, 20), (1, 40), (2, 80), (3, 120), (4, 120)])
def test_a_model_that_wakes_up_is_waited_for(reach: Reach, tries: int, wait: int) -> None:
    assert settled(Cause.LOADING, reach, tries=tries) == Settlement(
        status=Status.QUEUED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=Cause.LOADING,
        detail="said so",
        counts_try=True,
        wait=seconds(wait),
    )


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("tries", [5, 6, 7])
def test_a_model_that_never_wakes_up_did_not_answer(reach: Reach, tries: int) -> None:
    settlement = settled(Cause.LOADING, reach, tries=tries)
    assert (settlement.status, settlement.cause) == (Status.FAILED, Cause.NO_ANSWER)


@pytest.mark.parametrize(("asked", "wait"), [(45.0, 45.0), (0.2, 1.0)])
def test_a_loading_model_may_say_how_long(asked: float, wait: float) -> None:
    assert settled(Cause.LOADING, retry_after=seconds(asked)).wait == seconds(wait)


@pytest.mark.parametrize("tries", ALL_TRIES)
@pytest.mark.parametrize("reach", Reach)
def test_slow_down_costs_no_slot_and_no_try_and_pauses_the_lane(reach: Reach, tries: int) -> None:
    assert settled(Cause.SLOW_DOWN, reach, tries=tries) == Settlement(
        status=Status.QUEUED,
        slot_counts=False,
        money_counts=MONEY[reach],
        cause=Cause.SLOW_DOWN,
        detail="said so",
        pause=Pause(kind=PauseKind.SLOW_DOWN, length=seconds(60.5)),
    )


@pytest.mark.parametrize(
    ("times", "pause"),
    [
        (0, 60.5),
        (1, 120.5),
        (2, 240.5),
        (3, 480.5),
        (4, 900.5),
        (5, 900.5),
        (41, 900.5),
        (99, 900.5),
    ],
)
def test_slow_down_in_a_row_pauses_longer_up_to_a_quarter_of_an_hour(
    times: int, pause: float
) -> None:
    settlement = settled(Cause.SLOW_DOWN, strikes=Strikes(slow_down=times))
    assert settlement.pause == Pause(kind=PauseKind.SLOW_DOWN, length=seconds(pause))


@pytest.mark.parametrize(("asked", "pause"), [(7.0, 7.5), (0.0, 1.5), (3000.0, 3000.5)])
def test_slow_down_takes_the_pause_that_was_asked_for(asked: float, pause: float) -> None:
    settlement = settled(Cause.SLOW_DOWN, strikes=Strikes(slow_down=3), retry_after=seconds(asked))
    assert settlement.pause == Pause(kind=PauseKind.SLOW_DOWN, length=seconds(pause))


@pytest.mark.parametrize("tries", ALL_TRIES)
@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize(("before", "pause"), [(0, 60), (1, 180)])
def test_a_lack_of_credit_is_checked_again(
    reach: Reach, tries: int, before: int, pause: int
) -> None:
    assert settled(
        Cause.CREDIT_MAYBE, reach, tries=tries, strikes=Strikes(credit=before)
    ) == Settlement(
        status=Status.QUEUED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=Cause.CREDIT_MAYBE,
        detail="said so",
        pause=Pause(kind=PauseKind.CREDIT, length=seconds(pause)),
    )


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("before", [2, 3, 50])
def test_a_lack_of_credit_is_believed_at_the_third_check(reach: Reach, before: int) -> None:
    assert settled(Cause.CREDIT_MAYBE, reach, strikes=Strikes(credit=before)) == Settlement(
        status=Status.FAILED,
        slot_counts=SLOT[reach],
        money_counts=MONEY[reach],
        cause=Cause.CREDIT_SPENT,
        detail="said so",
        counts_try=True,
        pause=Pause(kind=PauseKind.CREDIT, length=timedelta(hours=1)),
    )


@pytest.mark.parametrize("tries", ALL_TRIES)
@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("cause", Cause)
def test_nothing_that_was_never_sent_or_was_refused_costs_money(
    cause: Cause, reach: Reach, tries: int
) -> None:
    settlement = settled(cause, reach, tries=tries)
    assert settlement.money_counts is (reach in {Reach.UNKNOWN, Reach.ANSWERED})

"""What becomes of a job when a call gives no picture."""

import pytest

from bot.core.errors import Cause, Reach
from bot.core.jobs import Status
from bot.core.prices import Cost
from tests.factories import (
    BO,
    make_draft,
    make_failed,
    seconds,
)
from tests.fakes import until
from tests.services.conftest import House
from tests.services.work import NOTHING, RESERVE, at_work, attempted, idle, reached


@pytest.mark.parametrize(
    ("cause", "ends_as"),
    [
        (Cause.TOKEN_INVALID, Cause.TOKEN_INVALID),
        (Cause.TOKEN_REFUSED, Cause.TOKEN_REFUSED),
        (Cause.REJECTED, Cause.REJECTED),
        (Cause.MODEL_MISSING, Cause.MODEL_MISSING),
        (Cause.NOT_SERVED, Cause.NOT_SERVED),
        (Cause.GATED, Cause.GATED),
        (Cause.MODEL_RETIRED, Cause.MODEL_RETIRED),
        (Cause.NOT_A_PICTURE, Cause.NOT_A_PICTURE),
        (Cause.BROKEN_LINE, Cause.BROKEN_LINE),
        (Cause.CREDIT_SPENT, Cause.CREDIT_SPENT),
    ],
)
async def test_a_refusal_for_good_is_told(house: House, cause: Cause, ends_as: Cause) -> None:
    house.painter.script = [make_failed(cause)]
    await house.submit()
    async with at_work(house):
        job = await reached(house, Status.FAILED)
    assert (job.cause, job.detail, job.result) == (ends_as, "said so", None)


@pytest.mark.parametrize(
    ("reach", "cost"),
    [
        (Reach.NEVER, NOTHING),
        (Reach.REJECTED, NOTHING),
        (Reach.UNKNOWN, RESERVE),
        (Reach.ANSWERED, RESERVE),
    ],
)
async def test_what_may_have_been_billed_is_booked_at_the_reserve(
    house: House, reach: Reach, cost: Cost
) -> None:
    house.painter.script = [make_failed(Cause.BROKEN_LINE, reach)]
    await house.submit()
    async with at_work(house):
        await reached(house, Status.FAILED)
    assert [use.cost for use in await house.history()] == [cost]
    assert await house.lane.spent_nusd("2026-11") == cost.amount_nusd


@pytest.mark.parametrize("cause", [Cause.SLOW_DOWN, Cause.CREDIT_MAYBE])
async def test_a_refusal_for_now_rests_the_lane_and_keeps_the_place(
    house: House, cause: Cause
) -> None:
    house.painter.script = [make_failed(cause)]
    await house.submit()
    async with at_work(house):
        await attempted(house, 1)
        snapshot = await house.queue.snapshot()
        assert snapshot.rest
        assert [waiting.job_id for waiting in snapshot.waiting] == [1]
        house.clock.move(seconds(61))
        await reached(house, Status.DONE)
    assert [use.cause for use in await house.history()] == [cause, None]


@pytest.mark.parametrize("cause", [Cause.NO_ANSWER, Cause.LOADING])
async def test_what_may_pass_is_tried_again_after_a_wait(house: House, cause: Cause) -> None:
    house.painter.script = [make_failed(cause)]
    await house.submit()
    async with at_work(house):
        await attempted(house, 1)
        assert (await house.job()).status is Status.QUEUED
        house.clock.move(seconds(20))
        job = await reached(house, Status.DONE)
    assert (job.attempt, job.tries) == (2, 1)


async def test_the_third_try_without_an_answer_is_the_last(house: House) -> None:
    house.painter.script = [make_failed() for _ in range(3)]
    await house.submit()
    async with at_work(house):
        for tries in (1, 2):
            await attempted(house, tries)
            house.clock.move(seconds(15))
            await until(lambda tries=tries: len(house.painter.requests) > tries)
        job = await reached(house, Status.FAILED)
    assert (job.cause, job.tries) == (Cause.NO_ANSWER, 3)


async def test_a_bug_of_ours_fails_one_job_and_not_the_bot(house: House) -> None:
    house.painter.script = [RuntimeError("a bug")]
    await house.submit()
    await house.submit(make_draft(2, BO))
    async with at_work(house):
        assert (await reached(house, Status.FAILED)).cause is Cause.OUR_FAULT
        await idle(house, seconds(2))
        house.clock.move(seconds(2))
        await reached(house, Status.DONE, "job2")


async def test_a_full_media_store_is_our_fault_and_the_call_is_paid(house: House) -> None:
    house.media.broken = "the disk is full"
    await house.submit()
    async with at_work(house):
        job = await reached(house, Status.FAILED)
    assert job.cause is Cause.OUR_FAULT
    assert [use.cost for use in await house.history()] == [RESERVE]

"""The ladder of one job: every rung, and what is left when a rung breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.core.errors import Cause, Reach, Superseded
from bot.core.jobs import Job, Status
from bot.core.prices import RESERVED_PER_IMAGE_NUSD, Basis, Cost
from bot.services.dispatcher import POLL, Dispatcher, Shift
from tests.factories import (
    ANA,
    BO,
    FREE_COST,
    make_draft,
    make_entry,
    make_failed,
    make_limits,
    make_request,
    make_result,
    seconds,
)
from tests.fakes import PATIENCE, until
from tests.services.conftest import LEASE, House

NOTHING = Cost(basis=Basis.ESTIMATED, amount_nusd=0)
RESERVE = Cost(basis=Basis.ESTIMATED, amount_nusd=RESERVED_PER_IMAGE_NUSD)


def dispatcher_of(house: House) -> Dispatcher:
    return Dispatcher(
        house.queue,
        house.painter,
        house.media,
        house.clock,
        house.changes,
        Shift(owner="us", lease=LEASE),
    )


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[Dispatcher]:
    """A running dispatcher, drained at the end."""
    dispatcher = dispatcher_of(house)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        yield dispatcher
        dispatcher.drain()


async def reached(house: House, status: Status, key: str = "job1") -> Job:
    async with asyncio.timeout(PATIENCE):
        while (job := await house.job(key)).status is not status:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0)
    return job


async def attempted(house: House, times: int) -> None:
    """The first job's attempts are settled, and the dispatcher sleeps."""
    async with asyncio.timeout(PATIENCE):
        while len(await house.history()) < times:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0)
    await until(lambda: len(house.clock.sleeping) == 2)  # the loop, and the tending of leases


async def calling(house: House) -> None:
    """A call is in the air and its lease is being renewed."""
    await until(lambda: house.clock.sleeping.count(LEASE / 3) == 2)


async def idle(house: House, length: timedelta = POLL) -> None:
    """The dispatcher found nothing to do and sleeps for `length`."""
    await until(lambda: length in house.clock.sleeping)


def hold_calls(house: House) -> asyncio.Event:
    house.painter.gate = asyncio.Event()
    return house.painter.gate


async def test_a_job_becomes_a_picture(house: House) -> None:
    await house.submit()
    async with at_work(house):
        job = await reached(house, Status.DONE)
    assert job.result == make_result("job1.1")
    assert house.painter.requests == [make_request()]
    assert house.media.files["job1.1"] == b"picture bytes"
    assert sorted(house.media.files) == ["job1.1", "job1.1.json"]


async def test_a_picture_is_booked_at_its_cost(house: House) -> None:
    await house.submit()
    async with at_work(house):
        await reached(house, Status.DONE)
    assert [(use.cause, use.cost) for use in await house.history()] == [(None, FREE_COST)]
    assert await house.lane.spent_nusd("2026-11") == 864_000


async def test_whoever_shows_jobs_hears_of_every_change(house: House) -> None:
    await house.submit()
    gate = hold_calls(house)
    async with at_work(house):
        await calling(house)
        assert house.changes.take() == {"job1"}
        gate.set()
        await until(house.changes.event.is_set)
        assert house.changes.take() == {"job1"}


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


async def test_a_shutdown_in_mid_call_is_told_as_a_restart(house: House) -> None:
    await house.submit()
    hold_calls(house)
    running = asyncio.create_task(dispatcher_of(house).run())
    await calling(house)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    job = await house.job()
    assert (job.status, job.cause) == (Status.FAILED, Cause.RESTARTED)
    assert [use.cost for use in await house.history()] == [RESERVE]


async def test_draining_lets_the_running_call_finish_and_starts_no_other(house: House) -> None:
    await house.submit()
    await house.submit(make_draft(2, BO))
    gate = hold_calls(house)
    async with at_work(house) as dispatcher:
        await calling(house)
        dispatcher.drain()
        gate.set()
    assert (await house.job()).status is Status.DONE
    assert (await house.job("job2")).status is Status.QUEUED


async def test_a_drained_dispatcher_takes_nothing(house: House) -> None:
    await house.submit()
    dispatcher = dispatcher_of(house)
    dispatcher.drain()
    await dispatcher.run()
    assert (await house.job()).status is Status.QUEUED


async def test_a_new_job_wakes_an_idle_dispatcher(house: House) -> None:
    async with at_work(house) as dispatcher:
        await idle(house)
        await house.submit()
        dispatcher.wake()
        await reached(house, Status.DONE)


async def test_a_job_that_rang_no_bell_is_found_all_the_same(house: House) -> None:
    async with at_work(house):
        await idle(house)
        await house.submit()
        house.clock.move(POLL)
        await reached(house, Status.DONE)


async def test_a_short_standstill_is_slept_through_exactly(house: House) -> None:
    await house.submit()
    await house.submit(make_draft(2, BO))
    async with at_work(house):
        await reached(house, Status.DONE)
        await idle(house, seconds(2))
        house.clock.move(seconds(2))
        await reached(house, Status.DONE, "job2")


async def test_four_calls_run_side_by_side_where_allowed(house: House) -> None:
    await house.lane.set_limits(make_limits(in_flight=4), make_entry())
    for number in range(1, 6):
        await house.submit(make_draft(number, BO if number % 2 else ANA))
    gate = hold_calls(house)
    async with at_work(house):
        await until(lambda: len(house.painter.requests) == 4)
        await idle(house)
        assert (await house.job("job5")).status is Status.QUEUED
        gate.set()
        await reached(house, Status.DONE, "job5")


async def test_a_lease_that_another_took_over_is_let_go(house: House) -> None:
    await house.submit()
    gate = hold_calls(house)
    async with at_work(house):
        await calling(house)
        await house.queue.abandoned("another", everyone=True)
        gate.set()
        await until(lambda: len(house.clock.sleeping) == 2)
    assert (await house.job()).status is Status.SENT


async def test_a_call_whose_lease_is_gone_is_broken_off(house: House) -> None:
    await house.submit()
    hold_calls(house)
    async with at_work(house):
        await calling(house)
        house.queue.fails("renew", error=Superseded())
        house.queue.fails("settle", error=Superseded())
        house.clock.move(LEASE / 3)
        await until(lambda: not house.queue.left("settle"))
    assert (await house.job()).status is Status.SENT


async def test_a_long_call_keeps_its_lease_though_the_ledger_fails_once(house: House) -> None:
    await house.submit()
    gate = hold_calls(house)
    house.queue.fails("renew")
    async with at_work(house):
        for _ in range(6):
            await calling(house)
            house.clock.move(LEASE / 3)
        gate.set()
        job = await reached(house, Status.DONE)
    assert job.attempt == 1

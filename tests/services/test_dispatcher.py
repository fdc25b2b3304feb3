"""The ladder of one job, from its turn to its picture, and how work begins and ends."""

import asyncio

import pytest

from bot.core.errors import Cause, Superseded
from bot.core.jobs import Status
from bot.services.dispatcher import POLL
from tests.factories import (
    ANA,
    BO,
    FREE_COST,
    make_draft,
    make_entry,
    make_limits,
    make_request,
    make_result,
    seconds,
)
from tests.fakes import until
from tests.services.conftest import LEASE, House
from tests.services.work import (
    RESERVE,
    at_work,
    calling,
    dispatcher_of,
    hold_calls,
    idle,
    reached,
)


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


async def test_a_stir_wakes_the_dispatcher_and_whoever_shows_cards(house: House) -> None:
    async with at_work(house) as dispatcher:
        await idle(house)
        await house.submit()
        house.changes.take()
        dispatcher.stir()
        assert house.changes.event.is_set()
        await until(lambda: house.painter.requests)


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

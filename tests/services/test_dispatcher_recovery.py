"""What a dead process or an ailing ledger leaves behind, and how it is put right."""

from datetime import timedelta

import pytest

from bot.core.errors import Cause, Superseded
from bot.core.jobs import Status
from bot.core.spool import encode
from tests.factories import FREE_COST, make_result, seconds
from tests.fakes import until
from tests.services.conftest import LEASE, House
from tests.services.work import (
    RESERVE,
    at_work,
    dispatcher_of,
    idle,
    reached,
)


def leave_spool(house: House, note: bytes, picture: bytes | None = b"picture bytes") -> None:
    house.media.files["job1.1.json"] = note
    if picture is not None:
        house.media.files["job1.1"] = picture


async def test_a_claim_that_was_never_sent_is_given_back_and_made(house: House) -> None:
    await house.submit()
    await house.queue.claim("another")
    async with at_work(house):
        job = await reached(house, Status.DONE)
    assert (job.attempt, job.tries) == (2, 0)


async def test_a_picture_that_was_spooled_is_adopted_without_another_call(house: House) -> None:
    await house.sent_by_another()
    leave_spool(house, encode(make_result()))
    async with at_work(house):
        job = await reached(house, Status.DONE)
    assert job.result == make_result()
    assert house.painter.requests == []
    assert [(use.cause, use.cost) for use in await house.history()] == [(None, FREE_COST)]


async def test_a_call_with_an_unknown_end_is_told_and_not_repeated(house: House) -> None:
    await house.sent_by_another()
    async with at_work(house):
        job = await reached(house, Status.FAILED)
    assert job.cause is Cause.RESTARTED
    assert house.painter.requests == []
    assert [use.cost for use in await house.history()] == [RESERVE]
    assert "job1" in house.changes.take()


@pytest.mark.parametrize(
    ("note", "picture"),
    [(encode(make_result()), None), (encode(make_result())[:20], b"picture bytes"), (b"", b"x")],
    ids=["no picture", "a torn note", "an empty note"],
)
async def test_half_a_spool_is_worth_nothing(
    house: House, note: bytes, picture: bytes | None
) -> None:
    await house.sent_by_another()
    leave_spool(house, note, picture)
    async with at_work(house):
        assert (await reached(house, Status.FAILED)).cause is Cause.RESTARTED


async def test_a_lapsed_lease_is_taken_over_while_at_work(house: House) -> None:
    async with at_work(house):
        await idle(house)
        await house.sent_by_another()
        house.clock.move(LEASE + seconds(1))
        assert (await reached(house, Status.FAILED)).cause is Cause.RESTARTED


async def test_a_live_lease_of_another_is_left_alone(house: House) -> None:
    async with at_work(house):
        await idle(house)
        await house.sent_by_another()
        house.clock.move(LEASE / 3)
        await until(lambda: LEASE / 3 in house.clock.sleeping)
        assert (await house.job()).status is Status.SENT


async def test_somebody_faster_may_recover_the_same_job(house: House) -> None:
    await house.submit()
    await house.queue.claim("another")
    house.queue.fails("release", error=Superseded())
    await dispatcher_of(house).recover(everyone=True)
    assert house.changes.take() == {"job1"}
    assert (await house.job()).status is Status.LEASED


async def test_a_ledger_that_fails_at_start_is_asked_again(house: House) -> None:
    await house.sent_by_another()
    house.queue.fails("abandoned")
    async with at_work(house):
        await idle(house)
        house.clock.move(LEASE + seconds(1))
        assert (await reached(house, Status.FAILED)).cause is Cause.RESTARTED


async def test_a_ledger_that_fails_at_the_claim_is_asked_again_after_a_second(house: House) -> None:
    await house.submit()
    house.queue.fails("claim", 2)
    async with at_work(house):
        for left in (1, 0):
            await until(lambda left=left: house.queue.left("claim") == left)
            await idle(house, seconds(1))
            house.clock.move(seconds(1))
        await reached(house, Status.DONE)


async def test_a_claim_whose_mark_failed_goes_back_and_is_made(house: House) -> None:
    await house.submit()
    house.queue.fails("mark_sent")
    async with at_work(house):
        job = await reached(house, Status.DONE)
    assert (job.attempt, job.tries) == (2, 0)
    assert len(house.painter.requests) == 1


async def test_nothing_leaves_before_the_ledger_knows_of_it(house: House) -> None:
    await house.submit()
    house.queue.fails("mark_sent")
    house.queue.fails("release")
    async with at_work(house):
        await until(lambda: not house.queue.left("release"))
        house.queue.fails("claim", 99)
        house.clock.move(LEASE + seconds(1))
        assert (await reached(house, Status.QUEUED)).tries == 0
    assert house.painter.requests == []


async def test_a_claim_that_another_took_over_is_not_called_for(house: House) -> None:
    await house.submit()
    house.queue.fails("mark_sent", error=Superseded())
    house.queue.fails("release", error=Superseded())
    async with at_work(house):
        await until(lambda: not house.queue.left("release"))
        await idle(house)
    assert house.painter.requests == []
    assert (await house.job()).status is Status.LEASED


async def test_a_picture_waits_patiently_for_a_locked_ledger(house: House) -> None:
    await house.submit()
    house.queue.fails("settle", 4)
    async with at_work(house):
        for left in (3, 2, 1, 0):
            await until(lambda left=left: house.queue.left("settle") == left)
            await idle(house, seconds(1))
            house.clock.move(seconds(1))
        job = await reached(house, Status.DONE)
    assert job.result == make_result()


async def test_a_picture_that_could_not_be_settled_is_adopted_later(house: House) -> None:
    await house.submit()
    house.queue.fails("settle", 5)
    async with at_work(house):
        for left in (4, 3, 2, 1):
            await until(lambda left=left: house.queue.left("settle") == left)
            await idle(house, seconds(1))
            house.clock.move(seconds(1))
        await until(lambda: not house.queue.left("settle"))
        await until(lambda: len(house.clock.sleeping) == 2)  # the lease is renewed no longer
        house.clock.move(LEASE + seconds(1))
        job = await reached(house, Status.DONE)
    assert job.result == make_result()
    assert len(house.painter.requests) == 1


async def test_what_waited_for_a_day_is_given_up_and_told(house: House) -> None:
    await house.submit()
    house.queue.fails("claim", 99)
    async with at_work(house):
        await until(lambda: LEASE / 3 in house.clock.sleeping)
        house.clock.move(timedelta(hours=24, seconds=1))
        job = await reached(house, Status.FAILED)
        await until(house.changes.event.is_set)
    assert job.cause is Cause.EXPIRED
    assert await house.history() == []
    assert house.changes.take() == {"job1"}


async def test_what_waited_for_less_than_a_day_keeps_waiting(house: House) -> None:
    await house.submit()
    house.queue.fails("claim", 99)
    async with at_work(house):
        await until(lambda: LEASE / 3 in house.clock.sleeping)
        house.clock.move(timedelta(hours=23))
        await until(lambda: LEASE / 3 in house.clock.sleeping)
        assert (await house.job()).status is Status.QUEUED

"""Entering the queue, the claim, and the ways out before anything is sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Cause, Reach, TooLate, TooManyWaiting
from bot.core.jobs import Status
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.windows import Limit
from bot.ledger.tables import account, job, outbox, permit, transfer
from tests.factories import (
    ANA,
    BO,
    CY,
    OTHER_GUILD,
    make_draft,
    make_failed,
    make_full_request,
    make_limits,
    make_window,
    seconds,
)
from tests.ledger.office import MANY, Office, draft_in

TICK = timedelta(milliseconds=1)


async def test_a_repeated_interaction_is_one_job(office: Office) -> None:
    first = await office.submit()
    assert await office.submit() == first
    assert len(await office.rows(job)) == 1
    assert len(await office.rows(transfer)) == 1
    assert await office.broken() == []


async def test_a_job_keeps_every_option(office: Office) -> None:
    request = make_full_request()
    made, _ = await office.queue.submit(make_draft(request=request))
    assert (await office.job()).request == made.request == request


async def test_the_answer_shows_the_line_with_the_new_job(office: Office) -> None:
    await office.submit(1)
    made, snapshot = await office.queue.submit(make_draft(2, BO))
    assert [waiting.job_id for waiting in snapshot.waiting][-1] == made.id


async def test_a_person_has_only_so_many_waiting(office: Office) -> None:
    for number in (1, 2, 3):
        await office.submit(number)
    with pytest.raises(TooManyWaiting) as refused:
        await office.submit(4)
    assert refused.value.waiting == 3
    assert refused.value.frees_at == office.clock.now()
    assert len(await office.rows(job)) == len(await office.rows(transfer)) == 3


async def test_a_repeated_delivery_passes_a_full_line(office: Office) -> None:
    made = [await office.submit(number) for number in (1, 2, 3)]
    assert await office.submit(3) == made[2]


async def test_others_and_other_servers_have_room_of_their_own(office: Office) -> None:
    for number in (1, 2, 3):
        await office.submit(number)
    await office.submit(4, BO)
    await office.queue.submit(draft_in(OTHER_GUILD, 5))
    assert len(await office.rows(job)) == 5


async def test_what_runs_does_not_wait(office: Office) -> None:
    for number in (1, 2, 3):
        await office.submit(number)
    await office.claim()
    await office.submit(4)


async def test_somebody_with_one_picture_is_not_behind_somebodys_many(office: Office) -> None:
    await office.limit(MANY)
    for number, user_id in enumerate((ANA, ANA, ANA, BO, CY), start=1):
        await office.submit(number, user_id)
    assert [(await office.claim()).job_id for _ in range(5)] == [1, 4, 5, 2, 3]


async def test_an_operators_slots_count_half(office: Office) -> None:
    await office.limit(MANY)
    for number in (1, 2, 3):
        await office.submit(number, ANA, weight=2)
    await office.submit(4, BO)
    await office.submit(5, BO)
    assert [(await office.claim()).job_id for _ in range(5)] == [1, 4, 2, 3, 5]


async def test_an_empty_queue_is_a_standstill_without_end(office: Office) -> None:
    assert await office.wait() is None


async def test_one_call_after_the_other(office: Office) -> None:
    await office.submit(1)
    await office.submit(2)
    lease = await office.send()
    assert await office.wait() is None
    await office.succeed(lease)
    assert (await office.claim()).job_id == 2


async def test_a_window_counts_from_the_answer(office: Office) -> None:
    await office.limit(make_limits(make_window(Limit.HOUR, 1, 60)))
    await office.submit(1)
    await office.submit(2)
    lease = await office.send()
    office.clock.move(seconds(50))
    await office.succeed(lease)
    assert await office.wait() == seconds(60)
    office.clock.move(seconds(60) - TICK)
    assert await office.wait() == TICK
    office.clock.move(TICK)
    await office.claim()


async def test_side_by_side_the_spacing_counts_from_the_sending(office: Office) -> None:
    await office.limit(make_limits(make_window(Limit.SPACING, 1, 2), in_flight=4))
    await office.submit(1)
    await office.submit(2)
    lease = await office.claim()
    office.clock.move(seconds(0.4))
    await office.queue.mark_sent(lease)
    assert await office.wait() == seconds(2.65)


async def test_a_job_that_is_not_ready_lets_others_pass(office: Office) -> None:
    await office.submit(1)
    await office.fail(await office.send(), make_failed(Cause.NO_ANSWER))
    assert await office.wait() == seconds(5)
    await office.submit(2)
    lease = await office.claim()
    assert lease.job_id == 2
    await office.queue.cancel(lease.job_id)
    office.clock.move(seconds(5))
    assert (await office.claim()).job_id == 1


async def test_the_money_of_the_month_holds_the_claim(office: Office) -> None:
    await office.limit(make_limits(in_flight=5, money_nusd=RESERVED_PER_IMAGE_NUSD))
    await office.submit(1)
    await office.submit(2)
    lease = await office.claim()
    assert await office.wait() == timedelta(days=14, hours=12)
    await office.queue.release(lease)
    assert (await office.claim()).job_id == 1
    assert await office.broken() == []


async def test_a_new_month_has_new_money(office: Office) -> None:
    await office.limit(make_limits(in_flight=5, money_nusd=RESERVED_PER_IMAGE_NUSD))
    await office.submit(1)
    await office.submit(2)
    await office.claim()
    office.clock.move(timedelta(days=14, hours=12))
    assert (await office.claim()).job_id == 2
    assert [row["period"] for row in await office.rows(account)][1:] == ["2026-11", "2026-12"]


async def test_a_money_limit_may_be_lowered_below_what_is_spent(office: Office) -> None:
    for number in (1, 2):
        await office.submit(number)
    await office.succeed(await office.send())
    lease = await office.send()
    await office.limit(make_limits(money_nusd=RESERVED_PER_IMAGE_NUSD))
    await office.submit(3)
    await office.succeed(lease)
    assert await office.wait() == timedelta(days=14, hours=12)
    assert await office.broken() == []


async def test_windows_may_be_lowered_below_what_is_used(office: Office) -> None:
    for number in (1, 2, 3):
        await office.submit(number)
    for _ in range(2):
        await office.succeed(await office.send())
    await office.limit(make_limits(make_window(Limit.HOUR, 1)))
    assert await office.wait() == timedelta(hours=1)


async def test_a_released_claim_costs_nothing(office: Office) -> None:
    await office.limit(make_limits(make_window(Limit.HOUR, 1), money_nusd=RESERVED_PER_IMAGE_NUSD))
    await office.submit()
    await office.queue.release(await office.claim())
    released = await office.job()
    assert (released.status, released.attempt, released.tries) == (Status.QUEUED, 1, 0)
    assert (await office.claim()).attempt == 2
    assert [row["state"] for row in await office.rows(permit)] == ["refunded", "held"]
    assert await office.broken() == []


@pytest.mark.parametrize("claimed", [False, True])
async def test_cancelling_before_the_sending_costs_nothing(office: Office, claimed: bool) -> None:
    made = await office.submit()
    if claimed:
        await office.claim()
    cancelled = await office.queue.cancel(made.id)
    assert cancelled.status is Status.CANCELLED
    assert cancelled.done_at == office.clock.now()
    assert [row["state"] for row in await office.rows(permit)] == ["refunded"] * claimed
    kinds = sorted(row["kind"] for row in await office.rows(transfer))
    assert kinds == ["reserve"] * (1 + claimed) + ["void"] * (1 + claimed)
    assert [row["state"] for row in await office.rows(outbox)] == ["pending"]
    assert await office.broken() == []


async def test_what_was_sent_cannot_be_cancelled(office: Office) -> None:
    made = await office.submit()
    lease = await office.send()
    with pytest.raises(TooLate) as refused:
        await office.queue.cancel(made.id)
    assert (refused.value.key, refused.value.state) == ("job1", "sent")
    await office.succeed(lease)
    with pytest.raises(TooLate):
        await office.queue.cancel(made.id)


async def test_who_waited_too_long_is_told(office: Office) -> None:
    await office.submit(1)
    office.clock.move(timedelta(hours=2))
    await office.submit(2)
    await office.submit(3)
    lease = await office.send()
    assert lease.job_id == 1
    await office.fail(lease, make_failed(Cause.SLOW_DOWN))
    keys = await office.queue.expire(office.clock.now() - timedelta(hours=1))
    expired = await office.job()
    assert keys == ["job1"]
    assert (expired.status, expired.cause) == (Status.FAILED, Cause.EXPIRED)
    assert await office.queue.expire(office.clock.now() - timedelta(hours=1)) == []
    assert await office.broken() == []


async def test_what_runs_does_not_expire(office: Office) -> None:
    await office.submit()
    await office.send()
    assert await office.queue.expire(office.clock.now() + timedelta(hours=1)) == []


async def test_open_jobs_and_history_and_forgetting(office: Office) -> None:
    made = await office.submit(1)
    await office.submit(2, BO)
    await office.fail(await office.send(), make_failed(Cause.BROKEN_LINE, Reach.UNKNOWN))
    assert [found.key for found in await office.queue.open_jobs()] == ["job2"]
    assert await office.queue.open_jobs(ANA) == []
    assert [use.cause for use in await office.queue.history(made.id)] == [Cause.BROKEN_LINE]
    await office.succeed(await office.send())
    done = await office.job(2)
    await office.queue.forget_media(done.id)
    forgotten = (await office.job(2)).result
    assert done.result
    assert forgotten == replace(done.result, media=None)

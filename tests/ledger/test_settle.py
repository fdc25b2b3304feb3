"""What each end of an attempt writes: job, slot, books, use and the lane's lesson."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.core.errors import Cause, Reach
from bot.core.jobs import Status
from bot.core.outcomes import MAX_TRIES, PauseKind, Strikes
from bot.core.prices import RESERVED_PER_IMAGE_NUSD, UNKNOWN, Basis, Cost
from bot.ledger.tables import account, lane, outbox, permit, transfer, usage
from tests.factories import FREE_COST, make_failed, make_limits, make_window, seconds
from tests.ledger.office import Office

RESERVED = RESERVED_PER_IMAGE_NUSD


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a settlement left behind."""

    status: Status
    slot: str
    posted_nusd: int
    charged: int
    told: bool


async def written(office: Office) -> Written:
    """What the ledger holds of its only attempt; the books must balance."""
    assert await office.broken() == []
    kinds = {row["id"]: row["kind"] for row in await office.rows(account)}
    moves = await office.rows(transfer)
    images = [row for row in moves if kinds[row["account_id"]] == "image"]
    money = next(row for row in await office.rows(account) if row["kind"] == "money")
    assert money["pending_nusd"] == 0
    return Written(
        status=(await office.job()).status,
        slot=(await office.rows(permit))[0]["state"],
        posted_nusd=money["posted_nusd"],
        charged=sum(row["amount"] for row in images if row["kind"] == "post"),
        told=bool(await office.rows(outbox)),
    )


async def test_a_picture(office: Office) -> None:
    await office.submit()
    lease = await office.send()
    office.clock.move(seconds(7))
    await office.succeed(lease)
    assert await written(office) == Written(
        status=Status.DONE, slot="counted", posted_nusd=864_000, charged=1, told=True
    )
    job = await office.job()
    assert (job.tries, job.cause, job.done_at) == (0, None, office.clock.now())
    assert job.result
    assert (job.result.media, job.result.cost) == ("job1.1", FREE_COST)
    [use] = await office.queue.history(job.id)
    assert (use.cause, use.seconds, use.cost) == (None, 7.2, FREE_COST)


@pytest.mark.parametrize(
    ("cost", "posted"),
    [
        (UNKNOWN, 0),
        (Cost(basis=Basis.ACTUAL, amount_nusd=0), 0),
        (Cost(basis=Basis.ACTUAL, amount_nusd=RESERVED * 9), RESERVED * 9),
    ],
    ids=["unknown", "free", "more than was reserved"],
)
async def test_a_picture_posts_what_it_cost(office: Office, cost: Cost, posted: int) -> None:
    await office.submit()
    await office.succeed(await office.send(), cost)
    assert (await written(office)).posted_nusd == posted
    result = (await office.job()).result
    assert result
    assert result.cost == cost


ENDS = [
    (Cause.REJECTED, Reach.REJECTED, Status.FAILED, "counted", 0),
    (Cause.GATED, Reach.REJECTED, Status.FAILED, "counted", 0),
    (Cause.NOT_A_PICTURE, Reach.ANSWERED, Status.FAILED, "counted", RESERVED),
    (Cause.BROKEN_LINE, Reach.UNKNOWN, Status.FAILED, "counted", RESERVED),
    (Cause.RESTARTED, Reach.UNKNOWN, Status.FAILED, "counted", RESERVED),
    (Cause.OUR_FAULT, Reach.ANSWERED, Status.FAILED, "counted", RESERVED),
    (Cause.NO_ANSWER, Reach.REJECTED, Status.QUEUED, "counted", 0),
    (Cause.NO_ANSWER, Reach.NEVER, Status.QUEUED, "refunded", 0),
    (Cause.LOADING, Reach.REJECTED, Status.QUEUED, "counted", 0),
    (Cause.SLOW_DOWN, Reach.REJECTED, Status.QUEUED, "refunded", 0),
    (Cause.CREDIT_MAYBE, Reach.REJECTED, Status.QUEUED, "counted", 0),
]


@pytest.mark.parametrize(("cause", "reach", "status", "slot", "posted"), ENDS)
async def test_a_failure(
    office: Office, cause: Cause, reach: Reach, status: Status, slot: str, posted: int
) -> None:
    await office.submit()
    await office.fail(await office.send(), make_failed(cause, reach))
    assert await written(office) == Written(
        status=status, slot=slot, posted_nusd=posted, charged=0, told=status.final
    )
    job = await office.job()
    assert (job.cause, job.detail) == (cause, "said so")
    [use] = await office.rows(usage)
    assert (use["cause"], use["cost_nusd"], use["http_status"]) == (cause.value, posted, 503)


async def test_a_failure_worth_it_is_tried_again_but_not_for_ever(office: Office) -> None:
    await office.submit()
    for tries in range(MAX_TRIES):
        office.clock.move(timedelta(minutes=1))
        assert (await office.job()).status is Status.QUEUED
        await office.fail(await office.send(), make_failed(), tries)
    job = await office.job()
    assert (job.status, job.attempt, job.tries) == (Status.FAILED, MAX_TRIES, MAX_TRIES)
    assert len(await office.rows(usage)) == MAX_TRIES
    assert await office.broken() == []


async def test_a_picture_after_a_failure_is_charged_once(office: Office) -> None:
    await office.submit()
    await office.fail(await office.send(), make_failed())
    office.clock.move(seconds(5))
    await office.succeed(await office.send())
    posts = [row for row in await office.rows(transfer) if row["kind"] == "post"]
    assert sorted(row["amount"] for row in posts) == [1, FREE_COST.amount_nusd]
    assert (await office.job()).cause is None
    assert await office.broken() == []


async def test_too_many_requests_pauses_the_lane_as_long_as_asked(office: Office) -> None:
    await office.submit()
    failed = make_failed(Cause.SLOW_DOWN, retry_after=seconds(30))
    await office.fail(await office.send(), failed)
    assert await office.wait() == seconds(30.5)
    rest = (await office.queue.snapshot()).rest
    assert rest
    assert (rest.kind, rest.until_at) == (
        PauseKind.SLOW_DOWN,
        office.clock.now() + seconds(30.5),
    )
    office.clock.move(seconds(30.5))
    assert (await office.queue.snapshot()).rest is None
    assert (await office.claim()).attempt == 2


async def test_each_refusal_in_a_row_is_a_strike_until_a_picture(office: Office) -> None:
    await office.submit()
    for strikes, pause in enumerate((60.5, 120.5, 240.5), start=1):
        await office.fail(await office.send(), make_failed(Cause.SLOW_DOWN))
        assert await office.queue.strikes() == Strikes(slow_down=strikes)
        assert await office.wait() == seconds(pause)
        office.clock.move(seconds(pause))
    assert (await office.job()).tries == 0
    await office.succeed(await office.send())
    assert await office.queue.strikes() == Strikes()


async def test_credit_is_believed_gone_after_three_checks(office: Office) -> None:
    await office.submit()
    for strikes, pause in enumerate((60, 180), start=1):
        await office.fail(await office.send(), make_failed(Cause.CREDIT_MAYBE))
        assert await office.queue.strikes() == Strikes(credit=strikes)
        assert await office.wait() == seconds(pause)
        office.clock.move(seconds(pause))
    await office.fail(await office.send(), make_failed(Cause.CREDIT_MAYBE))
    job = await office.job()
    assert (job.status, job.cause) == (Status.FAILED, Cause.CREDIT_SPENT)
    assert await office.wait() == timedelta(hours=1)
    assert await office.broken() == []


async def test_a_refusal_does_not_end_the_pause_of_an_admin(office: Office) -> None:
    await office.submit()
    lease = await office.send()
    await office.sql("UPDATE lane SET pause_kind = 'admin', pause_reason = 'holiday'")
    await office.fail(lease, make_failed(Cause.SLOW_DOWN))
    assert await office.queue.strikes() == Strikes(slow_down=1)
    rest = (await office.queue.snapshot()).rest
    assert rest
    assert (rest.kind, rest.until_at, rest.reason) == (PauseKind.ADMIN, None, "holiday")
    assert await office.wait() is None


async def test_a_failure_that_is_no_refusal_teaches_nothing(office: Office) -> None:
    await office.submit()
    before = await office.rows(lane)
    await office.fail(await office.send(), make_failed(Cause.REJECTED))
    assert await office.rows(lane) == before


async def test_a_refused_call_leaves_its_window(office: Office) -> None:
    await office.limit(make_limits(make_window(cap=1)))
    await office.submit()
    failed = make_failed(Cause.SLOW_DOWN, retry_after=seconds(1))
    await office.fail(await office.send(), failed)
    office.clock.move(seconds(1.5))
    await office.claim()


async def test_a_failed_call_stays_in_its_window(office: Office) -> None:
    await office.limit(make_limits(make_window(cap=1)))
    await office.submit()
    await office.fail(await office.send(), make_failed(Cause.LOADING))
    assert await office.wait() == timedelta(hours=1)

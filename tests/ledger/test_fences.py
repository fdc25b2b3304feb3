"""Leases: taken over, renewed, and worth nothing once somebody else holds the job."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import Superseded
from bot.core.jobs import Status
from bot.core.queue import Lease
from bot.ledger.tables import metadata
from tests.factories import BO, make_failed, make_limits, seconds
from tests.ledger.office import LEASE, MANY, Office, StepClock, open_office

Step = Callable[[Office, Lease], Awaitable[object]]


async def refuse(office: Office, lease: Lease) -> None:
    """Settle as failed."""
    await office.fail(lease, make_failed())


ON_LEASED: dict[str, Step] = {
    "mark_sent": lambda office, lease: office.queue.mark_sent(lease),
    "release": lambda office, lease: office.queue.release(lease),
}
ON_SENT: dict[str, Step] = {
    "renew": lambda office, lease: office.queue.renew(lease),
    "succeed": lambda office, lease: office.succeed(lease),
    "fail": refuse,
}
STEPS = ON_LEASED | ON_SENT


async def everything(office: Office) -> dict[str, list[dict[str, object]]]:
    """Every row of the ledger."""
    return {table.name: await office.rows(table) for table in metadata.sorted_tables}


async def changes_nothing(office: Office, step: Step, lease: Lease) -> None:
    """`step` must be refused and leave every row as it was."""
    before = await everything(office)
    with pytest.raises(Superseded):
        await step(office, lease)
    assert await everything(office) == before


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
async def test_another_owner_may_not(office: Office, step: Step) -> None:
    await office.submit()
    lease = await (office.claim() if step in ON_LEASED.values() else office.send())
    await changes_nothing(office, step, replace(lease, owner="somebody else"))
    await step(office, lease)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
async def test_an_earlier_attempt_may_not(office: Office, step: Step) -> None:
    await office.submit()
    stale = await office.claim()
    await office.queue.release(stale)
    lease = await (office.claim() if step in ON_LEASED.values() else office.send())
    assert lease.attempt == stale.attempt + 1
    await changes_nothing(office, step, stale)
    await step(office, lease)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
async def test_nothing_follows_the_end(office: Office, step: Step) -> None:
    await office.submit()
    lease = await office.send()
    await office.succeed(lease)
    await changes_nothing(office, step, lease)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
async def test_a_cancelled_claim_is_over(office: Office, step: Step) -> None:
    await office.submit()
    lease = await office.claim()
    await office.queue.cancel(lease.job_id)
    await changes_nothing(office, step, lease)


@pytest.mark.parametrize("step", ON_LEASED.values(), ids=ON_LEASED.keys())
async def test_what_was_sent_is_not_sent_again_or_released(office: Office, step: Step) -> None:
    await office.submit()
    await changes_nothing(office, step, await office.send())


@pytest.mark.parametrize("step", ON_SENT.values(), ids=ON_SENT.keys())
async def test_what_was_not_sent_has_no_outcome(office: Office, step: Step) -> None:
    await office.submit()
    await changes_nothing(office, step, await office.claim())


async def test_a_claim_that_dawdled_is_not_sent_beside_others(office: Office) -> None:
    await office.limit(make_limits(in_flight=2))
    await office.submit()
    lease = await office.claim()
    office.clock.move(seconds(0.501))
    await changes_nothing(office, STEPS["mark_sent"], lease)


async def test_a_claim_that_dawdled_alone_is_sent(office: Office) -> None:
    await office.submit()
    lease = await office.claim()
    office.clock.move(seconds(30))
    await office.queue.mark_sent(lease)
    assert (await office.job()).sent_at == office.clock.now()


async def test_a_lease_lapses_only_after_its_time(office: Office) -> None:
    await office.submit()
    lease = await office.send()
    office.clock.move(LEASE)
    assert await office.queue.abandoned("other", everyone=False) == []
    office.clock.move(seconds(0.001))
    [taken] = await office.queue.abandoned("other", everyone=False)
    assert taken.lease == replace(lease, owner="other")
    assert taken.job.status is Status.SENT
    assert await office.queue.abandoned("third", everyone=False) == []
    await changes_nothing(office, STEPS["succeed"], lease)


async def test_a_renewed_lease_lives_longer(office: Office) -> None:
    await office.submit()
    lease = await office.send()
    office.clock.move(LEASE)
    await office.queue.renew(lease)
    office.clock.move(LEASE)
    assert await office.queue.abandoned("other", everyone=False) == []


async def test_a_wall_clock_step_ends_no_lease(office: Office) -> None:
    await office.submit()
    await office.send()
    office.clock.step(LEASE * 100)
    assert await office.queue.abandoned("other", everyone=False) == []


async def test_at_start_all_that_others_hold_is_taken_over(
    office: Office, ledger: Path, clock: StepClock
) -> None:
    await office.limit(MANY)
    await office.submit(1)
    await office.submit(2, BO)
    await office.send()
    await office.claim()
    assert await office.queue.abandoned(office.owner, everyone=True) == []
    async with open_office(ledger, clock, owner="next") as after:
        taken = await after.queue.abandoned("next", everyone=True)
    assert {claimed.lease.owner for claimed in taken} == {"next"}
    statuses = {claimed.job.id: claimed.job.status for claimed in taken}
    assert statuses == {1: Status.SENT, 2: Status.LEASED}


async def test_what_is_over_or_waits_is_never_taken_over(office: Office) -> None:
    await office.submit(1)
    await office.succeed(await office.send())
    await office.submit(2)
    assert await office.queue.abandoned("other", everyone=True) == []

"""Paused, draining and cleared queues: in the claim's own transaction, and for one server only."""

from dataclasses import replace

import pytest

from bot.core.access import GuildId, UserId
from bot.core.errors import Cause, QueueDraining, Superseded
from bot.core.jobs import Job, JobKey, Status
from bot.core.queue import Claimed, Draft, Sweep
from bot.core.records import AuditEntry
from bot.core.servers import QueueHold, QueueState
from bot.ledger.people import SqlGrants
from bot.ledger.servers import SqlServers
from tests.factories import ANA, BO, GUILD, OTHER_GUILD, make_draft, make_entry, make_origin
from tests.ledger.office import MANY, Office

CLEARED = make_entry("queue clear")


async def hold(office: Office, state: QueueState, guild_id: GuildId = GUILD) -> QueueHold:
    held = QueueHold(state=state, reason="why", by=BO)

    await SqlServers(office.database).change(
        guild_id, lambda rules: (replace(rules, queue=held), make_entry("queue"))
    )
    return held


def draft(number: int, user_id: UserId = ANA, guild_id: GuildId = GUILD) -> Draft:
    origin = make_origin(number, user_id, guild_id)
    return replace(make_draft(number, user_id), origin=origin)


async def submit(office: Office, *drafts: Draft) -> list[Job]:
    return [(await office.queue.submit(each))[0] for each in drafts]


async def claimed(office: Office) -> list[str]:
    """The keys of all that may go now."""
    keys: list[str] = []
    while isinstance(found := await office.queue.claim("us"), Claimed):
        keys.append(found.job.key)
    return keys


async def test_a_paused_server_is_passed_over_and_hides_nobody_elses_job(office: Office) -> None:
    await office.lane.set_limits(MANY, make_entry())
    await submit(office, draft(1), draft(2), draft(3, ANA, OTHER_GUILD), draft(4, BO, OTHER_GUILD))
    held = await hold(office, QueueState.PAUSED)
    assert dict((await office.queue.snapshot()).holds) == {GUILD: held}
    assert await claimed(office) == ["job3", "job4"]
    await hold(office, QueueState.OPEN)
    assert dict((await office.queue.snapshot()).holds) == {}
    assert await claimed(office) == ["job1", "job2"]


async def test_a_job_that_is_not_ready_yet_wakes_nobody_while_its_server_is_paused(
    office: Office,
) -> None:
    await submit(office, draft(1))
    await hold(office, QueueState.PAUSED)
    assert await office.wait() is None


async def test_a_paused_server_takes_jobs_and_a_draining_one_does_not(office: Office) -> None:
    await hold(office, QueueState.PAUSED)
    (job,) = await submit(office, draft(1))
    await hold(office, QueueState.DRAINING)
    with pytest.raises(QueueDraining) as refused:
        await submit(office, draft(2))
    assert refused.value.reason == "why"
    assert (await submit(office, draft(1)))[0].id == job.id, "the same interaction once more"
    await submit(office, draft(3, guild_id=OTHER_GUILD))
    await office.lane.set_limits(MANY, make_entry())
    assert await claimed(office) == ["job1", "job3"]


async def statuses(office: Office) -> list[tuple[JobKey, Status, Cause | None, str]]:
    found = [await office.queue.job(JobKey(f"job{number}")) for number in (1, 2, 3, 4)]
    return [(job.key, job.status, job.cause, job.detail) for job in found if job]


async def test_a_sweep_cancels_what_waits_in_one_server_and_balances(office: Office) -> None:
    await submit(office, draft(1))
    await office.send()
    await submit(office, draft(2), draft(3, BO), draft(4, guild_id=OTHER_GUILD))
    sweep = Sweep(guild_id=GUILD, cause=Cause.CLEARED, reason="start afresh")
    assert await office.queue.sweep(sweep, CLEARED) == ["job2", "job3"]
    told = (Status.CANCELLED, Cause.CLEARED, "start afresh")
    assert await statuses(office) == [
        ("job1", Status.SENT, None, ""),
        ("job2", *told),
        ("job3", *told),
        ("job4", Status.QUEUED, None, ""),
    ]
    due = await office.outbox.due(10)
    assert [delivery.job.key for delivery in due] == ["job2", "job3"]
    assert await office.broken() == []
    assert await audited(office) == [CLEARED]
    assert await office.queue.sweep(sweep, CLEARED) == []
    assert await audited(office) == [CLEARED], "nothing waited, so nothing was done"


async def test_a_sweep_may_be_of_one_person(office: Office) -> None:
    await submit(office, draft(1), draft(2, BO), draft(3, BO, OTHER_GUILD))
    sweep = Sweep(guild_id=GUILD, cause=Cause.BLOCKED, user_id=BO)
    assert await office.queue.sweep(sweep) == ["job2"]
    assert await audited(office) == []


async def audited(office: Office) -> list[AuditEntry]:
    return list(await SqlGrants(office.database).audit(GUILD, 10))


async def test_a_job_remembers_that_its_channel_was_age_restricted(office: Office) -> None:
    inside = replace(draft(2), origin=replace(make_origin(2), age_restricted=True))
    jobs = await submit(office, draft(1), inside)
    assert [job.age_restricted for job in jobs] == [False, True]


async def test_a_sweep_takes_back_what_was_claimed_and_not_sent(office: Office) -> None:
    await office.submit(1)
    lease = await office.claim()
    sweep = Sweep(guild_id=GUILD, cause=Cause.CLEARED, reason="start afresh")
    assert await office.queue.sweep(sweep, CLEARED) == ["job1"]
    assert (await office.job()).status is Status.CANCELLED
    with pytest.raises(Superseded):
        await office.queue.mark_sent(lease)
    with pytest.raises(Superseded):
        await office.queue.release(lease)
    assert await office.broken() == []


async def test_a_sweep_leaves_what_is_being_made(office: Office) -> None:
    await office.submit(1)
    lease = await office.send()
    sweep = Sweep(guild_id=GUILD, cause=Cause.CLEARED, reason="start afresh")
    assert await office.queue.sweep(sweep, CLEARED) == []
    await office.succeed(lease)
    assert (await office.job()).status is Status.DONE

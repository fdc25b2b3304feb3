"""Blocks: who may be blocked, what it refuses, and that it ends by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.access import Role, RoleId
from bot.core.errors import BadValue, Blocked, CannotBlock, Cause, NotAllowed
from bot.core.jobs import Status
from bot.services.blocking import Blocking
from bot.services.generation import Generation
from tests.factories import ANA, BO, CY, GUILD, OTHER_GUILD, START_AT, make_actor, make_draft
from tests.services.asking import AN_ADMIN, ask
from tests.services.conftest import BOSS, House

BO_HERE, BO_THERE = make_actor(BO), make_actor(BO, OTHER_GUILD)
TWO_HOURS = timedelta(hours=2)


@pytest.fixture
def blocking(house: House, bells: list[str]) -> Blocking:
    return Blocking(
        house.servers,
        house.queue,
        house.permissions,
        house.clock,
        lambda: bells.append("stir"),
    )


async def test_a_block_refuses_withdraws_and_ends_by_itself(
    house: House, blocking: Blocking, bells: list[str]
) -> None:
    await house.submit(make_draft(1, BO))
    await house.submit(make_draft(2, ANA))
    done = await blocking.block(AN_ADMIN, BO_HERE, "2h", "spam")
    assert (done.until_at, done.withdrawn) == (START_AT + TWO_HOURS, 1)
    assert bells == ["stir"]
    job = await house.job()
    assert (job.status, job.cause, job.detail) == (Status.CANCELLED, Cause.BLOCKED, "")
    assert (await house.job("job2")).status is Status.QUEUED
    with pytest.raises(Blocked) as refused:
        await house.permissions.admit(BO_HERE)
    assert refused.value.until_at == START_AT + TWO_HOURS
    assert await house.permissions.admit(BO_THERE) is Role.MEMBER
    house.clock.move(TWO_HOURS)
    assert await house.permissions.admit(BO_HERE) is Role.MEMBER
    assert not await blocking.unblock(AN_ADMIN, BO, "")


async def test_a_blocked_person_gets_no_job_on_any_way(
    house: House, blocking: Blocking, generation: Generation
) -> None:
    await blocking.block(AN_ADMIN, make_actor(ANA), None, "")
    with pytest.raises(Blocked) as refused:
        await ask(generation)
    assert refused.value.until_at is None
    assert list(await house.queue.open_jobs()) == []


async def test_a_block_that_came_after_the_admission_holds_as_well(
    house: House, blocking: Blocking
) -> None:
    await blocking.block(AN_ADMIN, make_actor(ANA), "2h", "")
    with pytest.raises(Blocked) as refused:
        await house.submit(make_draft(1, ANA))
    assert refused.value.until_at == START_AT + TWO_HOURS
    await house.submit(replace(make_draft(2, ANA), exempt=True))
    house.clock.move(TWO_HOURS)
    await house.submit(make_draft(3, ANA))


async def test_every_change_is_in_the_trail_of_this_server(
    house: House, blocking: Blocking
) -> None:
    await blocking.block(AN_ADMIN, BO_HERE, "2026-12-01", "spam")
    await blocking.block(AN_ADMIN, BO_HERE, None, "")
    assert await blocking.unblock(AN_ADMIN, BO, "sorry")
    assert not await blocking.unblock(AN_ADMIN, BO, "")
    entries = await house.grants.audit(GUILD, 10)
    assert [(entry.action, entry.before, entry.after, entry.reason) for entry in entries] == [
        ("unblock", "<@2> blocked until unblocked", "<@2> not blocked", "sorry"),
        ("block", "<@2> blocked until 2026-12-01 00:00 UTC", "<@2> blocked until unblocked", ""),
        ("block", "<@2> not blocked", "<@2> blocked until 2026-12-01 00:00 UTC", "spam"),
    ]
    assert await house.grants.audit(OTHER_GUILD, 10) == []


async def test_admins_and_owners_cannot_be_blocked(house: House, blocking: Blocking) -> None:
    crew = RoleId(7)
    await house.permissions.grant(AN_ADMIN, crew, Role.ADMIN)
    granted = make_actor(BO, role_ids=frozenset({crew}))
    for person in (make_actor(BOSS), granted):
        with pytest.raises(CannotBlock):
            await blocking.block(AN_ADMIN, person, None, "")
    with pytest.raises(BadValue):
        await blocking.block(AN_ADMIN, AN_ADMIN, None, "")
    await blocking.block(AN_ADMIN, BO_HERE, None, "")
    assert await house.permissions.admit(granted) is Role.ADMIN, "made an admin afterwards"


async def test_a_bad_time_and_a_member_change_nothing(house: House, blocking: Blocking) -> None:
    with pytest.raises(BadValue):
        await blocking.block(AN_ADMIN, BO_HERE, "soon", "")
    for step in (
        blocking.block(BO_HERE, make_actor(CY), None, ""),
        blocking.unblock(BO_HERE, CY, ""),
    ):
        with pytest.raises(NotAllowed):
            await step
    assert dict(await house.servers.blocks(GUILD)) == {}

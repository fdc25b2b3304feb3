"""One real picture on trial: who may ask for it, and what is said of it."""

import asyncio

import pytest

from bot.core.checkup import Check, Verdict
from bot.core.errors import Cause, NotAllowed, Reach
from bot.core.jobs import JobKey, Size, Status
from bot.services.generation import Generation
from bot.services.permissions import Permissions
from bot.services.presence import Presence
from bot.services.trial import LOOK_AGAIN, Trial
from tests.factories import GUILD, OTHER_GUILD, make_actor, make_failed, make_origin
from tests.fakes import until
from tests.services.asking import AN_ADMIN, JOB1
from tests.services.conftest import BOSS, House
from tests.services.work import at_work, reached


@pytest.fixture
def trial(house: House, generation: Generation) -> Trial:
    return Trial(generation, house.queue, house.permissions, house.clock, looks=2)


async def test_it_is_an_ordinary_private_job_of_the_smallest_size(
    house: House, trial: Trial
) -> None:
    house.presence.joined(frozenset({GUILD}))
    ticket = await trial.begin(make_origin(), AN_ADMIN)
    assert ticket.job.request.private
    assert ticket.job.request.size is Size.SQUARE_512
    async with at_work(house):
        await reached(house, Status.DONE)
        check = await _outcome(house, trial)
    assert (check.verdict, len(await house.history())) == (Verdict.OK, 1)


async def test_with_several_servers_it_is_the_owners(house: House, generation: Generation) -> None:
    both = Presence(frozenset({GUILD, OTHER_GUILD}), frozenset({BOSS}))
    permissions = Permissions(house.grants, house.servers, house.clock, both)
    trial = Trial(generation, house.queue, permissions, house.clock)
    house.presence.joined(frozenset({GUILD}))
    with pytest.raises(NotAllowed):
        await trial.begin(make_origin(), AN_ADMIN)
    assert list(await house.queue.open_jobs()) == []
    await trial.begin(make_origin(), make_actor(BOSS))
    assert len(await house.queue.open_jobs()) == 1


async def test_a_member_may_not(trial: Trial, house: House) -> None:
    house.presence.joined(frozenset({GUILD}))
    with pytest.raises(NotAllowed):
        await trial.begin(make_origin(), make_actor())


async def test_what_failed_is_wrong(house: House, trial: Trial) -> None:
    house.presence.joined(frozenset({GUILD}))
    house.painter.script = [make_failed(Cause.TOKEN_INVALID, Reach.REJECTED)]
    await trial.begin(make_origin(), AN_ADMIN)
    async with at_work(house):
        await reached(house, Status.FAILED)
        check = await _outcome(house, trial)
    assert (check.verdict, "token invalid" in check.details) == (Verdict.WRONG, True)


async def test_nobody_waits_for_it_for_long(house: House, trial: Trial) -> None:
    house.presence.joined(frozenset({GUILD}))
    await trial.begin(make_origin(), AN_ADMIN)
    check = await _outcome(house, trial)
    assert check.verdict is Verdict.WARNING
    assert (await house.job()).status is Status.QUEUED


async def test_a_job_that_is_gone_is_not_waited_for_forever(house: House, trial: Trial) -> None:
    assert (await _outcome(house, trial, "gone")).verdict is Verdict.WARNING


async def _outcome(house: House, trial: Trial, key: str = JOB1) -> Check:
    looking = asyncio.create_task(trial.outcome(JobKey(key)))
    while not looking.done():
        await until(lambda: looking.done() or LOOK_AGAIN in house.clock.sleeping)
        house.clock.move(LOOK_AGAIN)
    return await looking

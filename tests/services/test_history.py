"""Looking back: page by page, one's own, and what came of a job."""

import pytest
import pytest_asyncio

from bot.core.errors import NotAllowed
from bot.core.history import Stage
from bot.core.jobs import JobKey
from bot.services.generation import Generation
from bot.services.history import PAGE, Looking
from tests.factories import ANA, BO, MODEL, OTHER_GUILD, make_actor, make_origin, make_wish
from tests.services.asking import AN_ADMIN, JOB1, STRANGER, ask, finish
from tests.services.conftest import MODEL as USUAL
from tests.services.conftest import House


@pytest_asyncio.fixture
async def looking(house: House) -> Looking:
    return Looking(house.history_store, house.queue, house.permissions)


async def test_pages_are_full_and_newest_first(
    house: House, generation: Generation, looking: Looking
) -> None:
    for number in range(1, PAGE + 2):
        await generation.cancel((await ask(generation, number)).key, make_actor())
    first = await looking.page(make_actor(), None, None, None, 1)
    second = await looking.page(make_actor(), None, None, None, 2)
    keys = [past.job.key for past in (*first.entries, *second.entries)]
    assert keys == [f"job{number}" for number in range(PAGE + 1, 0, -1)]
    assert (first.more, second.more) == (True, False)
    assert (first.number, (await looking.page(make_actor(), None, None, None, -3)).number) == (1, 1)


async def test_a_filter_leaves_the_others_out(
    house: House, generation: Generation, looking: Looking
) -> None:
    await ask(generation, 1)
    await finish(house)
    await ask(generation, 2)
    found = {}
    for stage in Stage:
        page = await looking.page(make_actor(), ANA, stage, None, 1)
        found[stage] = [past.job.key for past in page.entries]
    assert {stage: keys for stage, keys in found.items() if keys} == {
        Stage.DONE: ["job1"],
        Stage.WAITING: ["job2"],
    }
    assert len((await looking.page(make_actor(), None, None, USUAL, 1)).entries) == 2
    assert not (await looking.page(make_actor(), None, None, f"{MODEL}-other", 1)).entries


async def test_only_admins_look_at_others_and_never_elsewhere(
    generation: Generation, looking: Looking
) -> None:
    await ask(generation, private=True)
    with pytest.raises(NotAllowed):
        await looking.page(make_actor(BO), ANA, None, None, 1)
    assert len((await looking.page(AN_ADMIN, ANA, None, None, 1)).entries) == 1
    elsewhere = make_actor(ANA, OTHER_GUILD)
    assert not (await looking.page(elsewhere, None, None, None, 1)).entries
    assert await looking.model_of(make_actor(), JOB1) == USUAL
    assert await looking.model_of(STRANGER, JOB1) is None
    assert await looking.model_of(make_actor(), JobKey("nothing")) is None


async def test_the_model_of_a_private_job_is_its_persons(
    generation: Generation, looking: Looking
) -> None:
    await ask(generation, private=True)
    assert await looking.model_of(make_actor(), JOB1) == USUAL
    assert await looking.model_of(make_actor(BO), JOB1) is None


async def test_children_are_those_one_may_see(generation: Generation, looking: Looking) -> None:
    job = await ask(generation)
    await generation.reroll(JOB1, make_origin(2), make_actor())
    secret = await generation.edit(JOB1, make_wish(), make_origin(3), make_actor(), private=True)
    for actor, seen in ((make_actor(), 2), (make_actor(BO), 1), (AN_ADMIN, 2), (STRANGER, 0)):
        assert len(await looking.children(job, actor)) == seen
    assert secret.job.parent_key == JOB1

"""Reads for people: the line, one's own use, the lane and the model menu."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.core.errors import ServerNotServed
from bot.core.jobs import Job
from bot.core.outcomes import SUCCESS
from bot.core.queue import Claimed
from bot.core.records import Attempt
from bot.services.usage import Usage
from tests.factories import (
    ANA,
    BO,
    FREE_COST,
    GUILD,
    OTHER_GUILD,
    make_actor,
    make_draft,
    make_origin,
    make_request,
    make_result,
    seconds,
)
from tests.services.conftest import House

FALLBACK = "acme/default"


@pytest_asyncio.fixture
async def usage(house: House) -> Usage:
    return Usage(house.queue, house.books, house.permissions, house.clock, FALLBACK)


async def make_one(house: House, number: int, model: str = "acme/painter") -> None:
    """A picture for Ana, and time for the next."""
    request = replace(make_request(), model=model)
    await house.submit(make_draft(number, request=request))
    claimed = await house.queue.claim("us")
    assert isinstance(claimed, Claimed)
    await house.queue.mark_sent(claimed.lease)
    attempt = Attempt(seconds=7.2, cost=FREE_COST, result=make_result(f"job{number}.1"))
    await house.queue.settle(claimed.lease, SUCCESS, attempt)
    house.clock.move(seconds(2))


async def fill(house: House) -> None:
    """Ana: public here, private here, public elsewhere. Bo: public here, private here."""
    private = make_request(private=True)
    elsewhere = replace(make_draft(3), origin=make_origin(3, ANA, OTHER_GUILD))
    await house.submit(make_draft(1, ANA))
    await house.submit(make_draft(2, ANA, request=private))
    await house.submit(elsewhere)
    await house.submit(make_draft(4, BO))
    await house.submit(make_draft(5, BO, request=private))


def keys(jobs: list[Job]) -> list[str]:
    return [job.key for job in jobs]


async def test_everyones_line_hides_other_servers_and_private_jobs_of_others(
    house: House, usage: Usage
) -> None:
    await fill(house)
    line = await usage.line(make_actor(ANA), everyone=True)
    assert keys(list(line.jobs)) == ["job1", "job2", "job4"]


async def test_whoever_watches_the_machine_sees_all_that_waits(house: House, usage: Usage) -> None:
    await fill(house)
    assert len((await usage.level()).waiting) == 5


async def test_ones_own_line_holds_ones_own_jobs_of_this_server(house: House, usage: Usage) -> None:
    await fill(house)
    line = await usage.line(make_actor(ANA), everyone=False)
    assert keys(list(line.jobs)) == ["job1", "job2"]


async def test_places_count_those_who_are_not_shown_but_no_other_server(
    house: House, usage: Usage
) -> None:
    await fill(house)
    line = await usage.line(make_actor(ANA), everyone=True)
    assert {key: line.places[key].position for key in line.places} == {1: 1, 4: 2, 2: 3, 5: 4, 3: 1}
    assert {key: line.places[key].of for key in line.places} == {1: 4, 4: 4, 2: 4, 5: 4, 3: 1}
    assert line.snapshot.now_at == house.clock.now()


async def test_the_cards_are_kept_for_every_server(house: House, usage: Usage) -> None:
    await fill(house)
    line = await usage.lane()
    assert keys(list(line.jobs)) == ["job1", "job2", "job3", "job4", "job5"]
    assert line.places.keys() == {1, 2, 3, 4, 5}


async def test_the_cards_see_every_job_of_every_server(house: House, usage: Usage) -> None:
    await fill(house)
    line = await usage.lane()
    assert keys(list(line.jobs)) == ["job1", "job2", "job3", "job4", "job5"]
    assert set(line.places) == {1, 2, 3, 4, 5}


async def test_ones_own_use_is_of_the_last_hour_and_day(house: House, usage: Usage) -> None:
    await make_one(house, 1)
    house.clock.move(seconds(23 * 3600))
    await make_one(house, 2)
    await house.submit(make_draft(3))
    own = await usage.own(make_actor(ANA))
    assert [use.job_key for use in own.day] == ["job1", "job2"]
    assert [use.job_key for use in own.hour] == ["job2"]
    assert own.waiting == 1
    assert own.snapshot.spent_nusd == 2 * 864_000


async def test_nobody_sees_the_use_of_another(house: House, usage: Usage) -> None:
    await make_one(house, 1)
    own = await usage.own(make_actor(BO))
    assert (list(own.day), list(own.hour), own.waiting) == ([], [], 0)


async def test_the_lane_is_shown_as_it_stands(house: House, usage: Usage) -> None:
    await make_one(house, 1)
    assert len((await usage.snapshot(make_actor())).slots) == 1


async def test_a_server_that_is_not_served_reads_nothing(house: House, usage: Usage) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    for step in (
        usage.line(make_actor(), everyone=True),
        usage.own(make_actor()),
        usage.snapshot(make_actor()),
    ):
        with pytest.raises(ServerNotServed):
            await step


async def test_the_menu_begins_with_the_default_and_names_each_model_once(
    house: House, usage: Usage
) -> None:
    await make_one(house, 1, "other/one")
    await make_one(house, 2, FALLBACK)
    assert await usage.models(make_actor(), "") == [FALLBACK, "other/one"]


async def test_the_menu_narrows_as_one_types(house: House, usage: Usage) -> None:
    await make_one(house, 1, "other/One")
    assert await usage.models(make_actor(), " ONE ") == ["other/One"]
    assert await usage.models(make_actor(), "none of it") == []


async def test_the_menu_is_kept_for_a_minute(house: House, usage: Usage) -> None:
    assert await usage.models(make_actor(), "") == [FALLBACK]
    await make_one(house, 1, "other/one")
    assert await usage.models(make_actor(), "") == [FALLBACK]
    house.clock.move(seconds(58))
    assert await usage.models(make_actor(), "") == [FALLBACK, "other/one"]


async def test_every_server_has_a_menu_of_its_own(house: House, usage: Usage) -> None:
    await make_one(house, 1, "other/one")
    assert await usage.models(make_actor(guild_id=OTHER_GUILD), "") == [FALLBACK]

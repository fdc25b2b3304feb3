"""Asking for pictures."""

from dataclasses import replace

import pytest

from bot.core.checks import Lowered
from bot.core.errors import (
    BadValue,
    ServerNotServed,
    TooManyWaiting,
)
from bot.core.jobs import Request, Status
from bot.core.queue import Place
from bot.services.generation import Generation
from tests.factories import (
    ANA,
    BO,
    CY,
    GUILD,
    OTHER_GUILD,
    START_AT,
    make_actor,
    make_entry,
    make_origin,
    make_wish,
)
from tests.services.asking import AN_ADMIN, JOB1, ask, finish
from tests.services.conftest import MODEL, House


async def test_a_wish_becomes_a_job_with_a_place(
    house: House, generation: Generation, bells: list[str]
) -> None:
    ticket = await generation.submit(make_wish(), make_origin(), make_actor())
    assert ticket.job.request == Request(prompt="a lighthouse at dawn", model=MODEL, seed=1000)
    assert ticket.job.status is Status.QUEUED
    assert ticket.place == Place(position=1, of=1, starts_at=START_AT, held_by=None)
    assert ticket.lowered == []
    assert house.changes.take() == {"job1"}
    assert bells == ["wake"]


async def test_a_lowered_cap_is_on_the_ticket(generation: Generation) -> None:
    wish = replace(make_wish(), steps=9999)
    ticket = await generation.submit(wish, make_origin(), make_actor())
    assert ticket.lowered == [Lowered(option="steps", given="9999", allowed="1-50", used="50")]


async def test_a_bad_wish_queues_and_charges_nothing(house: House, generation: Generation) -> None:
    with pytest.raises(BadValue):
        await generation.submit(replace(make_wish(), steps=0), make_origin(), make_actor())
    assert list(await house.queue.open_jobs()) == []
    assert house.changes.take() == set()


async def test_the_same_interaction_twice_is_one_job(house: House, generation: Generation) -> None:
    first = await ask(generation)
    assert (await ask(generation)).key == first.key
    assert len(await house.queue.open_jobs()) == 1


async def test_a_fourth_waiting_job_is_refused(house: House, generation: Generation) -> None:
    for number in (1, 2, 3):
        await ask(generation, number)
    with pytest.raises(TooManyWaiting) as refused:
        await ask(generation, 4)
    assert (refused.value.waiting, refused.value.frees_at) == (3, START_AT)
    assert len(await house.queue.open_jobs()) == 3


async def test_a_spent_budget_gives_a_place_in_the_next_month(
    house: House, generation: Generation
) -> None:
    limits = await house.lane.limits()
    await house.lane.set_limits(replace(limits, money_nusd=1_200_000), make_entry())
    await ask(generation)
    await finish(house)
    ticket = await generation.submit(make_wish(), make_origin(2), make_actor())
    assert ticket.place
    assert f"{ticket.place.starts_at:%Y-%m-%d %H:%M}" == "2026-12-01 00:00"


async def test_a_server_that_is_not_served_gets_nothing(
    house: House, generation: Generation
) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    with pytest.raises(ServerNotServed):
        await ask(generation)


async def test_whoever_rerolls_gets_the_same_request_with_a_fresh_seed(
    house: House, generation: Generation
) -> None:
    await ask(generation)
    ticket = await generation.reroll(JOB1, make_origin(2, BO), make_actor(BO))
    assert ticket.job.request == Request(prompt="a lighthouse at dawn", model=MODEL, seed=1001)
    assert (ticket.job.user_id, ticket.job.parent_key) == (BO, "job1")


async def test_a_retry_is_the_very_same_request(generation: Generation) -> None:
    job = await ask(generation)
    ticket = await generation.retry(JOB1, make_origin(2), make_actor())
    assert (ticket.job.request, ticket.job.parent_key) == (job.request, "job1")


async def test_a_member_weighs_less_than_a_power_user(house: House, generation: Generation) -> None:
    await ask(generation)
    await generation.submit(make_wish(), make_origin(2, CY), AN_ADMIN)
    weights = {
        waiting.user_id: waiting.weight for waiting in (await house.queue.snapshot()).waiting
    }
    assert weights == {ANA: 1, CY: 2}


async def test_an_edit_changes_what_was_changed_and_keeps_the_rest(generation: Generation) -> None:
    wish = replace(make_wish(), steps=12, guidance=3.5, spoiler=True)
    old = (await generation.submit(wish, make_origin(), make_actor())).job
    changed = replace(make_wish(), prompt="at dusk", seed=5)
    origin, bo = make_origin(2, BO), make_actor(BO)
    ticket = await generation.edit(old.key, changed, origin, bo, private=True)
    wanted = replace(old.request, prompt="at dusk", seed=5, private=True)
    assert ticket.job.request == wanted
    assert (ticket.job.parent_key, ticket.job.user_id) == (old.key, BO)
    again = await generation.edit(old.key, changed, make_origin(3), make_actor(), private=None)
    assert not again.job.request.private

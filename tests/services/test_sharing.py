"""Who may share a private picture, and what others may do with it from then on."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.core.access import Actor, ChannelId
from bot.core.errors import Blocked, NotAllowed, SharedOnly, UnknownJob
from bot.core.jobs import Job, JobKey, MessageId
from bot.core.outbox import Posted
from bot.core.servers import Block
from bot.services.generation import Generation
from bot.services.sharing import Sharing
from tests.factories import (
    ANA,
    BO,
    GUILD,
    OTHER_GUILD,
    START_AT,
    make_actor,
    make_origin,
    make_wish,
)
from tests.ledger.office import ENTRY
from tests.services.asking import AN_ADMIN, JOB1, STRANGER, ask, finish
from tests.services.conftest import House

THERE = Posted(channel_id=ChannelId(77), message_id=MessageId(88))
PLAIN = replace(make_wish(private=True), seed=5, size="portrait", spoiler=True)
WISH = replace(PLAIN, negative_prompt="my ex", steps=12, guidance=3.5)
BO_HERE = make_actor(BO)


@pytest_asyncio.fixture
async def sharing(house: House) -> Sharing:
    return Sharing(house.shares, house.queue, house.permissions)


async def _private(house: House, generation: Generation) -> None:
    await generation.submit(WISH, make_origin(1), make_actor())
    await finish(house)


async def _shared(house: House, generation: Generation, sharing: Sharing) -> Job:
    await _private(house, generation)
    job = await sharing.find(JOB1, make_actor())
    await sharing.begin(job, THERE.channel_id)
    await sharing.done(job, THERE)
    return await house.job()


async def test_where_it_was_shared_is_remembered(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _private(house, generation)
    job = await sharing.find(JOB1, make_actor())
    assert (job.shared_in, job.shared_as, job.shared) == (None, None, False)
    await sharing.begin(job, ChannelId(76))
    begun = await sharing.find(JOB1, make_actor())
    assert (begun.shared_in, begun.shared_as, begun.shared) == (76, None, False)
    await sharing.done(job, THERE)
    done = await sharing.find(JOB1, make_actor())
    assert (done.shared_in, done.shared_as, done.shared) == (77, 88, True)
    assert done.request.private


async def test_only_its_person_shares_it_and_only_in_its_server(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _shared(house, generation, sharing)
    for actor in (BO_HERE, AN_ADMIN, STRANGER, make_actor(ANA, OTHER_GUILD)):
        with pytest.raises(UnknownJob):
            await sharing.find(JOB1, actor)
    with pytest.raises(UnknownJob):
        await sharing.find(JobKey("nothing"), make_actor())


async def test_what_is_public_needs_no_sharing(generation: Generation, sharing: Sharing) -> None:
    await ask(generation)
    with pytest.raises(UnknownJob):
        await sharing.find(JOB1, make_actor())


async def test_who_is_blocked_shares_nothing(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _private(house, generation)
    block = Block(user_id=ANA, by=BO, at=START_AT, until_at=None)
    await house.servers.block(GUILD, block, ENTRY)
    with pytest.raises(Blocked):
        await sharing.find(JOB1, make_actor())


async def test_others_go_on_from_what_its_card_shows_and_nothing_else(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    job = await _shared(house, generation, sharing)
    shown = replace(job.request, negative_prompt=None, steps=None, guidance=None, private=False)
    assert shown.prompt == WISH.prompt
    for actor in (BO_HERE, AN_ADMIN):
        assert (await generation.look(JOB1, actor)).request == shown
    again = await generation.reroll(JOB1, make_origin(2, BO), BO_HERE, aloud=True)
    assert again.job.request == replace(shown, seed=again.job.request.seed)
    typed = replace(make_wish("mine"), seed=5, size="portrait")
    edited = await generation.edit(JOB1, typed, make_origin(3, BO), BO_HERE, private=False)
    assert edited.job.request == replace(shown, prompt="mine", model=edited.job.request.model)
    assert (edited.job.user_id, edited.job.parent_key) == (BO, JOB1)


async def test_others_see_no_details_of_it(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _shared(house, generation, sharing)
    for step in (
        generation.show(JOB1, BO_HERE),
        generation.show(JOB1, BO_HERE, lambda _channel: True),
        generation.retry(JOB1, make_origin(2, BO), BO_HERE),
        generation.cancel(JOB1, BO_HERE),
    ):
        with pytest.raises(SharedOnly):
            await step
    for actor in (make_actor(), AN_ADMIN):
        job = (await generation.show(JOB1, actor)).ticket.job
        assert job.request.negative_prompt == "my ex"


async def test_its_own_person_rerolls_it_whole_in_private_and_as_shown_aloud(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _private(house, generation)
    aloud = await generation.reroll(JOB1, make_origin(2), make_actor(), aloud=True)
    assert aloud.job.request.private, "what was not shared stays private wherever one presses"
    await sharing.done(await house.job(), THERE)
    whole = await generation.reroll(JOB1, make_origin(3), make_actor())
    assert whole.job.request.private
    assert whole.job.request.negative_prompt == "my ex"
    shown = await generation.reroll(JOB1, make_origin(4), make_actor(), aloud=True)
    assert not shown.job.request.private
    assert shown.job.request.negative_prompt is None


async def test_another_server_sees_nothing_of_it(
    house: House, generation: Generation, sharing: Sharing
) -> None:
    await _shared(house, generation, sharing)
    for step in (
        generation.look(JOB1, STRANGER),
        generation.show(JOB1, STRANGER),
        generation.delete(JOB1, STRANGER),
        generation.reroll(JOB1, make_origin(9, BO, OTHER_GUILD), STRANGER, aloud=True),
    ):
        with pytest.raises(UnknownJob):
            await step


@pytest.mark.parametrize(
    "actor", [make_actor(), make_actor(BO, manages_messages=True)], ids=["person", "moderator"]
)
async def test_deleted_it_is_private_again(
    house: House, generation: Generation, sharing: Sharing, actor: Actor
) -> None:
    await _shared(house, generation, sharing)
    with pytest.raises(NotAllowed):
        await generation.delete(JOB1, BO_HERE)
    deleted = await generation.delete(JOB1, actor)
    assert (deleted.shared_in, deleted.shared_as) == (77, 88)
    assert house.media.files == {}
    assert not (await house.job()).shared
    for step in (
        generation.look(JOB1, BO_HERE),
        generation.show(JOB1, BO_HERE),
        generation.reroll(JOB1, make_origin(2, BO), BO_HERE, aloud=True),
    ):
        with pytest.raises(UnknownJob):
            await step

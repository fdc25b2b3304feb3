"""Who is told that a job is over: those who asked, once, and nobody whom the result called."""

import pytest
import pytest_asyncio

from bot.core.access import ChannelId
from bot.core.errors import TooLate, UnknownJob
from bot.core.jobs import JobKey, MessageId
from bot.core.outbox import Posted
from bot.services.generation import Generation
from bot.services.watching import Watching
from tests.factories import ANA, BO, make_actor
from tests.services.asking import JOB1, STRANGER, ask, finish
from tests.services.conftest import House

CARD = MessageId(5)


@pytest_asyncio.fixture
async def watching(house: House, generation: Generation) -> Watching:
    return Watching(house.watchers, generation, house.changes.note)


async def _tell(house: House, message_id: MessageId) -> None:
    await house.outbox.address(JOB1, CARD)
    [delivery] = await house.outbox.due(5)
    posted = Posted(channel_id=ChannelId(20), message_id=message_id)
    await house.outbox.done(delivery, posted)


@pytest.mark.parametrize(("message_id", "untold"), [(CARD, [ANA, BO]), (MessageId(6), [BO])])
async def test_those_who_asked_are_told_once(
    house: House,
    generation: Generation,
    watching: Watching,
    message_id: MessageId,
    untold: list[int],
) -> None:
    await ask(generation)
    house.changes.take()
    for person in (BO, ANA):
        assert await watching.toggle(JOB1, make_actor(person))
    assert house.changes.take() == {JOB1}
    await finish(house)
    assert list(await watching.due(5)) == []
    await _tell(house, message_id)
    [watch] = await watching.due(5)
    assert sorted(watch.untold) == sorted(untold)
    await watching.told(watch, 50)
    assert list(await watching.due(5)) == []


async def test_those_beyond_the_most_are_told_next(
    house: House, generation: Generation, watching: Watching
) -> None:
    await ask(generation)
    for person in (ANA, BO):
        await watching.toggle(JOB1, make_actor(person))
    await finish(house)
    await _tell(house, CARD)
    [watch] = await watching.due(5)
    await watching.told(watch, 1)
    [later] = await watching.due(5)
    assert list(later.untold) == [watch.untold[1]]


async def test_pressed_again_it_is_off(
    house: House, generation: Generation, watching: Watching
) -> None:
    await ask(generation)
    assert await watching.toggle(JOB1, make_actor(BO))
    assert not await watching.toggle(JOB1, make_actor(BO))
    await finish(house)
    await _tell(house, CARD)
    assert list(await watching.due(5)) == []


async def test_nobody_watches_what_is_over_or_hidden(
    house: House, generation: Generation, watching: Watching
) -> None:
    await ask(generation, private=True)
    for actor in (make_actor(BO), STRANGER):
        with pytest.raises(UnknownJob):
            await watching.toggle(JOB1, actor)
    with pytest.raises(UnknownJob):
        await watching.toggle(JobKey("nothing"), make_actor())
    await finish(house)
    with pytest.raises(TooLate):
        await watching.toggle(JOB1, make_actor())

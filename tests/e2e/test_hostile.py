"""What a hostile member tries: forged presses, other people's pictures, another server's keys."""

import pytest

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from tests.e2e.acts import (
    calls,
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    text_of,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


FORGED = ("refresh:mine", "refresh:everyone", "status:now", "cancelmine:mine", "delete:{key}")


@pytest.mark.parametrize("forged", [*FORGED, "repost:{key}"])
async def test_a_forged_press_leaves_the_message_it_names_alone(shared: Stage, forged: str) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    target = await pictured(shared, await imagine(shared, ana, "a picture of ana's"))
    own = await pictured(shared, await imagine(shared, bo, "a picture of bo's"))
    custom_id = "v1:" + forged.format(key=key_of(own))
    await whispered(await press(shared, bo, target, custom_id, forged=True))
    _unharmed(target)


async def test_a_forged_cancel_does_not_overwrite_a_picture(shared: Stage) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    target = await pictured(shared, await imagine(shared, ana, "a picture of ana's"))
    shared.upstream.hold()
    before, waiting = len(shared.upstream.calls), list[Interaction]()
    for number in range(5):  # four are made at once, so the last one waits
        waiting.append(await imagine(shared, bo, f"number {number}"))
        await calls(shared, before + min(number + 1, 4))
    custom_id = f"v1:cancel:{key_of(card_of(waiting[-1]))}"
    forged = await press(shared, bo, target, custom_id, forged=True)
    assert "Cancelled" in await whispered(forged)
    shared.upstream.release()
    _unharmed(target)
    for asked in waiting[:-1]:
        await pictured(shared, asked)


async def test_a_channel_one_cannot_see_is_not_told_of_by_its_jobs(shared: Stage) -> None:
    world = shared.world
    shared.discord.set_overwrite(world.random, world.bo, deny=Permission.VIEW_CHANNEL)
    shared.upstream.hold()
    asked = await imagine(shared, world.ana, "a hush", at=world.random)
    key = key_of(card_of(asked))
    for person, told in ((world.bo, False), (world.ana, True), (world.operator, True)):
        line = await command(shared, person, "jobs queue", scope="everyone")
        assert ("a hush" in await whispered(line)) is told
        job = await command(shared, person, "jobs show", job=key)
        assert ("a hush" in await whispered(job)) is told
    shared.upstream.release()
    await pictured(shared, asked)
    job = await command(shared, world.bo, "jobs show", job=key)
    assert "There is no job" in await whispered(job)
    assert not card_of(job).attachments


def _unharmed(message: Message) -> None:
    assert not message.deleted
    assert message.attachments
    assert "a picture of ana's" in text_of(message)
    assert verbs(message) == {"reroll", "edit", "delete", "details", "report"}

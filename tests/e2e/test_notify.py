"""Notify me: told once when the job is over, also after a crash, and nobody else is called."""

import pytest

from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from bot.sandbox.world import User
from tests.e2e.acts import card_of, imagine, key_of, pictured, press, says, told
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

ON, OFF = "I will tell you once when this image is over.", "I will not tell you."


async def _waiting(stage: Stage, prompt: str, **options: bool) -> Message:
    stage.upstream.fail("503_loading", seconds=6)
    card = card_of(await imagine(stage, stage.world.ana, prompt, **options))
    await says(stage, card, "waking up")
    return card


def _notices(stage: Stage, key: str) -> list[Message]:
    there = stage.discord.messages(stage.world.general)
    return [m for m in there if f"job `{key}`" in m.text and "Done" in m.text]


async def _press(stage: Stage, person: User, card: Message, words: str) -> None:
    await told(stage, await press(stage, person, card, "notify"), words)


@pytest.mark.parametrize("killed", [False, True], ids=["live", "killed"])
async def test_whoever_pressed_is_told_once(shared: Stage, *, killed: bool) -> None:
    world = shared.world
    card = await _waiting(shared, f"tell us {killed} @everyone")
    key = key_of(card)
    for person in (world.bo, world.operator, world.admin):
        await _press(shared, person, card, ON)
    await _press(shared, world.admin, card, OFF)
    if killed:
        await shared.reopen(killed=True)
    [notice] = await shared.discord.until(lambda: _notices(shared, key), 40)
    assert world.bo.mention in notice.text
    assert world.operator.mention in notice.text
    assert world.admin.mention not in notice.text
    assert world.ana.mention not in notice.text
    # A second job of the same kind is told after the first, so nothing more of that one comes.
    other = await _waiting(shared, "another")
    await _press(shared, world.bo, other, ON)
    await shared.discord.until(lambda: _notices(shared, key_of(other)), 40)
    assert len(_notices(shared, key)) == 1


async def test_a_private_job_is_told_to_its_person_only(shared: Stage) -> None:
    ana, discord = shared.world.ana, shared.discord
    card = await _waiting(shared, "quietly", private=True)
    key = key_of(card)
    await _press(shared, ana, card, ON)
    forged = await press(shared, shared.world.bo, card, f"v1:notify:{key}", forged=True)
    await told(shared, forged, "There is no job")
    await discord.until(lambda: [m for m in discord.dms(ana) if key in m.text], 40)
    assert _notices(shared, key) == []


async def test_a_channel_without_history_takes_a_plain_message(shared: Stage) -> None:
    world, discord = shared.world, shared.discord
    discord.set_overwrite(world.general, world.bot, deny=Permission.READ_MESSAGE_HISTORY)
    try:
        card = await _waiting(shared, "no looking back")
        await _press(shared, world.bo, card, ON)
        [notice] = await discord.until(lambda: _notices(shared, key_of(card)), 40)
        assert world.bo.mention in notice.text
    finally:
        discord.set_overwrite(world.general, world.bot)


async def test_what_is_over_needs_no_notice(shared: Stage) -> None:
    done = await pictured(shared, await imagine(shared, shared.world.ana, "quick"))
    late = await press(shared, shared.world.bo, done, f"v1:notify:{key_of(done)}", forged=True)
    await told(shared, late, "Too late: this image is already done.")

"""Results that are ready after Discord forgot the command: each takes the next way that is open.

Public: the channel, with a mention, then a direct message, then kept. Private: never the channel.
"""

import asyncio

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
    public,
    size_of,
    text_of,
    told,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

KEPT_TOLD = "could not reach you earlier. See it with `/jobs show job:{}`"


async def _held(stage: Stage, prompt: str, **options: object) -> Interaction:
    """A job whose call is in the air while Discord forgets the command."""
    stage.upstream.hold()
    asked = await imagine(stage, stage.world.ana, prompt, **options)
    await calls(stage, 1)
    stage.discord.expire_all_tokens()
    return asked


def _only(found: list[Message], where: str) -> Message:
    assert len(found) == 1, f"{where}: {[text_of(message) for message in found]}"
    message = found[0]
    assert size_of(message) == (512, 512)
    assert message.attachments[0].description
    return message


async def _posted(stage: Stage) -> Message:
    """The picture as a message of its own in the channel."""

    def found() -> list[Message]:
        return [message for message in public(stage) if message.attachments]

    await stage.discord.until(found, 20)
    return _only(found(), "the channel")


async def _by_dm(stage: Stage) -> Message:
    """The picture as a direct message to Ana."""
    await stage.discord.until(lambda: stage.discord.dms(stage.world.ana), 20)
    return _only(stage.discord.dms(stage.world.ana), "direct messages")


async def _told_at_the_next_command(stage: Stage, key: str) -> None:
    """Once the bot has given the ways up, the next command says where the result is."""
    words = KEPT_TOLD.format(key)
    async with asyncio.timeout(20):
        while not await _hears(stage, words):
            pass
    assert not await _hears(stage, words), "once is enough"


async def _hears(stage: Stage, words: str) -> bool:
    """Whether Ana is told `words` after a command, within half a second."""
    asked = await command(stage, stage.world.ana, "quota")
    await whispered(asked)
    try:
        heard = await stage.discord.until(lambda: words in _all_of(asked), within=0.5)
    except TimeoutError:
        return False
    await whispered(asked)
    return heard


def _all_of(asked: Interaction) -> str:
    return "\n".join(text_of(message) for message in asked.replies)


async def _shown(stage: Stage, key: str) -> Message:
    """What `/jobs show` shows, to Ana alone."""
    shown = await command(stage, stage.world.ana, "jobs show", job=key)
    await whispered(shown)
    await stage.discord.until(lambda: card_of(shown).attachments, 20)
    assert size_of(card_of(shown)) == (512, 512)
    return card_of(shown)


async def test_a_late_result_is_posted_with_a_mention_of_the_requester_only(stage: Stage) -> None:
    await stage.open()
    asked = await _held(stage, f"hello @everyone {stage.world.bo.mention} @here")
    key = key_of(card_of(asked))
    stage.upstream.release()
    late = await _posted(stage)
    assert late is not card_of(asked)
    assert late.mentions == [stage.world.ana]
    assert late.content == stage.world.ana.mention
    assert late.nonce == key
    assert late.reference is card_of(asked)
    assert verbs(late) == {"reroll", "delete", "details"}
    assert stage.discord.dms(stage.world.ana) == []

    again = await pictured(stage, await press(stage, stage.world.bo, late, "reroll"))
    assert again is not late
    await told(stage, await press(stage, stage.world.ana, late, "delete"), "Deleted.")
    assert late.deleted


async def test_a_late_failure_is_posted_as_well(stage: Stage) -> None:
    await stage.open()
    stage.upstream.fail("410")
    asked = await _held(stage, "a late failure")
    stage.upstream.release()

    def found() -> list[Message]:
        return [m for m in public(stage) if "Hugging Face no longer serves" in text_of(m)]

    late = (await stage.discord.until(found, 20))[0]
    assert late is not card_of(asked)
    assert late.mentions == [stage.world.ana]
    assert "Your slot was returned." in text_of(late)


async def test_a_channel_that_refuses_leads_to_a_direct_message(stage: Stage) -> None:
    await stage.open()
    await _held(stage, "a closed channel")
    _close_channel(stage)
    stage.upstream.release()
    late = await _by_dm(stage)
    assert "“a closed channel”" in text_of(late)
    assert [m for m in public(stage) if m.attachments] == []


async def test_when_every_way_is_closed_it_is_kept_and_told(stage: Stage) -> None:
    await stage.open()
    asked = await _held(stage, "nowhere to go")
    key = key_of(card_of(asked))
    _close_channel(stage)
    stage.world.ana.dms_open = False
    stage.upstream.release()
    await _told_at_the_next_command(stage, key)
    shown = await _shown(stage, key)
    assert "“nowhere to go”" in text_of(shown)
    assert [m for m in public(stage) if m.attachments] == []


@pytest.mark.parametrize("restarted", [False, True], ids=["live", "restarted"])
async def test_a_late_private_result_goes_to_its_person(stage: Stage, restarted: bool) -> None:
    await stage.open()
    asked = await _held(stage, "between us", private=True)
    before = public(stage)
    if restarted:
        stage.upstream.release()
        await stage.reopen()
    stage.upstream.release()
    late = await _by_dm(stage)
    assert "“between us”" in text_of(late)
    assert late is not card_of(asked)
    assert public(stage) == before == []


async def test_a_late_private_result_without_a_way_is_kept_and_told(stage: Stage) -> None:
    await stage.open()
    asked = await _held(stage, "between us", private=True)
    key = key_of(card_of(asked))
    stage.world.ana.dms_open = False
    stage.upstream.release()
    await _told_at_the_next_command(stage, key)
    await _shown(stage, key)
    for other in (stage.world.bo, stage.world.operator):
        prying = await command(stage, other, "jobs show", job=key)
        assert "There is no job" in await whispered(prying)
    assert public(stage) == []


def _close_channel(stage: Stage) -> None:
    stage.discord.set_overwrite(stage.world.general, stage.world.bot, deny=Permission.SEND_MESSAGES)

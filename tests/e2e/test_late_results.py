"""Results that are ready after Discord forgot the command: each takes the next way that is open.

Public: the channel, with a mention, then a direct message, then kept. Private: never the channel.
"""

import asyncio
from collections.abc import Iterator

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
    says,
    size_of,
    text_of,
    told,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

KEPT_TOLD = "could not reach you earlier. See it with `/jobs show job:{}`"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The module's stage; afterwards every way is open again."""
    yield shared
    shared.world.ana.dms_open = True
    shared.discord.set_overwrite(shared.world.general, shared.world.bot)


async def _held(stage: Stage, prompt: str, **options: object) -> Interaction:
    """A job whose call is in the air while Discord forgets the command."""
    before = len(stage.upstream.calls)
    stage.upstream.hold()
    asked = await imagine(stage, stage.world.ana, prompt, **options)
    await calls(stage, before + 1)
    stage.discord.expire_all_tokens()
    return asked


def _about(messages: list[Message], key: str) -> list[Message]:
    return [m for m in messages if key in m.text or key in str(m.components)]


def _pictures(stage: Stage, key: str) -> list[Message]:
    """What everybody sees of a job's result."""
    return [m for m in _about(public(stage), key) if m.attachments]


async def _posted(stage: Stage, key: str) -> Message:
    """The picture as a message of its own in the channel."""
    await stage.discord.until(lambda: _pictures(stage, key), 20)
    return _only(_pictures(stage, key))


async def _by_dm(stage: Stage, key: str) -> Message:
    """The picture as a direct message to Ana."""
    await stage.discord.until(lambda: _dms(stage, key), 20)
    return _only(_dms(stage, key))


def _dms(stage: Stage, key: str) -> list[Message]:
    return _about(stage.discord.dms(stage.world.ana), key)


def _only(found: list[Message]) -> Message:
    [message] = found
    assert size_of(message) == (512, 512)
    assert message.attachments[0].description
    return message


async def _told_at_the_next_command(stage: Stage, key: str) -> None:
    """Once the bot has given the ways up, the next command says where the result is."""
    words = KEPT_TOLD.format(key)
    asked = [await _quota(stage)]
    async with asyncio.timeout(20):
        while not await _hears(stage, asked, words):
            asked.append(await _quota(stage))
    assert not await _hears(stage, [await _quota(stage)], words), "once is enough"


async def _quota(stage: Stage) -> Interaction:
    asked = await command(stage, stage.world.ana, "quota")
    await whispered(asked)
    return asked


async def _hears(stage: Stage, asked: list[Interaction], words: str) -> bool:
    """Whether Ana is told `words` after one of her commands, half a second after the last."""

    def heard() -> list[Interaction]:
        return [one for one in asked for message in one.replies if words in text_of(message)]

    try:
        [told_by] = await stage.discord.until(heard, within=0.5)
    except TimeoutError:
        return False
    await whispered(told_by)
    return True


async def _shown(stage: Stage, key: str) -> Message:
    """What `/jobs show` shows, to Ana alone."""
    shown = await command(stage, stage.world.ana, "jobs show", job=key)
    await whispered(shown)
    await stage.discord.until(lambda: card_of(shown).attachments, 20)
    assert size_of(card_of(shown)) == (512, 512)
    return card_of(shown)


async def test_a_late_result_is_posted_with_a_mention_of_the_requester_only(stage: Stage) -> None:
    asked = await _held(stage, f"hello @everyone {stage.world.bo.mention} @here")
    key = key_of(card_of(asked))
    stage.upstream.release()
    late = await _posted(stage, key)
    assert late is not card_of(asked)
    assert late.mentions == [stage.world.ana]
    assert late.content == stage.world.ana.mention
    assert late.nonce == key
    assert late.reference is card_of(asked)
    assert verbs(late) == {"reroll", "edit", "delete", "details", "report"}
    assert _dms(stage, key) == []
    await says(stage, card_of(asked), "Done, see below: ")
    assert verbs(card_of(asked)) == set()

    again = await pictured(stage, await press(stage, stage.world.bo, late, "reroll"))
    assert again is not late
    await told(stage, await press(stage, stage.world.ana, late, "delete"), "Deleted.")
    assert late.deleted


async def test_a_late_failure_is_posted_as_well(stage: Stage) -> None:
    stage.upstream.fail("410")
    asked = await _held(stage, "a late failure")
    key = key_of(card_of(asked))
    stage.upstream.release()

    def found() -> list[Message]:
        here = _about(public(stage), key)
        return [m for m in here if "Hugging Face no longer serves" in text_of(m)]

    late = (await stage.discord.until(found, 20))[0]
    assert late is not card_of(asked)
    assert late.mentions == [stage.world.ana]
    assert "Your slot was returned." in text_of(late)


async def test_a_channel_that_refuses_leads_to_a_direct_message(stage: Stage) -> None:
    key = key_of(card_of(await _held(stage, "a closed channel")))
    _close_channel(stage)
    stage.upstream.release()
    late = await _by_dm(stage, key)
    assert "“a closed channel”" in text_of(late)
    assert _pictures(stage, key) == []


async def test_when_every_way_is_closed_it_is_kept_and_told(stage: Stage) -> None:
    asked = await _held(stage, "nowhere to go")
    key = key_of(card_of(asked))
    _close_channel(stage)
    stage.world.ana.dms_open = False
    stage.upstream.release()
    await _told_at_the_next_command(stage, key)
    shown = await _shown(stage, key)
    assert "“nowhere to go”" in text_of(shown)
    assert _pictures(stage, key) == []


@pytest.mark.parametrize("restarted", [False, True], ids=["live", "restarted"])
async def test_a_late_private_result_goes_to_its_person(stage: Stage, restarted: bool) -> None:
    asked = await _held(stage, "between us", private=True)
    key = key_of(card_of(asked))
    if restarted:
        stage.upstream.release()
        await stage.reopen()
    stage.upstream.release()
    late = await _by_dm(stage, key)
    assert "“between us”" in text_of(late)
    assert f"To share it or make another one from it, use `/jobs show job:{key}`" in text_of(late)
    assert late is not card_of(asked)
    assert _about(public(stage), key) == []


async def test_a_late_private_result_without_a_way_is_kept_and_told(stage: Stage) -> None:
    asked = await _held(stage, "between us", private=True)
    key = key_of(card_of(asked))
    stage.world.ana.dms_open = False
    stage.upstream.release()
    await _told_at_the_next_command(stage, key)
    await _shown(stage, key)
    for other in (stage.world.bo, stage.world.operator):
        prying = await command(stage, other, "jobs show", job=key)
        assert "There is no job" in await whispered(prying)
    assert _about(public(stage), key) == []


def _close_channel(stage: Stage) -> None:
    stage.discord.set_overwrite(stage.world.general, stage.world.bot, deny=Permission.SEND_MESSAGES)

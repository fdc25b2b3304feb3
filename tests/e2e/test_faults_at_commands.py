"""Each fault of Discord at the first answer to a command or a press, and channels that vanish.

Where Discord can be reached within its three seconds the person reads the answer, once; where it
cannot, nothing is hammered, and the next command works.
"""

from collections.abc import Iterator

import pytest

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel
from tests.e2e.acts import (
    calls,
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    says,
    size_of,
    text_of,
    told,
    whispered,
)
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, eventually, pictures, rows

pytestmark = pytest.mark.asyncio(loop_scope="module")
stage_paced = True
FAST = 20.0  # the pauses between tries pass so many times as fast
TRIES = 4
FIRST_ANSWER = "first answer"
PASSES = ["429", "429_global", "500", "502_html", "503", "reset", "lost"]
CLOSES = ["429_ban", "10062", "40060", "50027", "10015"]
COMMANDS = ["quota", "help"]  # one defers first, the other answers at once


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The module's stage; afterwards nothing is broken any more."""
    yield shared
    shared.discord.faults.clear()
    shared.run_clock(1)


@pytest.mark.parametrize("name", PASSES)
@pytest.mark.parametrize("which", COMMANDS)
async def test_a_command_is_answered_all_the_same(stage: Stage, which: str, name: str) -> None:
    struck = stage.discord.fail(name, FIRST_ANSWER)
    asked = await stage.discord.run_command(stage.world.ana, stage.world.general, which)
    assert "Something went wrong" not in await whispered(asked)
    await _answered_again(stage, asked, name)
    assert struck.hits == 1
    assert len([message for message in asked.replies if not message.deleted]) == 1


@pytest.mark.parametrize("name", PASSES)
async def test_a_press_is_answered_all_the_same(stage: Stage, name: str) -> None:
    done = await pictured(stage, await imagine(stage, stage.world.ana, "a leaf"))
    stage.discord.fail(name, FIRST_ANSWER)
    await told(stage, await press(stage, stage.world.ana, done, "delete"), "Deleted.")
    assert done.deleted


@pytest.mark.parametrize("name", PASSES)
async def test_a_form_opens_all_the_same(stage: Stage, name: str) -> None:
    done = await pictured(stage, await imagine(stage, stage.world.ana, "a stone"))
    struck = stage.discord.fail(name, FIRST_ANSWER)
    opened = await press(stage, stage.world.ana, done, "edit")
    await _answered_again(stage, opened, name)
    assert opened.modal
    assert struck.hits == 1
    assert "Could not tell an error" not in stage.bot.log


@pytest.mark.parametrize("name", CLOSES)
@pytest.mark.parametrize("which", COMMANDS)
async def test_a_command_that_cannot_be_answered_is_let_go(
    stage: Stage, which: str, name: str
) -> None:
    known = len(stage.bot.log)
    struck = stage.discord.fail(name, FIRST_ANSWER, times=10)
    await stage.discord.run_command(stage.world.ana, stage.world.general, which)
    await eventually(lambda: "Cannot answer" in stage.bot.log[known:], SLOW)
    await whispered(await _after(stage))
    assert struck.hits == 1, "each call that is refused like this is a step towards a ban"
    assert "Traceback" not in stage.bot.log[known:]


@pytest.mark.parametrize("name", ["429", "500", "503", "reset", "lost"])
async def test_a_late_word_is_said_once(stage: Stage, name: str) -> None:
    """The edit of the deferred answer, instead of the first answer itself."""
    struck = stage.discord.fail(name, "card")
    asked = await stage.discord.run_command(stage.world.ana, stage.world.general, "quota")
    assert await whispered(asked)
    assert struck.hits == 1


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_a_channel_that_vanishes_leads_to_a_direct_message(
    stage: Stage, private: bool
) -> None:
    channel = stage.world.add_channel(stage.world.guild, f"brief-{private}".lower())
    asked = await _in_the_air(stage, channel, private=private)
    key = key_of(card_of(asked))
    stage.discord.remove_channel(channel)
    stage.discord.expire_all_tokens()
    stage.upstream.release()
    dms = await stage.discord.until(lambda: _dms(stage, key), SLOW)
    assert size_of(dms[0]) == (512, 512)
    assert "“soon gone”" in text_of(dms[0])
    assert rows(stage, f"SELECT state FROM job WHERE key = '{key}'") == [("done",)]  # noqa: S608
    await pictured(stage, await imagine(stage, stage.world.bo, "and on it goes"))
    assert len(_dms(stage, key)) == 1


async def test_a_message_that_is_too_large_is_sent_smaller(stage: Stage) -> None:
    asked = await _in_the_air(stage, stage.world.general)
    await says(stage, card_of(asked), "Working")
    stage.discord.fail("40005", "card")
    stage.upstream.release()
    said = await says(stage, card_of(asked), "Here is a smaller one; the original stays until")
    assert "Discord did not take a file of" in said
    await pictured(stage, asked)
    await pictured(stage, await imagine(stage, stage.world.bo, "and on it goes"))


async def test_a_ban_is_not_hammered(stage: Stage) -> None:
    """Each try is one call, and the pauses between them grow; afterwards the picture comes."""
    asked = await _in_the_air(stage, stage.world.general)
    await says(stage, card_of(asked), "Working")
    stage.run_clock(FAST)
    known, struck = len(stage.bot.log), stage.discord.fail("429_ban", "any", times=100)
    stage.upstream.release()
    await eventually(lambda: stage.bot.log[known:].count("Not told yet") >= TRIES, SLOW)
    assert struck.hits == TRIES
    stage.discord.faults.clear()
    key = key_of(card_of(asked))
    await eventually(lambda: _is_told(stage, key), SLOW)
    assert len(pictures(stage, key)) == 1


@pytest.mark.parametrize("name", ["429", "500", "503", "reset", "lost", "50027", "10008"])
async def test_a_failure_is_told_once(stage: Stage, name: str) -> None:
    """What is true of pictures is true of sentences."""
    stage.upstream.fail("410")
    asked = await _in_the_air(stage, stage.world.general)
    key = key_of(card_of(asked))
    await says(stage, card_of(asked), "Working")
    stage.run_clock(FAST)
    stage.discord.fail(name, "card")
    stage.upstream.release()
    await eventually(lambda: _is_told(stage, key), SLOW)
    said = [m for m in stage.discord.messages(stage.world.general) if key in text_of(m)]
    assert ["Hugging Face no longer serves" in text_of(m) for m in said].count(True) == 1
    await pictured(stage, await imagine(stage, stage.world.bo, "and on it goes"))


async def _answered_again(stage: Stage, asked: Interaction, name: str) -> None:
    """What was lost on the way is sent once more: that call must not meet the next test's fault."""
    path = f"/interactions/{asked.id}/"
    twice = 2 if name == "lost" else 1

    def calls_of_it() -> bool:
        return sum(path in exchange["path"] for exchange in stage.discord.traffic) >= twice

    await eventually(calls_of_it, SLOW)


async def _in_the_air(stage: Stage, channel: Channel, *, private: bool = False) -> Interaction:
    """A job whose call has left and is not answered yet."""
    before = len(stage.upstream.calls)
    stage.upstream.hold()
    asked = await imagine(stage, stage.world.ana, "soon gone", at=channel, private=private)
    await calls(stage, before + 1)
    return asked


def _is_told(stage: Stage, key: str) -> bool:
    query = f"SELECT o.state FROM outbox o JOIN job j ON j.id = o.job_id WHERE j.key = '{key}'"  # noqa: S608
    return rows(stage, query) == [("told",)]


def _dms(stage: Stage, key: str) -> list[Message]:
    found = stage.discord.dms(stage.world.ana)
    return [m for m in found if m.attachments and key in m.attachments[0].filename]


async def _after(stage: Stage) -> Interaction:
    """The next command of somebody, with Discord well again."""
    stage.discord.faults.clear()
    return await command(stage, stage.world.bo, "quota")

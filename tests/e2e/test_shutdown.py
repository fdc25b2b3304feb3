"""SIGTERM: nothing new, the running call to its end, a goodbye to Discord, exit code 0."""

import time

from tests.e2e.conftest import Stage
from tests.e2e.scenes import ended, ends, eventually, painted, queued, rows, stop

GOODBYE = 1000
SOON = (
    6.0  # seconds that an idle bot may take on a busy machine; giving up waiting would take eight
)


async def test_an_idle_bot_leaves_at_once_and_says_goodbye(stage: Stage) -> None:
    await stage.open()
    started = time.monotonic()
    assert await stop(stage) == 0
    assert time.monotonic() - started < SOON
    assert stage.discord.gateway.close_codes[-1] == GOODBYE
    assert "Traceback" not in stage.bot.log


async def test_the_running_call_is_finished_and_told_but_nothing_new_is_taken(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    stage.upstream.hold()
    running = await queued(stage, stage.world.ana, "a lighthouse at dusk")
    waiting = await queued(stage, stage.world.bo, "a heron in the reeds")
    await stage.upstream.arrived(1)
    assert stage.bot.process is not None
    stage.bot.process.terminate()
    await eventually(lambda: "Stopping" in stage.bot.log)
    stage.upstream.release()
    assert await stop(stage) == 0
    assert ends(stage, running)
    assert not ends(stage, waiting)
    assert len(stage.upstream.calls) == 1
    assert stage.discord.gateway.close_codes[-1] == GOODBYE

    await stage.open()
    await painted(stage, waiting)
    assert len(ends(stage, running)) == 1


async def test_a_call_that_takes_too_long_is_told_as_unknown_and_not_repeated(stage: Stage) -> None:
    await stage.open(HUGOPS_SHUTDOWN_SECONDS="1")
    stage.upstream.hold()
    key = await queued(stage, stage.world.ana, "a slow glacier")
    await stage.upstream.arrived(1)
    started = time.monotonic()
    assert await stop(stage) == 0
    assert time.monotonic() - started < 1 + 2 * SOON
    stage.upstream.release()

    await stage.open()
    message = await ended(stage, key)
    assert "I restarted while Hugging Face was working on this." in message.text
    assert message.control("Try again")
    after = await queued(stage, stage.world.bo, "a quick stream")
    await painted(stage, after)
    assert [call.prompt for call in stage.upstream.calls] == ["a slow glacier", "a quick stream"]
    assert len(ends(stage, key)) == 1
    assert rows(stage, "SELECT COUNT(*) FROM transfer WHERE kind = 'post' AND amount = 1") == [(1,)]

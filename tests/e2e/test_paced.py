"""A clock that runs faster for the bot and both stand-ins: hours of waiting pass in seconds."""

from bot.sandbox.quota import UpstreamWindow
from tests.e2e.conftest import Stage
from tests.e2e.scenes import crash, ended, painted, queued, told


async def test_credit_that_stays_used_is_believed_after_minutes(paced_stage: Stage) -> None:
    stage = paced_stage
    await stage.open()
    stage.run_clock(60)
    stage.upstream.fail("402", times=3)
    spent = await ended(stage, await queued(stage, stage.world.ana, "no money"))
    assert "included credit is spent" in spent.text
    first, second, third = (call.at for call in stage.upstream.calls)
    assert (second - first).total_seconds() >= 60
    assert (third - second).total_seconds() >= 180

    stage.skip(3600)  # all calls rest for an hour
    await painted(stage, await queued(stage, stage.world.bo, "a new month"))


async def test_the_hourly_window_passes_and_holds_over_a_kill(paced_stage: Stage) -> None:
    stage = paced_stage
    stage.upstream.windows = (UpstreamWindow(name="hour", calls=2, seconds=3600),)
    await stage.open(HUGOPS_PLAN="free")
    stage.run_clock(60)
    await told(stage, stage.world.admin, "admin limits set", window="hour", value=2)
    for number in range(2):
        await painted(stage, await queued(stage, stage.world.ana, f"picture {number}"))
    late = await queued(stage, stage.world.bo, "an hour later")
    await crash(stage)
    stage.skip(57 * 60)
    await stage.open(HUGOPS_PLAN="free")
    await painted(stage, late)
    first, _, last = (call.at for call in stage.upstream.calls)
    assert (last - first).total_seconds() >= 3600, "a restart forgets no window"
    assert stage.upstream.violations() == 0

"""/admin limits, and that the windows hold: over restarts, refusals and several people."""

from bot.sandbox.quota import UpstreamWindow
from bot.sandbox.upstream import InferenceCall
from tests.e2e.conftest import Stage
from tests.e2e.scenes import painted, queued, restart, told


async def test_limits_are_shown_set_and_kept_over_a_restart(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    admin = stage.world.admin
    shown = await told(stage, admin, "admin limits show")
    assert shown.ephemeral
    assert "0/30" in shown.text
    changed = await told(stage, admin, "admin limits set", window="hour", value=7, seconds=60)
    assert "0/7" in changed.text
    changed = await told(stage, admin, "admin limits set", window="money", value=250)
    assert "$2.50" in changed.text

    await restart(stage, HUGOPS_PLAN="unlimited")
    shown = await told(stage, admin, "admin limits show")
    assert "0/7" in shown.text
    assert "$2.50" in shown.text


async def test_a_preset_takes_the_place_of_every_limit(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    changed = await told(stage, stage.world.admin, "admin limits preset", plan="pro")
    assert "0/1,000" in changed.text
    assert "in flight: 4" in changed.text
    changed = await told(stage, stage.world.admin, "admin limits preset", plan="unlimited")
    assert "0/" not in changed.text
    assert "no limit" in changed.text


async def test_values_out_of_range_are_refused_with_the_range(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    admin = stage.world.admin
    for options, allowed in (
        ({"window": "hour", "value": 0}, "1-100000"),
        ({"window": "hour", "value": 10**9}, "1-100000"),
        ({"window": "spacing", "value": -1}, "0-3600"),
        ({"window": "in_flight", "value": 0}, "1-32"),
        ({"window": "waiting", "value": 101}, "1-100"),
        ({"window": "hour", "value": 5, "seconds": 0}, "1-2678400"),
    ):
        run = await stage.discord.run_command(
            admin, stage.world.general, "admin limits set", raw=True, **options
        )
        refused = await run.settled()
        assert refused.ephemeral
        assert allowed in refused.text.replace(",", ""), refused.text
    assert "0/30" in (await told(stage, admin, "admin limits show")).text


async def test_windows_hold_over_a_restart(stage: Stage) -> None:
    stage.upstream.windows = (UpstreamWindow(name="hour", calls=3, seconds=6),)
    await stage.open()
    options = {"window": "hour", "value": 3, "seconds": 6}
    await told(stage, stage.world.admin, "admin limits set", **options)
    keys = [await queued(stage, stage.world.ana, f"ana's {number}") for number in range(3)]
    keys += [await queued(stage, stage.world.bo, f"bo's {number}") for number in range(2)]
    await stage.upstream.made(3)

    await restart(stage)
    for key in keys:
        await painted(stage, key)
    _nothing_refused(stage)
    assert min(_gaps(stage.upstream.calls, 3)) >= 6.0


async def test_the_spacing_holds(stage: Stage) -> None:
    stage.upstream.windows = (UpstreamWindow(name="spacing", calls=1, seconds=1),)
    await stage.open()
    await told(stage, stage.world.admin, "admin limits set", window="spacing", value=1)
    keys = [await queued(stage, stage.world.ana, f"picture {number}") for number in range(3)]
    for key in keys:
        await painted(stage, key)
    _nothing_refused(stage)
    assert min(_gaps(stage.upstream.calls, 1)) >= 1.0


async def test_a_refusal_pauses_the_lane_and_it_recovers(stage: Stage) -> None:
    stage.upstream.fail("429", seconds=2)
    await stage.open()
    # Of several calls at a time one more may leave before the refusal of the first is written.
    await told(stage, stage.world.admin, "admin limits set", window="in_flight", value=1)
    first = await queued(stage, stage.world.ana, "too fast")
    second = await queued(stage, stage.world.bo, "right behind")
    await painted(stage, first)
    await painted(stage, second)
    assert _gaps(stage.upstream.calls, 1)[0] >= 2.0
    assert [call.status for call in stage.upstream.calls] == [429, 200, 200]


async def test_turns_are_fair(stage: Stage) -> None:
    await stage.open()
    await told(stage, stage.world.admin, "admin limits set", window="in_flight", value=1)
    stage.upstream.hold()
    keys = [await queued(stage, stage.world.ana, f"ana's {number}") for number in range(3)]
    await stage.upstream.arrived(1)
    keys.append(await queued(stage, stage.world.bo, "bo's only one"))
    stage.upstream.release()
    for key in keys:
        await painted(stage, key)
    order = [call.prompt for call in stage.upstream.calls]
    assert order == ["ana's 0", "bo's only one", "ana's 1", "ana's 2"]


async def test_the_shared_window_is_named_on_the_card(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    await told(stage, stage.world.admin, "admin limits set", window="hour", value=1)
    await painted(stage, await queued(stage, stage.world.ana, "the only slot"))
    asked = await told(stage, stage.world.bo, "imagine", prompt="an hour later")
    assert "hourly window 1/1, next slot" in asked.text
    assert "The shared free-tier window is full (1/1 this hour)." in asked.text
    assert len(stage.upstream.calls) == 1


def _nothing_refused(stage: Stage) -> None:
    assert stage.upstream.violations() == 0
    assert {call.status for call in stage.upstream.calls} == {200}


def _gaps(calls: list[InferenceCall], apart: int) -> list[float]:
    """Seconds between each call and the one `apart` places later."""
    stamps = [call.monotonic for call in calls]
    return [later - earlier for earlier, later in zip(stamps, stamps[apart:], strict=False)]

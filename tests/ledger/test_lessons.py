"""Refusals lower a window in the ledger, time wins it back, and other knobs leave it alone."""

from dataclasses import replace
from datetime import timedelta

from bot.core.errors import Cause
from bot.core.windows import Limit, with_limit
from tests.factories import make_failed, make_limits, make_window, seconds
from tests.ledger.office import ENTRY, Office

LIMITS = make_limits(make_window(Limit.HOUR, 4), make_window(Limit.DAY, 100, 86400))
REFUSED = replace(make_failed(Cause.SLOW_DOWN), retry_after=seconds(600))


async def in_force(office: Office) -> int:
    """Of the hourly window."""
    window = (await office.lane.limits()).window(Limit.HOUR)
    assert window
    return window.in_force


async def refuse_the_fourth(office: Office) -> None:
    """Three pictures, then a refusal."""
    await office.limit(LIMITS)
    for number in range(1, 4):
        await office.submit(number)
        await office.succeed(await office.send())
    await office.submit(4)
    await office.fail(await office.send(), REFUSED)


async def test_a_refusal_lowers_the_window_to_what_it_holds(office: Office) -> None:
    await refuse_the_fourth(office)
    assert await in_force(office) == 3
    office.clock.move(timedelta(seconds=1800))  # the pause is over, the hour is not
    wait = await office.wait()
    assert wait == timedelta(seconds=1800)


async def test_it_is_won_back_with_time_whatever_the_wall_clock_does(office: Office) -> None:
    await refuse_the_fourth(office)
    office.clock.step(timedelta(days=3))
    assert await in_force(office) == 3
    office.clock.move(timedelta(hours=4))
    assert await in_force(office) == 4


async def test_a_refusal_that_names_no_wait_lowers_nothing(office: Office) -> None:
    await office.limit(LIMITS)
    await office.submit()
    await office.fail(await office.send(), make_failed(Cause.SLOW_DOWN))
    assert await in_force(office) == 4


async def test_another_knob_leaves_what_was_learned(office: Office) -> None:
    await refuse_the_fourth(office)
    limits = await office.lane.limits()
    await office.lane.set_limits(with_limit(limits, Limit.WAITING, 9, None), ENTRY)
    assert await in_force(office) == 3
    office.clock.move(timedelta(hours=4))
    assert await in_force(office) == 4


async def test_a_storm_of_refusals_is_one_lesson(office: Office) -> None:
    await office.limit(make_limits(make_window(Limit.HOUR, 8)))
    await office.submit(1)
    await office.succeed(await office.send())
    await office.submit(2)
    for _ in range(4):
        await office.fail(await office.send(), REFUSED)
        assert await in_force(office) == 4
        office.clock.move(timedelta(minutes=11))


async def test_setting_the_same_limits_again_forgets_what_was_learned(office: Office) -> None:
    await refuse_the_fourth(office)
    await office.lane.set_limits(LIMITS, ENTRY)
    assert await in_force(office) == 4


async def test_setting_the_window_forgets_what_was_learned(office: Office) -> None:
    await refuse_the_fourth(office)
    limits = await office.lane.limits()
    await office.lane.set_limits(with_limit(limits, Limit.HOUR, 8, None), ENTRY)
    assert await in_force(office) == 8

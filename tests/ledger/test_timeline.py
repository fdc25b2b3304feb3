"""The line that windows and leases count on: no restart and no clock step moves it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.windows import Limit
from bot.ledger.timeline import Timeline, from_ms, ms_of, to_ms
from tests.factories import START_AT, make_limits, make_window, seconds
from tests.ledger.office import Office, StepClock, open_office

STEPS = [timedelta(hours=-2), timedelta(), timedelta(hours=2)]


async def line_after_restart(office: Office, clock: StepClock) -> int:
    """The line as a new process of the same ledger sees it."""
    timeline = Timeline(clock)
    await office.database.write(timeline.anchor)
    return timeline.line_ms()


def test_milliseconds_and_back() -> None:
    assert from_ms(to_ms(START_AT)) == START_AT
    odd = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert from_ms(to_ms(odd)) == odd
    assert ms_of(timedelta(microseconds=1)) == 1
    assert ms_of(timedelta(milliseconds=7)) == 7


async def test_a_new_ledgers_line_starts_at_the_wall_clock(office: Office) -> None:
    assert office.desk.timeline.line_ms() == to_ms(START_AT)


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_one_boot_has_one_line(office: Office, clock: StepClock, step: timedelta) -> None:
    clock.step(step)
    clock.move(seconds(100))
    expected = to_ms(START_AT) + 100_000
    assert office.desk.timeline.line_ms() == expected
    assert await line_after_restart(office, clock) == expected


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_the_line_is_shown_as_the_wall_clock_says_now(
    office: Office, clock: StepClock, step: timedelta
) -> None:
    timeline = office.desk.timeline
    stamp = timeline.line_ms()
    clock.step(step)
    clock.move(seconds(5))
    assert timeline.shown()(stamp) == clock.now() - seconds(5)


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("restart", [False, True])
async def test_a_window_lasts_as_long_as_it_lasts(
    ledger: Path, clock: StepClock, step: timedelta, restart: bool
) -> None:
    limits = make_limits(make_window(Limit.HOUR, 1, 60))
    async with open_office(ledger, clock, limits=limits) as office:
        await office.submit(1)
        await office.submit(2)
        await office.succeed(await office.send())
        clock.step(step)
        clock.move(seconds(10))
        if not restart:
            assert await office.wait() == seconds(50)
    async with open_office(ledger, clock, owner="next") as office:
        assert await office.wait() == seconds(50)
        clock.move(seconds(50))
        await office.claim()


async def test_a_new_boot_starts_at_the_wall_clock(office: Office, clock: StepClock) -> None:
    clock.reboot()
    clock.move(timedelta(minutes=3))
    assert await line_after_restart(office, clock) == to_ms(clock.now())


@pytest.mark.parametrize("answered", [False, True])
async def test_a_new_boot_never_falls_below_the_newest_stamp(
    office: Office, clock: StepClock, answered: bool
) -> None:
    await office.submit()
    clock.move(seconds(50))
    lease = await office.send()
    if answered:
        clock.move(seconds(7))
        await office.succeed(lease)
    newest = office.desk.timeline.line_ms()
    clock.step(timedelta(hours=-2))
    clock.reboot()
    assert await line_after_restart(office, clock) == newest
    clock.move(seconds(1))
    assert await line_after_restart(office, clock) == newest + 1000


async def test_after_a_reboot_a_window_is_not_open_early(ledger: Path, clock: StepClock) -> None:
    limits = make_limits(make_window(Limit.HOUR, 1, 60))
    async with open_office(ledger, clock, limits=limits) as office:
        await office.submit(1)
        await office.submit(2)
        await office.succeed(await office.send())
    clock.reboot()
    clock.step(timedelta(hours=-2))
    async with open_office(ledger, clock, owner="next") as office:
        assert await office.wait() == seconds(60)

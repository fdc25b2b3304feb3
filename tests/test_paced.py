"""The paced clock: right through every change of speed, never backwards, one for both halves."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.paced import PacedClock, pace_of
from bot.sandbox.pace import Pace

BEGIN_AT = datetime(2026, 11, 1, tzinfo=UTC)

real_seconds = st.floats(min_value=0, max_value=5000)
turns = st.one_of(
    st.tuples(st.just("run"), st.floats(min_value=1, max_value=3600)),
    st.tuples(st.just("skip"), st.floats(min_value=0.001, max_value=86_400)),
)


@dataclass
class Machine:
    """The machine's own clock, moved by hand; whoever waits moves it."""

    seconds: float = 1000.0

    def now(self) -> datetime:
        return BEGIN_AT + timedelta(seconds=self.seconds)

    def uptime(self) -> tuple[str, timedelta]:
        return "boot", timedelta(seconds=self.seconds)

    async def wait(self, event: asyncio.Event, longest: timedelta) -> None:
        if not event.is_set():
            self.seconds += longest.total_seconds()
        await asyncio.sleep(0)


def _turn(pace: Pace, turn: tuple[str, float]) -> None:
    what, value = turn
    pace.run(value) if what == "run" else pace.skip(value)


@given(steps=st.lists(st.tuples(real_seconds, turns, real_seconds), max_size=12))
def test_it_never_goes_back_and_agrees_with_the_sandbox(
    steps: list[tuple[float, tuple[str, float], float]],
) -> None:
    machine = Machine()
    pace = Pace(lambda: machine.seconds)
    clock = PacedClock(pace_of(pace.line()), machine)
    seen = [(clock.uptime()[1], clock.now())]
    for before, turn, late in steps:
        machine.seconds += before
        seen.append((clock.uptime()[1], clock.now()))
        _turn(pace, turn)
        machine.seconds += late / 1000  # the line is on its way
        seen.append((clock.uptime()[1], clock.now()))
        clock.follow(pace_of(pace.line()))
        seen.append((clock.uptime()[1], clock.now()))
    assert [up for up, _ in seen] == sorted(up for up, _ in seen)
    assert all(
        later - earlier > -timedelta(milliseconds=1)  # what a float of seconds holds
        for (_, earlier), (_, later) in pairwise(seen)
    )
    machine.seconds += 3600 * 5  # more than any line was late, at the highest speed
    assert clock.uptime()[1].total_seconds() == pytest.approx(pace.uptime(), abs=0.01)


def test_it_counts_each_speed_for_its_time_and_each_jump_once() -> None:
    machine = Machine()
    pace = Pace(lambda: machine.seconds)
    clock = PacedClock(pace_of(pace.line()), machine)
    began_at, (world, since) = clock.now(), clock.uptime()
    for speed, skip in ((1, 3600), (60, 60), (10, 1)):
        pace.run(speed)
        machine.seconds += 10
        pace.skip(skip)
    clock.follow(pace_of(pace.line()))
    passed = timedelta(seconds=10 + 3600 + 600 + 60 + 100 + 1)
    assert clock.now() - began_at == passed
    assert clock.uptime() == (world, since + passed)


def test_another_world_is_another_boot() -> None:
    machine = Machine()
    clocks = [PacedClock(pace_of(Pace().line()), machine) for _ in range(2)]
    assert clocks[0].uptime()[0] != clocks[1].uptime()[0]


async def test_who_waits_is_woken_by_the_event_by_its_time_and_by_a_jump() -> None:
    machine, rung, never = Machine(), asyncio.Event(), asyncio.Event()
    pace = Pace(lambda: machine.seconds)
    clock = PacedClock(pace_of(pace.line()), machine)
    rung.set()
    await clock.wait(rung, timedelta(hours=1))
    assert machine.seconds == 1000

    pace.run(60)
    clock.follow(pace_of(pace.line()))
    await clock.wait(never, timedelta(minutes=2))
    assert machine.seconds == pytest.approx(1002)

    pace.run(1)
    clock.follow(pace_of(pace.line()))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(clock.wait(never, timedelta(hours=1)))
        await asyncio.sleep(0)
        pace.skip(3600)
        clock.follow(pace_of(pace.line()))
    assert machine.seconds < 1003

"""`python -m bot.paced`: `hugops run` on a clock that another process paces, line by line.

Started by the sandbox's launcher and by tests only, so that `hugops run` has no such setting. The
first line of standard input says how the clock runs, each later one how it runs from then on.
"""

import asyncio
import io
import json
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer

from bot.cli import run_on
from bot.clock import SystemClock
from bot.core.ports import Clock

LOOK_AGAIN_S = 0.05  # real seconds until somebody who waits notices another pace


@dataclass(frozen=True, kw_only=True)
class Pace:
    """`ahead_s` before the machine's uptime at `since_s` of it, and `speed` times as fast since.

    `world` stands for the machine's boot: uptimes of different worlds have nothing in common.
    """

    world: str
    since_s: float
    ahead_s: float
    speed: float

    def reading(self, uptime_s: float) -> float:
        """What this clock shows when the machine shows `uptime_s`."""
        return uptime_s + self.ahead_s + (uptime_s - self.since_s) * (self.speed - 1)


class PacedClock:
    """The machine's time at another pace. Read from any thread."""

    def __init__(self, pace: Pace, machine: Clock) -> None:
        self._machine = machine
        self._pace = pace
        self._furthest_s = 0.0
        self._reading = threading.Lock()

    def follow(self, pace: Pace) -> None:
        """Run like this from now on; never backwards: it stands still until `pace` caught up."""
        with self._reading:
            self._pace = pace

    def now(self) -> datetime:
        """Wall-clock time, aware UTC."""
        machine_s, paced_s = self._read()
        return self._machine.now() + timedelta(seconds=paced_s - machine_s)

    def uptime(self) -> tuple[str, timedelta]:
        """The world in place of the machine's boot, and the time in it."""
        _, paced_s = self._read()
        return self._pace.world, timedelta(seconds=paced_s)

    async def wait(self, event: asyncio.Event, longest: timedelta) -> None:
        """Return when `event` is set, or after `longest` of this clock."""
        _, paced_s = self._read()
        until_s = paced_s + longest.total_seconds()
        while not event.is_set() and paced_s < until_s:
            real_s = (until_s - paced_s) / self._pace.speed
            await self._machine.wait(event, timedelta(seconds=min(real_s, LOOK_AGAIN_S)))
            _, paced_s = self._read()

    def _read(self) -> tuple[float, float]:
        """Both uptimes in seconds: the machine's, and the paced one."""
        with self._reading:
            machine_s = self._machine.uptime()[1].total_seconds()
            self._furthest_s = max(self._furthest_s, self._pace.reading(machine_s))
            return machine_s, self._furthest_s


def pace_of(line: bytes) -> Pace:
    """How a line says that the clock runs. Raises ValueError and KeyError."""
    said = json.loads(line)
    return Pace(
        world=str(said["world"]),
        since_s=float(said["since"]),
        ahead_s=float(said["ahead"]),
        speed=float(said["speed"]),
    )


def main() -> None:
    """Take the pace, then run until a signal comes."""
    lines = io.FileIO(sys.stdin.fileno(), closefd=False)  # has no lock to hold when this ends
    clock = PacedClock(pace_of(lines.readline()), SystemClock())
    threading.Thread(target=_listen, args=(lines, clock), daemon=True).start()
    try:
        run_on(clock)
    except typer.Exit as ended:
        sys.exit(ended.exit_code)


def _listen(lines: io.FileIO, clock: PacedClock) -> None:
    with suppress(OSError):
        for line in lines:
            clock.follow(pace_of(line))


if __name__ == "__main__":
    main()

"""The clock of the pretend world: real time, which a person may let run faster or jump ahead.

World, upstream and page read it; the bot, a process of its own, is told how it runs (`line`) and
reads the same machine's time, so that all show the same. Steered by the drawer and by tests.
"""

import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bot.sandbox.json_shapes import Json

FASTEST = 3600.0
LONGEST_SKIP_S = 7 * 86_400.0


def _machine() -> float:
    """Seconds since the machine's boot, the same for every process on it."""
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(source)


class Pace:
    """Never slower than real time and never backwards, whatever is chosen."""

    def __init__(self, machine: Callable[[], float] = _machine) -> None:
        self.world = uuid4().hex  # a later world on the same ledger is as a machine booted anew
        self.speed = 1.0
        self._machine = machine
        self._since_s = machine()
        self._ahead_s = 0.0

    def uptime(self) -> float:
        """Seconds that only ever grow."""
        at = self._machine()
        return at + self._ahead(at)

    def now(self) -> datetime:
        """What the calendar shows, aware UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead(self._machine()))

    def run(self, speed: float) -> None:
        """Run `speed` times as fast as real time from now on. Raises ValueError."""
        if not 1 <= speed <= FASTEST:
            raise ValueError(f"the clock cannot run {speed} times as fast")
        self._rebase()
        self.speed = speed

    def skip(self, seconds: float) -> None:
        """Be `seconds` later at once. Raises ValueError."""
        if not math.isfinite(seconds) or not 0 < seconds <= LONGEST_SKIP_S:
            raise ValueError(f"the clock cannot skip {seconds} s")
        self._rebase()
        self._ahead_s += seconds

    def shown(self) -> Json:
        """For the page, which counts on from when it reads it: speed, and seconds ahead."""
        return {"speed": self.speed, "ahead": self._ahead(self._machine())}

    def line(self) -> bytes:
        """For the bot: `ahead` of the machine at `since`, from then on `speed` times as fast."""
        how = {"since": self._since_s, "ahead": self._ahead_s, "speed": self.speed}
        return json.dumps({"world": self.world} | how).encode() + b"\n"

    def _ahead(self, at: float) -> float:
        return self._ahead_s + (at - self._since_s) * (self.speed - 1)

    def _rebase(self) -> None:
        at = self._machine()
        self._ahead_s, self._since_s = self._ahead(at), at

"""The machine's clocks behind the Clock port. Chosen by bot/app.py, injected everywhere else."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Real time."""

    def __init__(self) -> None:
        self._boot, self._source = _boot()

    def now(self) -> datetime:
        """Wall-clock time, aware UTC."""
        return datetime.now(UTC)

    def uptime(self) -> tuple[str, timedelta]:
        """The machine's boot id and the time since that boot, which no clock step touches."""
        return self._boot, timedelta(microseconds=time.clock_gettime_ns(self._source) // 1000)

    async def wait(self, event: asyncio.Event, longest: timedelta) -> None:
        """Return when `event` is set, or after `longest`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(longest.total_seconds(), 0)):
                await event.wait()


def _boot() -> tuple[str, int]:
    """This boot's id and the clock that counts from it; elsewhere every process is its own boot."""
    try:
        return _BOOT_ID.read_text().strip(), time.CLOCK_BOOTTIME
    except (OSError, AttributeError):
        return uuid4().hex, time.CLOCK_MONOTONIC

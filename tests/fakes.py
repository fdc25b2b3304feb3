"""The outside world under a test's control: time, Hugging Face and the media store.

The last lines let the type checker prove that each fake is what the ports ask for.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core import card_ports, ports
from bot.core.errors import Unavailable
from bot.core.jobs import Picture, Request, Smaller
from tests.factories import START_AT, make_picture

PATIENCE = 10  # seconds of real time after which a test that waits for nothing fails


@dataclass(eq=False)
class _Sleeper:
    due_at: datetime
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class FakeClock:
    """Virtual time: it stands still until the test moves it."""

    def __init__(self, start_at: datetime = START_AT) -> None:
        self._start_at = start_at
        self._now_at = start_at
        self._sleepers: list[_Sleeper] = []

    def now(self) -> datetime:
        """Virtual time."""
        return self._now_at

    def uptime(self) -> tuple[str, timedelta]:
        """A boot that happened ten minutes before the start."""
        return "boot", self._now_at - self._start_at + timedelta(minutes=10)

    async def wait(self, event: asyncio.Event, longest: timedelta) -> None:
        """Return when `event` is set or the test has moved time far enough."""
        if event.is_set():
            return
        sleeper = _Sleeper(self._now_at + longest)
        self._sleepers.append(sleeper)
        waiters = [asyncio.create_task(e.wait()) for e in (event, sleeper.woken)]
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sleepers.remove(sleeper)
            for waiter in waiters:
                waiter.cancel()

    def move(self, length: timedelta) -> None:
        """Move time and wake whoever is due."""
        self._now_at += length
        for sleeper in self._sleepers:
            if sleeper.due_at <= self._now_at:
                sleeper.woken.set()

    @property
    def sleeping(self) -> list[timedelta]:
        """How much longer each sleeper wants to sleep, the shortest first."""
        return sorted(sleeper.due_at - self._now_at for sleeper in self._sleepers)


class FakeShrinker:
    """Cuts the bytes off where they must end; below ten it gives up."""

    async def shrink(self, data: bytes, most: int) -> Smaller | None:
        """As many bytes as may be."""
        if most < 10:
            return None
        return Smaller(data=data[:most], mime="image/jpeg", width=8, height=8)


class FakePainter:
    """Gives what the test laid down, in that order, and plain pictures after that."""

    def __init__(self, *script: Picture | Exception) -> None:
        self.script = list(script)
        self.requests: list[Request] = []
        self.gate: asyncio.Event | None = None  # set it to hold every call until it opens

    async def paint(self, request: Request) -> Picture:
        """The next of the script."""
        self.requests.append(request)
        if self.gate:
            await self.gate.wait()
        answer = self.script.pop(0) if self.script else make_picture()
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeMedia:
    """A media store in memory; while `broken` says why, nothing can be saved."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.broken: str | None = None

    async def save(self, name: str, data: bytes) -> None:
        """Keep the bytes."""
        if self.broken:
            raise Unavailable(what="media store", reason=self.broken)
        self.files[name] = data

    async def load(self, name: str) -> bytes | None:
        """The bytes, or None."""
        return self.files.get(name)

    async def delete(self, name: str) -> None:
        """Forget the bytes."""
        self.files.pop(name, None)


async def until(happened: Callable[[], object]) -> None:
    """Let everything run until `happened`; fails after a while of real time."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - most of what a test awaits rings no bell
            await asyncio.sleep(0)


def proof(
    clock: FakeClock, painter: FakePainter, media: FakeMedia, shrinker: FakeShrinker
) -> tuple[ports.Clock, ports.Painter, ports.Media, card_ports.Shrinker]:
    """Never called: its types are the proof."""
    return clock, painter, media, shrinker

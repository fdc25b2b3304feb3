"""Interactions sent in three patterns, and how long each waited for its first answer.

The clock starts just before the event is written to the gateway and stops when the answer's body
was read. Called by measure.py.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from statistics import median, quantiles

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.interactions import Interaction

PATIENCE_S = 60.0
Send = Callable[[], Interaction]


@dataclass(frozen=True, kw_only=True)
class Times:
    """What one pattern showed."""

    waits_ms: tuple[float, ...]
    seconds: float

    @property
    def p50(self) -> float:
        """Half of the answers came within this."""
        return median(self.waits_ms)

    @property
    def p90(self) -> float:
        """Nine of ten answers came within this."""
        return quantiles(self.waits_ms, n=10)[-1]

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.waits_ms) / self.seconds


class Load:
    """People who ask; each a new face, so that nobody has too many jobs waiting."""

    def __init__(self, discord: DiscordServer, world: DemoWorld, people: int) -> None:
        self._discord = discord
        self._world = world
        crowd = [world.add_user(f"p{number}") for number in range(people)]
        for person in crowd:
            world.join(world.guild, person)
        self._people = cycle(crowd)

    def send(self, name: str) -> Interaction:
        """One command of the next person."""
        options = {"prompt": "a red fox"} if name == "imagine" else {}
        person = next(self._people)
        return self._discord.send_command(person, self._world.general, name, options, raw=False)

    async def one_by_one(self, name: str, count: int, *, to_the_end: bool) -> Times:
        """The next only after the answer; with `to_the_end` after the picture."""
        done: list[Interaction] = []
        started = time.perf_counter()
        for _ in range(count):
            sent = self.send(name)
            await sent.answered(PATIENCE_S)
            if to_the_end:
                await self._discord.until(lambda sent=sent: _has_picture(sent), PATIENCE_S)
            done.append(sent)
        return _times(done, started)

    async def at_rate(self, name: str, count: int, per_second: float) -> Times:
        """So many in a second, whether or not the earlier ones were answered."""
        sent: list[Interaction] = []
        started = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(started + number / per_second - time.perf_counter(), 0))
            sent.append(self.send(name))
        await self._all_answered(sent)
        return _times(sent, started)

    async def closed_loop(self, name: str, count: int, in_flight: int) -> Times:
        """Always so many unanswered."""
        started = time.perf_counter()
        sent = [self.send(name) for _ in range(in_flight)]
        flying = list(sent)
        while flying:
            await self._discord.until(
                lambda flying=flying: any(i.response for i in flying), PATIENCE_S
            )
            flying = [i for i in flying if i.response is None]
            fresh = [
                self.send(name) for _ in range(min(in_flight - len(flying), count - len(sent)))
            ]
            sent += fresh
            flying += fresh
        return _times(sent, started)

    async def _all_answered(self, sent: list[Interaction]) -> None:
        def done() -> bool:
            while sent_open and sent_open[-1].response:
                sent_open.pop()
            return not sent_open

        sent_open = list(sent)
        await self._discord.until(done, PATIENCE_S)


def _has_picture(sent: Interaction) -> bool:
    return bool(sent.original and sent.original.attachments)


def _times(done: list[Interaction], started: float) -> Times:
    waits = tuple(i.response_ms for i in done if i.response_ms is not None)
    return Times(waits_ms=waits, seconds=time.perf_counter() - started)

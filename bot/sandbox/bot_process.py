"""The real bot as a process that a person may kill, stop and start again while the sandbox is open.

Kept by the launcher (serve.py), steered from the page through controls.py.
"""

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path

from bot.sandbox.pace import Pace

STOP_WITHIN_S = 15.0


class Phase(Enum):
    """Whether there is a process; the value is what the page reads."""

    RUNNING = "running"
    STOPPING = "stopping"
    DOWN = "down"


class BotProcess:
    """Wanted from the beginning; `keep` has to run for anything to happen."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, pace: Pace
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._folder = folder
        self._pace = pace
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._process: Process | None = None
        self.phase = Phase.RUNNING
        self.ended = asyncio.Event()
        self.exit_code: int | None = None
        self.asked_for: str | None = None  # "kill" or "stop"; None: nobody asked it to end

    @property
    def alive(self) -> bool:
        """Whether there is a process, whatever it was told."""
        return self._process is not None

    @property
    def exit_words(self) -> str:
        """How it ended, for people."""
        code = self.exit_code or 0
        return f"exit code {code}" if code >= 0 else signal.strsignal(-code) or f"signal {-code}"

    async def keep(self, changed: Callable[[], None]) -> None:
        """Start it whenever it is wanted, and tell of each change; stops it when cancelled."""
        while True:
            await self._wanted.wait()
            async with self._alive() as process:
                self._process = process
                self.tell_pace()
                changed()
                self.exit_code = await process.wait()
            self._process = None
            self._wanted.clear()
            self.phase = Phase.DOWN
            self.ended.set()
            changed()

    def tell_pace(self) -> None:
        """Have its clock run as the world's does. Does nothing when it is down."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(ConnectionError):
                self._process.stdin.write(self._pace.line())

    def start(self) -> None:
        """Have it started again. Does nothing unless it is down."""
        if self.phase is Phase.DOWN:
            self.phase, self.exit_code, self.asked_for = Phase.RUNNING, None, None
            self.ended.clear()
            self._wanted.set()

    def stop(self) -> None:
        """SIGTERM: it finishes what it can. Does nothing unless it runs."""
        if self._process is None or self._process.returncode is not None:
            return
        if self.phase is Phase.RUNNING:
            self.phase, self.asked_for = Phase.STOPPING, "stop"
            self._process.terminate()

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone. Does nothing when it is down."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self.asked_for = "kill"
            self._process.kill()
        await self.ended.wait()

    @asynccontextmanager
    async def _alive(self) -> AsyncGenerator[Process]:
        """The process, asked to stop at the end and made to if it does not."""
        process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment, cwd=self._folder, stdin=PIPE
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
            except TimeoutError:
                process.kill()
                await process.wait()

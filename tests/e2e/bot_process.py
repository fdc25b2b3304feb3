"""The real program as a process between the two stand-ins. Used by every end-to-end test."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.pace import Pace

REPO = Path(__file__).parents[2]
SECRET = ("DISCORD_TOKEN", "HF_TOKEN")


class Bot:
    """`hugops run` in a folder of its own, started, stopped and killed at will.

    With a `pace` it is the same bot on that clock, as the sandbox starts it.
    """

    def __init__(self, settings: Mapping[str, str], folder: Path, pace: Pace | None = None) -> None:
        self.settings = dict(settings)
        self.folder = folder
        self.pace = pace
        self.log_file = folder / "bot.log"
        self.process: Process | None = None
        self.said: list[str] = []
        self.secrets: set[str] = set()

    async def start(self, **overrides: str) -> None:
        """Start it; returns as soon as the process exists."""
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(self._python("bot.paced") if self.pace else self._command("run")),
                env=self._environment(overrides),
                cwd=self.folder,
                stdin=PIPE if self.pace else None,
                stdout=log,
                stderr=STDOUT,
            )
        self.tell_pace()

    def tell_pace(self) -> None:
        """Have its clock run as `pace` does now."""
        if self.pace and self.running:
            assert self.process is not None
            assert self.process.stdin is not None
            self.process.stdin.write(self.pace.line())

    async def run(self, *arguments: str, **overrides: str) -> tuple[int, str]:
        """Run another command of `hugops` to its end: exit code and everything it said."""
        process = await asyncio.create_subprocess_exec(
            *self._command(*arguments),
            env=self._environment(overrides),
            cwd=self.folder,
            stdout=PIPE,
            stderr=STDOUT,
        )
        said, _ = await process.communicate()
        self.said.append(said.decode())
        return process.returncode or 0, self.said[-1]

    async def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """SIGTERM, and the exit code."""
        return await self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.returncode is None

    @property
    def log(self) -> str:
        """Everything it wrote so far, over all starts."""
        return self.log_file.read_text() if self.log_file.exists() else ""

    async def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.process.wait()

    def _command(self, *arguments: str) -> list[str]:
        return [*self._python("bot"), *arguments]

    def _python(self, module: str) -> list[str]:
        return [sys.executable, "-W", "error::ResourceWarning", "-m", module]

    def _environment(self, overrides: Mapping[str, str]) -> dict[str, str]:
        settings = {**self.settings, **overrides}
        self.secrets |= {settings[name] for name in SECRET if name in settings}
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO), **settings}

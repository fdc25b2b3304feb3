"""A server, a bot on the real library, and the check of what went over the wire."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from tests.sandbox.discord_bot import ProbeBot, running

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def world() -> DemoWorld:
    return demo_world()


@pytest_asyncio.fixture
async def server(world: DemoWorld, tmp_path: Path) -> AsyncIterator[DiscordServer]:
    async with DiscordServer(world, record=tmp_path / "traffic.jsonl") as server:
        yield server


@pytest_asyncio.fixture
async def bot(server: DiscordServer) -> AsyncIterator[ProbeBot]:
    bot = ProbeBot()
    async with running(bot, server):
        yield bot


def check_traffic(record: Path) -> None:
    """Hold the record against Discord's official document, where the checker is at hand."""
    shared = Path(os.environ.get("HUGOPS_SHARED") or REPO.parent / "shared")
    checker = shared / "tools" / "validate_discord.py"
    if not checker.exists():
        pytest.skip(f"no checker of Discord traffic in {shared.name}/tools")
    assert [json.loads(line) for line in record.read_text().splitlines()]
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(checker), "--rules", str(record)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""A server, a bot on the real library, and the check of what went over the wire."""

import importlib.util
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from tests.sandbox.discord_bot import ProbeBot, running

REPO = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HUGOPS_SHARED") or REPO.parent / "shared")
CHECKER = SHARED / "tools" / "validate_discord.py"


@pytest.fixture
def world() -> DemoWorld:
    return demo_world()


@pytest.fixture(scope="session")
def complaints() -> Callable[[list[Any]], list[str]]:
    """What Discord's official document has against recorded exchanges."""
    if not CHECKER.exists():
        return lambda _exchanges: []
    spec = importlib.util.spec_from_file_location("validate_discord", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    document = checker.Doc(str(SHARED / "data" / "discord-openapi.json"), False)

    def complain(exchanges: list[Any]) -> list[str]:
        return [
            f"{exchange['method']} {exchange['path']} {line}"
            for exchange in exchanges
            for line in checker.check(document, exchange)
            if line[0] == "ERROR"
        ]

    return complain


@pytest_asyncio.fixture
async def server(
    world: DemoWorld, tmp_path: Path, complaints: Callable[[list[Any]], list[str]]
) -> AsyncIterator[DiscordServer]:
    """Whatever a test does, its traffic has to satisfy Discord's document."""
    async with DiscordServer(world, record=tmp_path / "traffic.jsonl") as server:
        yield server
    assert complaints(server.traffic) == []


@pytest_asyncio.fixture
async def bot(server: DiscordServer) -> AsyncIterator[ProbeBot]:
    bot = ProbeBot()
    async with running(bot, server):
        yield bot

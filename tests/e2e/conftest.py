"""The stage of every end-to-end test: both stand-ins, and the bot between them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, Upstream
from tests.e2e.bot_process import REPO, Bot

TRAFFIC = REPO / "out" / "traffic"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything a test needs to play a scene."""

    world: DemoWorld
    discord: DiscordServer
    upstream: Upstream
    bot: Bot

    async def open(self, **overrides: str) -> None:
        """Start the bot and wait until it is connected."""
        await self.bot.start(**overrides)
        await self.discord.ready()


@pytest.fixture
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The bot is not started yet; afterwards it is stopped and its books must balance."""
    TRAFFIC.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", request.node.nodeid)
    world, upstream = demo_world(), Upstream(windows=())
    hub = HubServer(upstream)
    await hub.start()
    async with DiscordServer(world, record=TRAFFIC / f"{name}.jsonl") as discord:
        bot = Bot(_settings(discord, hub, world), tmp_path)
        yield Stage(world=world, discord=discord, upstream=upstream, bot=bot)
        if bot.running:
            await bot.terminate()
        await _check_books(bot)
    await hub.close()


async def _check_books(bot: Bot) -> None:
    if not (bot.folder / "ledger.db").exists():
        return
    code, said = await bot.run("ledger", "verify")
    assert (code, said.strip()) == (0, "The books balance.")


def _settings(discord: DiscordServer, hub: HubServer, world: DemoWorld) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "HF_TOKEN": DEMO_TOKEN,
        "HF_ENDPOINT": hub.url,
        "HF_ROUTER_URL": hub.router_url,
        "HUGOPS_GUILDS": str(world.guild.id),
        "HUGOPS_DATABASE_URL": "sqlite+aiosqlite:///ledger.db",
        "HUGOPS_MEDIA_URL": "media",
        "HUGOPS_PLAN": "unlimited",
        "HUGOPS_HTTP_PORT": "0",
    }

"""The stage of every end-to-end test: both stand-ins, and the bot between them."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.ledger.database import Database
from bot.ledger.people import SqlBooks
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
        try:
            await self.discord.ready(within=30)
        except TimeoutError:
            raise AssertionError(f"the bot did not connect\n{self.bot.log}") from None

    async def reopen(self, *, killed: bool = False) -> None:
        """Stop the bot, or kill it, and start it again."""
        ended = self.bot.kill() if killed else self.bot.terminate()
        await ended
        await self.discord.until(lambda: not self.discord.gateway.ready, within=10)
        await self.open()


@pytest.fixture(scope="session", autouse=True)
def _fresh_record() -> None:
    """What an earlier session recorded is not held against this one."""
    TRAFFIC.mkdir(parents=True, exist_ok=True)
    for record in TRAFFIC.glob("*.jsonl"):
        record.unlink()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The check of everything that was recorded comes after everything else."""
    items.sort(key=lambda item: item.path.name == "test_traffic.py")


@pytest.fixture
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The bot is not started yet; afterwards it is stopped and its books must balance."""
    async with _set(tmp_path, request.node.nodeid) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def _running(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """The stage behind `shared`."""
    async with _set(tmp_path_factory.mktemp("stage"), request.node.nodeid) as stage:
        settings = getattr(request.module, "stage_settings", lambda _world: {})
        await stage.open(**settings(stage.world))
        yield stage


@pytest.fixture
def shared(_running: Stage) -> Iterator[Stage]:
    """One stage, with the bot running, for all tests of a module; they must not need it clean.

    Such a module says `pytestmark = pytest.mark.asyncio(loop_scope="module")`; a function
    `stage_settings(world)` of it names settings that differ.
    """
    yield _running
    _running.upstream.release()
    _running.upstream.clear()


@asynccontextmanager
async def _set(folder: Path, name: str) -> AsyncIterator[Stage]:
    record = TRAFFIC / (re.sub(r"\W+", "-", name) + ".jsonl")
    world, upstream = demo_world(), Upstream(windows=())
    hub = HubServer(upstream)
    async with AsyncExitStack() as stack:
        await hub.start()
        stack.push_async_callback(hub.close)
        discord = await stack.enter_async_context(DiscordServer(world, record=record))
        bot = Bot(_settings(discord, hub, world), folder)
        try:
            yield Stage(world=world, discord=discord, upstream=upstream, bot=bot)
        finally:
            upstream.release()
            if bot.running:
                await bot.terminate()
        await _check_books(bot)


async def _check_books(bot: Bot) -> None:
    """In this process: starting `hugops ledger verify` would cost every test a second."""
    path = bot.folder / "ledger.db"
    if not path.exists():
        return
    database = Database.at(f"sqlite+aiosqlite:///{path}")
    broken = await SqlBooks(database).verify()
    await database.close()
    assert list(broken) == []


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

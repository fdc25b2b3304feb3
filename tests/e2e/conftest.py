"""The stage of every end-to-end test: both stand-ins, and the bot between them."""

import os
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
from bot.sandbox.pace import Pace
from bot.sandbox.upstream import DEMO_TOKEN, Upstream
from tests.e2e.bot_process import Bot
from tests.e2e.records import begin_anew, keep_log, traffic_of

UNHURRIED = {"HUGOPS_LEASE_SECONDS": "3600"}  # a lease must outlast a busy second on a fast clock


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything a test needs to play a scene."""

    world: DemoWorld
    discord: DiscordServer
    upstream: Upstream
    bot: Bot

    def run_clock(self, speed: float) -> None:
        """Run everybody's clock so many times as fast; the bot must be a paced one."""
        self._pace().run(speed)
        self.bot.tell_pace()

    def skip(self, seconds: float) -> None:
        """Have it be later for everybody; the bot must be a paced one."""
        self._pace().skip(seconds)
        self.bot.tell_pace()

    def _pace(self) -> Pace:
        assert self.bot.pace is not None, "a test with `paced_stage` or `stage_paced` may do this"
        return self.bot.pace

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
def _fresh_records() -> None:
    """Of several workers none may do it: the Makefile does."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        begin_anew()


@pytest.fixture
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The bot is not started yet; afterwards it is stopped and its books must balance."""
    async with _set(tmp_path, request.node.nodeid) as stage:
        yield stage


@pytest.fixture
async def paced_stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The same with a bot on a clock that `stage.run_clock` and `stage.skip` move."""
    async with _set(tmp_path, request.node.nodeid, paced=True) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def _running(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """The stage behind `shared`."""
    folder, paced = tmp_path_factory.mktemp("stage"), getattr(request.module, "stage_paced", False)
    async with _set(folder, request.node.nodeid, paced=paced) as stage:
        settings = getattr(request.module, "stage_settings", lambda _world: {})
        await stage.open(**settings(stage.world))
        yield stage


@pytest.fixture
def shared(_running: Stage) -> Iterator[Stage]:
    """One stage, with the bot running, for all tests of a module; they must not need it clean.

    Such a module says `pytestmark = pytest.mark.asyncio(loop_scope="module")`; a function
    `stage_settings(world)` of it names settings that differ, and `stage_paced = True` is as
    `paced_stage`.
    """
    yield _running
    _running.upstream.release()
    _running.upstream.clear()


@asynccontextmanager
async def _set(folder: Path, name: str, *, paced: bool = False) -> AsyncIterator[Stage]:
    pace = Pace()
    world, upstream = demo_world(pace), Upstream(windows=(), pace=pace)
    hub = HubServer(upstream)
    async with AsyncExitStack() as stack:
        await hub.start()
        stack.push_async_callback(hub.close)
        discord = await stack.enter_async_context(DiscordServer(world, record=traffic_of(name)))
        settings = _settings(discord, hub, world) | (UNHURRIED if paced else {})
        bot = Bot(settings, folder, pace if paced else None)
        try:
            yield Stage(world=world, discord=discord, upstream=upstream, bot=bot)
        finally:
            upstream.release()
            if bot.running:
                await bot.terminate()
            tokens = {interaction.token for interaction in discord.interactions}
            if bot.secrets:
                keep_log(name, bot.log + "".join(bot.said), bot.secrets | tokens)
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

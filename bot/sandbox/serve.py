"""The sandbox's launcher: a pretend Discord, a pretend Hugging Face, and the real bot between them.

Called by cli.py. The bot is a process of its own that is told of both by its settings alone; of the
clock that all three share it is told over its standard input (bot/paced.py).
"""

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.bot_process import BotProcess
from bot.sandbox.changes import Event
from bot.sandbox.controls import Controls
from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.hub_server import HubServer
from bot.sandbox.pace import Pace
from bot.sandbox.upstream import DEMO_TOKEN, Upstream

DEMO_LATENCY_S = 4.0  # long enough to see a card work, short enough to stay fun
READY_WITHIN_S = 30.0
BOT_COMMAND = (sys.executable, "-m", "bot.paced")
# The clock may run sixty times as fast, the machine does not: no lease lapses in one busy second.
LEASE_S = 3600


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the person who started the sandbox chose; `environment` is the bot's to inherit."""

    environment: Mapping[str, str]
    real_hf: bool = False
    port: int = 0
    data: Path | None = None


async def serve(choices: Choices, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM, or until the bot ends before it was ever connected."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        folder = choices.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        pace = Pace()
        world = demo_world(pace)
        discord = await stack.enter_async_context(DiscordServer(world, port=choices.port))
        settings = _bot_settings(discord, world)
        upstream = None if choices.real_hf else Upstream(latency=DEMO_LATENCY_S, pace=pace)
        if upstream is not None:
            hub = await stack.enter_async_context(_hub(upstream))
            settings |= {
                "HF_TOKEN": DEMO_TOKEN,
                "HF_ENDPOINT": hub.url,
                "HF_ROUTER_URL": hub.router_url,
            }
        bot = BotProcess(BOT_COMMAND, {**choices.environment, **settings}, folder, pace)
        _hand_over(discord, upstream, bot)
        await _watch(bot, discord, stop, say)


def _hand_over(discord: DiscordServer, upstream: Upstream | None, bot: BotProcess) -> None:
    """Let the page steer all of it."""
    discord.realm.page_state = {"real_hf": upstream is None}

    def pace_changed() -> None:
        pace = discord.realm.world.pace.shown()
        discord.realm.changes.publish(Event(type="pace", body={"pace": pace}))

    discord.realm.controls = Controls(
        bot=bot,
        refusals=discord.faults,
        gateway=discord.gateway,
        upstream=upstream,
        pace=discord.realm.world.pace,
        pace_changed=pace_changed,
        is_connected=lambda: discord.gateway.ready,
        expire_tokens=discord.expire_all_tokens,
    )


async def _watch(
    bot: BotProcess, discord: DiscordServer, stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    def changed() -> None:
        if bot.ended.is_set() and bot.asked_for is None and not stop.is_set():
            say(f"The bot ended by itself ({bot.exit_words}); its log is above.")
        controls = discord.realm.controls
        body = {"process": controls and controls.bot_state()}
        discord.realm.changes.publish(Event(type="process", body=body))

    async with asyncio.TaskGroup() as tasks:
        kept = tasks.create_task(bot.keep(changed))
        ended = tasks.create_task(bot.ended.wait())
        stopped = tasks.create_task(stop.wait())
        ready = tasks.create_task(discord.ready(READY_WITHIN_S))
        await asyncio.wait({ended, stopped, ready}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done() and not ready.cancelled():
            ready.result()
            say(f"\n  The sandbox is open: {discord.base_url}/\n")
            say("  Try  /imagine prompt: a red fox in the snow   (Ctrl-C ends it)\n")
            await stop.wait()
        for task in (kept, ended, stopped, ready):
            task.cancel()


@asynccontextmanager
async def _hub(upstream: Upstream) -> AsyncGenerator[HubServer]:
    server = HubServer(upstream)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


def _bot_settings(discord: DiscordServer, world: DemoWorld) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}",
        "HUGOPS_OWNER_IDS": str(world.owner.id),
        "HUGOPS_DATABASE_URL": "sqlite+aiosqlite:///hugops.db",
        "HUGOPS_MEDIA_URL": "media",
        "HUGOPS_HTTP_PORT": "0",
        "HUGOPS_LEASE_SECONDS": str(LEASE_S),
        "HUGOPS_LOG_LEVEL": "warning",
    }

"""The sandbox's launcher: a pretend Discord, a pretend Hugging Face, and the real bot between them.

Called by cli.py. The bot is a process of its own that is told of both by its settings alone; it
does not know that it is being played to.
"""

import asyncio
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, Upstream

DEMO_LATENCY_S = 4.0  # long enough to see a card work, short enough to stay fun
READY_WITHIN_S = 30.0
STOP_WITHIN_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the person who started the sandbox chose; `environment` is the bot's to inherit."""

    environment: Mapping[str, str]
    real_hf: bool = False
    port: int = 0
    data: Path | None = None


async def serve(choices: Choices, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM, or until the bot ends by itself."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        folder = choices.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        world = demo_world()
        discord = await stack.enter_async_context(DiscordServer(world, port=choices.port))
        settings = _bot_settings(discord, world)
        if not choices.real_hf:
            hub = await stack.enter_async_context(_hub())
            settings |= {
                "HF_TOKEN": DEMO_TOKEN,
                "HF_ENDPOINT": hub.url,
                "HF_ROUTER_URL": hub.router_url,
            }
        bot = await stack.enter_async_context(_bot({**choices.environment, **settings}, folder))
        await _watch(bot, discord, stop, say)


async def _watch(
    bot: Process, discord: DiscordServer, stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    async with asyncio.TaskGroup() as tasks:
        ended = tasks.create_task(bot.wait())
        stopped = tasks.create_task(stop.wait())
        ready = tasks.create_task(discord.ready(READY_WITHIN_S))
        await asyncio.wait({ended, stopped, ready}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done() and not ready.cancelled():
            ready.result()
            say(f"\n  The sandbox is open: {discord.base_url}/\n")
            say("  Try  /imagine prompt: a red fox in the snow   (Ctrl-C ends it)\n")
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done() and not stop.is_set():
            say(f"The bot ended by itself (exit code {ended.result()}); its log is above.")
        for task in (ended, stopped, ready):
            task.cancel()


@asynccontextmanager
async def _hub() -> AsyncGenerator[HubServer]:
    server = HubServer(Upstream(latency=DEMO_LATENCY_S))
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def _bot(environment: Mapping[str, str], folder: Path) -> AsyncGenerator[Process]:
    """The real bot as a process, asked to stop at the end and made to if it does not."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=dict(environment), cwd=folder
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


def _bot_settings(discord: DiscordServer, world: DemoWorld) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}",
        "HUGOPS_OWNER_IDS": str(world.owner.id),
        "HUGOPS_DATABASE_URL": "sqlite+aiosqlite:///hugops.db",
        "HUGOPS_MEDIA_URL": "media",
        "HUGOPS_HTTP_PORT": "0",
        "HUGOPS_LOG_LEVEL": "warning",
    }

"""`make bench`: the bot and a bare discord.py bot, one after the other on the same stand-ins.

Each bot is a process of its own; the stand-ins and the people who ask live in this one.
"""

import asyncio
import gc
import os
import platform
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from bench.load import Load, Times
from bot.sandbox.demo import demo_world
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, Upstream

REPO = Path(__file__).parent.parent
OURS = ("-m", "bot", "run")
BARE = ("-m", "bench.bare_bot")
STARTS = 5
PLAIN, PICTURES, RUSH = 1500, 100, 400
PER_SECOND, IN_FLIGHT = 200, 50
REST_S = 3.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one bot showed."""

    first_answer_s: float
    memory_mib: float
    plain: Times
    plain_rate: Times
    plain_loop: Times
    imagine: Times
    imagine_rate: Times
    imagine_loop: Times


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The stand-ins, and one bot connected to them."""

    discord: DiscordServer
    load: Load
    process: Process
    spawned: float


async def measure(command: tuple[str, ...]) -> Figures:
    """Every figure of one bot."""
    with tempfile.TemporaryDirectory() as folder:  # so that all starts but the first are restarts
        firsts = sorted([await _first_answer(command, folder) for _ in range(STARTS)])
        return await _connected(command, folder, firsts[STARTS // 2])


async def _connected(command: tuple[str, ...], folder: str, first_answer_s: float) -> Figures:
    async with _stage(command, folder) as stage:
        load = stage.load
        await _answered_once(stage)
        await asyncio.sleep(REST_S)
        memory = _memory_mib(stage.process.pid)
        await load.closed_loop("help", 300, 10)  # warm
        return Figures(
            first_answer_s=first_answer_s,
            memory_mib=memory,
            plain=await load.one_by_one("help", PLAIN, to_the_end=False),
            plain_rate=await load.at_rate("help", PLAIN, PER_SECOND),
            plain_loop=await load.closed_loop("help", PLAIN * 2, IN_FLIGHT),
            imagine=await load.one_by_one("imagine", PICTURES, to_the_end=command == OURS),
            imagine_rate=await load.at_rate("imagine", RUSH, PER_SECOND),
            imagine_loop=await load.closed_loop("imagine", RUSH, IN_FLIGHT),
        )


async def _first_answer(command: tuple[str, ...], folder: str) -> float:
    async with _stage(command, folder) as stage:
        await _answered_once(stage)
        return time.perf_counter() - stage.spawned


async def _answered_once(stage: Stage) -> None:
    """Ask as soon as the bot is connected."""
    await stage.discord.ready(30)
    await stage.load.send("help").answered(30)


@asynccontextmanager
async def _stage(command: tuple[str, ...], folder: str) -> AsyncGenerator[Stage]:
    world, hub = demo_world(), HubServer(Upstream(windows=()))
    await hub.start()
    async with DiscordServer(world) as discord:
        load = Load(discord, world, people=RUSH * 2)
        settings = _settings(discord, hub, str(world.guild.id))
        spawned = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=settings, cwd=folder, stdout=DEVNULL
        )
        try:
            yield Stage(discord=discord, load=load, process=process, spawned=spawned)
        finally:
            process.terminate()
            await process.wait()
    await hub.close()


def _settings(discord: DiscordServer, hub: HubServer, guild: str) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPO),
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "GATEWAY_URL": discord.gateway_url,
        "HF_TOKEN": DEMO_TOKEN,
        "HF_ENDPOINT": hub.url,
        "HF_ROUTER_URL": hub.router_url,
        "HUGOPS_GUILDS": guild,
        "HUGOPS_DATABASE_URL": "sqlite+aiosqlite:///ledger.db",
        "HUGOPS_MEDIA_URL": "media",
        "HUGOPS_PLAN": "unlimited",
        "HUGOPS_HTTP_PORT": "0",
        "HUGOPS_LOG_LEVEL": "warning",
    }


def _memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def table(ours: Figures, bare: Figures) -> str:
    """Both side by side, with what was measured on."""
    rows = [
        ("start to first answer", "s", ours.first_answer_s, bare.first_answer_s),
        ("memory at rest", "MiB", ours.memory_mib, bare.memory_mib),
    ]
    pairs = {
        "/help, one at a time": (ours.plain, bare.plain),
        f"/help, {PER_SECOND}/s": (ours.plain_rate, bare.plain_rate),
        f"/help, {IN_FLIGHT} in flight": (ours.plain_loop, bare.plain_loop),
        "/imagine, one at a time": (ours.imagine, bare.imagine),
        f"/imagine, {PER_SECOND}/s": (ours.imagine_rate, bare.imagine_rate),
        f"/imagine, {IN_FLIGHT} in flight": (ours.imagine_loop, bare.imagine_loop),
    }
    for name, (mine, theirs) in pairs.items():
        rows += [
            (f"{name}, p50", "ms", mine.p50, theirs.p50),
            (f"{name}, p90", "ms", mine.p90, theirs.p90),
        ]
        if "in flight" in name:
            rows.append((name, "per second", mine.per_second, theirs.per_second))
    lines = ["| | unit | HugOps | bare bot | ratio |", "|---|---|---|---|---|"]
    lines += [f"| {n} | {u} | {a:.2f} | {b:.2f} | {a / b:.2f} |" for n, u, a, b in rows]
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return "\n".join([*lines, "", f"{machine}, {datetime.now(UTC):%Y-%m-%d}."])


async def _both() -> str:
    gc.disable()  # the pauses of the measuring process are nobody's
    bare = await measure(BARE)
    return table(await measure(OURS), bare)


if __name__ == "__main__":
    typer.echo(asyncio.run(_both()))

"""The drawer's routes: faults, latency, tokens, and a process in the bot's place."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.bot_process import BotProcess
from bot.sandbox.controls import Controls
from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.fault_words import WORDS
from bot.sandbox.faults import NAMES
from bot.sandbox.snowflakes import created_at
from bot.sandbox.upstream import Upstream
from tests.sandbox.discord_bot import ProbeBot
from tests.sandbox.hub_client import ask, serving

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
QUITTER = (sys.executable, "-c", "raise SystemExit(3)")


class Desk:
    """A server whose drawer steers `upstream` and `process`."""

    def __init__(self, server: DiscordServer, process: BotProcess, upstream: Upstream) -> None:
        self.server = server
        self.process = process
        self.upstream = upstream
        self.real = False
        self.told: list[float] = []

    def lay(self) -> None:
        self.server.realm.controls = Controls(
            bot=self.process,
            refusals=self.server.faults,
            gateway=self.server.gateway,
            upstream=None if self.real else self.upstream,
            pace=self.server.world.pace,
            pace_changed=lambda: self.told.append(self.server.world.pace.speed),
            is_connected=lambda: True,
            expire_tokens=self.server.expire_all_tokens,
        )

    async def state(self) -> Any:
        async with (
            aiohttp.ClientSession(self.server.base_url) as browser,
            browser.get("/sandbox/controls") as got,
        ):
            return await got.json()

    async def post(self, what: str, **body: Any) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(self.server.base_url) as browser,
            browser.post(f"/sandbox/{what}", json=body) as got,
        ):
            return got.status, await got.json()


@pytest_asyncio.fixture
async def desk(server: DiscordServer, tmp_path: Path) -> Desk:
    desk = Desk(server, BotProcess(SLEEPER, {}, tmp_path, server.world.pace), Upstream(windows=()))
    desk.lay()
    return desk


@pytest_asyncio.fixture
async def kept(desk: Desk) -> AsyncIterator[Desk]:
    keeping = asyncio.create_task(desk.process.keep(desk.server.realm.changes.touch))
    yield desk
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_without_a_launcher_there_is_no_drawer(server: DiscordServer):
    async with aiohttp.ClientSession(server.base_url) as browser:
        async with browser.get("/client/state") as got:
            assert (await got.json())["process"] is None
        async with browser.get("/sandbox/controls") as got:
            assert got.status == 404
        async with browser.post("/sandbox/bot", json={"do": "kill"}) as got:
            assert got.status == 404


def test_every_fault_has_a_sentence():
    assert {word.name for word in WORDS} == NAMES
    assert all(word.text.endswith(".") for word in WORDS)


async def test_a_fault_for_some_calls_until_cleared_and_the_calls(desk: Desk):
    status, state = await desk.post("fault", name="402", times=1)
    assert (status, state["hub"]["queued"]) == (200, [{"name": "402", "left": 1}])
    async with serving(desk.upstream) as http:
        await ask(http)
        await ask(http)
    newest, oldest = (await desk.state())["hub"]["calls"]
    assert (newest["status"], newest["made"], newest["fault"]) == (200, True, None)
    assert (oldest["status"], oldest["made"], oldest["fault"]) == (402, False, "402")
    assert newest["seconds"] > 0
    assert newest["model"].startswith("stabilityai/")

    _, state = await desk.post("fault", name="hang", times=None)
    assert state["hub"]["queued"] == [{"name": "hang", "left": None}]
    _, state = await desk.post("clear")
    assert state["hub"]["queued"] == []


async def test_the_latency(desk: Desk):
    status, state = await desk.post("latency", seconds=2.5)
    assert (status, state["hub"]["latency"], desk.upstream.latency) == (200, 2.5, 2.5)


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("fault", {"name": "no such fault", "times": 1}),
        ("fault", {"name": "402", "times": 0}),
        ("fault", {"name": "402"}),
        ("latency", {"seconds": -1}),
        ("latency", {"seconds": "nan"}),
        ("clock", {"speed": 0.5}),
        ("clock", {"speed": "nan"}),
        ("clock", {"speed": 100_000}),
        ("skip", {"seconds": -3600}),
        ("skip", {"seconds": "inf"}),
        ("bot", {"do": "dance"}),
    ],
)
async def test_odd_orders_are_refused(desk: Desk, what: str, body: Any):
    status, said = await desk.post(what, **body)
    assert (status, said) == (400, {"text": "The page sent something odd"})


async def test_only_json_said_to_be_json_is_taken(desk: Desk):
    async with aiohttp.ClientSession(desk.server.base_url) as browser:
        for name in ("fault", "clear", "latency", "clock", "skip", "tokens", "bot"):
            async with browser.post(f"/sandbox/{name}", data=json.dumps({})) as got:
                assert got.status == 415


async def test_the_real_hugging_face_cannot_be_broken(desk: Desk):
    desk.real = True
    desk.lay()
    assert (await desk.state())["hub"] is None
    status, said = await desk.post("fault", name="402", times=1)
    assert status == 400
    assert "the real one" in said["text"]


async def test_the_clock_of_all_of_it(desk: Desk):
    pace = desk.server.world.pace
    before = pace.now()
    status, state = await desk.post("skip", seconds=3600)
    assert (status, round(state["pace"]["ahead"])) == (200, 3600)
    assert (pace.now() - before).total_seconds() >= 3600
    _, state = await desk.post("clock", speed=60)
    assert state["pace"]["speed"] == 60
    assert desk.told == [1, 60]
    ticket = desk.server.world.mint.snowflake()
    assert (created_at(ticket) - before).total_seconds() >= 3600


async def test_the_real_hugging_face_runs_in_real_time(desk: Desk):
    desk.real = True
    desk.lay()
    for what, body in (("clock", {"speed": 60}), ("skip", {"seconds": 60})):
        status, said = await desk.post(what, **body)
        assert (status, "cannot run faster" in said["text"]) == (400, True)
    assert desk.server.world.pace.shown() == {"speed": 1, "ahead": 0}


async def test_tokens_expire_with_the_clock(desk: Desk, bot: ProbeBot, world: DemoWorld):
    used = await desk.server.run_command(world.bo, world.general, "ping")
    await used.settled()
    await desk.post("skip", seconds=14 * 60)
    assert not desk.server.realm.is_expired(used)
    await desk.post("skip", seconds=61)
    assert desk.server.realm.is_expired(used)


async def test_tokens_expire(desk: Desk, bot: ProbeBot, world: DemoWorld):
    used = await desk.server.run_command(world.bo, world.general, "ping")
    await used.settled()
    await desk.post("tokens")
    assert used.expired


async def test_the_bot_is_killed_started_and_stopped(kept: Desk):
    await _has_process(kept)
    _, state = await kept.post("bot", do="kill")
    assert state["bot"] == {"state": "down", "text": "The bot is down: you killed it."}
    assert kept.process.exit_code == -9
    _, state = await kept.post("bot", do="start")
    assert state["bot"] == {"state": "running", "text": None}
    await _has_process(kept)
    _, state = await kept.post("bot", do="stop")
    assert state["bot"]["state"] in ("stopping", "down")
    await asyncio.wait_for(kept.process.ended.wait(), 10)
    assert (await kept.state())["bot"]["text"] == "The bot is down: you stopped it."


async def test_a_bot_that_ends_by_itself_is_said(server: DiscordServer, tmp_path: Path):
    desk = Desk(server, BotProcess(QUITTER, {}, tmp_path, server.world.pace), Upstream())
    desk.lay()
    keeping = asyncio.create_task(desk.process.keep(server.realm.changes.touch))
    await asyncio.wait_for(desk.process.ended.wait(), 10)
    said = (await desk.state())["bot"]["text"]
    assert said == "The bot ended by itself (exit code 3); its log is in the terminal."
    async with (
        aiohttp.ClientSession(server.base_url) as browser,
        browser.get("/client/state") as got,
    ):
        assert (await got.json())["process"]["state"] == "down"
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def _has_process(desk: Desk) -> None:
    await desk.server.until(lambda: desk.process.alive, within=10)

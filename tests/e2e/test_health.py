"""/healthz and /readyz on the port that the log names."""

import re

import httpx

from bot.sandbox.discord_traffic import Fault
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, eventually


async def test_a_connected_bot_is_healthy_and_ready(stage: Stage) -> None:
    await stage.open()
    await eventually(lambda: "Connected to Discord" in stage.bot.log)
    healthy, ready = await _answers(stage)
    assert (healthy.status_code, healthy.json()) == (200, {"ledger": True})
    assert (ready.status_code, ready.json()) == (200, {"ledger": True, "discord": True})


async def test_a_bot_that_discord_keeps_waiting_is_healthy_and_not_ready(stage: Stage) -> None:
    stage.discord.faults.add(Fault(path="/users/@me", status=500))
    await stage.bot.start()
    healthy, ready = await _answers(stage)
    assert healthy.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"ledger": True, "discord": False})
    await stage.discord.ready(SLOW)


async def test_nothing_else_is_served(stage: Stage) -> None:
    await stage.open()
    async with httpx.AsyncClient(base_url=await _address(stage)) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/healthz")).status_code == 405


async def _answers(stage: Stage) -> tuple[httpx.Response, httpx.Response]:
    async with httpx.AsyncClient(base_url=await _address(stage)) as client:
        return await client.get("/healthz"), await client.get("/readyz")


async def _address(stage: Stage) -> str:
    found = await eventually(lambda: re.search(r"health checks.*port=(\d+)", stage.bot.log))
    return f"http://127.0.0.1:{found[1]}"

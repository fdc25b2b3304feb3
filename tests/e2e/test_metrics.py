"""/metrics over the socket: what happened is what it says, and nothing of anybody is in it."""

import asyncio
import re

import httpx

from tests.e2e.acts import card_of, command, imagine, pictured, says
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, eventually

ACKNOWLEDGED = 'hugops_acknowledgement_seconds_count{kind="application_command"}'
HOUR = 'hugops_window_headroom_calls{window="hour"}'


async def test_two_pictures_and_one_failure_are_counted(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="pro")
    for prompt in ("a secret fox", "a secret owl"):
        await pictured(stage, await imagine(stage, stage.world.ana, prompt))
    stage.upstream.fail("404")
    failed = await imagine(stage, stage.world.bo)
    await says(stage, card_of(failed), "job")
    numbers = await above(stage, 'hugops_upstream_calls_total{outcome="model_missing"}', 0)
    assert numbers['hugops_upstream_calls_total{outcome="picture"}'] == 2
    assert sum(v for k, v in numbers.items() if k.startswith("hugops_upstream_calls_total{")) == 3
    assert numbers["hugops_upstream_call_seconds_count"] == 3
    assert numbers["hugops_queue_waiting_jobs"] == 0
    assert numbers[HOUR] == 997
    assert numbers[ACKNOWLEDGED] == 3
    assert 0 < numbers[ACKNOWLEDGED.replace("_count", "_sum")] < 60
    assert numbers['hugops_ledger_transaction_seconds_count{kind="write"}'] >= 12
    assert numbers['hugops_ledger_transaction_seconds_count{kind="read"}'] >= 3


async def test_jobs_that_wait_are_seen_and_nobody_is_named(stage: Stage) -> None:
    stage.upstream.hold()
    await stage.open(HUGOPS_PLAN="free")
    for prompt in ("a secret fox", "a secret owl", "a secret hare"):
        await imagine(stage, stage.world.ana, prompt)
    await command(stage, stage.world.bo, "help")
    said = await page(stage)
    numbers = read(said)
    assert numbers["hugops_queue_waiting_jobs"] == 2
    assert numbers['hugops_window_headroom_calls{window="spacing"}'] == 0
    assert numbers[HOUR] == 29
    assert numbers[ACKNOWLEDGED] == 4
    guild, ana = stage.world.guild, stage.world.ana
    for word in ("secret", guild.name, str(guild.id), ana.name, str(ana.id)):
        assert word not in said, word


async def test_the_loop_is_watched(stage: Stage) -> None:
    await stage.open()
    await above(stage, "hugops_loop_lag_seconds_count", 1)


async def above(stage: Stage, name: str, most: float) -> dict[str, float]:
    """The numbers, once the one of this name is above `most`."""
    async with asyncio.timeout(SLOW):
        while (numbers := read(await page(stage)))[name] <= most:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    return numbers


async def page(stage: Stage) -> str:
    found = await eventually(lambda: re.search(r"health checks.*port=(\d+)", stage.bot.log))
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{found[1]}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def read(said: str) -> dict[str, float]:
    """Every number by its name and labels."""
    lines = (line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}
